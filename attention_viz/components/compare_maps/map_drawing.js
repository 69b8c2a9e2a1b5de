// Draws the maps: cells from a picture of one pixel each, and over it what is held or pointed at.

import { rgb } from "../lib/colour.js";
import { hatch } from "../lib/hatch.js";
import { fitText } from "../lib/labels.js";
import { precise, signed } from "../lib/numbers.js";
import { ABSENT, halved, HIDDEN, isThere, labelText, pixels } from "./comparison.js";
import { frameOf, labelStep } from "./window.js";

/**
 * @typedef {import("./comparison.js").Panel} Panel
 * @typedef {import("./comparison.js").Side} Side
 * @typedef {import("./window.js").Lit} Lit
 * @typedef {import("./window.js").Window} Window
 */

/** How far labels above a map are turned, and how far they then reach to the right, for each px up. */
const LEAN = Math.PI / 3;
export const SLANT = 1 / Math.tan(LEAN);
/** The least and the most room for labels, in px. */
const LABELS = { least: 20, most: 96, gap: 5, font: 11 };
/** Below a map, in px. */
const FOOT = 3;

/**
 * What is written beside a cell.
 * @param {Panel} panel
 * @param {{value: number, state: number}} cell
 * @param {number} [decimals] three, so that B − A is what one gets from the other two
 */
export function cellText(panel, { value, state }, decimals = 3) {
  if (state === HIDDEN) return panel === "difference" ? "can’t be seen" : "can’t see";
  if (state === ABSENT) return panel === "difference" ? "one side only" : `not in ${panel.toUpperCase()}`;
  return panel === "difference" ? signed(value, decimals) : precise(value, decimals);
}

export class MapDrawing {
  /**
   * @param {{
   *   comparison: import("./comparison.js").Comparison, scales: import("./scales.js").Scales, family: string,
   *   colours: import("../lib/colour.js").Colours, width: number, high: number, ruler: CanvasRenderingContext2D,
   * }} parts width: of a panel; high: the most that a map may measure
   */
  constructor({ comparison, scales, colours, family, width, high, ruler }) {
    this.comparison = comparison;
    this.scales = scales;
    this.colours = colours;
    this.family = family;
    this.width = width;
    const [left, above] = [this.widest("query", ruler), this.widest("key", ruler)];
    const [rows, columns] = [comparison.rows.length, comparison.columns.length];
    /** How far labels above reach to the right of the last column. */
    const beyond = Math.min(LABELS.most / 2, above / 2);
    this.left = left + 2 * LABELS.gap;
    this.top = above * Math.sin(LEAN) + LABELS.gap + 6;
    this.frame = frameOf(rows, columns, width - this.left - beyond, high);
    this.height = this.top + this.frame.height + FOOT;
    /** Pictures of whole maps, at full size and pooled. @type {Map<string, OffscreenCanvas>} */
    this.sheets = new Map();
    /** @type {Record<Panel, import("./comparison.js").Grid[]>} */
    this.pooled = { a: [], b: [], difference: [] };
  }

  /** The longest label of a side, as far as it is drawn. @param {Side} side @param {CanvasRenderingContext2D} ruler */
  widest(side, ruler) {
    ruler.font = this.font("600 "); // As what is lit is written.
    let most = LABELS.least;
    for (const label of this.comparison.labels(side)) {
      if (most >= LABELS.most) break;
      most = Math.max(most, ruler.measureText(labelText(label, "difference").slice(0, 40)).width);
    }
    return Math.min(most, LABELS.most);
  }

  font(weight = "") {
    return `${weight}${LABELS.font}px ${this.family}`;
  }

  /** The map halved so often that a cell is no smaller than a pixel of the screen. @param {Panel} panel @param {number} size */
  level(panel, size) {
    const grids = this.pooled[panel];
    if (!grids.length) grids.push(this.comparison.grids[panel]);
    const level = Math.max(0, Math.ceil(Math.log2(1 / (size * (globalThis.devicePixelRatio || 1)))));
    while (grids.length <= level) grids.push(halved(grids[grids.length - 1]));
    return level;
  }

