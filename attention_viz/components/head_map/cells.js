// The numbers of a map as they were sent: cells, each for one row and column or, of large maps, for a block of them.

import { fromWord, wordsOf } from "../lib/maps.js";

/**
 * @typedef {import("./part.js").Ends} Ends
 * @typedef {import("./part.js").Part} Part
 * @typedef {{row: number, column: number}} Cell
 */

/** The most cells along a side, as in figures/pooling.py. */
const MOST_CELLS = 512;

/** The rows or columns that a cell stands for. @param {number} cell @param {Ends} here @param {number} cells @returns {Ends} */
export function blockOf(cell, [first, end], cells) {
  const start = (/** @type {number} */ at) => first + Math.floor(at * (end - first) / cells);
  return [start(cell), start(cell + 1)];
}

/** The cell that a row or column is in, or null when it isn't here. @param {number} at @param {Ends} here @param {number} cells */
export function cellOf(at, [first, end], cells) {
  return at < first || at >= end ? null : Math.floor(((at - first + 1) * cells - 1) / (end - first));
}

export class Cells {
  /** @param {Uint16Array} words row by row @param {Part} part what they stand for */
  constructor(words, part) {
    this.words = words;
    this.part = part;
    this.rows = Math.min(MOST_CELLS, part.rows[1] - part.rows[0]);
    this.columns = Math.min(MOST_CELLS, part.columns[1] - part.columns[0]);
  }

  /** For Plotly: rows of weights, NaN where a query can't see. */
  get weights() {
    const all = new Float32Array(this.words.length);
    for (let at = 0; at < all.length; at++) all[at] = this.words[at] ? fromWord(this.words[at]) : NaN;
    return Array.from(
      { length: this.rows },
      (_, row) => all.subarray(row * this.columns, (row + 1) * this.columns),
    );
  }

  /** Is there anything that a query can't see? */
  get hides() {
    return this.words.includes(0);
  }

  /** The weight in a cell, null where a query can't see. @param {Cell} cell */
  at({ row, column }) {
    const word = this.words[row * this.columns + column];
    return word ? fromWord(word) : null;
  }

  /** The rows and columns that a cell stands for. @param {Cell} cell @returns {Part} */
  block({ row, column }) {
    return {
      rows: blockOf(row, this.part.rows, this.rows),
      columns: blockOf(column, this.part.columns, this.columns),
    };
  }

  /** @param {number} query @param {number} key @returns {Cell | null} */
  find(query, key) {
    const row = cellOf(query, this.part.rows, this.rows);
    const column = cellOf(key, this.part.columns, this.columns);
    return row === null || column === null ? null : { row, column };
  }
}

/**
 * The map of the place on screen, or null while it is not here.
 * @param {import("../lib/bus.js").Bus} bus
 * @param {{pooled: boolean, part: Part}} data
 * @returns {Cells | null}
 */
export function cellsOf(bus, { pooled, part }) {
  const parcel = bus.get(pooled ? "overview" : "exact");
  if (!parcel || !isOf(parcel.header, bus.shown)) return null;
  const { queries, keys, rows, columns } = parcel.header;
  const here = pooled ? { rows, columns } : { rows: [0, queries], columns: [0, keys] };
  if (pooled && String([rows, columns]) !== String([part.rows, part.columns])) return null;
  return new Cells(wordsOf(parcel.payload), /** @type {Part} */ (here));
}

/**
 * Is this said of a place, or of the mean of the same heads?
 * @param {Record<string, any>} said
 * @param {{layer: number | null, head: number | null, among: number[]}} place
 */
export const isOf = (said, { layer, head, among }) =>
  said.layer === layer && said.head === head && String(said.among) === String(among);
