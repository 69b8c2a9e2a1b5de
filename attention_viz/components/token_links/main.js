// Two columns of tokens and the links between them: the query looks, the key is looked at.

import { sharedBus } from "../shared/bus.js";
import { afterClick, afterKey, findToken, ROW, tokenAt } from "../shared/columns.js";
import { element, find, once, prepare, replaceChildren } from "../shared/dom.js";
import { strength, strongest } from "../shared/links.js";
import { format, headName } from "../shared/numbers.js";
import { wireSave } from "../shared/save.js";
import { Drawing, NUMBERS } from "./drawing.js";

/**
 * @typedef {import("../shared/bus.js").Shown & {
 *   heads: number, about: string, queries: Item[], keys: Item[] | null,
 *   colours: import("../shared/colour.js").ColourSets,
 * }} Data keys: null when they are the queries
 * @typedef {import("./drawing.js").Item} Item
 * @typedef {import("../shared/columns.js").Side} Side
 */

const TALLEST = 520;
const MINIMAP = 14;
/** The most rows that a saved picture has beyond what is in view. */
const MOST_SAVED = 200;
/** How long scrolling must rest before the server is asked for what came into view, in ms. */
const REST = 120;

/** In order; a mean stands alone. @param {Iterable<number | null>} heads */
const sorted = (heads) => [...heads].sort((one, other) => (one ?? 0) - (other ?? 0));

