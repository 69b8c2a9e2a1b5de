// What Plotly is given, and where it draws that.

import { onAxis } from "./part.js";

/**
 * @typedef {import("./part.js").Part} Part
 * @typedef {import("./part.js").Ends} Ends
 * @typedef {import("./cells.js").Cells} Cells
 * @typedef {import("./cells.js").Cell} Cell
 * @typedef {import("../lib/view.js").Figure} Figure
 * @typedef {{
 *   cells: Record<string, unknown>, legend: Record<string, unknown>, layout: Record<string, any>, hatching: unknown,
 * }} Frame all that is drawn but the numbers, see figures/map_frame.py
 */

/** A map is square, but not lower than this while there is that much of it, in px. */
const LOWEST = 140;
/** The least from one label to the next, in px. */
const READABLE = 10;

/**
 * The sizes of a figure in px: as large as it wants to be, or as there is room.
 * @param {Record<string, any>} layout
 * @param {number} room across
 * @param {number} tall
 */
export function sizesOf({ width, height, margin: { l, r, t, b }, yaxis: { domain } }, room, tall = Infinity) {
  const [across, down] = [width - l - r, height - t - b];
  const below = down * domain[0]; // The gap and the legend.
  const high = down - below;
  const wide = Math.max(1, Math.min(across, room - l - r));
  const least = Math.min(high, LOWEST);
  const lower = Math.max(least, Math.min(high * wide / across, tall - t - b - below));
  return { left: l, top: t, wide, high: lower, below, width: l + wide + r, height: t + lower + below + b };
}

/** Where on the figure the cells are. */
export class Plane {
  /** @param {ReturnType<typeof sizesOf>} sizes @param {Ends} rows on the axis @param {Ends} columns */
  constructor(sizes, rows, columns) {
    this.sizes = sizes;
    this.rows = rows;
    this.columns = columns;
  }

  /** A rectangle from before the first cell to after the last one, cut to what is in view; null where nothing is. @param {Ends} rows @param {Ends} columns */
  box(rows, columns) {
    const { left, top, wide, high } = this.sizes;
    const [x0, x1] = along(columns, this.columns, left, wide);
    const [y0, y1] = along(rows, this.rows, top, high);
    return x1 > x0 && y1 > y0 ? { x: x0, y: y0, width: x1 - x0, height: y1 - y0 } : null;
  }

  /** The cell at a point. @param {number} x @param {number} y @returns {Cell | null} */
  cellAt(x, y) {
    const { left, top, wide, high } = this.sizes;
    const [across, down] = [(x - left) / wide, (y - top) / high];
    if (across < 0 || across >= 1 || down < 0 || down >= 1) return null;
    const place = (/** @type {number} */ share, /** @type {Ends} */ [first, end]) =>
      Math.floor(first + share * (end - first) + 0.5);
    return { row: place(down, this.rows), column: place(across, this.columns) };
  }
}

/** @param {Ends} cells @param {Ends} range @param {number} start px @param {number} length px */
function along([first, last], [low, high], start, length) {
  const place = (/** @type {number} */ edge) => start + Math.min(1, Math.max(0, (edge - low) / (high - low))) * length;
  return [place(first - 0.5), place(last + 0.5)];
}

/**
 * Every label where it can be read, else every second, third … one. Plotly would leave room for another line between two.
 * @param {Ends} range
 * @param {number} length px
 */
function ticks([first, last], length) {
  const cell = length / (last - first);
  return { tick0: 0, dtick: Math.max(1, Math.ceil(READABLE / cell)), tickfont: { size: cell < 13 ? 11 : 12 } };
}

/**
 * @param {Frame} frame
 * @param {Cells} cells
 * @param {Part} part in view
 * @param {number} room px across
 * @param {number} tall px
 * @returns {{figure: Figure, plane: Plane}}
 */
export function figureOf({ cells: trace, legend, layout, hatching }, cells, part, room, tall = Infinity) {
  const sizes = sizesOf(layout, room, tall);
  const rows = onAxis(part.rows, cells.part.rows, cells.rows);
  const columns = onAxis(part.columns, cells.part.columns, cells.columns);
  const inner = sizes.high + sizes.below;
  const share = (/** @type {number} */ end) => end * sizes.below / inner / layout.yaxis.domain[0];
  // The zoom is ours, and given anew with each figure: another head keeps it.
  const { autorange: _, ...down } = layout.yaxis;
  const drawn = {
    ...layout,
    width: sizes.width,
    height: sizes.height,
    xaxis: { ...layout.xaxis, ...ticks(columns, sizes.wide), range: columns },
    yaxis: {
      ...down,
      ...ticks(rows, sizes.high),
      range: [rows[1], rows[0]],
      domain: [share(layout.yaxis.domain[0]), 1],
    },
    yaxis2: { ...layout.yaxis2, domain: layout.yaxis2.domain.map(share) },
    images: cells.hides ? [hatching] : [],
    // A finger that draws a rectangle could not scroll the page.
    dragmode: globalThis.matchMedia?.("(pointer: coarse)").matches ? false : layout.dragmode,
  };
  const config = { displayModeBar: false, doubleClick: false, showTips: false, responsive: false };
  return {
    figure: { data: [{ ...trace, z: cells.weights }, legend], layout: drawn, config },
    plane: new Plane(sizes, rows, columns),
  };
}
