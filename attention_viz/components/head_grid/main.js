// Every layer × head as a small picture of its map, or tinted by one number per head.

import { sharedBus } from "../shared/bus.js";
import { css, rampTable } from "../shared/colour.js";
import { element, find, once, prepare } from "../shared/dom.js";
import { format, headName, share } from "../shared/numbers.js";
import { savePng, saveSvg } from "../shared/save.js";

/**
 * @typedef {import("../shared/bus.js").Shown & {layers: number, heads: number, show: string, looks: {screen: Look, print: Look}}} Data
 * @typedef {import("../shared/colour.js").Look} Look
 * @typedef {{key: string, label: string, unit: string, low: number, high: number, curve: "sqrt" | "linear"}} Tint
 * @typedef {{layer: number, head: number}} Place
 */

const LABELS = { left: 28, top: 20, right: 8 };
const CELL = { least: 20, most: 44, gap: 2 };
const RANKED = 8;
/** How long the keys must rest before the server is told, in ms. */
const REST = 180;

/** A mean, as a layer or as a head. */
const MEAN = -1;

/**
 * Where a head's data lies: heads first, layer by layer; then the mean of each layer; then the mean of all.
 * @param {Place} place
 * @param {number} layers
 * @param {number} heads
 */
export function indexOf({ layer, head }, layers, heads) {
  if (layer === MEAN) return layers * heads + layers;
  return head === MEAN ? layers * heads + layer : layer * heads + head;
}

/**
 * Row and column of a head in the picture: means stand in the last column, the mean of all below them.
 * @param {Place} place
 * @param {number} layers
 * @param {number} heads
 */
export const cellOf = ({ layer, head }, layers, heads) => ({
  row: layer === MEAN ? layers : layer,
  column: head === MEAN ? heads : head,
});

/**
 * Everything that the picture shows.
 * @param {number} layers
 * @param {number} heads
 * @returns {Place[]}
 */
export function placesOf(layers, heads) {
  const every = Array.from(
    { length: layers * heads },
    (_, at) => ({ layer: Math.floor(at / heads), head: at % heads }),
  );
  const means = Array.from({ length: layers }, (_, layer) => ({ layer, head: MEAN }));
  return [...every, ...means, { layer: MEAN, head: MEAN }];
}

/**
 * The side of a cell, so that all heads fit the width where they can.
 * @param {number} width of the view in px
 * @param {number} heads
 */
export function cellSize(width, heads) {
  return Math.max(CELL.least, Math.min(CELL.most, Math.floor((width - LABELS.left - LABELS.right) / (heads + 1))));
}

/**
 * The head at a point of the picture, or null between and beside them.
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 * @param {number} layers
 * @param {number} heads
 * @returns {Place | null}
 */
export function headAt(x, y, cell, layers, heads) {
  const [row, column] = [Math.floor((y - LABELS.top) / cell), Math.floor((x - LABELS.left) / cell)];
  if (row < 0 || row > layers || column < 0 || column > heads) return null;
  if (row === layers) return column === heads ? { layer: MEAN, head: MEAN } : null;
  return { layer: row, head: column === heads ? MEAN : column };
}

/**
 * The head that a key leads to, staying inside; null for keys that mean nothing here.
 * @param {string} key
 * @param {Place} from
 * @param {number} layers
 * @param {number} heads
 * @returns {Place | null}
 */
export function afterKey(key, from, layers, heads) {
  const { row, column } = cellOf(from, layers, heads);
  /** @param {number} toRow @param {number} toColumn */
  const place = (toRow, toColumn) => {
    const inside = Math.min(heads, Math.max(0, toColumn));
    const below = inside === heads ? layers : layers - 1; // Only the mean column goes on below the last layer.
    const line = Math.min(below, Math.max(0, toRow));
    return { layer: line === layers ? MEAN : line, head: inside === heads ? MEAN : inside };
  };
  switch (key) {
    case "ArrowLeft":
      return place(row, column - 1);
    case "ArrowRight":
      return place(row, column + 1);
    case "ArrowUp":
      return place(row - 1, column);
    case "ArrowDown":
      return place(row + 1, column);
    case "Home":
      return place(row, 0);
    case "End":
      return place(row, heads - 1);
    default:
      return null;
  }
}

/**
 * The heads with the largest values, largest first; heads without a value are left out.
 * @param {ArrayLike<number>} values [layer, head], NaN for none
 * @param {number} layers
 * @param {number} heads
 * @param {number} count
 */
