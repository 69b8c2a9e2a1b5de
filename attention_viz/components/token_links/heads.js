// The buttons of the heads of a layer, which turn the links of each on and off.

import { element, find, replaceChildren } from "../lib/dom.js";
import { afterMean, afterTurn, tickedHeads } from "./choices.js";

/**
 * @typedef {import("./choices.js").Chosen & {beside: number[]}} Choice
 * @typedef {import("../lib/bus.js").Shown} Shown
 */

/** So much of the line fades out at its end, in px. */
const FADE = 14;

export class HeadButtons {
  /**
   * @param {HTMLElement | ShadowRoot} root
   * @param {(choice: Choice) => void} choose
   */
  constructor(root, choose) {
    this.box = find(root, ".heads");
    this.sets = find(root, ".sets");
    this.all = /** @type {HTMLButtonElement} */ (find(root, ".all"));
    this.only = /** @type {HTMLButtonElement} */ (find(root, ".only"));
    this.mean = /** @type {HTMLButtonElement} */ (find(root, ".mean"));
    this.choose = choose;
    /** What is on screen, and how many heads a layer has. @type {Choice & {count: number}} */
    this.now = { head: 0, among: [], beside: [], count: 0 };
    /** One for each head of a layer. @type {HTMLElement[]} */
    this.buttons = [];
    /** The head whose button was brought into view. @type {number | null} */
    this.revealed = null;
    this.all.onclick = () => this.every();
    this.only.onclick = () => this.alone(this.now.head);
    this.mean.onclick = () => choose(afterMean(this.now, this.now.beside, this.now.count));
  }

  /**
   * @param {Shown} shown
   * @param {number[]} beside
   * @param {number} count of the heads of a layer
   * @param {import("../lib/colour.js").Colours} colours
   */
  draw({ layer, head, among }, beside, count, { accent, heads }) {
    this.now = { head, among, beside, count };
    if (this.buttons.length !== count) this.make(count);
    const ticked = tickedHeads(this.now, beside, count);
    this.buttons.forEach((button, one) => {
      button.setAttribute("aria-pressed", String(ticked.includes(one)));
      button.style.setProperty("--colour", head !== null && ticked.length > 1 ? heads[one % heads.length] : accent);
    });
    if (head !== null && this.revealed !== head) this.reveal(head);
    // The mean of all layers has no heads of its own.
    for (const box of [this.box, this.sets]) box.hidden = layer === null;
    this.only.hidden = head === null;
    this.only.textContent = `Only H${head}`;
    this.only.disabled = this.mean.disabled = head !== null && ticked.length < 2;
    this.all.disabled = ticked.length === count;
    this.mean.setAttribute("aria-pressed", String(head === null));
  }

  /** Scrolls so that the button of a head that was chosen elsewhere can be seen. @param {number} head */
  reveal(head) {
    this.revealed = head;
    const { offsetLeft: left, offsetWidth: width } = this.buttons[head] ?? this.box;
    const [start, room] = [left - this.box.offsetLeft, this.box.clientWidth - FADE];
    this.box.scrollLeft = Math.min(start, Math.max(this.box.scrollLeft, start + width - room));
  }

  /** Made once: a button that is replaced while it is held down hears no click. @param {number} count */
  make(count) {
    this.buttons = Array.from({ length: count }, (_, head) => {
      const button = element("button");
      button.append(element("span", "box"), element("span", "", `H${head}`));
      button.title = `Click: the links of H${head} are drawn too, or not. Double-click: only these, on the whole page.`;
      button.onclick = () => this.choose(afterTurn(this.now, this.now.beside, head, this.now.count));
      button.ondblclick = () => this.alone(head);
      return button;
    });
    replaceChildren(this.box, this.buttons);
  }

  every() {
    const { head, count } = this.now;
    const heads = Array.from({ length: count }, (_, at) => at);
    if (head === null) this.choose({ ...this.now, among: heads });
    else this.choose({ ...this.now, beside: heads });
  }

  /** @param {number | null} head */
  alone(head) {
    if (head !== null) this.choose({ head, among: [], beside: [] });
  }
}
