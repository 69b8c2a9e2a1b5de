// Draws two columns of tokens and the links between them, on a canvas or into an SVG.

import { css, inkOn, rampTable } from "../lib/colour.js";
import { boxOf, frameToken, ROW } from "../lib/columns.js";
import { hatch } from "../lib/hatch.js";
import { fitText } from "../lib/labels.js";
import { drawLink, strongest, withoutHidden } from "../lib/links.js";
import { headWeights } from "../lib/maps.js";

/**
 * @typedef {{text: string, special: boolean, segment: number}} Item
 * @typedef {{query: Item[], key: Item[]}} Sides
 * @typedef {import("../lib/columns.js").Edges} Edges
 * @typedef {import("../lib/columns.js").Rows} Rows
 * @typedef {{cover: number, least: number, route: string, hide: boolean, again: boolean}} Wishes what the controls ask for:
 *   the share of each row that is drawn, the least weight, the two texts ("01": from the first to the second), whether
 *   special tokens are hidden and rows made to add up to 1 again
 * @typedef {import("../lib/columns.js").Side} Side
 */

/** The width of the column of numbers, in px. */
export const NUMBERS = 40;
/** Numbers stand beside tokens that get at least this much. */
const WORTH_A_NUMBER = 0.02;

/** What one picture of the links is drawn from. */
export class Drawing {
  /**
   * @param {{
   *   bus: import("../lib/bus.js").Bus, items: Sides, on: Set<number | null>, wishes: Wishes, edges: Edges, family: string,
   *   colours: import("../lib/colour.js").Colours,
   * }} parts on: the heads that are drawn
   */
  constructor({ bus, items, on, wishes, edges, family, colours }) {
    this.bus = bus;
    this.items = items;
    this.on = on;
    this.wishes = wishes;
    this.edges = edges;
    this.family = family;
    this.colours = colours;
    this.table = rampTable(colours.ramp);
    /** The column that is shaded, and by what. @type {{side: Side, weights: Float64Array} | undefined} */
    this.shaded = undefined;
  }

  /**
   * The tokens of some rows and their links. Returns the share of their attention that is not drawn, null when none of
   * their maps are here.
   * @param {CanvasRenderingContext2D} context
   * @param {Rows} rows
   */
  paint(context, rows) {
    const focus = this.bus.focus;
    const missing = focus ? this.drawFocus(context, focus, rows) : this.drawAll(context, rows);
    for (const side of /** @type {Side[]} */ (["query", "key"])) this.drawTokens(context, side, rows, focus);
    return missing;
  }

  /** Which tokens of a side can't be seen or linked. @param {Side} side */
  hidden(side) {
    const { route, hide } = this.wishes;
    const segment = route ? Number(route[side === "query" ? 0 : 1]) : null;
    return this.items[side].map((item) => (hide && item.special) || (segment !== null && item.segment !== segment));
  }

  /**
   * A head's weights of one token as the visitor wants them: what a query looks at, or what looks at a key.
   * @param {number | null} head
   * @param {Side} side
   * @param {number} token
   * @param {boolean[]} gone
   */
  weights(head, side, token, gone) {
    const found = headWeights(this.bus, head, side, token);
    if (!found) return null;
    const again = side === "query" && this.wishes.again && this.wishes.hide;
    return { ...found, weights: withoutHidden(found.weights, gone, again) };
  }

  /**
   * The mean over the heads that are on, null while one of them is not here.
   * @param {Side} side
   * @param {number} token
   * @returns {import("../lib/maps.js").Weights | null}
   */
  mean(side, token) {
    const gone = this.hidden(side === "query" ? "key" : "query");
    const sum = new Float64Array(gone.length);
    let [hidden, exact] = [new Uint8Array(gone.length).fill(1), true];
    for (const head of this.on) {
      const found = this.weights(head, side, token, gone);
      if (!found) return null;
      found.weights.forEach((weight, at) => sum[at] += weight / this.on.size);
      hidden = hidden.map((one, at) => one & found.hidden[at]);
      exact &&= found.exact;
    }
    return this.on.size ? { weights: sum, hidden, exact } : null;
  }

