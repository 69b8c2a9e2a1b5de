// Two columns of tokens and the links between them: the query looks, the key is looked at.

import {
  afterClick,
  afterKey,
  columnEdges,
  findToken,
  ROW,
  rowsInView,
  rowsToSave,
  scrolledTo,
  tokenAt,
} from "../lib/columns.js";
import { find, prepare } from "../lib/dom.js";
import { quoted } from "../lib/labels.js";
import { headName } from "../lib/numbers.js";
import { followRoom, roomFor } from "../lib/room.js";
import { saveBar } from "../lib/save.js";
import { follow, soon } from "../lib/view.js";
import { drawnHeads, settingsOf } from "./choices.js";
import { Controls } from "./controls.js";
import { Drawing, NUMBERS } from "./drawing.js";
import { HeadButtons } from "./heads.js";
import { drawMinimap } from "./minimap.js";
import { noteOf, sentenceOf } from "./words.js";

/**
 * @typedef {{
 *   trace: string, heads: number, about: string, queries: Item[], keys: Item[] | null,
 *   colours: import("../lib/colour.js").ColourSets, options: boolean,
 * }} Data keys: null when they are the queries; options: whether the rarely used controls are shown at first
 * @typedef {import("./drawing.js").Item} Item
 * @typedef {import("../lib/bus.js").Held} Held
 */

/** How high the columns may become, with their note and their sentence below them, in px. */
const TALL = { least: 200, usual: 520, after: 96 };
/** How long scrolling must rest before the server is asked for what came into view, and settings before it is told, in ms. */
const REST = { scrolling: 120, settings: 400 };

class Links {
  /** @param {import("../lib/view.js").Host} host */
  constructor(host) {
    const { root, bus, tell } = host;
    this.root = root;
    this.bus = bus;
    this.tell = tell;
    this.scroll = find(root, ".scroll");
    this.view = /** @type {HTMLCanvasElement} */ (find(root, ".view"));
    this.minimap = /** @type {HTMLCanvasElement} */ (find(root, ".minimap"));
    this.search = /** @type {HTMLInputElement} */ (find(root, ".search"));
    /** @type {Data | null} */
    this.data = null;
    this.edges = columnEdges(0, NUMBERS);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.askedFor = "";
    this.revealed = "";
    this.soon = soon(() => this.draw());
    this.buttons = new HeadButtons(root, (choice) => this.choose(choice));
    this.controls = new Controls(root, (change) => this.set(change), (open) => this.tell("options", open));
    const ends = [follow(host, this.scroll, this.soon), followRoom(this.scroll, this.soon)];
    this.unfollow = () => ends.forEach((end) => end());
    this.listen();
    this.offer = saveBar(root, () => this.data?.colours ?? null, (colours) => this.picture(colours));
  }

  listen() {
    this.scroll.onscroll = this.soon;
    this.view.onpointermove = (event) => this.bus.point(this.tokenOf(event));
    this.view.onpointerleave = () => this.bus.point(null);
    this.view.onclick = (event) => {
      const clicked = this.tokenOf(event);
      if (clicked) this.hold(afterClick(this.bus.shown.held, clicked));
    };
    this.scroll.onkeydown = (event) => {
      const held = this.data && afterKey(this.bus.shown.held, event.key, this.counts);
      if (!held) return;
      event.preventDefault();
      this.hold(held);
      this.reveal(held.query ?? held.key);
    };
    this.minimap.onclick = (event) => {
      const share = event.offsetY / this.minimap.clientHeight;
      this.scroll.scrollTop = share * this.scroll.scrollHeight - this.scroll.clientHeight / 2;
    };
    this.search.onkeydown = (event) => {
      if (event.key === "Enter" && this.data) this.find(this.data.queries);
    };
    this.search.oninput = () => this.search.setCustomValidity("");
  }

  /** Holds the next query that has what is looked for in it. @param {Item[]} queries */
  find(queries) {
    const found = findToken(queries, this.search.value, (this.bus.shown.held.query ?? -1) + 1);
    this.search.setCustomValidity(found === null ? "No token contains this." : "");
    this.search.reportValidity();
    if (found === null) return;
    this.hold({ query: found, key: null });
    this.reveal(found);
  }

  /** @param {Data} data */
  update(data) {
    // Later, what is open here is newer than what the server knows of it.
    if (!this.data) this.controls.unfold(data.options);
    this.data = data;
    this.controls.offer([...data.queries, ...(data.keys ?? [])], data.keys !== null);
    this.offer();
    this.soon();
  }

  end() {
    this.unfollow();
    clearTimeout(this.timer);
  }

  /** @param {Held} held */
  hold(held) {
    this.isNews(this.bus.shown.trace, held); // Who holds a token here sees it.
    this.bus.choose({ held }, { tell: this.tell, name: "held", value: held });
  }

  /** @param {Partial<import("./choices.js").Settings>} change */
  set(change) {
    const links = { ...settingsOf(this.bus.shown), ...change };
    const said = { tell: this.tell, name: "links", value: links, rest: REST.settings };
    this.bus.choose({ settings: { ...this.bus.shown.settings, links } }, said);
  }

  /** Another head or mean is shown on the whole page; further heads only here. @param {import("./heads.js").Choice} choice */
  choose({ head, among, beside }) {
    const { shown } = this.bus;
    if (head === null) this.bus.choose({ head, among }, { tell: this.tell, name: "mean", value: among });
    else if (head === shown.head) this.set({ beside });
    else {
      const settings = { ...shown.settings, links: { ...settingsOf(shown), beside } };
      this.bus.choose({ head, among, settings }, { tell: this.tell, name: "heads", value: [head, ...beside] });
    }
  }

