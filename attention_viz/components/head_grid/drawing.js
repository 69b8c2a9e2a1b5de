// Draws the grid of heads, on a canvas or into an SVG.

import { css, rampTable } from "../lib/colour.js";
import { prepare } from "../lib/dom.js";
import { hatch } from "../lib/hatch.js";
import { headName, share } from "../lib/numbers.js";
import { CELL, cornerOf, indexOf, LABELS, placesOf, sizeOf } from "./places.js";

/**
 * @typedef {{key: string, label: string, unit: string, low: number | null, high: number | null, curve: "sqrt" | "linear"}} Tint
 * @typedef {{tint: Tint, values: Float32Array}} Score values of every place, NaN where there is none
 * @typedef {import("./places.js").Place} Place
 * @typedef {ReturnType<typeof import("./places.js").layoutOf>} Layout
 */

/** What one picture of the grid is drawn from. */
export class GridDrawing {
  /**
   * @param {{
   *   layers: number, heads: number, layout: Layout, colours: import("../lib/colour.js").Colours, family: string,
   * }} parts layers, heads: how many the model has
   */
  constructor({ layers, heads, layout, colours, family }) {
    this.layers = layers;
    this.heads = heads;
    this.layout = layout;
    this.cell = layout.cell;
    this.colours = colours;
    this.family = family;
    this.table = rampTable(colours.ramp);
    const { width, height } = sizeOf(layout);
    this.width = width;
    this.height = height;
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
    context.font = `11px ${this.family}`;
    context.fillStyle = this.colours.text;
    context.textBaseline = "middle";
    if (this.layout.named) this.names(context);
    else this.sides(context);
  }

  /** Above each head its name. @param {CanvasRenderingContext2D} context */
  names(context) {
    context.textAlign = "left";
    for (const place of placesOf(this.layout)) {
      const { x, y } = /** @type {{x: number, y: number}} */ (cornerOf(place, this.layout));
      context.fillText(headName(place.layer, place.head), x + 1, y - LABELS.top / 2);
    }
  }

  /** Beside the lines their layers, above the columns their heads. @param {CanvasRenderingContext2D} context */
  sides(context) {
    const { cell, layers, heads } = this;
    context.textAlign = "right";
    for (let layer = 0; layer < layers; layer++) {
      context.fillText(`L${layer}`, LABELS.left - 5, LABELS.top + (layer + 0.5) * cell);
    }
    context.textAlign = "center";
    const every = cell < 26 && heads > 9 ? 2 : 1;
    for (let head = 0; head < heads; head += every) {
      context.fillText(`H${head}`, LABELS.left + (head + 0.5) * cell, LABELS.top / 2);
    }
    // Above a narrow column it leans to the right, away from the name of the last head.
    if (cell >= 36) context.fillText("mean", LABELS.left + (heads + 0.5) * cell, LABELS.top / 2);
    context.textAlign = "right";
    if (cell < 36) context.fillText("mean", this.width - 2, LABELS.top / 2);
    context.fillText("mean of all", LABELS.left + heads * cell - 6, LABELS.top + (layers + 0.5) * cell);
  }

  /** @param {CanvasRenderingContext2D} context @param {Score} score */
  tints(context, { tint, values }) {
    const size = this.cell - CELL.gap;
    for (const place of placesOf(this.layout)) {
      const value = values[indexOf(place, this.layers, this.heads)];
      const { x, y } = /** @type {{x: number, y: number}} */ (cornerOf(place, this.layout));
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
      const { x, y } = /** @type {{x: number, y: number}} */ (cornerOf(place, this.layout));
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
      const corner = cornerOf(place, this.layout);
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
