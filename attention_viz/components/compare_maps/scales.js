// The colours of the three panels: one scale for A and B, one on both sides of 0 for their difference.

import { alongScale, css, divergingTables, rampTable } from "../lib/colour.js";

/**
 * @typedef {import("../lib/colour.js").Rgb} Rgb
 * @typedef {{top: number, bound: number, curve: import("../lib/colour.js").Curve}} Ends where the scales end: of A and B,
 *   and of the difference on both sides
 */

/** The strips of a legend, in px. */
export const STRIPS = { width: 120, height: 10 };

/** A number at the end of a scale. @param {number} value */
const atEnd = (value) => String(Number(value.toPrecision(2)));

export class Scales {
  /** @param {import("../lib/colour.js").Colours} colours @param {Ends} ends */
  constructor(colours, ends) {
    this.ends = ends;
    this.ramp = rampTable(colours.ramp);
    this.sides = divergingTables(colours.diverging);
    const [a, b] = [colours.diverging[0], colours.diverging[colours.diverging.length - 1]];
    /** The colours of A and of B, of links and names. */
    this.names = { a, b };
  }

  /** @param {number} weight @returns {Rgb} */
  ofWeight(weight) {
    return this.ramp[Math.round(255 * alongScale(weight, this.ends.top, this.ends.curve))];
  }

  /** @param {number} difference @returns {Rgb} */
  ofDifference(difference) {
    const at = Math.round(255 * alongScale(difference, this.ends.bound, this.ends.curve));
    return at < 0 ? this.sides.below[-at] : this.sides.above[at];
  }

  /** @param {import("./comparison.js").Panel} panel @returns {(value: number) => Rgb} */
  of(panel) {
    return (value) => panel === "difference" ? this.ofDifference(value) : this.ofWeight(value);
  }

  /** The colour of a link. @param {import("./comparison.js").Panel} panel @param {number} value */
  ofLink(panel, value) {
    if (panel !== "difference") return this.names[panel];
    return value < 0 ? this.names.a : this.names.b;
  }

  /**
   * What stands before, on and behind the strips of the legend; "and more" where a scale ends below the strongest.
   * @param {{weight: number, difference: number}} most
   */
  words(most) {
    const { top, bound, curve } = this.ends;
    const more = (/** @type {number} */ value, /** @type {number} */ end) => value > end * 1.001 ? " and more" : "";
    const curves = curve === "sqrt" ? "square-root colours" : "linear colours";
    const end = atEnd(bound);
    return {
      weights: { low: "0", high: atEnd(top) + more(most.weight, top), what: `attention weight in A and B, ${curves}` },
      difference: {
        low: `−${end}`,
        high: `+${end}${more(most.difference, bound)}`,
        what: `B − A, ${curves}; 0 has the colour of the page`,
      },
    };
  }

  /** @param {CanvasRenderingContext2D} context @param {"weights" | "difference"} which @param {number} x @param {number} y */
  strip(context, which, x, y) {
    const half = [...this.sides.below].reverse();
    const colours = which === "weights" ? this.ramp : [...half, ...this.sides.above];
    for (let at = 0; at < STRIPS.width; at++) {
      context.fillStyle = css(colours[Math.floor((at + 0.5) / STRIPS.width * colours.length)]);
      context.fillRect(x + at, y, at === STRIPS.width - 1 ? 1 : 1.2, STRIPS.height);
    }
  }
}
