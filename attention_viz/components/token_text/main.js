// The text itself, painted by one token of the selected head: what it looks at, or what looks at it.

import { NOTHING } from "../lib/bus.js";
import { css, inkOn, rampTable } from "../lib/colour.js";
import { element, find } from "../lib/dom.js";
import { weightsOf } from "../lib/maps.js";
import { format } from "../lib/numbers.js";
import { follow } from "../lib/view.js";

/**
 * @typedef {import("../lib/bus.js").Side} Side
 * @typedef {{segment: number, text: string, tokens: number[], special: boolean, side: Side | null}} Piece a stretch of text;
 *   no tokens where the tokenizer kept none, several where they share characters; side: the only one that it is on, null
 *   where every token both looks and is looked at
 * @typedef {{trace: string, pieces: Piece[], ramp: string[]}} Data
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

/**
 * Does a piece hold this token on this side?
 * @param {Piece} piece
 * @param {Side} side
 * @param {number} token
 */
export const isOn = (piece, side, token) =>
  (piece.side === null || piece.side === side) && piece.tokens.includes(token);

class PaintedText {
  /** @param {import("../lib/view.js").Host} host */
  constructor(host) {
    const { root, bus, tell } = host;
    this.root = root;
    this.bus = bus;
    this.tell = tell;
    this.text = find(root, ".text");
    /** @type {Data | null} */
    this.data = null;
    /** @type {{place: number, piece: Piece, span: HTMLElement}[]} */
    this.spans = [];
    this.built = "";
    this.end = follow(host, this.text, () => this.paint());
    const radios = /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("input"));
    this.radios = [...radios];
    for (const radio of this.radios) radio.onchange = () => this.turn(/** @type {Side} */ (radio.value));
    this.text.onkeydown = (event) => this.press(event);
    this.text.onpointerleave = () => this.bus.point(null);
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    this.table = rampTable(data.ramp);
    if (this.built !== data.trace) this.build(data);
    this.paint();
  }

  /** @returns {Side} */
  get side() {
    return this.radios[1].checked ? "key" : "query";
  }

  /** The side on which a piece is pointed at. @param {Piece} piece @returns {Side} */
  sideOf(piece) {
    return piece.side ?? this.side;
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
      span.onpointerenter = () => this.bus.point({ side: this.sideOf(piece), token: piece.tokens[0] });
      span.onclick = () => this.hold(this.sideOf(piece), piece.tokens[0]);
      line.append(span);
      this.spans.push({ place, piece, span });
    });
    this.text.replaceChildren(...lines.values());
  }

  /** The other direction of the same token. @param {Side} side */
  turn(side) {
    const { query, key } = this.bus.shown.held;
    this.only(side, query ?? key);
  }

  /** @param {Side} side @param {number} token */
  hold(side, token) {
    this.only(side, this.bus.shown.held[side] === token ? null : token);
  }

  /** @param {Side} side @param {number | null} token */
  only(side, token) {
    this.choose({ ...NOTHING, [side]: token });
  }

  /** @param {import("../lib/bus.js").Held} held */
  choose(held) {
    this.bus.choose({ held }, { tell: this.tell, name: "held", value: held });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const places = this.spans.map(({ place }) => place);
    const focus = this.bus.focus;
    const from = this.spans.find(({ piece }) => focus && isOn(piece, focus.side, focus.token))?.place ?? null;
    const rightToLeft = getComputedStyle(this.text.querySelector("p") ?? this.text).direction === "rtl";
    const to = afterKey(event.key, from, places, rightToLeft);
    if (event.key === "Escape") this.choose(NOTHING);
    else if (to !== null && this.data) {
      const piece = this.data.pieces[to];
      this.only(this.sideOf(piece), piece.tokens[0]);
      this.spans.find(({ place }) => place === to)?.span.scrollIntoView({ block: "nearest" });
    } else return;
    event.preventDefault();
  }

  paint() {
    if (!this.data || !this.table || this.built !== this.bus.shown.trace) return;
    const focus = this.bus.focus;
    if (focus && !this.bus.hover) this.radios[focus.side === "query" ? 0 : 1].checked = true;
    const found = focus ? weightsOf(this.bus, focus.side, focus.token) : null;
    for (const { piece, span } of this.spans) {
      const painted = found !== null && piece.side !== focus?.side;
      const weight = painted ? received(found.weights, piece.tokens) : 0;
      const colour = this.table[Math.round(255 * Math.sqrt(Math.min(1, weight)))];
      const unseen = painted && piece.tokens.every((token) => found.hidden[token]);
      span.style.backgroundColor = painted && !unseen ? css(colour) : "";
      span.style.color = painted && weight > 0.01 ? inkOn(colour) : "";
      span.classList.toggle("unseen", unseen);
      span.classList.toggle("focus", focus !== null && isOn(piece, focus.side, focus.token));
    }
    this.say(focus, found);
  }

  /** @param {import("../lib/bus.js").Hover} focus @param {import("../lib/maps.js").Weights | null} found */
  say(focus, found) {
    const readout = find(this.root, ".readout");
    if (!focus) readout.textContent = "Point at a word, or click one to hold it.";
    else if (!found?.exact) readout.textContent = "";
    else {
      const others = this.spans.filter(({ piece }) => piece.side !== focus.side);
      const all = others.map(({ piece }) => ({ piece, weight: received(found.weights, piece.tokens) }));
      const best = all.sort((one, other) => other.weight - one.weight).slice(0, 3);
      const hatched = found.hidden.includes(1) ? " Hatched: it can't look there." : "";
      readout.textContent = `The stronger the colour, the more it gets (square root).${hatched} Most: ${
        best.map(({ piece, weight }) => `${piece.text} ${format(weight)}`).join(", ")
      }`;
    }
  }
}

/** @param {import("../lib/view.js").Host} host @returns {import("../lib/view.js").View} */
export const mount = (host) => new PaintedText(host);
