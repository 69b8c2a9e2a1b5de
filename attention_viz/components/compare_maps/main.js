// Two heads side by side: their maps, or their links, and the difference between them, all linked.

import { find } from "../lib/dom.js";
import { wordsOf } from "../lib/maps.js";
import { saveBar } from "../lib/save.js";
import { follow, soon } from "../lib/view.js";
import { AsLinks } from "./as_links.js";
import { AsMaps } from "./as_maps.js";
import { Comparison, PANELS } from "./comparison.js";
import { Gestures } from "./gestures.js";
import { drawLegends, drawTitles } from "./legends.js";
import { pictureOf } from "./saving.js";
import { sentence } from "./sentences.js";
import { WHOLE } from "./window.js";

/**
 * @typedef {import("./comparison.js").Panel} Panel
 * @typedef {import("./comparison.js").Label} Label
 * @typedef {import("./window.js").Lit} Lit
 * @typedef {import("./scales.js").Ends & {
 *   trace: string, rows: Label[], columns: Label[] | null, titles: {a: string, b: string}, about: string,
 *   view: "maps" | "links", colours: import("../lib/colour.js").ColourSets,
 * }} Data columns: null when they are the rows
 * @typedef {{scroll: HTMLElement, spacer: HTMLElement, pane: HTMLElement, base: HTMLCanvasElement, over: HTMLCanvasElement}} Parts
 * @typedef {{
 *   panels: Record<Panel, Parts>, held: Lit, lit: Lit, pointed: Lit | null, family: string, mark: unknown,
 *   counts: import("../lib/columns.js").Counts, soon: () => void, afterHolding: (reveal: () => void) => void,
 * }} Scene what maps and links are drawn from. lit: what is pointed at, here or in another view, else what is held; mark:
 *   tells one pair of maps from the next; afterHolding: does something when something else is held than before
 */

/** From this width on the panels stand on one row, in px. */
const WIDE = 900;
const NEARER = 1.4;
/** How long the keys must rest before the host is told, in ms. */
const REST = 180;

/** @implements {Scene} */
class Compared {
  /** @param {import("../lib/view.js").Host} host */
  constructor(host) {
    const { root, bus, tell } = host;
    this.root = root;
    this.bus = bus;
    this.tell = tell;
    this.stage = find(root, ".stage");
    /** @type {Record<Panel, Parts>} */
    this.panels = { a: this.partsOf("a"), b: this.partsOf("b"), difference: this.partsOf("difference") };
    /** @type {Data | null} */
    this.data = null;
    /** What is under the pointer here. @type {Lit | null} */
    this.pointed = null;
    /** @type {{parcel: unknown, comparison: Comparison} | null} */
    this.made = null;
    this.around = "";
    this.heldBefore = "";
    this.soon = soon(() => this.draw());
    this.afterHolding = this.afterHolding.bind(this);
    this.maps = new AsMaps(this);
    this.links = new AsLinks(this);
    this.end = follow(host, this.stage, this.soon);
    this.listen();
    this.offer = saveBar(
      root,
      () => this.comparison && this.data && this.data.colours,
      (colours) => this.picture(colours),
    );
  }

  /** @param {Panel} panel @returns {Parts} */
  partsOf(panel) {
    const box = find(this.root, `.panel.${panel}`);
    const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (find(box, name));
    const [scroll, spacer, pane] = [find(box, ".scroll"), find(box, ".spacer"), find(box, ".pane")];
    return { scroll, spacer, pane, base: canvas(".base"), over: canvas(".over") };
  }

  listen() {
    const panes = PANELS.map((panel) => this.panels[panel].pane);
    this.gestures = new Gestures(panes, {
      map: () => this.isMaps ? this.maps.map : null,
      litAt: (x, y, width) => this.mode.litAt(x, y, width),
      moveTo: (window) => this.maps.moveTo(window),
      pointAt: (lit) => this.pointAt(lit),
      press: (lit) => this.hold(this.mode.afterPress(lit), 0),
      inHand: () => this.stage.matches(":focus"),
    });
    this.stage.onkeydown = (event) => this.onKey(event);
    find(this.root, ".nearer").onclick = () => this.maps.zoom(NEARER);
    find(this.root, ".farther").onclick = () => this.maps.zoom(1 / NEARER);
    find(this.root, ".all").onclick = () => this.maps.moveTo(WHOLE);
  }

  get isMaps() {
    return this.data?.view !== "links";
  }

  get mode() {
    return this.isMaps ? this.maps : this.links;
  }