  /**
   * The links of all rows in view.
   * @param {CanvasRenderingContext2D} context
   * @param {Rows} rows
   */
  drawAll(context, { first, last }) {
    const { cover, least } = this.wishes;
    const [queries, keys] = [this.hidden("query"), this.hidden("key")];
    let [drawn, total] = [0, 0];
    for (const head of this.on) {
      context.strokeStyle = this.colour(head, "query");
      for (let query = first; query < Math.min(last, queries.length); query++) {
        const row = queries[query] ? null : this.weights(head, "query", query, keys)?.weights;
        if (!row) continue;
        const links = strongest(row, cover, least);
        drawn += links.drawn;
        total += links.total;
        for (const key of links.keys) drawLink(context, this.edges, query, key, row[key]);
      }
    }
    return total ? 1 - drawn / total : null;
  }

  /**
   * The links of one token, and the other column shaded by what it gets, with the numbers.
   * @param {CanvasRenderingContext2D} context
   * @param {{side: Side, token: number}} focus
   * @param {Rows} rows
   */
  drawFocus(context, { side, token }, rows) {
    const other = side === "query" ? "key" : "query";
    const mean = this.mean(side, token);
    if (!mean) return null;
    this.shaded = { side: other, weights: mean.weights };
    this.shade(context, other, mean, rows);
    const gone = this.hidden(other);
    const least = Math.max(this.wishes.least, 0.002);
    for (const head of this.on) {
      context.strokeStyle = this.colour(head, side);
      this.weights(head, side, token, gone)?.weights.forEach((weight, at) => {
        if (weight < least) return;
        if (side === "query") drawLink(context, this.edges, token, at, weight);
        else drawLink(context, this.edges, at, token, weight);
      });
    }
    if (mean.exact) this.numbers(context, other, mean.weights, rows);
    return 0;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Side} side
   * @param {import("../lib/maps.js").Weights} mean
   * @param {Rows} rows
   */
  shade(context, side, { weights, hidden }, { first, last }) {
    context.strokeStyle = this.colours.border;
    for (let token = first; token < Math.min(last, weights.length); token++) {
      if (hidden[token]) {
        hatch(context, ...boxOf(this.edges, side, token));
        continue;
      }
      context.fillStyle = css(this.table[Math.round(255 * Math.sqrt(Math.min(1, weights[token])))]);
      context.fillRect(...boxOf(this.edges, side, token));
    }
  }

  /**
   * The exact weights beside the tokens that get some.
   * @param {CanvasRenderingContext2D} context
   * @param {Side} side
   * @param {Float64Array} weights
   * @param {Rows} rows
   */
  numbers(context, side, weights, { first, last }) {
    context.fillStyle = this.colours.text;
    context.font = `12px ${this.family}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    const x = side === "key" ? this.edges.width - NUMBERS + 6 : this.edges.left + 6;
    for (let at = first; at < Math.min(last, weights.length); at++) {
      if (weights[at] >= WORTH_A_NUMBER) context.fillText(weights[at].toFixed(2), x, (at + 0.5) * ROW);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Side} side
   * @param {Rows} rows
   * @param {import("../lib/bus.js").Hover} focus
   */
  drawTokens(context, side, { first, last }, focus) {
    const { left, right } = this.edges;
    const [items, gone] = [this.items[side], this.hidden(side)];
    const shaded = focus && this.shaded?.side === side ? this.shaded.weights : null;
    context.font = `13px ${this.family}`;
    context.textBaseline = "middle";
    context.textAlign = side === "query" ? "right" : "left";
    for (let token = first; token < Math.min(last, items.length); token++) {
      const item = items[token];
      const text = fitText(item.text, left - 14, (part) => context.measureText(part).width);
      const weight = shaded ? shaded[token] : 0;
      const colour = this.table[Math.round(255 * Math.sqrt(Math.min(1, weight)))];
      context.globalAlpha = gone[token] ? 0.35 : 1;
      context.fillStyle = weight > 0.01 ? inkOn(colour) : item.special ? this.colours.muted : this.colours.text;
      context.fillText(text, side === "query" ? left - 6 : right + 6, (token + 0.5) * ROW);
    }
    context.globalAlpha = 1;
    for (const token of new Set([this.bus.shown.held[side], focus?.side === side ? focus.token : null])) {
      if (token !== null) frameToken(context, this.edges, side, token, this.colours.text);
    }
  }

  /** With one head, colour tells the direction; with several, it tells the head. @param {number | null} head @param {Side} side */
  colour(head, side) {
    const { accent, other, heads } = this.colours;
    if (this.on.size === 1) return side === "query" ? accent : other;
    return heads[(head ?? 0) % heads.length];
  }
}
