// Draws two columns of tokens and the links between them, on a canvas or into an SVG.

import { css, inkOn, rampTable } from "../lib/colour.js";
import { boxOf, edgesBeside, frameToken, ROW } from "../lib/columns.js";
import { hatch } from "../lib/hatch.js";
import { fitText } from "../lib/labels.js";
import { drawLink, strongest, withoutHidden } from "../lib/links.js";
import { headWeights, meanOf, seesOne } from "../lib/maps.js";

/**
 * @typedef {{text: string, special: boolean, segment: number}} Item
 * @typedef {{query: Item[], key: Item[]}} Sides
 * @typedef {import("../lib/columns.js").Edges} Edges
 * @typedef {import("../lib/columns.js").Rows} Rows
 * @typedef {import("./choices.js").Settings} Settings
 * @typedef {{drawn: number, total: number}} Shares how much attention is drawn, and of how much
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
   *   bus: import("../lib/bus.js").Bus, items: Sides, on: (number | null)[], settings: Settings, edges: Edges,
   *   family: string, colours: import("../lib/colour.js").Colours,
   * }} parts on: the heads that are drawn; settings: those that make a difference here
   */
  constructor({ bus, items, on, settings, edges, family, colours }) {
    this.bus = bus;
    this.items = items;
    this.on = on;
    this.settings = settings;
    this.edges = edges;
    this.family = family;
    this.colours = colours;
    this.table = rampTable(colours.ramp);
    /** The column that is shaded, and by what. @type {{side: Side, weights: Float64Array} | undefined} */
    this.shaded = undefined;
  }

  /**
   * The tokens of some rows and their links. Returns how much of their attention is drawn, of the rows in view or of the
   * token in focus; null when none of their maps are here.
   * @param {CanvasRenderingContext2D} context
   * @param {Rows} rows
   * @returns {Shares | null}
   */
  paint(context, rows) {
    const focus = this.bus.focus;
    const shares = focus ? this.drawFocus(context, focus, rows) : this.drawAll(context, rows);
    for (const side of /** @type {Side[]} */ (["query", "key"])) this.drawTokens(context, side, rows, focus);
    return shares;
  }

  /** Which tokens of a side can't be seen or linked. @param {Side} side */
  hidden(side) {
    const { route, hide } = this.settings;
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
    const again = side === "query" && this.settings.again && this.settings.hide;
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
    return meanOf(this.on.map((head) => this.weights(head, side, token, gone)));
  }

  /**
   * The strongest of some weights, as many as are to be drawn.
   * @param {Float64Array} weights
   */
  chosen(weights) {
    return strongest(weights, this.settings.cover / 100, this.settings.least);
  }

  /** Does a query see one key alone in all heads that are drawn? Then its weight says nothing of them. @param {number} query */
  saysNothing(query) {
    return this.items.key.length > 1 && this.on.every((head) => seesOne(this.bus, head, query));
  }

  /**
   * The links of all rows in view.
   * @param {CanvasRenderingContext2D} context
   * @param {Rows} rows
   * @returns {Shares | null}
   */
  drawAll(context, { first, last }) {
    const [queries, keys] = [this.hidden("query"), this.hidden("key")];
    let [drawn, total, here] = [0, 0, false];
    for (const head of this.on) {
      context.strokeStyle = this.colour(head, "query");
      for (let query = first; query < Math.min(last, queries.length); query++) {
        const row = queries[query] ? null : this.weights(head, "query", query, keys)?.weights;
        here ||= row !== undefined;
        if (!row || this.saysNothing(query)) continue;
        const links = this.chosen(row);
        drawn += links.drawn;
        total += links.total;
        for (const key of links.keys) drawLink(context, this.edges, query, key, row[key]);
      }
    }
    return here ? { drawn, total } : null;
  }

  /**
   * The strongest links of one token, and the other column shaded by all that it gets, with the numbers.
   * @param {CanvasRenderingContext2D} context
   * @param {{side: Side, token: number}} focus
   * @param {Rows} rows
   * @returns {Shares | null}
   */
  drawFocus(context, { side, token }, rows) {
    const other = side === "query" ? "key" : "query";
    const mean = this.mean(side, token);
    if (!mean) return null;
    this.shaded = { side: other, weights: mean.weights };
    this.shade(context, other, mean, rows);
    const shares = { drawn: 0, total: 0 };
    for (const head of this.on) {
      context.strokeStyle = this.colour(head, side);
      const links = this.linksOf(head, side, token);
      shares.drawn += links.drawn;
      shares.total += links.total;
      for (const [query, key, weight] of links.links) {
        drawLink(context, edgesBeside(this.edges, other, NUMBERS), query, key, weight);
      }
    }
    if (mean.exact) this.numbers(context, other, mean.weights, rows);
    return shares;
  }

  /**
   * The links of one token that are drawn: those that cover the share of its row that is asked for, or of its column.
   * @param {number | null} head
   * @param {Side} side
   * @param {number} token
   * @returns {Shares & {links: [query: number, key: number, weight: number][]}}
   */
  linksOf(head, side, token) {
    const found = this.weights(head, side, token, this.hidden(side === "query" ? "key" : "query"));
    if (!found) return { links: [], drawn: 0, total: 0 };
    const { weights } = found;
    if (side === "query") {
      const { keys, ...shares } = this.chosen(weights);
      return { ...shares, links: keys.map((key) => [token, key, weights[key]]) };
    }
    const telling = weights.map((weight, query) => weight && this.saysNothing(query) ? 0 : weight);
    const { keys: queries, ...shares } = this.chosen(telling);
    return { ...shares, links: queries.map((query) => [query, token, weights[query]]) };
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
    if (this.on.length === 1) return side === "query" ? accent : other;
    return heads[(head ?? 0) % heads.length];
  }
}
