// Which part of the maps is in view, the same on all of them.

/**
 * @typedef {{zoom: number, left: number, top: number}} Window zoom 1 shows everything; left and top are the first column and
 *   row in view, which may be cut
 * @typedef {{rows: number, columns: number, cell: number, width: number, height: number}} Frame the size of a cell at zoom 1,
 *   and of the map, in px
 * @typedef {import("../lib/bus.js").Held} Lit a cell, or a row or column alone
 */

/** All of it. @type {Window} */
export const WHOLE = { zoom: 1, left: 0, top: 0 };
/** The least distance of two labels, in px. */
const PITCH = 10.5;
/** How large a cell may be drawn, in px: with all in view, and zoomed in. */
const CELL_SIZES = { least: 0.01, whole: 28, zoomed: 56 };

/**
 * @param {number} rows
 * @param {number} columns
 * @param {number} wide how much room there is, in px
 * @param {number} high
 * @returns {Frame}
 */
export function frameOf(rows, columns, wide, high) {
  const cell = Math.max(CELL_SIZES.least, Math.min(CELL_SIZES.whole, wide / columns, high / rows));
  return { rows, columns, cell, width: cell * columns, height: cell * rows };
}

/** @param {number} value @param {number} count @param {number} zoom */
const inside = (value, count, zoom) => Math.min(count - count / zoom, Math.max(0, value));

/** @param {Window} window @param {Frame} frame @returns {Window} */
function kept({ zoom, left, top }, { rows, columns, cell }) {
  const close = Math.min(Math.max(1, CELL_SIZES.zoomed / cell), Math.max(1, zoom));
  return { zoom: close, left: inside(left, columns, close), top: inside(top, rows, close) };
}

/**
 * Nearer or farther, while the point (x, y) of the map stays where it is.
 * @param {Window} window
 * @param {Frame} frame
 * @param {number} factor
 * @param {number} x px from the map's corner
 * @param {number} y
 */
export function zoomed(window, frame, factor, x, y) {
  const { zoom } = kept({ ...window, zoom: window.zoom * factor }, frame);
  const gained = (1 / window.zoom - 1 / zoom) / frame.cell;
  return kept({ zoom, left: window.left + x * gained, top: window.top + y * gained }, frame);
}

/** Nearer or farther around what is lit, or the middle where that is out of view. @param {Window} window @param {Frame} frame @param {number} factor @param {Lit} lit */
export function zoomedAround(window, frame, factor, { query, key }) {
  const size = frame.cell * window.zoom;
  const near = (/** @type {number | null} */ at, /** @type {number} */ first, /** @type {number} */ length) => {
    const place = at === null ? length / 2 : (at + 0.5 - first) * size;
    return place < 0 || place > length ? length / 2 : place;
  };
  const [x, y] = [near(key, window.left, frame.width), near(query, window.top, frame.height)];
  return zoomed(window, frame, factor, x, y);
}

/**
 * Moved as the hand moves, in px.
 * @param {Window} window
 * @param {Frame} frame
 * @param {number} across
 * @param {number} down
 */
export function panned(window, frame, across, down) {
  const size = frame.cell * window.zoom;
  return kept({ ...window, left: window.left - across / size, top: window.top - down / size }, frame);
}

/**
 * Moved as little as it takes to have a cell in view.
 * @param {Window} window
 * @param {Frame} frame
 * @param {Lit} lit
 */
export function revealed(window, frame, { query, key }) {
  const near = (/** @type {number | null} */ at, /** @type {number} */ first, /** @type {number} */ count) =>
    at === null ? first : Math.min(at, Math.max(first, at + 1 - count / window.zoom));
  return kept(
    { ...window, left: near(key, window.left, frame.columns), top: near(query, window.top, frame.rows) },
    frame,
  );
}

/**
 * What is at a point: a cell, or left of the map a row, or above it a column, whose labels lean.
 * @param {Window} window
 * @param {Frame} frame
 * @param {number} x px from the map's corner
 * @param {number} y
 * @param {number} lean how far a label above the map reaches to the right, for each px up
 * @returns {Lit | null}
 */
export function litAt(window, frame, x, y, lean) {
  const size = frame.cell * window.zoom;
  const above = y < 0;
  const across = above ? x + y * lean : x;
  if (across >= frame.width || y >= frame.height || (above && across < 0)) return null;
  const query = above ? null : Math.min(frame.rows - 1, Math.floor(window.top + y / size));
  const key = across < 0 ? null : Math.min(frame.columns - 1, Math.floor(window.left + across / size));
  return { query, key };
}

/** Every how many tokens there is room for a label. @param {number} size of a cell, in px */
export function labelStep(size) {
  for (let ten = 1;; ten *= 10) {
    const step = [1, 2, 5].find((one) => one * ten * size >= PITCH);
    if (step) return step * ten;
  }
}