  /** @param {Panel} panel @param {number} level */
  sheet(panel, level) {
    const name = `${panel} ${level}`;
    let sheet = this.sheets.get(name);
    if (!sheet) {
      const grid = this.pooled[panel][level];
      sheet = new OffscreenCanvas(grid.columns, grid.rows);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d"));
      const image = new ImageData(grid.columns, grid.rows);
      image.data.set(pixels(grid, this.scales.of(panel), rgb(this.colours.muted)));
      context.putImageData(image, 0, 0);
      this.sheets.set(name, sheet);
    }
    return sheet;
  }

  /** A map with its labels. @param {CanvasRenderingContext2D} context @param {Panel} panel @param {Window} window */
  paint(context, panel, window) {
    const { width, height } = this.frame;
    context.save();
    context.beginPath();
    context.rect(this.left, this.top, width, height);
    context.clip();
    if (this.comparison.hasGaps(panel)) {
      context.strokeStyle = this.colours.border;
      hatch(context, this.left, this.top, width, height);
    }
    this.cells(context, panel, window);
    context.restore();
    context.strokeStyle = this.colours.border;
    context.lineWidth = 1;
    context.strokeRect(this.left - 0.5, this.top - 0.5, width + 1, height + 1);
    for (const side of /** @type {Side[]} */ (["query", "key"])) this.labels(context, panel, side, window);
  }

  /** @param {CanvasRenderingContext2D} context @param {Panel} panel @param {Window} window */
  cells(context, panel, { zoom, left, top }) {
    const { rows, columns, cell } = this.frame;
    const level = this.level(panel, cell * zoom);
    const sheet = this.sheet(panel, level);
    // The blocks of a pooled map stand for 2, 4, 8 … cells each; the last of them may reach over the edge.
    const block = 2 ** level;
    const size = cell * zoom * block;
    const [x, y] = [Math.floor(left / block), Math.floor(top / block)];
    const wide = Math.min(sheet.width, Math.ceil((left + columns / zoom) / block)) - x;
    const high = Math.min(sheet.height, Math.ceil((top + rows / zoom) / block)) - y;
    const [across, down] = [this.left + (x * block - left) * cell * zoom, this.top + (y * block - top) * cell * zoom];
    context.imageSmoothingEnabled = false;
    context.drawImage(sheet, x, y, wide, high, across, down, wide * size, high * size);
  }

