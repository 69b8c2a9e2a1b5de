// What is held and pointed at, drawn over the cells.

/**
 * @typedef {import("./cells.js").Cells} Cells
 * @typedef {import("./figure.js").Plane} Plane
 * @typedef {import("../lib/bus.js").Held} Lit
 * @typedef {import("../lib/colour.js").Colours} Colours
 */

/** The least that a cell is outlined with, in px. */
const SMALLEST = 5;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {Cells} cells
 * @param {{held: Lit, pointed: Lit | null}} lit
 * @param {Colours} colours
 */
export function outline(context, plane, cells, { held, pointed }, colours) {
  if (pointed) cross(context, plane, cells, pointed, colours.accent, colours);
  cross(context, plane, cells, held, colours.text, colours);
}

/** A row, a column, or a row with a cell in it. @param {CanvasRenderingContext2D} context @param {Plane} plane @param {Cells} cells @param {Lit} lit @param {string} colour @param {Colours} colours */
function cross(context, plane, cells, { query, key }, colour, { background }) {
  const at = cells.find(query ?? cells.part.rows[0], key ?? cells.part.columns[0]);
  if (!at || (query === null && key === null)) return;
  const rows = /** @type {[number, number]} */ (query === null ? [0, cells.rows - 1] : [at.row, at.row]);
  const columns = /** @type {[number, number]} */ (query === null ? [at.column, at.column] : [0, cells.columns - 1]);
  ring(context, plane.box(rows, columns), colour, 1.5);
  if (query === null || key === null) return;
  const cell = plane.box([at.row, at.row], [at.column, at.column]);
  // A frame in the colour of the page around it: the cell itself may be as dark as the line.
  if (cell) ring(context, grown(cell, 2), background, 2);
  ring(context, cell, colour, 2);
}

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** @param {Box} box @param {number} by @returns {Box} */
const grown = ({ x, y, width, height }, by) => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** @param {CanvasRenderingContext2D} context @param {Box | null} box @param {string} colour @param {number} line */
function ring(context, box, colour, line) {
  if (!box) return;
  const { x, y, width, height } = grown(
    box,
    Math.max(0, (SMALLEST - Math.min(box.width, box.height)) / 2),
  );
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(x, y, width, height);
}
