// Draws the grid of heads, on a canvas or into an SVG.

import { css, rampTable } from "../shared/colour.js";
import { prepare } from "../shared/dom.js";
import { hatch } from "../shared/hatch.js";
import { share } from "../shared/numbers.js";
import { CELL, cellOf, indexOf, LABELS, placesOf } from "./places.js";

/**
 * @typedef {{key: string, label: string, unit: string, low: number, high: number, curve: "sqrt" | "linear"}} Tint
 * @typedef {{tint: Tint, values: Float32Array}} Score values of every place, NaN where there is none
 * @typedef {import("./places.js").Place} Place
 */

/** What one picture of the grid is drawn from. */
export class GridDrawing {
  /**
   * @param {{layers: number, heads: number, cell: number, look: import("../shared/colour.js").Look, family: string}} parts
   */
  constructor({ layers, heads, cell, look, family }) {
    this.layers = layers;
    this.heads = heads;
    this.cell = cell;
    this.look = look;
    this.family = family;
    this.table = rampTable(look.ramp);
    this.width = LABELS.left + (heads + 1) * cell + LABELS.right;
    this.height = LABELS.top + (layers + 1) * cell;
  }

  /** The corner of a cell. @param {Place} place */
  corner(place) {
    const { row, column } = cellOf(place, this.layers, this.heads);
    return { x: LABELS.left + column * this.cell, y: LABELS.top + row * this.cell };
  }

  /**
   * Labels and cells.
   * @param {CanvasRenderingContext2D} context
   * @param {import("../shared/bus.js").Parcel | null} thumbs
   * @param {Score | null} score
   */
  paint(context, thumbs, score) {
    this.labels(context);
    if (score) this.tints(context, score);
    else if (thumbs) this.thumbs(context, thumbs);
  }

  /** @param {CanvasRenderingContext2D} context */
  labels(context) {
    const { layers, heads, cell } = this;
    context.font = `11px ${this.family}`;
    context.fillStyle = this.look.text;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (let layer = 0; layer < layers; layer++) {
      context.fillText(`L${layer}`, LABELS.left - 5, LABELS.top + (layer + 0.5) * cell);
    }
    context.textAlign = "center";
    const every = cell < 26 && heads > 9 ? 2 : 1;
    for (let head = 0; head < heads; head += every) {
      context.fillText(`H${head}`, LABELS.left + (head + 0.5) * cell, LABELS.top / 2);
    }
    context.textAlign = "right";
    context.fillText("mean", this.width - 2, LABELS.top / 2);
    context.fillText("mean of all", LABELS.left + heads * cell - 6, LABELS.top + (layers + 0.5) * cell);
  }

  /** @param {CanvasRenderingContext2D} context @param {Score} score */
  tints(context, { tint, values }) {
    const size = this.cell - CELL.gap;
    for (const place of placesOf(this.layers, this.heads)) {
      const value = values[indexOf(place, this.layers, this.heads)];
      const { x, y } = this.corner(place);
      if (Number.isNaN(value)) {
        context.strokeStyle = this.look.border;
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
   * @param {import("../shared/bus.js").Parcel} thumbs
   */
  thumbs(context, { header, payload }) {
    const { rows, columns, ready } = header;
    const places = placesOf(this.layers, this.heads);
    const cells = rows * columns;
    const picture = new ImageData(columns, rows * places.length);
    payload.forEach((byte, at) => {
      if (byte) picture.data.set([...this.table[byte], 255], 4 * at);
    });
    const sheet = new OffscreenCanvas(columns, rows * places.length);
    /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d")).putImageData(picture, 0, 0);
    // Small maps are shown cell by cell, large ones are smoothed down.
    context.imageSmoothingEnabled = columns > this.cell;
    const size = this.cell - CELL.gap;
    context.strokeStyle = this.look.border;
    for (const place of places) {
      const { x, y } = this.corner(place);
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
      const { x, y } = this.corner(place);
      for (
        const [colour, width] of /** @type {[string, number][]} */ ([
          [this.look.background, line + 2],
          [this.look.text, line],
        ])
      ) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.strokeRect(x, y, this.cell, this.cell);
      }
    }
  }
}
