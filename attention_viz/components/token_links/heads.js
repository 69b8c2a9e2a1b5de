// Which heads of the layer are drawn, and the buttons that turn them on and off.

import { element, replaceChildren } from "../lib/dom.js";

/** In order; a mean stands alone. @param {Iterable<number | null>} heads */
export const inOrder = (heads) => [...heads].sort((one, other) => (one ?? 0) - (other ?? 0));

export class HeadButtons {
  /**
   * @param {HTMLElement} box
   * @param {() => void} changed
   * @param {(heads: (number | null)[]) => void} mean asked for of these heads
   */
  constructor(box, changed, mean) {
    this.box = box;
    this.changed = changed;
    this.mean = mean;
    /** The heads that are drawn; null for a mean, which stands alone. @type {Set<number | null>} */
    this.on = new Set();
    this.of = "";
    /** One for each head of a layer. @type {HTMLElement[]} */
    this.buttons = [];
    this.ofThese = /** @type {HTMLButtonElement} */ (element("button", "", "Mean of these"));
  }

  /** What is selected, drawn alone when it is another than before. @param {import("../lib/bus.js").Shown} shown */
  select({ trace, layer, head, among }) {
    const now = `${trace} ${layer} ${head} ${among}`;
    if (this.of === now) return;
    this.of = now;
    this.on = new Set([head]);
  }

  /** @param {number} count of the heads of a layer @param {import("../lib/colour.js").Colours} colours */
  draw(count, { accent, heads }) {
    if (this.buttons.length !== count) this.make(count);
    this.buttons.forEach((button, head) => {
      button.setAttribute("aria-pressed", String(this.on.has(head)));
      button.style.setProperty("--colour", this.on.size > 1 ? heads[head % heads.length] : accent);
    });
    this.ofThese.disabled = this.on.size < 2;
  }

  /** Made once: a button that is replaced while it is held down hears no click. @param {number} count */
  make(count) {
    const every = Array.from({ length: count }, (_, head) => head);
    this.buttons = every.map((head) => {
      const button = element("button");
      button.append(element("span", "box"), element("span", "", `H${head}`));
      button.title = "Click: on or off. Double-click: only this one.";
      button.onclick = () => this.turn(head);
      button.ondblclick = () => this.only([head]);
      return button;
    });
    const all = element("button", "", "All");
    all.onclick = () => this.only(every);
    const none = element("button", "", "None");
    none.onclick = () => this.only([]);
    this.ofThese.title = "Shows the mean of the heads that are on, everywhere on this page.";
    this.ofThese.onclick = () => this.mean(inOrder(this.on));
    replaceChildren(this.box, [...this.buttons, all, none, this.ofThese]);
  }

  /** @param {number} head */
  turn(head) {
    this.on.delete(null);
    if (!this.on.delete(head)) this.on.add(head);
    this.changed();
  }

  /** @param {number[]} heads */
  only(heads) {
    this.on = new Set(heads);
    this.changed();
  }
}
