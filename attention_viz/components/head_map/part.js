// Which part of a map is in view, and where that lies on Plotly's axes.

/**
 * @typedef {[number, number]} Ends from the first to before the last
 * @typedef {{rows: Ends, columns: Ends}} Part
 * @typedef {{query: number, key: number}} Sides how many rows and columns a map has
 * @typedef {import("../lib/bus.js").Held} Lit
 */

/** Zoomed in, so many cells stay in view. */
const FEWEST = 4;

/** @param {Sides} sides @returns {Part} */
export const everything = ({ query, key }) => ({ rows: [0, query], columns: [0, key] });

/** @param {Part} part @param {Sides} sides */
export const isEverything = ({ rows, columns }, { query, key }) =>
  rows[0] <= 0 && columns[0] <= 0 && rows[1] >= query && columns[1] >= key;

/** Ends moved as little as it takes to lie on a side of so many cells. @param {Ends} ends @param {number} count @returns {Ends} */
function kept([first, end], count) {
  const length = Math.min(count, Math.max(FEWEST, end - first));
  const start = Math.min(count - length, Math.max(0, (first + end - length) / 2));
  return [start, start + length];
}

/** @param {Part} part @param {Sides} sides @returns {Part} */
const inMap = ({ rows, columns }, { query, key }) => ({ rows: kept(rows, query), columns: kept(columns, key) });

/** Whole cells. @param {Part} part @param {Sides} sides @returns {Part} */
export function rounded(part, sides) {
  const { rows, columns } = inMap(part, sides);
  const around = (
    /** @type {Ends} */ [first, end],
  ) => /** @type {Ends} */ ([Math.floor(first + 1e-6), Math.ceil(end - 1e-6)]);
  return { rows: around(rows), columns: around(columns) };
}

/**
 * Nearer or farther, while the held row and column stay where they are, or the middle where those are out of view.
 * @param {Part} part
 * @param {Sides} sides
 * @param {number} factor
 * @param {Lit} lit
 */
export function nearer({ rows, columns }, sides, factor, { query, key }) {
  /** @param {Ends} ends @param {number | null} at @returns {Ends} */
  const scaled = ([first, end], at) => {
    const middle = at !== null && at >= first && at < end ? at + 0.5 : (first + end) / 2;
    return [middle - (middle - first) / factor, middle + (end - middle) / factor];
  };
  return inMap({ rows: scaled(rows, query), columns: scaled(columns, key) }, sides);
}

/** Around a cell, so many of them along each side. @param {Lit} cell @param {number} count @param {Sides} sides */
export function around({ query, key }, count, sides) {
  const ends = (
    /** @type {number | null} */ at,
  ) => /** @type {Ends} */ ([(at ?? 0) - count / 2, (at ?? 0) + count / 2]);
  return rounded({ rows: ends(query), columns: ends(key) }, sides);
}

/** Moved as little as it takes to have a cell in view. @param {Part} part @param {Lit} lit @returns {Part} */
export function showing({ rows, columns }, { query, key }) {
  /** @param {Ends} ends @param {number | null} at @returns {Ends} */
  const moved = ([first, end], at) => {
    if (at === null) return [first, end];
    const start = Math.min(at, Math.max(first, at + 1 - (end - first)));
    return [start, start + end - first];
  };
  return { rows: moved(rows, query), columns: moved(columns, key) };
}

/**
 * Where ends lie on an axis whose cells are counted from 0, each from half a step before its number.
 * @param {Ends} ends
 * @param {Ends} here what the cells stand for
 * @param {number} cells
 * @returns {Ends}
 */
export function onAxis(ends, [first, end], cells) {
  const place = (/** @type {number} */ at) => Math.min(cells, Math.max(0, (at - first) * cells / (end - first))) - 0.5;
  return [place(ends[0]), place(ends[1])];
}

/** What is between two places on an axis. @param {Ends} range @param {Ends} here @param {number} cells @returns {Ends} */
export function fromAxis(range, [first, end], cells) {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const place = (/** @type {number} */ at) => first + (at + 0.5) * (end - first) / cells;
  return [place(low), place(high)];
}

/** The two ends that Plotly tells of an axis after a zoom, or null when it stayed. @param {Record<string, unknown>} change @param {string} axis @returns {Ends | null} */
export function rangeTold(change, axis) {
  const ends = [0, 1].map((at) => change[`${axis}.range[${at}]`]);
  return ends.every((end) => typeof end === "number") ? /** @type {Ends} */ (ends) : null;
}
