// Every layer × head as a small picture of its map, or tinted by one number per head.

import { drawRamp, STRIP } from "../lib/colour.js";
import { element, find, prepare } from "../lib/dom.js";
import { format } from "../lib/numbers.js";
import { followRoom, roomFor } from "../lib/room.js";
import { saveBar } from "../lib/save.js";
import { follow, soon } from "../lib/view.js";
import { GridDrawing } from "./drawing.js";
import { afterKey, CELL, headAt, layoutOf } from "./places.js";
import { drawRanking, MAPS, meaning, scoresOf, summary } from "./scores.js";

/**
 * @typedef {{
 *   trace: string, layers: number, heads: number, show: string, about: string,
 *   colours: import("../lib/colour.js").ColourSets,
 * }} Data
 * @typedef {import("./drawing.js").Score} Score
 * @typedef {import("./places.js").Place} Place
 */

/** How long the keys must rest before the server is told, in ms. */
const REST = 180;

/** How high the picture of all heads may become, with its legend below it, in px. */
const TALL = { least: 200, usual: 520, after: 40 };

class Grid {
  /** @param {import("../lib/view.js").Host} host */
  constructor(host) {
    const { root, bus, tell } = host;
    this.root = root;
    this.bus = bus;
    this.tell = tell;
    this.frame = find(root, ".frame");
    this.base = /** @type {HTMLCanvasElement} */ (find(root, ".base"));
    this.over = /** @type {HTMLCanvasElement} */ (find(root, ".over"));
    this.select = /** @type {HTMLSelectElement} */ (find(root, ".show"));
    this.part = /** @type {HTMLSelectElement} */ (find(root, ".part"));
    /** @type {Data | null} */
    this.data = null;
    /** @type {Place | null} */
    this.pointed = null;
    this.drawn = "";
    this.soon = soon(() => this.draw());
    const ends = [follow(host, find(root, ".scroll"), this.soon), followRoom(this.frame, this.soon)];
    this.end = () => ends.forEach((end) => end());
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
    this.part.onchange = () => {
      const settings = { ...this.bus.shown.settings, part: this.part.value };
      this.bus.choose({ settings }, { tell: this.tell, name: "part", value: this.part.value });
    };
    this.offer = saveBar(root, () => this.data?.colours ?? null, (colours) => this.picture(colours));
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    this.drawn = "";
    this.offer();
    this.draw();
  }

  /** @param {MouseEvent} event */
  placeOf(event) {
    const box = this.base.getBoundingClientRect();
    return this.data ? headAt(event.clientX - box.left, event.clientY - box.top, this.layout) : null;
  }

  get layout() {
    const data = /** @type {Data} */ (this.data);
    const { clientWidth: width } = find(this.root, ".scroll");
    const part = this.bus.shown.settings?.part ?? "all";
    // A tint needs no room to be read, a map does.
    const most = part === "all" || this.score() ? CELL.most : CELL.large;
    return layoutOf(part, data, this.bus.shown, { width, tall: roomFor(this.frame, TALL), most });
  }

  /** @param {Place | null} place */
  pointAt(place) {
    if (place?.layer === this.pointed?.layer && place?.head === this.pointed?.head) return;
    this.pointed = place;
    if (this.stale || !this.data) return;
    this.drawOver(this.drawing(this.data.colours.screen));
    this.readOut();
  }

  /** @param {Place} place @param {number} rest how long keys must rest before the host hears of it, in ms */
  choose({ layer, head }, rest) {
    const said = { tell: this.tell, name: "head", value: [layer, head], rest };
    this.bus.choose({ layer, head, among: [] }, said);
  }

  /** Puts a head beside the selected one, to be compared with it; a mean is no head. @param {Place} place */
  aside({ layer, head }) {
    if (head !== null) this.tell("aside", [layer, head]);
  }

  /** What is shown instead of small maps. */
  score() {
    return scoresOf(this.bus).find(({ tint }) => tint.key === this.data?.show) ?? null;
  }

  /** Another view has heard of a new text first: what is here belongs to the old one until `update`. */
  get stale() {
    return this.data?.trace !== this.bus.shown.trace;
  }

  /** @param {import("../lib/colour.js").Colours} colours */
  drawing(colours) {
    const { layers, heads } = /** @type {Data} */ (this.data);
    const family = getComputedStyle(this.frame).fontFamily;
    return new GridDrawing({ layers, heads, layout: this.layout, colours, family });
  }

  draw() {
    if (!this.data || this.stale) return;
    const { show, colours } = this.data;
    const width = find(this.root, ".scroll").clientWidth;
    if (!width) return;
    const score = this.score();
    const thumbs = this.bus.get("thumbs");
    this.part.value = this.bus.shown.settings?.part ?? "all";
    find(this.root, ".ranking").hidden = !score;
    const drawing = this.drawing(colours.screen);
    // Pictures are drawn again only when something in them changed; the selection lies on the canvas above.
    const marks = [thumbs?.header.mark, this.bus.get("scores")?.header.mark, this.bus.shown.trace];
    const state = [width, show, colours.screen.background, ...marks, JSON.stringify(drawing.layout)].join("|");
    if (state !== this.drawn) {
      this.drawn = state;
      drawing.paint(prepare(this.base, drawing.width, drawing.height), thumbs, score);
      this.drawControls(score);
    }
    if (score) {
      const choose = (/** @type {Place} */ place) => this.choose(place, 0);
      drawRanking(find(this.root, ".ranking"), score, this.data, this.bus.shown, choose);
    }
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

  /** @param {import("../lib/colour.js").Colours} colours */
  picture(colours) {
    const drawing = this.drawing(colours);
    const score = this.score();
    const { low, high, unit } = score?.tint ?? MAPS;
    return {
      width: drawing.width,
      height: drawing.height,
      name: `attention_heads_${this.data?.show}`,
      caption: `Every head of ${this.data?.about}: ${meaning(score, this.bus.get("thumbs"))}.`,
      legend: /** @type {[string, string]} */ ([format(low), format(high, unit)]),
      paint: (/** @type {CanvasRenderingContext2D} */ context) => drawing.paint(context, this.bus.get("thumbs"), score),
    };
  }

  /** @param {Score | null} score */
  drawControls(score) {
    const options = [{ key: "maps", label: "small maps" }, ...scoresOf(this.bus).map(({ tint }) => tint)];
    this.select.replaceChildren(...options.map(({ key, label }) => {
      const option = /** @type {HTMLOptionElement} */ (element("option", "", label));
      option.value = key;
      return option;
    }));
    this.select.value = score ? score.tint.key : "maps";
    const { low, high, unit } = score?.tint ?? MAPS;
    find(this.root, ".low").textContent = format(low);
    find(this.root, ".high").textContent = format(high, unit);
    find(this.root, ".what").textContent = meaning(score, this.bus.get("thumbs"));
    const strip = /** @type {HTMLCanvasElement} */ (find(this.root, ".strip"));
    drawRamp(prepare(strip, STRIP.width, STRIP.height), /** @type {Data} */ (this.data).colours.screen.ramp, 0, 0);
  }

  /** Names the head under the pointer, or the selected one, with its measures. */
  readOut() {
    const { layers = 0, heads = 0 } = this.data ?? {};
    const { among, ...selected } = this.bus.shown;
    const [place, chosen] = this.pointed ? [this.pointed, []] : [selected, among];
    find(this.root, ".readout").textContent = summary(place, chosen, scoresOf(this.bus), { layers, heads });
  }
}

/** @param {import("../lib/view.js").Host} host @returns {import("../lib/view.js").View} */
export const mount = (host) => new Grid(host);