export function ranked(values, layers, heads, count) {
  const real = Array.from(values).slice(0, layers * heads); // Means are not heads.
  return real.map((value, at) => ({ value, layer: Math.floor(at / heads), head: at % heads }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((one, other) => other.value - one.value)
    .slice(0, count);
}

class Grid {
  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    this.root = root;
    this.bus = sharedBus();
    this.frame = find(root, ".frame");
    this.base = /** @type {HTMLCanvasElement} */ (find(root, ".base"));
    this.over = /** @type {HTMLCanvasElement} */ (find(root, ".over"));
    this.paper = /** @type {HTMLInputElement} */ (find(root, ".paper"));
    find(root, ".svg").onclick = () => this.save("svg");
    find(root, ".png").onclick = () => this.save("png");
    this.select = /** @type {HTMLSelectElement} */ (find(root, ".show"));
    /** @type {Data | null} */
    this.data = null;
    /** @type {Look | null} */
    this.look = null;
    /** @type {Place | null} */
    this.pointed = null;
    this.cell = CELL.least;
    this.drawn = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {(name: string, value: unknown) => void} */
    this.tell = () => {};
    this.end = this.bus.subscribe(() => this.draw());
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(find(root, ".scroll"));
    this.frame.onpointermove = (event) => this.pointAt(this.placeOf(event));
    this.frame.onpointerleave = () => this.pointAt(null);
    this.frame.onclick = (event) => {
      const place = this.placeOf(event);
      if (place) this.choose(place, 0);
    };
    this.frame.onkeydown = (event) => {
      if (!this.data) return;
      const place = afterKey(event.key, this.bus.shown, this.data.layers, this.data.heads);
      if (!place) return;
      event.preventDefault();
      this.choose(place, REST);
    };
    this.select.onchange = () => this.tell("show", this.select.value);
  }

  /** @param {Data} data @param {(name: string, value: unknown) => void} tell */
  update(data, tell) {
    this.data = data;
    this.tell = tell;
    this.wear(data.looks.screen);
    this.drawn = "";
    this.bus.accept(data);
    this.draw();
  }

  /** Draws in these colours from now on. @param {Look} look */
  wear(look) {
    this.look = look;
    this.table = rampTable(look.ramp);
  }

  stop() {
    this.end();
    this.sizes.disconnect();
    clearTimeout(this.timer);
  }

  /** The size of the picture, in px. */
  extent() {
    const { layers = 0, heads = 0 } = this.data ?? {};
    return {
      width: LABELS.left + (heads + 1) * this.cell + LABELS.right,
      height: LABELS.top + (layers + 1) * this.cell,
    };
  }

  /** The corner of a cell. @param {Place} place */
  corner(place) {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const { row, column } = cellOf(place, layers, heads);
    return { x: LABELS.left + column * this.cell, y: LABELS.top + row * this.cell };
  }

  /** @param {MouseEvent} event */
  placeOf(event) {
    const box = this.base.getBoundingClientRect();
    const { layers = 0, heads = 0 } = this.data ?? {};
    return headAt(event.clientX - box.left, event.clientY - box.top, this.cell, layers, heads);
  }

  /** @param {Place | null} place */
  pointAt(place) {
    if (place?.layer === this.pointed?.layer && place?.head === this.pointed?.head) return;
    this.pointed = place;
    if (this.stale) return;
    this.drawOver();
    this.readOut();
  }

  /** Every view follows at once; the server hears of the last one. @param {Place} place @param {number} rest in ms */
  choose(place, rest) {
    this.bus.choose(place);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell("head", [place.layer, place.head]), rest);
  }

  /** @returns {{tint: Tint, values: Float32Array}[]} */
  scores() {
    const parcel = this.bus.get("scores");
    if (!parcel) return [];
    const { tints, layers, heads } = parcel.header;
    const all = new Float32Array(parcel.payload.buffer, parcel.payload.byteOffset, parcel.payload.byteLength / 4);
    const size = layers * heads + layers + 1;
    return tints.map((/** @type {Tint} */ tint, /** @type {number} */ at) => ({
      tint,
      values: all.subarray(at * size, (at + 1) * size),
    }));
  }

  /** Another view has heard of a new text first: what is here belongs to the old one until `update`. */
  get stale() {
    return this.data?.trace !== this.bus.shown.trace;
  }

  draw() {
    if (!this.data || this.stale) return;
    const { heads, show } = this.data;
    const width = find(this.root, ".scroll").clientWidth;
    if (!width) return;
    const scores = this.scores();
    const score = scores.find(({ tint }) => tint.key === show) ?? null;
    const thumbs = this.bus.get("thumbs");
    this.cell = cellSize(width, heads);
    // Pictures are drawn again only when something in them changed; the selection lies on the canvas above.
    const state = [
      width,
      show,
      this.look?.background,
      thumbs?.header.mark,
      this.bus.get("scores")?.header.mark,
      this.bus.shown.trace,
    ].join("|");
    if (state !== this.drawn) {
      this.drawn = state;
      this.drawBase(thumbs, score);
      this.drawControls(scores, score);
    }
    find(this.root, ".ranking").hidden = !score;
    if (score) this.drawRanking(score);
    this.drawOver();
    this.readOut();
    this.base.style.opacity = thumbs || score ? "1" : "0.4";
    this.frame.style.minHeight = `${this.extent().height}px`;
  }

  /**
   * @param {import("../shared/bus.js").Parcel | null} thumbs
   * @param {{tint: Tint, values: Float32Array} | null} score
   */
  drawBase(thumbs, score) {
    if (!this.data) return;
    const { width, height } = this.extent();
    const context = prepare(this.base, width, height);
    this.paint(context, thumbs, score);
  }

  /**
   * Labels and cells.
   * @param {CanvasRenderingContext2D} context
   * @param {import("../shared/bus.js").Parcel | null} thumbs
   * @param {{tint: Tint, values: Float32Array} | null} score
   */
  paint(context, thumbs, score) {
    if (!this.data || !this.look) return;
    const { layers, heads } = this.data;
    context.font = `11px ${getComputedStyle(this.frame).fontFamily}`;
    context.fillStyle = this.look.text;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (let layer = 0; layer < layers; layer++) {
      context.fillText(`L${layer}`, LABELS.left - 5, LABELS.top + (layer + 0.5) * this.cell);
    }
    context.textAlign = "center";
    const every = this.cell < 26 && heads > 9 ? 2 : 1;
    for (let head = 0; head < heads; head += every) {
      context.fillText(`H${head}`, LABELS.left + (head + 0.5) * this.cell, LABELS.top / 2);
    }
    context.fillText("mean", LABELS.left + (heads + 0.5) * this.cell, LABELS.top / 2);
    context.textAlign = "right";
    context.fillText("mean of all", LABELS.left + heads * this.cell - 6, LABELS.top + (layers + 0.5) * this.cell);
    if (score) this.drawTints(context, score);
    else if (thumbs) this.drawThumbs(context, thumbs);
  }

  /** What is shown, as a file. @param {string} kind */
  save(kind) {
    if (!this.data) return;
    const { show, looks } = this.data;
    const look = looks[this.paper.checked ? "print" : "screen"];
    const score = this.scores().find(({ tint }) => tint.key === show) ?? null;
    this.wear(look);
    (kind === "svg" ? saveSvg : savePng)({
      ...this.extent(),
      background: look.background,
      name: `attention_heads_${show}`,
      paint: (context) => this.paint(context, this.bus.get("thumbs"), score),
    });
    this.wear(looks.screen);
  }

  /** @param {CanvasRenderingContext2D} context @param {{tint: Tint, values: Float32Array}} score */
  drawTints(context, { tint, values }) {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const table = /** @type {import("../shared/colour.js").Rgb[]} */ (this.table);
    const size = this.cell - CELL.gap;
    for (const place of placesOf(layers, heads)) {
      const value = values[indexOf(place, layers, heads)];
      if (Number.isNaN(value)) continue;
      const linear = share(value, tint.low, tint.high);
      context.fillStyle = css(table[Math.round(255 * (tint.curve === "sqrt" ? Math.sqrt(linear) : linear))]);
      const { x, y } = this.corner(place);
      context.fillRect(x + 1, y + 1, size, size);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {import("../shared/bus.js").Parcel} thumbs */
  drawThumbs(context, { header, payload }) {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const table = /** @type {import("../shared/colour.js").Rgb[]} */ (this.table);
    const { rows, columns } = header;
    const places = placesOf(layers, heads);
    const picture = new ImageData(columns, rows * places.length);
    payload.forEach((byte, at) => picture.data.set([...table[byte], 255], 4 * at));
    const sheet = new OffscreenCanvas(columns, rows * places.length);
    /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d")).putImageData(picture, 0, 0);
    // Small maps are shown cell by cell, large ones are smoothed down.
    context.imageSmoothingEnabled = columns > this.cell;
    const size = this.cell - CELL.gap;
    context.strokeStyle = this.look?.border ?? "#888";
    context.lineWidth = 1;
    for (const place of places) {
      const { x, y } = this.corner(place);
      context.drawImage(sheet, 0, indexOf(place, layers, heads) * rows, columns, rows, x + 1, y + 1, size, size);
      context.strokeRect(x + 0.5, y + 0.5, size + 1, size + 1);
    }
  }

  /** The selected head and the one under the pointer. */
  drawOver() {
    if (!this.data) return;
    const { width, height } = this.extent();
    const context = prepare(this.over, width, height);
    const { text, accent } = /** @type {Look} */ (this.look);
    const outline = (/** @type {Place} */ place, /** @type {string} */ colour, /** @type {number} */ line) => {
      const { x, y } = this.corner(place);
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.strokeRect(x, y, this.cell, this.cell);
    };
    if (this.pointed) outline(this.pointed, text, 1.5);
    outline(this.bus.shown, accent, 3);
  }

  /** @param {{tint: Tint}[]} scores @param {{tint: Tint} | null} score */
  drawControls(scores, score) {
    const options = [{ key: "maps", label: "small maps" }, ...scores.map(({ tint }) => tint)];
    this.select.replaceChildren(...options.map(({ key, label }) => {
      const option = /** @type {HTMLOptionElement} */ (element("option", "", label));
      option.value = key;
      return option;
    }));
    this.select.value = score ? score.tint.key : "maps";
    const tint = score?.tint ?? { low: 0, high: 1, unit: "", curve: "sqrt", label: "attention weight" };
    find(this.root, ".low").textContent = format(tint.low);
    find(this.root, ".high").textContent = format(tint.high, tint.unit);
    find(this.root, ".what").textContent =
      `${tint.label}, ${tint.curve === "sqrt" ? "square-root" : "linear"} colours` +
      (score ? "" : "; query down, key across");
    const strip = /** @type {HTMLCanvasElement} */ (find(this.root, ".strip"));
    const context = prepare(strip, 128, 10);
    (this.table ?? []).forEach((colour, at) => {
      context.fillStyle = css(colour);
      // Both scales are drawn as even steps of the ramp: the legend names the curve.
      context.fillRect(at / 2, 0, 1, 10);
    });
  }

  /** @param {{tint: Tint, values: Float32Array}} score */
  drawRanking({ tint, values }) {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const { layer, head } = this.bus.shown;
    find(this.root, ".ranking h4").textContent = "Highest";
    find(this.root, ".ranking ol").replaceChildren(
      ...ranked(values, layers, heads, RANKED).map((place) => {
        const row = element("li");
        const button = element("button");
        button.append(element("span", "", `L${place.layer} H${place.head}`), element("span", "", format(place.value)));
        button.setAttribute("aria-current", String(place.layer === layer && place.head === head));
        button.title = `${tint.label}: ${format(place.value, tint.unit)}`;
        button.onclick = () => this.choose(place, 0);
        row.append(button);
        return row;
      }),
    );
  }

  /** Names the head under the pointer, or the selected one, with its measures. */
  readOut() {
    const { layer, head } = this.pointed ?? this.bus.shown;
    const { layers = 0, heads = 0 } = this.data ?? {};
    const at = indexOf({ layer, head }, layers, heads);
    const parts = this.scores().map(({ tint, values }) =>
      `${tint.label} ${format(Number.isNaN(values[at]) ? null : values[at], tint.unit)}`
    );
    find(this.root, ".readout").textContent = [headName(layer, head), ...parts].join(" · ");
  }
}

/** @type {WeakMap<object, Grid>} */
const grids = new WeakMap();

/**
 * @param {{
 *   data: Data, parentElement: HTMLElement | ShadowRoot, setTriggerValue: (name: string, value: unknown) => void,
 * }} component
 */
export default function ({ data, parentElement, setTriggerValue }) {
  const grid = once(grids, parentElement, () => new Grid(parentElement));
  grid.update(data, setTriggerValue);
  return () => grid.stop();
}