class Links {
  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    this.root = root;
    this.bus = sharedBus();
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
    /** The heads that are drawn; null for a mean, which stands alone. @type {Set<number | null>} */
    this.on = new Set();
    this.headOf = "";
    this.edges = { left: 0, right: 0, width: 0 };
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.askedFor = "";
    /** @type {(name: string, value: unknown) => void} */
    this.tell = () => {};
    this.end = this.bus.subscribe(() => this.soon());
    this.sizes = new ResizeObserver(() => this.soon());
    this.sizes.observe(this.scroll);
    this.listen();
    for (const control of [this.cover, this.least, this.route, this.hide, this.again]) {
      control.oninput = () => this.soon();
    }
    wireSave(root, () => this.data?.colours ?? null, (colours) => this.picture(colours));
  }

  listen() {
    this.scroll.onscroll = () => this.soon();
    this.view.onpointermove = (event) => this.bus.point(this.tokenOf(event));
    this.view.onpointerleave = () => this.bus.point(null);
    this.view.onclick = (event) => {
      const clicked = this.tokenOf(event);
      if (clicked) this.hold(afterClick(this.bus.shown, clicked));
    };
    this.scroll.onkeydown = (event) => {
      const held = this.data && afterKey(this.bus.shown, event.key, this.counts);
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
      if (event.key !== "Enter" || !this.data) return;
      const found = findToken(this.data.queries, this.search.value, (this.bus.shown.query ?? -1) + 1);
      this.search.setCustomValidity(found === null ? "No token contains this." : "");
      this.search.reportValidity();
      if (found === null) return;
      this.hold({ query: found, key: null });
      this.reveal(found);
    };
    this.search.oninput = () => this.search.setCustomValidity("");
  }

  /** @param {Data} data @param {(name: string, value: unknown) => void} tell */
  update(data, tell) {
    this.data = data;
    this.tell = tell;
    this.bus.accept(data);
    const items = [...data.queries, ...(data.keys ?? [])];
    find(this.root, ".pairs").hidden = data.keys !== null || new Set(items.map((item) => item.segment)).size < 2;
    this.soon();
  }

  stop() {
    this.end();
    this.sizes.disconnect();
    clearTimeout(this.timer);
  }

  /** Draws once before the next frame, however often it is asked to. */
  soon() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  /** @param {{query: number | null, key: number | null}} held */
  hold({ query, key }) {
    this.bus.choose({ query, key });
    this.tell("held", [query, key]);
  }

  /** Scrolls so that a token can be seen. @param {number | null} token */
  reveal(token) {
    if (token === null) return;
    const [top, bottom] = [token * ROW, (token + 1) * ROW];
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    const lowest = this.scroll.scrollTop + this.scroll.clientHeight;
    if (bottom > lowest) this.scroll.scrollTop = bottom - this.scroll.clientHeight;
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

  /** @param {import("../shared/colour.js").Colours} colours */
  drawing(colours) {
    const wishes = {
      cover: Number(this.cover.value) / 100,
      least: Number(this.least.value) || 0,
      route: find(this.root, ".pairs").hidden ? "" : this.route.value,
      hide: this.hide.checked,
      again: this.again.checked,
    };
    const family = getComputedStyle(this.scroll).fontFamily;
    return new Drawing({ bus: this.bus, items: this.items, on: this.on, wishes, edges: this.edges, family, colours });
  }

  draw() {
    const data = this.data;
    const width = this.scroll.clientWidth;
    if (!data || !width || this.stale) return;
    const { layer, head, among, trace } = this.bus.shown;
    if (this.headOf !== `${trace} ${layer} ${head} ${among}`) {
      this.headOf = `${trace} ${layer} ${head} ${among}`;
      this.on = new Set([head]);
    }
    this.drawControls(data);
    const height = Math.min(TALLEST, this.longest * ROW);
    this.scroll.style.height = `${height}px`;
    find(this.root, ".spacer").style.height = `${this.longest * ROW}px`;
    const context = prepare(this.view, width, height);
    const column = Math.min(150, Math.max(70, width * 0.28));
    this.edges = { left: column, right: width - column - NUMBERS, width };
    const top = this.scroll.scrollTop;
    const rows = { first: Math.floor(top / ROW), last: Math.min(this.longest, Math.ceil((top + height) / ROW)) };
    context.translate(0, -top);
    const drawing = this.drawing(data.colours.screen);
    const missing = drawing.paint(context, rows);
    this.drawMinimap(drawing, height);
    this.say(drawing, missing);
    this.askFor(rows);
  }

  /** Of a long text only a band of rows is here: asks for those that came into view. @param {{first: number, last: number}} rows */
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

  /** What is shown, to be saved: all rows of a text of ordinary length, those in view of a longer one. @param {import("../shared/colour.js").Colours} colours */
  picture(colours) {
    const all = this.longest <= MOST_SAVED;
    const first = all ? 0 : Math.floor(this.scroll.scrollTop / ROW);
    const last = all ? this.longest : Math.min(this.longest, first + Math.ceil(TALLEST / ROW));
    const { layer, head } = this.bus.shown;
    const drawing = this.drawing(colours);
    const heads = [...this.on].map((one) => headName(layer, one)).join(", ");
    /** @type {[string, string] | null} */
    const legend = this.bus.focus ? ["0", "1"] : null;
    const what = this.bus.focus
      ? "shading and numbers: attention weight, square-root colours"
      : `strongest links covering ${this.cover.value} % of each row`;
    return {
      width: this.edges.width,
      height: (last - first) * ROW,
      name: `attention_links_L${layer ?? "all"}_H${
        (this.on.size ? [...this.on] : [head]).map((one) => one ?? "mean").join("-")
      }`,
      caption: `${heads || "No head"} of ${this.data?.about}. Left looks at right; ${what}.`,
      legend,
      /** @param {CanvasRenderingContext2D} context */
      paint: (context) => {
        context.translate(0, -first * ROW);
        drawing.paint(context, { first, last });
      },
    };
  }

  /** @param {Data} data */
  drawControls(data) {
    find(this.root, ".coverNow").textContent = `${this.cover.value} %`;
    find(this.root, ".againLabel").hidden = !this.hide.checked;
    find(this.root, ".searchLabel").hidden = this.longest * ROW <= TALLEST;
    const box = find(this.root, ".heads");
    const { accent, heads } = data.colours.screen;
    const state = [data.heads, [...this.on].join(), accent].join("|");
    if (box.dataset.state === state) return;
    box.dataset.state = state;
    const buttons = Array.from({ length: data.heads }, (_, head) => {
      const button = element("button");
      button.setAttribute("aria-pressed", String(this.on.has(head)));
      button.style.setProperty("--colour", this.on.size > 1 ? heads[head % heads.length] : accent);
      button.append(element("span", "box"), element("span", "", `H${head}`));
      button.title = "Click: on or off. Double-click: only this one.";
      button.onclick = () => this.turn(head);
      button.ondblclick = () => this.only([head]);
      return button;
    });
    const all = element("button", "", "All");
    all.onclick = () => this.only(Array.from({ length: data.heads }, (_, head) => head));
    const none = element("button", "", "None");
    none.onclick = () => this.only([]);
    const mean = /** @type {HTMLButtonElement} */ (element("button", "", "Mean of these"));
    mean.title = "Shows the mean of the heads that are on, everywhere on this page.";
    mean.disabled = this.on.size < 2;
    mean.onclick = () => this.tell("mean", sorted(this.on));
    replaceChildren(box, [...buttons, all, none, mean]);
  }

  /** @param {number} head */
  turn(head) {
    this.on.delete(null); // A mean stands alone.
    if (!this.on.delete(head)) this.on.add(head);
    this.soon();
  }

  /** @param {number[]} heads */
  only(heads) {
    this.on = new Set(heads);
    this.soon();
  }

  /** Where along a long text the attention is, and which part is in view. @param {Drawing} drawing @param {number} height */
  drawMinimap({ shaded, colours }, height) {
    const whole = this.longest * ROW;
    this.minimap.hidden = whole <= height;
    if (this.minimap.hidden) return;
    const context = prepare(this.minimap, MINIMAP, height);
    if (shaded) {
      context.fillStyle = shaded.side === "key" ? colours.accent : colours.other;
      const step = Math.max(1, height / this.longest);
      shaded.weights.forEach((weight, at) => {
        if (weight < 0.005) return;
        context.globalAlpha = strength(weight);
        context.fillRect(0, at / this.longest * height, MINIMAP, step);
      });
      context.globalAlpha = 1;
    }
    context.strokeStyle = colours.text;
    context.strokeRect(0.5, this.scroll.scrollTop / whole * height + 0.5, MINIMAP - 1, height / whole * height - 1);
  }

  /** @param {Drawing} drawing @param {number | null} missing */
  say(drawing, missing) {
    const notes = [];
    if (!this.on.size) notes.push("No head is on.");
    else if (missing === null) notes.push("The maps of these rows are on their way …");
    else if (!this.bus.focus) {
      notes.push(`${Math.round(100 * missing)} % of the attention of the rows in view is not drawn.`);
    }
    if (this.hide.checked && this.on.size) {
      notes.push(
        this.again.checked
          ? "Special tokens are left out and rows made to add up to 1 again."
          : "Special tokens are left out, so rows no longer add up to 1.",
      );
    }
    find(this.root, ".note").textContent = notes.join(" ");
    find(this.root, ".readout").textContent = this.bus.focus && this.on.size ? this.sentence(drawing) : "";
  }

  /** What a token looks at, or what looks at it, in words. @param {Drawing} drawing */
  sentence(drawing) {
    const { side, token } = /** @type {{side: Side, token: number}} */ (this.bus.focus);
    const { layer } = this.bus.shown;
    const direction = side === "query" ? "looks at" : "is looked at by";
    const name = `${token} “${this.items[side][token].text}” ${direction}`;
    const heads = sorted(this.on);
    const who = heads.length === 1
      ? headName(layer, heads[0], this.bus.shown.among)
      : `The mean of ${heads.map((head) => `H${head}`).join(", ")} in L${layer}`;
    const mean = drawing.mean(side, token);
    if (!mean) return `${name} …`;
    // Colours take one byte a weight, numbers two: those come with what is held.
    if (!mean.exact) return heads.length === 1 ? `${name} …` : `${who}: ${name} … Click to hold it for the numbers.`;
    const others = this.items[side === "query" ? "key" : "query"];
    const best = strongest(mean.weights, 1, 0).keys.slice(0, 4);
    return `${who}: ${name} ${best.map((at) => `${others[at].text} ${format(mean.weights[at])}`).join(", ")}`;
  }
}

/** @type {WeakMap<object, Links>} */
const views = new WeakMap();

/**
 * @param {{
 *   data: Data, parentElement: HTMLElement | ShadowRoot, setTriggerValue: (name: string, value: unknown) => void,
 * }} component
 */
export default function ({ data, parentElement, setTriggerValue }) {
  const view = once(views, parentElement, () => new Links(parentElement));
  view.update(data, setTriggerValue);
  return () => view.stop();
}
