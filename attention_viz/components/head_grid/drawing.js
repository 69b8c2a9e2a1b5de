// Draws the grid of heads, on a canvas or into an SVG.

import { css, rampTable } from "../lib/colour.js";
import { prepare } from "../lib/dom.js";
import { hatch } from "../lib/hatch.js";
import { share } from "../lib/numbers.js";
import { CELL, cellOf, indexOf, LABELS, placesOf } from "./places.js";

/**
 * @typedef {{key: string, label: string, unit: string, low: number | null, high: number | null, curve: "sqrt" | "linear"}} Tint
 * @typedef {{tint: Tint, values: Float32Array}} Score values of every place, NaN where there is none
 * @typedef {import("./places.js").Place} Place
 * @typedef {import("./places.js").Layout} Layout
 */

/** What one picture of the grid is drawn from. */
export class GridDrawing {
  /**
   * @param {{
   *   layers: number, heads: number, layout: Layout, cell: number, colours: import("../lib/colour.js").Colours,
   *   family: string,
   * }} parts layers, heads: how many the model has
   */
  constructor({ layers, heads, layout, cell, colours, family }) {
    this.layers = layers;
    this.heads = heads;
    this.layout = layout;
    this.cell = cell;
    this.colours = colours;
    this.family = family;
    this.table = rampTable(colours.ramp);
    const more = layout.means ? 1 : 0;
    this.width = LABELS.left + Math.max((layout.heads.length + more) * cell, CELL.most) + LABELS.right;
    this.height = LABELS.top + (layout.layers.length + more) * cell;
  }

  /** The corner of a cell, or null where the picture doesn't have it. @param {Place} place */
  corner(place) {
    const cell = cellOf(place, this.layout);
    return cell && { x: LABELS.left + cell.column * this.cell, y: LABELS.top + cell.row * this.cell };
  }

  /**
   * Labels and cells.
   * @param {CanvasRenderingContext2D} context
   * @param {import("../lib/bus.js").Parcel | null} thumbs
   * @param {Score | null} score
   */
  paint(context, thumbs, score) {
    this.labels(context);
    if (score) this.tints(context, score);
    else if (thumbs) this.thumbs(context, thumbs);
  }

  /** @param {CanvasRenderingContext2D} context */
  labels(context) {
    const { cell, layout: { layers, heads, means } } = this;
    context.font = `11px ${this.family}`;
    context.fillStyle = this.colours.text;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const [row, layer] of layers.entries()) {
      context.fillText(`L${layer}`, LABELS.left - 5, LABELS.top + (row + 0.5) * cell);
    }
    context.textAlign = "center";
    const every = cell < 26 && heads.length > 9 ? 2 : 1;
    for (const [column, head] of heads.entries()) {
      if (column % every === 0) context.fillText(`H${head}`, LABELS.left + (column + 0.5) * cell, LABELS.top / 2);
    }
    if (!means) return;
    context.textAlign = "right";
    context.fillText("mean", this.width - 2, LABELS.top / 2);
    context.fillText("mean of all", LABELS.left + heads.length * cell - 6, LABELS.top + (layers.length + 0.5) * cell);
  }

  /** @param {CanvasRenderingContext2D} context @param {Score} score */
  tints(context, { tint, values }) {
    const size = this.cell - CELL.gap;
    for (const place of placesOf(this.layout)) {
      const value = values[indexOf(place, this.layers, this.heads)];
      const { x, y } = /** @type {{x: number, y: number}} */ (this.corner(place));
      if (Number.isNaN(value)) {
        context.strokeStyle = this.colours.border;
        hatch(context, x + 1, y + 1, size, size);
        continue;
      }
      const linear = share(value, tint.low, tint.high);
      context.fillStyle = css(this.table[Math.round(255 * (tint.curve === "sqrt" ? Math.sqrt(linear) : linear))]);
      context.fillRect(x + 1, y + 1, size, size);
    }
  }

  /**
   * Small pictures of maps. What no query sees is hatched; a place that is not computed yet stays empty.
   * @param {CanvasRenderingContext2D} context
   * @param {import("../lib/bus.js").Parcel} thumbs
   */
  thumbs(context, { header, payload }) {
    const { rows, columns, ready } = header;
    const cells = rows * columns;
    const picture = new ImageData(columns, payload.length / columns);
    payload.forEach((byte, at) => {
      if (byte) picture.data.set([...this.table[byte], 255], 4 * at);
    });
    const sheet = new OffscreenCanvas(columns, payload.length / columns);
    /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d")).putImageData(picture, 0, 0);
    // Small maps are shown cell by cell, large ones are smoothed down.
    context.imageSmoothingEnabled = columns > this.cell;
    const size = this.cell - CELL.gap;
    context.strokeStyle = this.colours.border;
    for (const place of placesOf(this.layout)) {
      const { x, y } = /** @type {{x: number, y: number}} */ (this.corner(place));
      const at = indexOf(place, this.layers, this.heads);
      if (!ready || ready[at]) {
        if (payload.subarray(at * cells, (at + 1) * cells).includes(0)) hatch(context, x + 1, y + 1, size, size);
        context.drawImage(sheet, 0, at * rows, columns, rows, x + 1, y + 1, size, size);
      }
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, size + 1, size + 1);
    }
  }

  /**
   * Frames around heads, on a canvas of their own. Each has a rim in the colour of the page, so that it stands out from
   * any tint.
   * @param {HTMLCanvasElement} canvas
   * @param {{place: Place, line: number}[]} frames
   */
  frames(canvas, frames) {
    const context = prepare(canvas, this.width, this.height);
    for (const { place, line } of frames) {
      const corner = this.corner(place);
      if (!corner) continue;
      for (
        const [colour, width] of /** @type {[string, number][]} */ ([
          [this.colours.background, line + 2],
          [this.colours.text, line],
        ])
      ) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.strokeRect(corner.x, corner.y, this.cell, this.cell);
      }
    }
  }
}
