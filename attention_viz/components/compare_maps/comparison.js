// Two maps with the same rows and columns, and their difference B − A.

import { strongest } from "../lib/links.js";
import { fromWord } from "../lib/maps.js";

/**
 * @typedef {"a" | "b" | "difference"} Panel
 * @typedef {import("../lib/columns.js").Side} Side
 * @typedef {{a: string | null, b: string | null, special: boolean, segment: number}} Label a row or column of both maps: its
 *   text in A and in B, null where there is no such token
 * @typedef {{rows: number, columns: number, values: Float32Array, states: Uint8Array}} Grid numbers, row by row, and what is
 *   known of each: SEEN, HIDDEN or ABSENT
 * @typedef {{values: Float32Array, states: Uint8Array}} Line a row or a column of a grid
 */

/** A cell with a number. */
export const SEEN = 0;
/** The query can't see the key; in a difference, it can't on one side or on both. */
export const HIDDEN = 1;
/** The query or the key is not there; in a difference, it is there on one side only. */
export const ABSENT = 2;
/** The panels, from left to right. @type {Panel[]} */
export const PANELS = ["a", "b", "difference"];

/** How opaque the veil over what is absent is, of 255. */
const VEIL = 40;
/** Links cover this much of each row. */
const COVER = 0.6;

/** Is the token on this side, or for a difference, on both? @param {Label} label @param {Panel} panel */
export const isThere = (label, panel) =>
  panel === "difference" ? label.a !== null && label.b !== null : label[panel] !== null;

/**
 * What stands beside a row or column. What is only on one side says so everywhere.
 * @param {Label} label
 * @param {Panel} panel
 */
export function labelText({ a, b }, panel) {
  if (a === null || b === null) return b === null ? `${a ?? ""} (A)` : `${b} (B)`;
  if (panel !== "difference") return panel === "a" ? a : b;
  return a === b ? a : `${a} / ${b}`;
}

/**
 * The same at half the size: each cell is the strongest of four. A diffuse map must not lose its few strong cells by
 * being drawn small.
 * @param {Grid} grid
 * @returns {Grid}
 */
export function halved(grid) {
  const [rows, columns] = [Math.ceil(grid.rows / 2), Math.ceil(grid.columns / 2)];
  const [values, states] = [new Float32Array(rows * columns), new Uint8Array(rows * columns).fill(ABSENT)];
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const [from, to] = [row * grid.columns + column, (row >> 1) * columns + (column >> 1)];
      states[to] = Math.min(states[to], grid.states[from]);
      if (Math.abs(grid.values[from]) > Math.abs(values[to])) values[to] = grid.values[from];
    }
  }
  return { rows, columns, values, states };
}

/**
 * Red, green, blue and opacity of each cell. What can't be seen is left out; what is absent is a grey veil.
 * @param {Grid} grid
 * @param {(value: number) => import("../lib/colour.js").Rgb} colour
 * @param {import("../lib/colour.js").Rgb} veil
 */
export function pixels({ values, states }, colour, veil) {
  const painted = new Uint8ClampedArray(4 * values.length);
  for (let at = 0; at < values.length; at++) {
    if (states[at] === HIDDEN) continue;
    const seen = states[at] === SEEN;
    const [red, green, blue] = seen ? colour(values[at]) : veil;
    painted[4 * at] = red;
    painted[4 * at + 1] = green;
    painted[4 * at + 2] = blue;
    painted[4 * at + 3] = seen ? 255 : VEIL;
  }
  return painted;
}

