// Two columns of tokens and the links between them: the query looks, the key is looked at.

import { sharedBus } from "../shared/bus.js";
import { css, inkOn, rampTable } from "../shared/colour.js";
import { element, find, once, prepare } from "../shared/dom.js";
import { strength, strongest, withoutHidden } from "../shared/links.js";
import { coarseMap, fromByte, weightsOf } from "../shared/maps.js";
import { format, headName } from "../shared/numbers.js";
import { savePng, saveSvg } from "../shared/save.js";

/**
 * @typedef {{text: string, special: boolean, segment: number}} Item
 * @typedef {import("../shared/bus.js").Shown & {
 *   heads: number, items: Item[], looks: {screen: Look, print: Look},
 * }} Data
 * @typedef {import("../shared/colour.js").Look} Look
 * @typedef {"query" | "key"} Side
 */

const ROW = 20;
const NUMBERS = 40;
const TALLEST = 520;
const MINIMAP = 14;
/** The most rows that a saved picture has beyond what is in view. */
const MOST_SAVED = 200;
/** Numbers stand beside tokens that get at least this much. */
const WORTH_A_NUMBER = 0.02;

/**
 * The token and side at a point: the left column is the queries', the right one the keys'.
 * @param {number} x
 * @param {number} y below the top of the whole list
 * @param {{left: number, right: number}} edges where the columns end and begin
 * @param {number} count
 * @returns {{side: Side, token: number} | null}
 */
export function tokenAt(x, y, { left, right }, count) {
  const token = Math.floor(y / ROW);
  if (token < 0 || token >= count) return null;
  if (x <= left) return { side: "query", token };
  return x >= right ? { side: "key", token } : null;
}

/**
 * What is held after a click: a second click lets go; a key beside a held query makes a pair.
 * @param {{query: number | null, key: number | null}} held
 * @param {{side: Side, token: number}} clicked
 * @returns {{query: number | null, key: number | null}}
 */
export function afterClick(held, { side, token }) {
  if (side === "key") return { ...held, key: held.key === token ? null : token };
  return held.query === token ? { query: null, key: null } : { query: token, key: null };
}

/**
 * What is held after a key, or null for keys that mean nothing here.
 * @param {{query: number | null, key: number | null}} held
 * @param {string} pressed
 * @param {number} count
 * @returns {{query: number | null, key: number | null} | null}
 */
export function afterKey(held, pressed, count) {
  const onQueries = held.query !== null || held.key === null;
  const token = (onQueries ? held.query : held.key) ?? -1;
  /** @param {number} next */
  const moved = (next) => {
    const inside = Math.min(count - 1, Math.max(0, next));
    return onQueries ? { query: inside, key: null } : { query: null, key: inside };
  };
  switch (pressed) {
    case "Escape":
      return { query: null, key: null };
    case "ArrowDown":
      return moved(token + 1);
    case "ArrowUp":
      return moved(token < 0 ? 0 : token - 1);
    case "Home":
      return moved(0);
    case "End":
      return moved(count - 1);
    case "ArrowLeft":
      return onQueries ? null : { query: token, key: null };
    case "ArrowRight":
      return onQueries && token >= 0 ? { query: null, key: token } : null;
    default:
      return null;
  }
}

/**
 * The text cut to a width, with an ellipsis where something is missing.
 * @param {string} text
 * @param {number} width
 * @param {(text: string) => number} measure
 */
export function fitText(text, width, measure) {
  if (measure(text) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && measure(`${letters.join("")}…`) > width) letters.pop();
  return `${letters.join("")}…`;
}

