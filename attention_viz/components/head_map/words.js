// What the heatmap says below itself.

import { quoted } from "../lib/labels.js";
import { threeDigits } from "../lib/numbers.js";

/**
 * @typedef {import("./cells.js").Cells} Cells
 * @typedef {import("../lib/bus.js").Held} Lit
 * @typedef {{query: string[], key: string[]}} Texts
 */

/** @param {[number, number]} ends */
const span = ([first, end]) => end - first > 1 ? `${first} to ${end - 1}` : String(first);

/**
 * What is known of the cell or the row in focus.
 * @param {Cells} cells
 * @param {Lit} lit
 * @param {Texts} texts
 */
export function sayCell(cells, { query, key }, texts) {
  if (query === null && key === null) return "Point at a cell for its weight, click it to hold its query and its key.";
  if (query === null || key === null) {
    const [side, at] = query === null ? ["key", /** @type {number} */ (key)] : ["query", query];
    return `${quoted(texts[/** @type {"query"} */ (side)][at])} (${side} ${at}): ${
      query === null ? "its column" : "its row"
    } is outlined.`;
  }
  const names = `${quoted(texts.query[query])} → ${quoted(texts.key[key])}`;
  const cell = cells.find(query, key);
  if (!cell) return `${names} is out of view.`;
  const weight = cells.at(cell);
  if (isBlock(cells, cell)) {
    const { rows, columns } = cells.block(cell);
    const most = weight === null ? "can’t be seen" : `at most ${threeDigits(weight)}`;
    return `Queries ${span(rows)}, keys ${span(columns)}: ${most}. Click to come nearer.`;
  }
  if (weight === null) return `${names}: can’t be seen from there.`;
  return `${names} ${threeDigits(weight)} (query ${query}, key ${key})`;
}

/** Does a cell stand for more than one row and column? @param {Cells} cells @param {import("./cells.js").Cell} cell */
export function isBlock(cells, cell) {
  const { rows, columns } = cells.block(cell);
  return rows[1] - rows[0] > 1 || columns[1] - columns[0] > 1;
}

/** What the cells of a pooled map stand for; empty where each stands for one weight. @param {Cells} cells */
export function sayBlocks(cells) {
  const { rows, columns } = cells.part;
  const size = Math.max(
    Math.ceil((rows[1] - rows[0]) / cells.rows),
    Math.ceil((columns[1] - columns[0]) / cells.columns),
  );
  if (size === 1) return "";
  return `Each cell shows the largest weight of a block of up to ${size} × ${size}. Zoom in to see every weight.`;
}