  /**
   * The labels that there is room for.
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {Side} side
   * @param {Window} window
   */
  labels(context, panel, side, window) {
    const [first, count] = side === "query" ? [window.top, this.frame.rows] : [window.left, this.frame.columns];
    const step = labelStep(this.frame.cell * window.zoom);
    const last = first + count / window.zoom;
    for (let token = Math.ceil((first - 0.5) / step) * step; token < last - 0.5 + 1e-6; token += step) {
      if (token >= 0 && token < count) this.label(context, panel, side, token, window, false);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {Side} side
   * @param {number} token
   * @param {Window} window
   * @param {boolean} lit stands out from the others, over which it is drawn
   */
  label(context, panel, side, token, window, lit) {
    const label = this.comparison.labels(side)[token];
    const room = side === "query" ? this.left - LABELS.gap - 2 : (this.top - LABELS.gap) / Math.sin(LEAN);
    context.font = this.font(lit ? "600 " : "");
    context.textBaseline = "middle";
    const text = fitText(labelText(label, panel), room, (part) => context.measureText(part).width);
    const { x, y } = this.corner(window, side === "query" ? token + 0.5 : 0, side === "key" ? token + 0.5 : 0);
    const plain = isThere(label, "difference") && !label.special;
    const long = context.measureText(text).width + 4;
    context.save();
    context.translate(side === "query" ? this.left - LABELS.gap + 2 : x, side === "query" ? y : this.top - 4);
    if (side === "key") context.rotate(-LEAN);
    if (lit) {
      context.fillStyle = this.colours.background;
      context.fillRect(side === "query" ? -long : -2, -7.5, long + 2, 15);
    }
    context.textAlign = side === "query" ? "right" : "left";
    context.fillStyle = lit || plain ? this.colours.text : this.colours.muted;
    context.fillText(text, 0, 0);
    context.restore();
  }

  /** Where a row and a column begin. @param {Window} window @param {number} row @param {number} column */
  corner({ zoom, left, top }, row, column) {
    const size = this.frame.cell * zoom;
    return { x: this.left + (column - left) * size, y: this.top + (row - top) * size };
  }

  /**
   * A row, a column or a cell with its number, and its labels.
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {Window} window
   * @param {Lit} lit
   * @param {number} line how thick
   * @param {boolean} told with its number
   */
  mark(context, panel, window, { query, key }, line, told) {
    const { frame } = this;
    const size = Math.max(2, frame.cell * window.zoom);
    const { x, y } = this.corner(window, query ?? 0, key ?? 0);
    context.save();
    context.beginPath();
    context.rect(this.left - 2, this.top - 2, frame.width + 4, frame.height + 4);
    context.clip();
    context.strokeStyle = this.colours.text;
    context.lineWidth = 1;
    context.globalAlpha = query === null || key === null ? 1 : 0.45;
    if (query !== null) context.strokeRect(this.left, y, frame.width, size);
    if (key !== null) context.strokeRect(x, this.top, size, frame.height);
    context.globalAlpha = 1;
    context.lineWidth = line;
    if (query !== null && key !== null) {
      const most = Math.max(size, 5);
      const [left, top] = [x + (size - most) / 2, y + (size - most) / 2];
      // A frame in the colour of the page around it: the cell itself may be as dark as the text.
      context.strokeStyle = this.colours.background;
      context.strokeRect(left - line, top - line, most + 2 * line, most + 2 * line);
      context.strokeStyle = this.colours.text;
      context.strokeRect(left, top, most, most);
    }
    context.restore();
    if (query !== null && this.isInView("query", query, window)) {
      this.label(context, panel, "query", query, window, true);
    }
    if (key !== null && this.isInView("key", key, window)) this.label(context, panel, "key", key, window, true);
    if (told && query !== null && key !== null) this.number(context, panel, { query, key }, x, y, size);
  }

  /** @param {Side} side @param {number} token @param {Window} window */
  isInView(side, token, { zoom, left, top }) {
    const [first, count] = side === "query" ? [top, this.frame.rows] : [left, this.frame.columns];
    return token + 0.5 >= first && token + 0.5 <= first + count / zoom;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Panel} panel
   * @param {{query: number, key: number}} cell
   * @param {number} x
   * @param {number} y
   * @param {number} size
   */
  number(context, panel, { query, key }, x, y, size) {
    const { width, height } = this.frame;
    if (x + size < this.left || x > this.left + width || y + size < this.top || y > this.top + height) return;
    const text = cellText(panel, this.comparison.at(panel, query, key));
    context.font = `600 12px ${this.family}`;
    const wide = context.measureText(text).width + 10;
    const right = x + size + 5 + wide <= this.width ? x + size + 5 : Math.max(0, x - wide - 5);
    const down = y + size + 23 <= this.height ? y + size + 3 : Math.max(0, y - 23);
    context.fillStyle = this.colours.background;
    context.fillRect(right, down, wide, 20);
    context.strokeStyle = this.colours.muted;
    context.lineWidth = 1;
    context.strokeRect(right + 0.5, down + 0.5, wide - 1, 19);
    context.fillStyle = this.colours.text;
    context.textBaseline = "middle";
    context.textAlign = "center";
    context.fillText(text, right + wide / 2, down + 10.5);
  }
}