class Links {
  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    this.root = root;
    this.bus = sharedBus();
    this.scroll = find(root, ".scroll");
    this.view = /** @type {HTMLCanvasElement} */ (find(root, ".view"));
    this.minimap = /** @type {HTMLCanvasElement} */ (find(root, ".minimap"));
    this.cover = /** @type {HTMLInputElement} */ (find(root, ".cover"));
    this.least = /** @type {HTMLInputElement} */ (find(root, ".least"));
    this.route = /** @type {HTMLSelectElement} */ (find(root, ".route"));
    this.hide = /** @type {HTMLInputElement} */ (find(root, ".hide"));
    this.again = /** @type {HTMLInputElement} */ (find(root, ".again"));
    this.paper = /** @type {HTMLInputElement} */ (find(root, ".paper"));
    find(root, ".svg").onclick = () => this.save("svg");
    find(root, ".png").onclick = () => this.save("png");
    /** @type {Data | null} */
    this.data = null;
    /** @type {Look | null} */
    this.look = null;
    /** The heads that are drawn. @type {Set<number>} */
    this.on = new Set();
    this.headOf = "";
    this.edges = { left: 0, right: 0, width: 0 };
    /** The column that is shaded, and by what. @type {{side: Side, weights: Float64Array} | undefined} */
    this.shaded = undefined;
    this.asked = 0;
    /** @type {(name: string, value: unknown) => void} */
    this.tell = () => {};
    this.end = this.bus.subscribe(() => this.soon());
    this.sizes = new ResizeObserver(() => this.soon());
    this.sizes.observe(this.scroll);
    this.scroll.onscroll = () => this.soon();
    this.view.onpointermove = (event) => this.bus.point(this.tokenOf(event));
    this.view.onpointerleave = () => this.bus.point(null);
    this.view.onclick = (event) => {
      const clicked = this.tokenOf(event);
      if (clicked) this.hold(afterClick(this.bus.shown, clicked));
    };
    this.scroll.onkeydown = (event) => {
      const held = this.data && afterKey(this.bus.shown, event.key, this.data.items.length);
      if (!held) return;
      event.preventDefault();
      this.hold(held);
      this.reveal(held.query ?? held.key);
    };
    this.minimap.onclick = (event) => {
      const share = event.offsetY / this.minimap.clientHeight;
      this.scroll.scrollTop = share * this.scroll.scrollHeight - this.scroll.clientHeight / 2;
    };
    for (const control of [this.cover, this.least, this.route, this.hide, this.again]) {
      control.oninput = () => this.soon();
    }
  }

  /** @param {Data} data @param {(name: string, value: unknown) => void} tell */
  update(data, tell) {
    this.data = data;
    this.tell = tell;
    this.wear(data.looks.screen);
    this.bus.accept(data);
    find(this.root, ".pairs").hidden = new Set(data.items.map((item) => item.segment)).size < 2;
    this.soon();
  }

  /** Draws in these colours from now on. @param {Look} look */
  wear(look) {
    this.look = look;
    this.table = rampTable(look.ramp);
  }

  stop() {
    this.end();
    this.sizes.disconnect();
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
    return tokenAt(event.clientX - box.left, y, this.edges, this.data?.items.length ?? 0);
  }

  /** Another view has heard of a new text first: what is here belongs to the old one until `update`. */
  get stale() {
    return this.data?.trace !== this.bus.shown.trace;
  }

  get worn() {
    return /** @type {Look} */ (this.look);
  }

  get ink() {
    return this.worn.text;
  }

  get family() {
    return getComputedStyle(this.scroll).fontFamily;
  }

  /** The token that everything else steps back for: the one pointed at, else the one held. */
  focus() {
    const { query, key } = this.bus.shown;
    if (this.bus.hover) return this.bus.hover;
    if (query !== null) return { side: /** @type {Side} */ ("query"), token: query };
    return key === null ? null : { side: /** @type {Side} */ ("key"), token: key };
  }

  draw() {
    const data = this.data;
    const width = this.scroll.clientWidth;
    if (!data || !width || !this.look || this.stale) return;
    const { layer, head, trace } = this.bus.shown;
    if (this.headOf !== `${trace} ${layer} ${head}`) {
      this.headOf = `${trace} ${layer} ${head}`;
      this.on = new Set([head]);
    }
    this.drawControls(data);
    const height = Math.min(TALLEST, data.items.length * ROW);
    this.scroll.style.height = `${height}px`;
    find(this.root, ".spacer").style.height = `${data.items.length * ROW}px`;
    const context = prepare(this.view, width, height);
    const column = Math.min(150, Math.max(70, width * 0.28));
    this.edges = { left: column, right: width - column - NUMBERS, width };
    const top = this.scroll.scrollTop;
    const rows = { first: Math.floor(top / ROW), last: Math.min(data.items.length, Math.ceil((top + height) / ROW)) };
    context.translate(0, -top);
    const missing = this.paint(context, data, rows);
    const focus = this.focus();
    this.drawMinimap(data, focus, height);
    this.say(data, focus, missing);
  }

  /**
   * The tokens of some rows and their links. Returns the share of attention that is not drawn, null when maps are missing.
   * @param {CanvasRenderingContext2D} context
   * @param {Data} data
   * @param {{first: number, last: number}} rows
   */
  paint(context, data, rows) {
    this.shaded = undefined;
    const focus = this.focus();
    const missing = focus ? this.drawFocus(context, data, focus, rows) : this.drawAll(context, data, rows);
    this.drawTokens(context, data, rows, focus);
    return missing;
  }

  /** What is shown, as a file: all rows of a text of ordinary length, those in view of a longer one. @param {string} kind */
  save(kind) {
    const data = this.data;
    if (!data) return;
    const top = this.scroll.scrollTop;
    const all = data.items.length <= MOST_SAVED;
    const first = all ? 0 : Math.floor(top / ROW);
    const last = all ? data.items.length : Math.min(data.items.length, first + Math.ceil(TALLEST / ROW));
    const look = data.looks[this.paper.checked ? "print" : "screen"];
    const { layer, head } = this.bus.shown;
    this.wear(look);
    (kind === "svg" ? saveSvg : savePng)({
      width: this.edges.width,
      height: (last - first) * ROW,
      background: look.background,
      name: `attention_links_L${layer}_H${[...this.on].join("-") || head}`,
      paint: (context) => {
        context.translate(0, -first * ROW);
        this.paint(context, data, { first, last });
      },
    });
    this.wear(data.looks.screen);
    this.soon();
  }

  /** Which tokens can't be seen or linked on a side. @param {Data} data @param {Side} side */
  hidden(data, side) {
    const segment = this.route.value ? Number(this.route.value[side === "query" ? 0 : 1]) : null;
    return data.items.map((item) =>
      (this.hide.checked && item.special) || (segment !== null && item.segment !== segment)
    );
  }

  /**
   * One head's row for drawing, as the visitor wants it.
   * @param {number} head
   * @param {number} query
   * @param {boolean[]} hidden
   */
  row(head, query, hidden) {
    const row = this.weights(head, "query", query);
    return row && withoutHidden(row, hidden, this.again.checked && this.hide.checked);
  }

  /**
   * A head's row or column as it is: the selected head's exact one where it is here, which is sooner than the others.
   * @param {number} head
   * @param {Side} side
   * @param {number} token
   */
  weights(head, side, token) {
    const { layer } = this.bus.shown;
    if (head === this.bus.shown.head) return weightsOf(this.bus, side, token)?.weights ?? null;
    const map = coarseMap(this.bus, layer, head);
    if (!map) return null;
    const [count, start, step] = side === "query" ? [map.keys, token * map.keys, 1] : [map.queries, token, map.keys];
    return Float64Array.from({ length: count }, (_, other) => fromByte(map.bytes[start + other * step]));
  }

  /**
   * The links of all rows in view. Returns the share of their attention that is not drawn, null when the maps are not here.
   * @param {CanvasRenderingContext2D} context
   * @param {Data} data
   * @param {{first: number, last: number}} rows
   */
  drawAll(context, data, rows) {
    const [cover, least] = [Number(this.cover.value) / 100, Number(this.least.value) || 0];
    const [queries, keys] = [this.hidden(data, "query"), this.hidden(data, "key")];
    let [drawn, total] = [0, 0];
    for (const head of this.on) {
      context.strokeStyle = this.colour(head, "query");
      for (let query = rows.first; query < rows.last; query++) {
        const row = queries[query] ? null : this.row(head, query, keys);
        if (!row) continue;
        const links = strongest(row, cover, least);
        drawn += links.drawn;
        total += links.total;
        for (const key of links.keys) this.line(context, query, key, row[key]);
      }
    }
    return total ? 1 - drawn / total : null;
  }

  /**
   * The links of one token, and the other column shaded by what it gets.
   * @param {CanvasRenderingContext2D} context
   * @param {Data} data
   * @param {{side: Side, token: number}} focus
   * @param {{first: number, last: number}} rows
   */
  drawFocus(context, data, { side, token }, rows) {
    const other = side === "query" ? "key" : "query";
    const hidden = this.hidden(data, other);
    const one = this.on.size === 1 && this.on.has(this.bus.shown.head);
    const sums = new Float64Array(data.items.length);
    for (const head of this.on) {
      const weights = this.tokenWeights(head, side, token, hidden);
      if (!weights) return null;
      weights.forEach((weight, at) => sums[at] += weight / this.on.size);
    }
    this.shade(context, other, sums, rows);
    for (const head of this.on) {
      const weights = /** @type {Float64Array} */ (this.tokenWeights(head, side, token, hidden));
      context.strokeStyle = this.colour(head, side);
      const least = Math.max(Number(this.least.value) || 0, 0.002);
      weights.forEach((weight, at) => {
        if (weight < least) return;
        if (side === "query") this.line(context, token, at, weight);
        else this.line(context, at, token, weight);
      });
    }
    if (one) this.numbers(context, { side, token }, hidden, rows);
    return 0;
  }

  /**
   * A head's weights of one token: what a query looks at, or what looks at a key.
   * @param {number} head
   * @param {Side} side
   * @param {number} token
   * @param {boolean[]} hidden
   */
  tokenWeights(head, side, token, hidden) {
    if (side === "query") return this.row(head, token, hidden);
    const column = this.weights(head, side, token);
    return column && withoutHidden(column, hidden, false);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} query @param {number} key @param {number} weight */
  line(context, query, key, weight) {
    const { left, right } = this.edges;
    const [from, to, middle] = [(query + 0.5) * ROW, (key + 0.5) * ROW, (left + right) / 2];
    context.globalAlpha = strength(weight);
    context.lineWidth = 0.8 + 2.2 * weight;
    context.beginPath();
    context.moveTo(left + 4, from);
    context.bezierCurveTo(middle, from, middle, to, right - 4, to);
    context.stroke();
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Side} side
   * @param {Float64Array} weights
   * @param {{first: number, last: number}} rows
   */
  shade(context, side, weights, rows) {
    const table = /** @type {import("../shared/colour.js").Rgb[]} */ (this.table);
    const { left, right, width } = this.edges;
    for (let token = rows.first; token < rows.last; token++) {
      const colour = table[Math.round(255 * Math.sqrt(weights[token]))];
      context.fillStyle = css(colour);
      if (side === "query") context.fillRect(0, token * ROW + 1, left, ROW - 2);
      else context.fillRect(right, token * ROW + 1, width - right - NUMBERS, ROW - 2);
    }
    this.shaded = { side, weights };
  }

  /**
   * The exact weights beside the tokens that get some.
   * @param {CanvasRenderingContext2D} context
   * @param {{side: Side, token: number}} focus
   * @param {boolean[]} hidden
   * @param {{first: number, last: number}} rows
   */
  numbers(context, { side, token }, hidden, rows) {
    const found = weightsOf(this.bus, side, token);
    if (!found?.exact) return;
    const again = side === "query" && this.again.checked && this.hide.checked;
    const weights = withoutHidden(found.weights, hidden, again);
    context.fillStyle = this.ink;
    context.font = `12px ${this.family}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (let at = rows.first; at < rows.last; at++) {
      if (weights[at] < WORTH_A_NUMBER) continue;
      const x = side === "query" ? this.edges.width - NUMBERS + 6 : this.edges.left + 6;
      context.fillText(weights[at].toFixed(2), x, (at + 0.5) * ROW);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Data} data
   * @param {{first: number, last: number}} rows
   * @param {{side: Side, token: number} | null} focus
   */
  drawTokens(context, data, rows, focus) {
    const table = /** @type {import("../shared/colour.js").Rgb[]} */ (this.table);
    const { left, right } = this.edges;
    context.font = `13px ${this.family}`;
    context.textBaseline = "middle";
    const room = left - 14;
    for (let token = rows.first; token < rows.last; token++) {
      const item = data.items[token];
      const text = fitText(item.text, room, (part) => context.measureText(part).width);
      for (const side of /** @type {Side[]} */ (["query", "key"])) {
        const gone = this.hidden(data, side)[token];
        const shaded = focus && this.shaded?.side === side ? this.shaded.weights[token] : 0;
        const colour = table[Math.round(255 * Math.sqrt(shaded))];
        context.globalAlpha = gone ? 0.35 : 1;
        context.fillStyle = shaded > 0.01 ? inkOn(colour) : item.special ? this.worn.muted : this.ink;
        context.textAlign = side === "query" ? "right" : "left";
        context.fillText(text, side === "query" ? left - 6 : right + 6, (token + 0.5) * ROW);
      }
      context.globalAlpha = 1;
    }
    const { query, key } = this.bus.shown;
    this.mark(context, "query", query, this.ink, 1.5);
    this.mark(context, "key", key, this.ink, 1.5);
    if (focus) this.mark(context, focus.side, focus.token, this.ink, 1.5);
  }

  /** @param {CanvasRenderingContext2D} context @param {Side} side @param {number | null} token @param {string} colour @param {number} line */
  mark(context, side, token, colour, line) {
    if (token === null) return;
    const { left, right, width } = this.edges;
    context.strokeStyle = colour;
    context.lineWidth = line;
    if (side === "query") context.strokeRect(1, token * ROW + 1, left - 2, ROW - 2);
    else context.strokeRect(right + 1, token * ROW + 1, width - right - NUMBERS - 2, ROW - 2);
  }

  /** With one head, colour tells the direction; with several, it tells the head. @param {number} head @param {Side} side */
  colour(head, side) {
    const { accent, other, heads } = this.worn;
    if (this.on.size === 1) return side === "query" ? accent : other;
    return heads[head % heads.length];
  }

  /** @param {Data} data */
  drawControls(data) {
    find(this.root, ".coverNow").textContent = `${this.cover.value} %`;
    find(this.root, ".againLabel").hidden = !this.hide.checked;
    const box = find(this.root, ".heads");
    const { accent, heads } = this.worn;
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
    // Replacing the button that has the focus would drop the keyboard on the floor.
    const active = [...box.children].indexOf(
      /** @type {Element} */ (box.getRootNode() instanceof ShadowRoot
        ? /** @type {ShadowRoot} */ (box.getRootNode()).activeElement
        : document.activeElement),
    );
    box.replaceChildren(...buttons, all, none);
    if (active >= 0) /** @type {HTMLElement} */ (box.children[active]).focus();
  }

  /** @param {number} head */
  turn(head) {
    this.on.delete(-1); // The mean stands alone.
    if (!this.on.delete(head)) this.on.add(head);
    this.soon();
  }

  /** @param {number[]} heads */
  only(heads) {
    this.on = new Set(heads);
    this.soon();
  }

  /** Where along a long text the attention is, and which part is in view. @param {Data} data @param {{side: Side, token: number} | null} focus @param {number} height */
  drawMinimap(data, focus, height) {
    const whole = data.items.length * ROW;
    this.minimap.hidden = whole <= height;
    if (this.minimap.hidden) return;
    const context = prepare(this.minimap, MINIMAP, height);
    const weights = focus ? this.shaded?.weights : null;
    if (weights) {
      context.fillStyle = focus?.side === "query" ? this.worn.accent : this.worn.other;
      const step = Math.max(1, height / weights.length);
      weights.forEach((weight, at) => {
        if (weight < 0.005) return;
        context.globalAlpha = strength(weight);
        context.fillRect(0, at / weights.length * height, MINIMAP, step);
      });
      context.globalAlpha = 1;
    }
    context.strokeStyle = this.ink;
    context.strokeRect(0.5, this.scroll.scrollTop / whole * height + 0.5, MINIMAP - 1, height / whole * height - 1);
  }

  /** @param {Data} data @param {{side: Side, token: number} | null} focus @param {number | null} missing */
  say(data, focus, missing) {
    const notes = [];
    if (!this.on.size) notes.push("No head is on.");
    else if (missing === null) notes.push("The maps of this layer are on their way …");
    else if (!focus) notes.push(`${Math.round(100 * missing)} % of the attention of the rows in view is not drawn.`);
    if (this.hide.checked && this.on.size) {
      notes.push(
        this.again.checked
          ? "Special tokens are left out and rows made to add up to 1 again."
          : "Special tokens are left out, so rows no longer add up to 1.",
      );
    }
    find(this.root, ".note").textContent = notes.join(" ");
    find(this.root, ".readout").textContent = focus ? this.sentence(data, focus) : "";
  }

  /** What a token looks at, or what looks at it, in words. @param {Data} data @param {{side: Side, token: number}} focus */
  sentence(data, { side, token }) {
    const name = `${token} “${data.items[token].text}”`;
    const direction = side === "query" ? "looks at" : "is looked at by";
    if (this.on.size !== 1 || !this.on.has(this.bus.shown.head)) return `${name} ${direction}: ${this.on.size} heads`;
    const found = weightsOf(this.bus, side, token);
    if (!found?.exact) return `${name} ${direction} …`;
    const best = strongest(found.weights, 1, 0).keys.slice(0, 4);
    const parts = best.map((at) => `${data.items[at].text} ${format(found.weights[at])}`);
    return `${headName(this.bus.shown.layer, this.bus.shown.head)}: ${name} ${direction} ${parts.join(", ")}`;
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
