// Every layer × head as a small picture of its map, or tinted by one number per head.

import { sharedBus } from "../shared/bus.js";
import { css, rampTable } from "../shared/colour.js";
import { element, find, once, prepare, replaceChildren } from "../shared/dom.js";
import { format, headName } from "../shared/numbers.js";
import { wireSave } from "../shared/save.js";
import { GridDrawing } from "./drawing.js";
import { afterKey, CELL, cellSize, headAt, indexOf, layoutOf, ranked } from "./places.js";

/**
 * @typedef {import("../shared/bus.js").Shown & {
 *   layers: number, heads: number, show: string, about: string,
 *   colours: import("../shared/colour.js").ColourSets,
 * }} Data
 * @typedef {import("./drawing.js").Score} Score
 * @typedef {import("./drawing.js").Tint} Tint
 * @typedef {import("./places.js").Place} Place
 */

const RANKED = 8;
/** How long the keys must rest before the server is told, in ms. */
const REST = 180;
/** What the colours of small maps mean. */
const MAPS = { low: 0, high: 1, unit: "", curve: "sqrt", label: "attention weight" };

class Grid {
  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    this.root = root;
    this.bus = sharedBus();
    this.frame = find(root, ".frame");
    this.base = /** @type {HTMLCanvasElement} */ (find(root, ".base"));
    this.over = /** @type {HTMLCanvasElement} */ (find(root, ".over"));
    this.select = /** @type {HTMLSelectElement} */ (find(root, ".show"));
    this.part = /** @type {HTMLSelectElement} */ (find(root, ".part"));
    /** @type {Data | null} */
    this.data = null;
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
      if (place && event.shiftKey) this.aside(place);
      else if (place) this.choose(place, 0);
    };
    this.frame.onkeydown = (event) => {
      if (!this.data) return;
      if (event.key === "Enter" && event.shiftKey) this.aside(this.bus.shown);
      const place = afterKey(event.key, this.bus.shown, this.layout);
      if (!place) return;
      event.preventDefault();
      this.choose(place, REST);
    };
    this.select.onchange = () => this.tell("show", this.select.value);
    this.part.onchange = () => this.draw();
    wireSave(root, () => this.data?.colours ?? null, (colours) => this.picture(colours));
  }

  /** @param {Data} data @param {(name: string, value: unknown) => void} tell */
  update(data, tell) {
    this.data = data;
    this.tell = tell;
    this.drawn = "";
    this.bus.accept(data);
    this.draw();
  }

  stop() {
    this.end();
    this.sizes.disconnect();
    clearTimeout(this.timer);
  }

  /** @param {MouseEvent} event */
  placeOf(event) {
    const box = this.base.getBoundingClientRect();
    return this.data ? headAt(event.clientX - box.left, event.clientY - box.top, this.cell, this.layout) : null;
  }

  get layout() {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const part = /** @type {import("./places.js").Part} */ (this.part.value);
    return layoutOf(part, layers, heads, this.bus.shown);
  }

  /** @param {Place | null} place */
  pointAt(place) {
    if (place?.layer === this.pointed?.layer && place?.head === this.pointed?.head) return;
    this.pointed = place;
    if (this.stale || !this.data) return;
    this.drawOver(this.drawing(this.data.colours.screen));
    this.readOut();
  }

  /** Every view follows at once; the server hears of the last one. @param {Place} place @param {number} rest in ms */
  choose(place, rest) {
    this.bus.choose({ ...place, among: [] });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell("head", [place.layer, place.head]), rest);
  }

  /** Puts a head beside the selected one, to be compared with it; a mean is no head. @param {Place} place */
  aside({ layer, head }) {
    if (head !== null) this.tell("aside", [layer, head]);
  }

  /** @returns {Score[]} */
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

  /** What is shown instead of small maps. */
  score() {
    return this.scores().find(({ tint }) => tint.key === this.data?.show) ?? null;
  }

  /** Another view has heard of a new text first: what is here belongs to the old one until `update`. */
  get stale() {
    return this.data?.trace !== this.bus.shown.trace;
  }

  /** @param {import("../shared/colour.js").Colours} colours */
  drawing(colours) {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const family = getComputedStyle(this.frame).fontFamily;
    return new GridDrawing({ layers, heads, layout: this.layout, cell: this.cell, colours, family });
  }

  draw() {
    if (!this.data || this.stale) return;
    const { show, colours } = this.data;
    const width = find(this.root, ".scroll").clientWidth;
    if (!width) return;
    const score = this.score();
    const thumbs = this.bus.get("thumbs");
    const layout = this.layout;
    this.cell = cellSize(width, layout);
    const drawing = this.drawing(colours.screen);
    // Pictures are drawn again only when something in them changed; the selection lies on the canvas above.
    const marks = [thumbs?.header.mark, this.bus.get("scores")?.header.mark, this.bus.shown.trace];
    const state = [width, show, colours.screen.background, ...marks, JSON.stringify(layout)].join("|");
    if (state !== this.drawn) {
      this.drawn = state;
      drawing.paint(prepare(this.base, drawing.width, drawing.height), thumbs, score);
      this.drawControls(score);
    }
    find(this.root, ".ranking").hidden = !score;
    if (score) this.drawRanking(score);
    this.drawOver(drawing);
    this.readOut();
    this.base.style.opacity = thumbs || score ? "1" : "0.4";
    this.frame.style.minHeight = `${drawing.height}px`;
  }

  /** The selected head, those of a chosen mean, and the one under the pointer. @param {GridDrawing} drawing */
  drawOver(drawing) {
    const { layer, head, among } = this.bus.shown;
    drawing.frames(this.over, [
      ...(this.pointed ? [{ place: this.pointed, line: 1.5 }] : []),
      ...among.map((one) => ({ place: { layer, head: one }, line: 1.5 })),
      { place: { layer, head }, line: 3 },
    ]);
  }

  /** @param {import("../shared/colour.js").Colours} colours */
  picture(colours) {
    const drawing = this.drawing(colours);
    const score = this.score();
    const { low, high, unit } = score?.tint ?? MAPS;
    return {
      width: drawing.width,
      height: drawing.height,
      name: `attention_heads_${this.data?.show}`,
      caption: `Every head of ${this.data?.about}: ${this.legend(score)}.`,
      legend: /** @type {[string, string]} */ ([format(low), format(high, unit)]),
      paint: (/** @type {CanvasRenderingContext2D} */ context) => drawing.paint(context, this.bus.get("thumbs"), score),
    };
  }

  /** What the colours mean, in words. @param {Score | null} score */
  legend(score) {
    const { label, curve } = score?.tint ?? MAPS;
    const colours = `${label}, ${curve === "sqrt" ? "square-root" : "linear"} colours`;
    if (score) return colours;
    const hidden = this.bus.get("thumbs")?.payload.includes(0) ? "; hatched where a query can't see" : "";
    return `${colours}; query down, key across${hidden}`;
  }

  /** @param {Score | null} score */
  drawControls(score) {
    const options = [{ key: "maps", label: "small maps" }, ...this.scores().map(({ tint }) => tint)];
    this.select.replaceChildren(...options.map(({ key, label }) => {
      const option = /** @type {HTMLOptionElement} */ (element("option", "", label));
      option.value = key;
      return option;
    }));
    this.select.value = score ? score.tint.key : "maps";
    const { low, high, unit } = score?.tint ?? MAPS;
    find(this.root, ".low").textContent = format(low);
    find(this.root, ".high").textContent = format(high, unit);
    find(this.root, ".what").textContent = this.legend(score);
    const strip = /** @type {HTMLCanvasElement} */ (find(this.root, ".strip"));
    const context = prepare(strip, 128, 10);
    rampTable(/** @type {Data} */ (this.data).colours.screen.ramp).forEach((colour, at) => {
      context.fillStyle = css(colour);
      // Both scales are drawn as even steps of the ramp: the legend names the curve.
      context.fillRect(at / 2, 0, 1, 10);
    });
  }

  /** @param {Score} score */
  drawRanking({ tint, values }) {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const { layer, head } = this.bus.shown;
    find(this.root, ".ranking h4").textContent = "Highest";
    replaceChildren(
      find(this.root, ".ranking ol"),
      ranked(values, layers, heads, RANKED).map((place) => {
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
    const chosen = this.pointed ? [] : this.bus.shown.among;
    const at = indexOf({ layer, head }, layers, heads);
    // The grid holds the mean of all heads of a layer; the measures of a chosen mean stand with its facts.
    const parts = chosen.length
      ? []
      : this.scores().map(({ tint, values }) =>
        `${tint.label} ${format(Number.isNaN(values[at]) ? null : values[at], tint.unit)}`
      );
    find(this.root, ".readout").textContent = [headName(layer, head, chosen), ...parts].join(" · ");
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
