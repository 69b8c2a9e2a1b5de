// The text itself, painted by one token of the selected head: what it looks at, or what looks at it.

import { sharedBus } from "../shared/bus.js";
import { css, inkOn, rampTable } from "../shared/colour.js";
import { element, find, once } from "../shared/dom.js";
import { weightsOf } from "../shared/maps.js";
import { format } from "../shared/numbers.js";

/**
 * @typedef {{segment: number, text: string, tokens: number[], special: boolean}} Piece a stretch of text; no tokens where
 *   the tokenizer kept none, several where they share characters
 * @typedef {import("../shared/bus.js").Shown & {pieces: Piece[], ramp: string[]}} Data
 * @typedef {"query" | "key"} Side
 */

/**
 * The place among the pieces that a key leads to, over those that have tokens; null for other keys.
 * @param {string} pressed
 * @param {number | null} from
 * @param {number[]} places of the pieces with tokens
 * @param {boolean} rightToLeft
 */
export function afterKey(pressed, from, places, rightToLeft) {
  const step =
    { ArrowRight: rightToLeft ? -1 : 1, ArrowLeft: rightToLeft ? 1 : -1, ArrowDown: 1, ArrowUp: -1 }[pressed];
  if (!step || !places.length) return null;
  const at = from === null ? -1 : places.indexOf(from);
  if (at < 0) return places[0];
  return places[Math.min(places.length - 1, Math.max(0, at + step))];
}

/**
 * What a piece gets: all that its tokens get.
 * @param {ArrayLike<number>} weights
 * @param {number[]} tokens
 */
export const received = (weights, tokens) => tokens.reduce((sum, token) => sum + weights[token], 0);

class PaintedText {
  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    this.root = root;
    this.bus = sharedBus();
    this.text = find(root, ".text");
    /** @type {Data | null} */
    this.data = null;
    /** @type {{place: number, piece: Piece, span: HTMLElement}[]} */
    this.spans = [];
    this.built = "";
    /** @type {(name: string, value: unknown) => void} */
    this.tell = () => {};
    this.end = this.bus.subscribe(() => this.paint());
    const radios = /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("input"));
    this.radios = [...radios];
    for (const radio of this.radios) radio.onchange = () => this.turn(/** @type {Side} */ (radio.value));
    this.text.onkeydown = (event) => this.press(event);
    this.text.onpointerleave = () => this.bus.point(null);
  }

  /** @param {Data} data @param {(name: string, value: unknown) => void} tell */
  update(data, tell) {
    this.data = data;
    this.tell = tell;
    this.table = rampTable(data.ramp);
    this.bus.accept(data);
    if (this.built !== data.trace) this.build(data);
    this.paint();
  }

  stop() {
    this.end();
  }

  /** @returns {Side} */
  get side() {
    return this.radios[1].checked ? "key" : "query";
  }

  /** @param {Data} data */
  build(data) {
    this.built = data.trace;
    this.spans = [];
    const lines = new Map();
    data.pieces.forEach((piece, place) => {
      let line = lines.get(piece.segment);
      if (!line) {
        line = element("p");
        line.dir = "auto";
        lines.set(piece.segment, line);
      }
      if (!piece.tokens.length) {
        line.append(piece.text);
        return;
      }
      const span = element("span", piece.special ? "token special" : "token", piece.text);
      // The model's own tokens have no say in which way the text runs.
      if (piece.special) span.dir = "ltr";
      span.onpointerenter = () => this.bus.point({ side: this.side, token: piece.tokens[0] });
      span.onclick = () => this.hold(piece.tokens[0]);
      line.append(span);
      this.spans.push({ place, piece, span });
    });
    this.text.replaceChildren(...lines.values());
  }

  /** The other direction of the same token. @param {Side} side */
  turn(side) {
    const { query, key } = this.bus.shown;
    const token = query ?? key;
    this.choose(side === "query" ? { query: token, key: null } : { query: null, key: token });
  }

  /** @param {number} token */
  hold(token) {
    const { query, key } = this.bus.shown;
    const held = this.side === "query" ? query : key;
    const next = held === token ? null : token;
    this.choose(this.side === "query" ? { query: next, key: null } : { query: null, key: next });
  }

  /** @param {{query: number | null, key: number | null}} held */
  choose(held) {
    this.bus.choose(held);
    this.tell("held", [held.query, held.key]);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const places = this.spans.map(({ place }) => place);
    const focus = this.focus();
    const from = this.spans.find(({ piece }) => focus && piece.tokens.includes(focus.token))?.place ?? null;
    const rightToLeft = getComputedStyle(this.text.querySelector("p") ?? this.text).direction === "rtl";
    const to = afterKey(event.key, from, places, rightToLeft);
    if (event.key === "Escape") this.choose({ query: null, key: null });
    else if (to !== null && this.data) {
      const token = this.data.pieces[to].tokens[0];
      this.choose(this.side === "query" ? { query: token, key: null } : { query: null, key: token });
      this.spans.find(({ place }) => place === to)?.span.scrollIntoView({ block: "nearest" });
    } else return;
    event.preventDefault();
  }

  focus() {
    const { query, key } = this.bus.shown;
    if (this.bus.hover) return this.bus.hover;
    if (query !== null) return { side: /** @type {Side} */ ("query"), token: query };
    return key === null ? null : { side: /** @type {Side} */ ("key"), token: key };
  }

  paint() {
    if (!this.data || !this.table || this.built !== this.bus.shown.trace) return;
    const focus = this.focus();
    if (focus && !this.bus.hover) this.radios[focus.side === "query" ? 0 : 1].checked = true;
    const found = focus ? weightsOf(this.bus, focus.side, focus.token) : null;
    for (const { piece, span } of this.spans) {
      const weight = found ? received(found.weights, piece.tokens) : 0;
      const colour = this.table[Math.round(255 * Math.sqrt(Math.min(1, weight)))];
      span.style.backgroundColor = found ? css(colour) : "";
      span.style.color = found && weight > 0.01 ? inkOn(colour) : "";
      span.classList.toggle("focus", focus !== null && piece.tokens.includes(focus.token));
    }
    this.say(focus, found);
  }

  /** @param {{side: Side, token: number} | null} focus @param {{weights: Float64Array, exact: boolean} | null} found */
  say(focus, found) {
    const readout = find(this.root, ".readout");
    if (!focus) readout.textContent = "Point at a word, or click one to hold it.";
    else if (!found?.exact) readout.textContent = "";
    else {
      const all = this.spans.map(({ piece }) => ({ piece, weight: received(found.weights, piece.tokens) }));
      const best = all.sort((one, other) => other.weight - one.weight).slice(0, 3);
      readout.textContent = `The stronger the colour, the more it gets (square root). Most: ${
        best.map(({ piece, weight }) => `${piece.text} ${format(weight)}`).join(", ")
      }`;
    }
  }
}

/** @type {WeakMap<object, PaintedText>} */
const texts = new WeakMap();

/**
 * @param {{
 *   data: Data, parentElement: HTMLElement | ShadowRoot, setTriggerValue: (name: string, value: unknown) => void,
 * }} component
 */
export default function ({ data, parentElement, setTriggerValue }) {
  const text = once(texts, parentElement, () => new PaintedText(parentElement));
  text.update(data, setTriggerValue);
  return () => text.stop();
}