  /** What is shown of this comparison. Another one starts with everything in view. @param {Data} data */
  update(data) {
    if (data.trace !== this.data?.trace) this.maps.window = WHOLE;
    this.data = data;
    this.soon();
  }

  get mark() {
    return this.bus.get("compare")?.header.mark;
  }

  /** Both maps, or null while they are not here. */
  get comparison() {
    const parcel = this.bus.get("compare");
    if (!parcel || !this.data) return null;
    if (this.made?.parcel === parcel) return this.made.comparison;
    const { rows, columns } = this.data;
    const { queries, keys } = parcel.header;
    if (queries !== rows.length || keys !== (columns ?? rows).length) return null;
    this.made = { parcel, comparison: new Comparison(wordsOf(parcel.payload), rows, columns ?? rows) };
    return this.made.comparison;
  }

  get held() {
    return this.bus.shown.held;
  }

  /** @returns {Lit} */
  get lit() {
    const { hover } = this.bus;
    return this.pointed ?? (hover ? { query: null, key: null, [hover.side]: hover.token } : this.held);
  }

  get counts() {
    const { rows = [], columns } = this.data ?? {};
    return { query: rows.length, key: (columns ?? rows).length };
  }

  get family() {
    return getComputedStyle(this.stage).fontFamily;
  }

  /** @param {() => void} reveal */
  afterHolding(reveal) {
    const { query, key } = this.held;
    const now = `${query} ${key} ${this.data?.view}`;
    if (now === this.heldBefore) return;
    this.heldBefore = now;
    reveal();
  }

  /** @param {Lit | null} lit */
  pointAt(lit) {
    if (lit?.query === this.pointed?.query && lit?.key === this.pointed?.key) return;
    this.pointed = lit;
    if (lit?.query != null) this.bus.point({ side: "query", token: lit.query });
    else this.bus.point(lit?.key != null ? { side: "key", token: lit.key } : null);
    this.soon();
  }

  /** @param {Lit} held @param {number} rest how long keys must rest before the host hears of it, in ms */
  hold(held, rest) {
    this.bus.choose({ held }, { tell: this.tell, name: "held", value: held, rest });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.data || event.ctrlKey || event.metaKey || event.altKey) return;
    const factor = { "+": NEARER, "=": NEARER, "-": 1 / NEARER }[event.key];
    const held = this.mode.afterKey(event.key);
    if (this.isMaps && factor) this.maps.zoom(factor);
    else if (this.isMaps && event.key === "0") this.maps.moveTo(WHOLE);
    else if (held) this.hold(held, REST);
    else return;
    event.preventDefault();
  }

  /** Another view has heard of another comparison first: what is here belongs to the old one until `update`. */
  get stale() {
    return this.data?.trace !== this.bus.shown.trace;
  }

  draw() {
    const data = this.data;
    if (!data || !this.stage.clientWidth || this.stale) return;
    const wide = this.stage.clientWidth >= WIDE;
    this.stage.classList.toggle("wide", wide);
    const comparison = this.comparison;
    this.drawAround(data, comparison);
    if (!comparison) {
      find(this.root, ".readout").textContent = "The maps are on their way …";
      return;
    }
    this.mode.draw(data, comparison, this.panels.a.scroll.clientWidth, wide);
    if (!this.isMaps) this.maps.reset();
    find(this.root, ".readout").textContent = sentence(comparison, this.lit);
  }

  /** What is not on the canvases of the panels. @param {Data} data @param {Comparison | null} comparison */
  drawAround(data, comparison) {
    for (const { base, over } of Object.values(this.panels)) {
      base.style.opacity = over.style.opacity = comparison ? "1" : "0.4";
    }
    const { titles, colours, top, bound, curve, trace, view } = data;
    const state = [trace, titles.a, titles.b, view, colours.screen.background, top, bound, curve, !comparison].join(
      "|",
    );
    if (this.around === state) return;
    this.around = state;
    drawTitles(this.root, data);
    if (!comparison) return;
    drawLegends(this.root, data, comparison);
    this.offer();
  }

  /** @param {import("../lib/colour.js").Colours} colours */
  picture(colours) {
    const data = /** @type {Data} */ (this.data);
    const comparison = /** @type {Comparison} */ (this.comparison);
    const across = this.stage.classList.contains("wide");
    return pictureOf(data, comparison, this.mode.picture(data, comparison, colours), across, colours, this.family);
  }
}

/** @param {import("../lib/view.js").Host} host @returns {import("../lib/view.js").View} */
export const mount = (host) => new Compared(host);
