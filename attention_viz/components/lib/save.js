// Saves what a view shows as SVG or PNG, with a line below that says what it is, so that it can't be misread elsewhere.

import { drawRamp, STRIP } from "./colour.js";
import { element, find } from "./dom.js";
import { SvgPen } from "./pen.js";

/**
 * @typedef {{
 *   width: number, height: number, name: string, caption: string, legend: [string, string] | null,
 *   paint: (context: CanvasRenderingContext2D) => void,
 * }} Picture legend: what the two ends of the colours stand for
 */

const SHARPNESS = 3;
const LINE = 16;
const MARGIN = 8;

/** Hands a file to the browser. @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * A text in lines that fit a width; words longer than that stand alone.
 * @param {string} text
 * @param {number} width
 * @param {(text: string) => number} measure
 */
export function wrapped(text, width, measure) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * The picture with its caption below, drawn by whatever context is given.
 * @param {Picture} picture
 * @param {import("./colour.js").Colours} colours
 * @param {string} family
 */
function captioned(picture, colours, family) {
  const font = `12px ${family}`;
  const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  ruler.font = font;
  const lines = wrapped(picture.caption, picture.width - 2 * MARGIN, (text) => ruler.measureText(text).width);
  const strip = picture.legend ? LINE + 4 : 0;
  const height = picture.height + MARGIN + strip + lines.length * LINE + MARGIN;
  /** @param {CanvasRenderingContext2D} context */
  const below = (context) => {
    context.font = font;
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.fillStyle = colours.text;
    let y = picture.height + MARGIN + LINE / 2;
    if (picture.legend) {
      const [low, high] = picture.legend;
      const left = MARGIN + ruler.measureText(low).width + 6;
      context.fillText(low, MARGIN, y);
      context.fillText(high, left + STRIP.width + 6, y);
      drawRamp(context, colours.ramp, left, y - STRIP.height / 2);
      context.fillStyle = colours.text;
      y += strip;
    }
    for (const [at, line] of lines.entries()) context.fillText(line, MARGIN, y + at * LINE);
  };
  return { height, below };
}

/** @param {Picture} picture @param {import("./colour.js").Colours} colours @param {string} family */
function saveSvg(picture, colours, family) {
  const { height, below } = captioned(picture, colours, family);
  const ruler = document.createElement("canvas").getContext("2d");
  const pen = new SvgPen(picture.width, height, colours.background, ruler);
  const context = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (pen));
  below(context);
  picture.paint(context);
  download(new Blob([pen.toString()], { type: "image/svg+xml" }), `${picture.name}.svg`);
}

/** @param {Picture} picture @param {import("./colour.js").Colours} colours @param {string} family */
function savePng(picture, colours, family) {
  const { height, below } = captioned(picture, colours, family);
  const canvas = document.createElement("canvas");
  canvas.width = picture.width * SHARPNESS;
  canvas.height = height * SHARPNESS;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = colours.background;
  context.fillRect(0, 0, picture.width, height);
  below(context);
  picture.paint(context);
  canvas.toBlob((blob) => blob && download(blob, `${picture.name}.png`));
}

/**
 * Puts the buttons that save a view into its `.save`.
 * @param {HTMLElement | ShadowRoot} root
 * @param {() => import("./colour.js").ColourSets | null} sets null while there is nothing to save
 * @param {(colours: import("./colour.js").Colours) => Picture | Promise<Picture>} picture
 * @returns {() => void} to be called when the sets may be others: colours for print are offered where they differ
 */
export function saveBar(root, sets, picture) {
  const bar = find(root, ".save");
  const [svg, png] = [element("button", "svg", "SVG"), element("button", "png", "PNG")];
  const paper = /** @type {HTMLInputElement} */ (element("input", "paper"));
  paper.type = "checkbox";
  const label = element("label");
  label.append(paper, "colours for print");
  bar.replaceChildren(svg, png, label);
  /** @param {(picture: Picture, colours: import("./colour.js").Colours, family: string) => void} write */
  const save = async (write) => {
    const found = sets();
    if (!found) return;
    const colours = paper.checked ? found.print : found.screen;
    write(await picture(colours), colours, getComputedStyle(bar).fontFamily);
  };
  svg.onclick = () => save(saveSvg);
  png.onclick = () => save(savePng);
  return () => {
    const found = sets();
    label.hidden = found !== null && JSON.stringify(found.screen) === JSON.stringify(found.print);
  };
}