  /** Scrolls so that a token can be seen. @param {number | null} token */
  reveal(token) {
    if (token === null) return;
    this.scroll.scrollTop = scrolledTo(this.scroll.scrollTop, this.scroll.clientHeight, token);
  }

  /** What is held elsewhere, or by a new text, comes into view once. @param {string} trace */
  followHeld(trace) {
    const { query, key } = this.bus.shown.held;
    if (this.isNews(trace, { query, key })) this.reveal(query ?? key);
  }

  /** Has this not been in view since it is held? @param {string} trace @param {Held} held */
  isNews(trace, { query, key }) {
    const before = this.revealed;
    this.revealed = JSON.stringify([trace, query, key]);
    return this.revealed !== before;
  }

  /** @param {MouseEvent} event */
  tokenOf(event) {
    const box = this.view.getBoundingClientRect();
    const y = event.clientY - box.top + this.scroll.scrollTop;
    return tokenAt(event.clientX - box.left, y, this.edges, this.counts);
  }

  get items() {
    const { queries, keys } = /** @type {Data} */ (this.data);
    return { query: queries, key: keys ?? queries };
  }

  get counts() {
    return this.data ? { query: this.items.query.length, key: this.items.key.length } : { query: 0, key: 0 };
  }

  /** The tokens of the longer column. */
  get longest() {
    return Math.max(this.counts.query, this.counts.key);
  }

  /** Another view has heard of a new text first: what is here belongs to the old one until `update`. */
  get stale() {
    return this.data?.trace !== this.bus.shown.trace;
  }

  /** How high the columns may become. */
  get tallest() {
    return roomFor(this.scroll, TALL);
  }

  /** @param {import("../lib/colour.js").Colours} colours */
  drawing(colours) {
    const { bus, items, edges } = this;
    const settings = this.controls.within(settingsOf(bus.shown));
    const on = drawnHeads(bus.shown, settings.beside, /** @type {Data} */ (this.data).heads);
    const family = getComputedStyle(this.scroll).fontFamily;
    return new Drawing({ bus, items, on, settings, edges, family, colours });
  }

  draw() {
    const data = this.data;
    const width = this.scroll.clientWidth;
    if (!data || !width || this.stale) return;
    this.drawControls(data);
    const count = this.longest;
    const height = Math.min(this.tallest, count * ROW);
    this.scroll.style.height = `${height}px`;
    find(this.root, ".spacer").style.height = `${count * ROW}px`;
    this.followHeld(data.trace);
    const context = prepare(this.view, width, height);
    this.edges = columnEdges(width, NUMBERS);
    const top = this.scroll.scrollTop;
    const rows = rowsInView(top, height, count);
    context.translate(0, -top);
    const drawing = this.drawing(data.colours.screen);
    const shares = drawing.paint(context, rows);
    drawMinimap(this.minimap, drawing, { top, height, count });
    find(this.root, ".note").textContent = noteOf(drawing, shares);
    find(this.root, ".readout").textContent = sentenceOf(drawing);
    this.askFor(rows);
  }

  /** @param {Data} data */
  drawControls(data) {
    const settings = settingsOf(this.bus.shown);
    this.controls.draw(settings, this.longest * ROW > this.tallest);
    this.buttons.draw(this.bus.shown, settings.beside, data.heads, data.colours.screen);
  }

  /** Of a long text only a band of rows is here: asks for those that came into view. @param {import("./drawing.js").Rows} rows */
  askFor({ first, last }) {
    const exact = this.bus.get("exact")?.header;
    if (!exact) return;
    const here = (/** @type {[number, number]} */ [start, end], /** @type {number} */ count) =>
      start <= Math.min(first, count) && end >= Math.min(last, count);
    const whole = exact.rows[0] === 0 && exact.rows[1] === exact.queries;
    const wanted = `${exact.trace} ${first} ${last}`;
    if (whole || here(exact.rows, exact.queries) || wanted === this.askedFor) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.askedFor = wanted;
      this.tell("scrolled", first);
    }, REST.scrolling);
  }

  /** What is shown, to be saved. @param {import("../lib/colour.js").Colours} colours */
  picture(colours) {
    const { first, last } = rowsToSave(this.scroll.scrollTop, this.tallest, this.longest);
    const { layer, among } = this.bus.shown;
    const { focus } = this.bus;
    const drawing = this.drawing(colours);
    const { cover } = drawing.settings;
    const heads = drawing.on.map((one) => headName(layer, one, among)).join(", ");
    /** @type {[string, string] | null} */
    const legend = focus ? ["0", "1"] : null;
    const what = focus
      ? `strongest links covering ${cover} % of the ${focus.side === "query" ? "row" : "column"} of ` +
        `${
          quoted(this.items[focus.side][focus.token].text)
        }; shading and numbers: attention weight, square-root colours`
      : `strongest links covering ${cover} % of each row`;
    return {
      width: this.edges.width,
      height: (last - first) * ROW,
      name: `attention_links_L${layer ?? "all"}_H${drawing.on.map((one) => one ?? "mean").join("-")}`,
      caption: `${heads} of ${this.data?.about}. Left looks at right; ${what}.`,
      legend,
      /** @param {CanvasRenderingContext2D} context */
      paint: (context) => {
        context.translate(0, -first * ROW);
        drawing.paint(context, { first, last });
      },
    };
  }
}

/** @param {import("../lib/view.js").Host} host @returns {import("../lib/view.js").View} */
export const mount = (host) => new Links(host);
