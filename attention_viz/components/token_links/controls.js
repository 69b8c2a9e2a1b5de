// The controls behind “Options”: they show how the links are set, and ask for other settings.

import { find } from "../lib/dom.js";
import { asWeight } from "./choices.js";

/** @typedef {import("./choices.js").Settings} Settings */

export class Controls {
  /**
   * @param {HTMLElement | ShadowRoot} root
   * @param {(change: Partial<Settings>) => void} set
   * @param {(open: boolean) => void} folded told after a click
   */
  constructor(root, set, folded) {
    this.root = root;
    const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (find(root, name));
    this.cover = input(".cover");
    this.least = input(".least");
    this.route = input(".route");
    this.hide = input(".hide");
    this.again = input(".again");
    this.fold = find(root, ".fold");
    this.leastNow = "0";
    for (const control of [this.cover, this.least, this.route, this.hide, this.again]) {
      control.oninput = () => set(this.asked());
    }
    this.least.onblur = () => this.least.value = this.leastNow;
    this.fold.onclick = () => {
      this.unfold(!this.open);
      folded(this.open);
    };
  }

  get open() {
    return this.fold.getAttribute("aria-expanded") === "true";
  }

  /** @param {boolean} open */
  unfold(open) {
    this.fold.setAttribute("aria-expanded", String(open));
    find(this.root, ".options").hidden = !open;
  }

  /** Only what makes a difference for these tokens. @param {import("./drawing.js").Item[]} items @param {boolean} cross */
  offer(items, cross) {
    find(this.root, ".pairs").hidden = cross || new Set(items.map((item) => item.segment)).size < 2;
    find(this.root, ".hideLabel").hidden = !items.some((item) => item.special);
  }

  /** Settings without what isn't offered here, wherever it was chosen. @param {Settings} settings @returns {Settings} */
  within(settings) {
    return {
      ...settings,
      route: find(this.root, ".pairs").hidden ? "" : settings.route,
      hide: settings.hide && !find(this.root, ".hideLabel").hidden,
    };
  }

  asked() {
    return {
      cover: Number(this.cover.value),
      least: asWeight(Number(this.least.value)),
      route: this.route.value,
      hide: this.hide.checked,
      again: this.again.checked,
    };
  }

  /** @param {Settings} settings @param {boolean} scrolls are there more tokens than fit? */
  draw(settings, scrolls) {
    const { cover, least, route, hide, again } = settings;
    this.cover.value = String(cover);
    // A number that is being typed stays as it is spelled.
    this.leastNow = String(least);
    if (!this.least.matches(":focus")) this.least.value = this.leastNow;
    this.route.value = route;
    this.hide.checked = hide;
    this.again.checked = again;
    find(this.root, ".coverNow").textContent = `${cover} %`;
    find(this.root, ".againLabel").hidden = !this.within(settings).hide;
    find(this.root, ".searchLabel").hidden = !scrolls;
  }
}
