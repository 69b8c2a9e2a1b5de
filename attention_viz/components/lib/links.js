// Which links of an attention map are drawn, and how.

import { ROW } from "./columns.js";

/**
 * The strongest keys of a row that together cover a share of it.
 * @param {ArrayLike<number>} row weights
 * @param {number} cover 0…1: how much of the row's sum is to be drawn
 * @param {number} least weights below this are not drawn
 * @returns {{keys: number[], drawn: number, total: number}} keys from strong to weak, and the sums of weights
 */
export function strongest(row, cover, least) {
  let total = 0;
  const order = [];
  for (let key = 0; key < row.length; key++) {
    total += row[key];
    if (row[key] > 0 && row[key] >= least) order.push(key);
  }
  order.sort((one, other) => row[other] - row[one]);
  const keys = [];
  let drawn = 0;
  for (const key of order) {
    if (drawn >= cover * total) break;
    keys.push(key);
    drawn += row[key];
  }
  return { keys, drawn, total };
}

/**
 * A row as a visitor asked for it: without the keys that are hidden, and made to sum to 1 again if wanted.
 * @param {Float64Array} row
 * @param {ArrayLike<boolean>} hidden
 * @param {boolean} again
 */
export function withoutHidden(row, hidden, again) {
  let left = 0;
  const kept = row.map((weight, key) => {
    const stays = hidden[key] ? 0 : weight;
    left += stays;
    return stays;
  });
  return again && left > 0 ? kept.map((weight) => weight / left) : kept;
}

/**
 * How dark a link is: never so faint that a weight which is drawn can't be seen.
 * @param {number} weight
 */
export const strength = (weight) => 0.14 + 0.86 * Math.sqrt(Math.min(1, weight));

/**
 * The link of a query in the left column and a key in the right one, in the current stroke colour.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./columns.js").Edges} edges
 * @param {number} query
 * @param {number} key
 * @param {number} weight 0…1
 */
export function drawLink(context, edges, query, key, weight) {
  const [left, right] = [edges.left + 4, edges.right - 4];
  const [start, end] = [(query + 0.5) * ROW, (key + 0.5) * ROW];
  const middle = (left + right) / 2;
  context.globalAlpha = strength(weight);
  context.lineWidth = 0.8 + 2.2 * weight;
  context.beginPath();
  context.moveTo(left, start);
  context.bezierCurveTo(middle, start, middle, end, right, end);
  context.stroke();
  context.globalAlpha = 1;
}