/** @param {Float32Array} values */
function largest(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** Both maps, aligned by the server. */
export class Comparison {
  /**
   * @param {Uint16Array} words A's weights row by row, then B's
   * @param {Label[]} rows
   * @param {Label[]} columns
   */
  constructor(words, rows, columns) {
    this.rows = rows;
    this.columns = columns;
    const size = rows.length * columns.length;
    const [a, b] = [this.side("a", words.subarray(0, size)), this.side("b", words.subarray(size, 2 * size))];
    /** @type {Record<Panel, Grid>} */
    this.grids = { a, b, difference: this.between(a, b) };
    /** The largest weight of both, and the largest difference. */
    this.most = { weight: Math.max(largest(a.values), largest(b.values)), difference: 0 };
    this.most.difference = largest(this.grids.difference.values);
    /** @type {Partial<Record<Panel, boolean>>} */
    this.gaps = {};
    /** @type {Map<string, number[]>} */
    this.chosen = new Map();
  }

  /** @param {"a" | "b"} panel @param {Uint16Array} words @returns {Grid} */
  side(panel, words) {
    const [rows, columns] = [this.rows.length, this.columns.length];
    const [values, states] = [new Float32Array(words.length), new Uint8Array(words.length)];
    this.each((at, row, column) => {
      const there = isThere(row, panel) && isThere(column, panel);
      states[at] = there ? words[at] ? SEEN : HIDDEN : ABSENT;
      if (there) values[at] = fromWord(words[at]);
    });
    return { rows, columns, values, states };
  }

  /** What one side can't see is left out: that is not 0. @param {Grid} a @param {Grid} b @returns {Grid} */
  between(a, b) {
    const [values, states] = [new Float32Array(a.values.length), new Uint8Array(a.values.length)];
    this.each((at, row, column) => {
      const there = isThere(row, "difference") && isThere(column, "difference");
      states[at] = there ? Math.max(a.states[at], b.states[at]) : ABSENT;
      if (states[at] === SEEN) values[at] = b.values[at] - a.values[at];
    });
    return { ...a, values, states };
  }

  /** @param {(at: number, row: Label, column: Label) => void} visit */
  each(visit) {
    let at = 0;
    for (const row of this.rows) {
      for (const column of this.columns) visit(at++, row, column);
    }
  }

  /** Do the sides have anything in common? */
  get overlaps() {
    return [this.rows, this.columns].every((labels) => labels.some((label) => isThere(label, "difference")));
  }

  /** Is there any cell that both sides can see? */
  get comparable() {
    return this.grids.difference.states.includes(SEEN);
  }

  /** Is B exactly A? */
  get same() {
    const { a, b } = this.grids;
    return !this.alone && this.most.difference === 0 && a.states.every((state, at) => state === b.states[at]);
  }

  /** Is there anything that a query can't see? */
  get hides() {
    return [this.grids.a, this.grids.b].some(({ states }) => states.includes(HIDDEN));
  }

  /** Are there cells without a number? @param {Panel} panel */
  hasGaps(panel) {
    return this.gaps[panel] ??= this.grids[panel].states.some(Boolean);
  }

  /** Is there anything on one side only? */
  get alone() {
    return [...this.rows, ...this.columns].some((label) => !isThere(label, "difference"));
  }

  /** @param {Side} side */
  labels(side) {
    return side === "query" ? this.rows : this.columns;
  }

  /** @param {Panel} panel @param {number} query @param {number} key */
  at(panel, query, key) {
    const place = query * this.columns.length + key;
    return { value: this.grids[panel].values[place], state: this.grids[panel].states[place] };
  }

  /**
   * The row of a query or the column of a key.
   * @param {Panel} panel
   * @param {Side} side
   * @param {number} token
   * @returns {Line}
   */
  line(panel, side, token) {
    const { columns, values, states } = this.grids[panel];
    if (side === "query") {
      const [start, end] = [token * columns, (token + 1) * columns];
      return { values: values.subarray(start, end), states: states.subarray(start, end) };
    }
    const at = (/** @type {number} */ row) => row * columns + token;
    return {
      values: Float32Array.from(this.rows, (_, row) => values[at(row)]),
      states: Uint8Array.from(this.rows, (_, row) => states[at(row)]),
    };
  }

  /** The keys of a query's strongest links, or of its largest differences. @param {Panel} panel @param {number} query */
  links(panel, query) {
    const name = `${panel} ${query}`;
    let keys = this.chosen.get(name);
    if (!keys) {
      keys = strongest(this.line(panel, "query", query).values.map(Math.abs), COVER, 0).keys;
      this.chosen.set(name, keys);
    }
    return keys;
  }
}
