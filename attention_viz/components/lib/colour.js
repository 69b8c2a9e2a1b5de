// Colours of weights, the same as in the Plotly figures: one ramp that starts at the background. And of differences: two
// that start there.

/**
 * @typedef {[number, number, number]} Rgb
 * @typedef {{
 *   text: string, muted: string, border: string, background: string, accent: string, other: string, heads: string[],
 *   ramp: string[], diverging: string[],
 * }} Colours
 * @typedef {{screen: Colours, print: Colours}} ColourSets as a view is drawn on screen, and on paper
 * @typedef {"sqrt" | "linear"} Curve how numbers become colours
 */

/** @param {string} hex "#rrggbb" @returns {Rgb} */
export function rgb(hex) {
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/**
 * 256 colours along a ramp with even steps.
 * @param {string[]} ramp
 * @returns {Rgb[]}
 */
export function rampTable(ramp) {
  const stops = ramp.map(rgb);
  return Array.from({ length: 256 }, (_, index) => {
    const position = (index / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(position), stops.length - 2);
    const share = position - low;
    return /** @type {Rgb} */ (stops[low].map((channel, at) =>
      Math.round(channel + (stops[low + 1][at] - channel) * share)
    ));
  });
}

/**
 * The colours below and above 0 of a diverging scale, both from its middle outward.
 * @param {string[]} stops an odd number of them
 * @returns {{below: Rgb[], above: Rgb[]}}
 */
export function divergingTables(stops) {
  const middle = (stops.length - 1) / 2;
  return { below: rampTable(stops.slice(0, middle + 1).reverse()), above: rampTable(stops.slice(middle)) };
}

/**
 * How far along its colours a number is, −1…1; 0 on a scale without width.
 * @param {number} value
 * @param {number} end where the scale ends, on both sides of 0
 * @param {Curve} curve
 */
export function alongScale(value, end, curve) {
  if (!(end > 0)) return 0;
  const part = Math.min(1, Math.abs(value) / end);
  return Math.sign(value) * (curve === "sqrt" ? Math.sqrt(part) : part);
}

/** A strip of all colours of a ramp, in px. */
export const STRIP = { width: 128, height: 10 };

/** The colours of a ramp in even steps, for a legend that names the curve. @param {CanvasRenderingContext2D} context @param {string[]} ramp @param {number} x @param {number} y */
export function drawRamp(context, ramp, x, y) {
  const table = rampTable(ramp);
  for (let at = 0; at < STRIP.width; at++) {
    context.fillStyle = css(table[2 * at]);
    context.fillRect(x + at, y, 1.2, STRIP.height);
  }
}

/** @param {Rgb} colour */
export const css = ([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`;

/** @param {Rgb} colour relative luminance, WCAG 2 */
function luminance(colour) {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * Black or white, whichever is easier to read on `background`.
 * @param {Rgb} background
 */
export function inkOn(background) {
  const light = luminance(background);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}
