// Draws two columns of tokens and the links between them: A's, B's, or those that each of them adds.

import { css, inkOn } from "../lib/colour.js";
import { boxOf, columnEdges, edgesBeside, frameToken, ROW } from "../lib/columns.js";
import { hatch } from "../lib/hatch.js";
import { fitText } from "../lib/labels.js";
import { drawLink } from "../lib/links.js";
import { isThere, labelText, SEEN } from "./comparison.js";
import { cellText } from "./map_drawing.js";

/**
 * @typedef {import("./comparison.js").Panel} Panel
 * @typedef {import("./comparison.js").Side} Side
 * @typedef {import("./window.js").Lit} Lit
 * @typedef {import("../lib/columns.js").Rows} Rows
 */

/** The column of numbers, in px. */
export const NUMBERS = 42;
/** Numbers stand beside tokens with at least so much, and links of at least so much are drawn of a token. */
const WORTH = { number: 0.02, link: 0.002 };

export class LinkDrawing {
  /**
   * @param {{
   *   comparison: import("./comparison.js").Comparison, scales: import("./scales.js").Scales, family: string,
   *   colours: import("../lib/colour.js").Colours, width: number, held: Lit, lit: Lit,
   * }} parts lit: what is pointed at, else what is held
   */
  constructor({ comparison, scales, colours, family, width, held, lit }) {
    this.comparison = comparison;
    this.scales = scales;
    this.colours = colours;
    this.family = family;
    this.edges = columnEdges(width, NUMBERS);
    this.held = held;
    this.lit = lit;
  }

  /** @param {CanvasRenderingContext2D} context @param {Panel} panel @param {Rows} rows */
  paint(context, panel, rows) {
    const { query, key } = this.lit;
    const side = query !== null ? "query" : "key";
    const token = query ?? key;
    const other = side === "query" ? "key" : "query";
    const line = token === null ? null : this.comparison.line(panel, side, token);
    if (line) this.shade(context, panel, other, line, rows);
    if (line && token !== null) this.drawLine(context, panel, side, token, line);
    else this.drawAll(context, panel, rows);
    for (const one of /** @type {Side[]} */ (["query", "key"])) {
      this.drawTokens(context, panel, one, rows, one === other ? line : null);
      for (const at of new Set([this.held[one], this.lit[one]])) {
        if (at !== null) frameToken(context, this.edges, one, at, this.colours.text);
      }
    }
    if (line) this.drawNumbers(context, panel, other, line, rows);
  }

  /** @param {CanvasRenderingContext2D} context @param {Panel} panel @param {Rows} rows */
  drawAll(context, panel, { first, last }) {
    const count = this.comparison.rows.length;
    for (let query = first; query < Math.min(last, count); query++) {
      const { values } = this.comparison.line(panel, "query", query);
      for (const key of this.comparison.links(panel, query)) {
        this.link(context, this.edges, panel, query, key, values[key]);
      }
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {Side} side
   * @param {number} token
   * @param {import("./comparison.js").Line} line
   */
  drawLine(context, panel, side, token, { values }) {
    const edges = edgesBeside(this.edges, side === "query" ? "key" : "query", NUMBERS);
    values.forEach((value, at) => {
      if (Math.abs(value) < WORTH.link) return;
      if (side === "query") this.link(context, edges, panel, token, at, value);
      else this.link(context, edges, panel, at, token, value);
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("../lib/columns.js").Edges} edges
   * @param {Panel} panel
   * @param {number} query
   * @param {number} key
   * @param {number} value
   */
  link(context, edges, panel, query, key, value) {
    context.strokeStyle = this.scales.ofLink(panel, value);
    drawLink(context, edges, query, key, Math.abs(value));
  }

  /**
   * What the tokens of a column get, or give, as a colour; hatched where there is nothing to see.
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {Side} side
   * @param {import("./comparison.js").Line} line
   * @param {Rows} rows
   */
  shade(context, panel, side, { values, states }, { first, last }) {
    const colour = this.scales.of(panel);
    context.strokeStyle = this.colours.border;
    for (let token = first; token < Math.min(last, values.length); token++) {
      if (states[token] !== SEEN) {
        hatch(context, ...boxOf(this.edges, side, token));
        continue;
      }
      context.fillStyle = css(colour(values[token]));
      context.fillRect(...boxOf(this.edges, side, token));
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {Side} side
   * @param {import("./comparison.js").Line} line
   * @param {Rows} rows
   */
  drawNumbers(context, panel, side, { values, states }, { first, last }) {
    context.fillStyle = this.colours.text;
    context.font = `12px ${this.family}`;
    context.textAlign = "left";
    const x = side === "key" ? this.edges.width - NUMBERS + 5 : this.edges.left + 5;
    for (let at = first; at < Math.min(last, values.length); at++) {
      const cell = { value: values[at], state: states[at] };
      if (Math.abs(cell.value) >= WORTH.number) context.fillText(cellText(panel, cell, 2), x, (at + 0.5) * ROW);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {Side} side
   * @param {Rows} rows
   * @param {import("./comparison.js").Line | null} shaded by what the column is coloured
   */
  drawTokens(context, panel, side, { first, last }, shaded) {
    const { left, right } = this.edges;
    const labels = this.comparison.labels(side);
    const colour = this.scales.of(panel);
    context.font = `13px ${this.family}`;
    context.textBaseline = "middle";
    context.textAlign = side === "query" ? "right" : "left";
    for (let token = first; token < Math.min(last, labels.length); token++) {
      const label = labels[token];
      const text = fitText(labelText(label, panel), left - 12, (part) => context.measureText(part).width);
      const muted = label.special || !isThere(label, panel);
      const inked = shaded && shaded.states[token] === SEEN && Math.abs(shaded.values[token]) > 0.01;
      context.fillStyle = inked ? inkOn(colour(shaded.values[token])) : muted ? this.colours.muted : this.colours.text;
      context.fillText(text, side === "query" ? left - 6 : right + 6, (token + 0.5) * ROW);
    }
  }
}
