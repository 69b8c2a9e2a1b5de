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
import { headName } from "../lib/numbers.js";
import { saveBar } from "../lib/save.js";
import { follow, soon } from "../lib/view.js";
import { Drawing, NUMBERS } from "./drawing.js";
import { HeadButtons } from "./heads.js";
import { drawMinimap } from "./minimap.js";
import { noteOf, sentenceOf } from "./words.js";

/**
 * @typedef {{
 *   trace: string, heads: number, about: string, queries: Item[], keys: Item[] | null,
 *   colours: import("../lib/colour.js").ColourSets,
 * }} Data keys: null when they are the queries
 * @typedef {import("./drawing.js").Item} Item
 * @typedef {import("../lib/bus.js").Held} Held
 */

const TALLEST = 520;
/** How long scrolling must rest before the server is asked for what came into view, in ms. */
const REST = 120;

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
    const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (find(root, name));
    this.cover = input(".cover");
    this.least = input(".least");
    this.route = input(".route");
    this.hide = input(".hide");
    this.again = input(".again");
    this.search = input(".search");
    /** @type {Data | null} */
    this.data = null;
    this.edges = columnEdges(0, NUMBERS);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.askedFor = "";
    this.soon = soon(() => this.draw());
    this.buttons = new HeadButtons(find(root, ".heads"), this.soon, (among) => this.mean(among));
    this.unfollow = follow(host, this.scroll, this.soon);
    this.listen();
    for (const control of [this.cover, this.least, this.route, this.hide, this.again]) control.oninput = this.soon;
    saveBar(root, () => this.data?.colours ?? null, (colours) => this.picture(colours));
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
    this.data = data;
    const items = [...data.queries, ...(data.keys ?? [])];
    find(this.root, ".pairs").hidden = data.keys !== null || new Set(items.map((item) => item.segment)).size < 2;
    this.soon();
  }

  end() {
    this.unfollow();
    clearTimeout(this.timer);
  }

  /** @param {Held} held */
  hold(held) {
    this.bus.choose({ held }, { tell: this.tell, name: "held", value: held });
  }

  /** The mean of some heads is computed by the server: until then all stays as it is. @param {(number | null)[]} heads */
  mean(heads) {
    this.bus.choose({}, { tell: this.tell, name: "mean", value: heads });
  }

  /** Scrolls so that a token can be seen. @param {number | null} token */
  reveal(token) {
    if (token === null) return;
    this.scroll.scrollTop = scrolledTo(this.scroll.scrollTop, this.scroll.clientHeight, token);
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

  /** @param {import("../lib/colour.js").Colours} colours */
  drawing(colours) {
    const wishes = {
      cover: Number(this.cover.value) / 100,
      least: Number(this.least.value) || 0,
      route: find(this.root, ".pairs").hidden ? "" : this.route.value,
      hide: this.hide.checked,
      again: this.again.checked,
    };
    const family = getComputedStyle(this.scroll).fontFamily;
    const { bus, items, edges } = this;
    return new Drawing({ bus, items, on: this.buttons.on, wishes, edges, family, colours });
  }

  draw() {
    const data = this.data;
    const width = this.scroll.clientWidth;
    if (!data || !width || this.stale) return;
    this.buttons.select(this.bus.shown);
    this.drawControls(data);
    const count = this.longest;
    const height = Math.min(TALLEST, count * ROW);
    this.scroll.style.height = `${height}px`;
    find(this.root, ".spacer").style.height = `${count * ROW}px`;
    const context = prepare(this.view, width, height);
    this.edges = columnEdges(width, NUMBERS);
    const top = this.scroll.scrollTop;
    const rows = rowsInView(top, height, count);
    context.translate(0, -top);
    const drawing = this.drawing(data.colours.screen);
    const missing = drawing.paint(context, rows);
    drawMinimap(this.minimap, drawing, { top, height, count });
    find(this.root, ".note").textContent = noteOf(drawing, missing);
    find(this.root, ".readout").textContent = sentenceOf(drawing);
    this.askFor(rows);
  }

  /** @param {Data} data */
  drawControls(data) {
    find(this.root, ".coverNow").textContent = `${this.cover.value} %`;
    find(this.root, ".againLabel").hidden = !this.hide.checked;
    find(this.root, ".searchLabel").hidden = this.longest * ROW <= TALLEST;
    this.buttons.draw(data.heads, data.colours.screen);
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
    }, REST);
  }

  /** What is shown, to be saved. @param {import("../lib/colour.js").Colours} colours */
  picture(colours) {
    const { first, last } = rowsToSave(this.scroll.scrollTop, TALLEST, this.longest);
    const { layer, head } = this.bus.shown;
    const drawing = this.drawing(colours);
    const heads = [...drawing.on].map((one) => headName(layer, one)).join(", ");
    /** @type {[string, string] | null} */
    const legend = this.bus.focus ? ["0", "1"] : null;
    const what = this.bus.focus
      ? "shading and numbers: attention weight, square-root colours"
      : `strongest links covering ${this.cover.value} % of each row`;
    const drawn = drawing.on.size ? [...drawing.on] : [head];
    return {
      width: this.edges.width,
      height: (last - first) * ROW,
      name: `attention_links_L${layer ?? "all"}_H${drawn.map((one) => one ?? "mean").join("-")}`,
      caption: `${heads || "No head"} of ${this.data?.about}. Left looks at right; ${what}.`,
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
