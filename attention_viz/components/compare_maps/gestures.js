// Pointers and the wheel on the maps: pointing, clicking, dragging, pinching, zooming.

import { panned, WHOLE, zoomed } from "./window.js";

/**
 * @typedef {import("./window.js").Window} Window
 * @typedef {import("./window.js").Lit} Lit
 * @typedef {{x: number, y: number}} Point
 * @typedef {{
 *   map: () => {window: Window, frame: import("./window.js").Frame, left: number, top: number} | null,
 *   litAt: (x: number, y: number, width: number) => Lit | null, moveTo: (window: Window) => void,
 *   pointAt: (lit: Lit | null) => void, press: (lit: Lit) => void, inHand: () => boolean,
 * }} Surface what gestures act on. map: what is in view of the maps and where they begin in a pane; null where there are none
 *   to move. litAt: what is at a point of a pane of some width. inHand: whether the maps have the keyboard
 */

/** Beyond so many px a press is a drag. */
const DRAG = 4;

export class Gestures {
  /** @param {HTMLElement[]} panes which share a surface @param {Surface} surface */
  constructor(panes, surface) {
    this.surface = surface;
    /** Fingers or buttons that are down, and where they were last. @type {Map<number, Point>} */
    this.down = new Map();
    this.dragged = 0;
    for (const pane of panes) this.listen(pane);
  }

  /** @param {HTMLElement} pane */
  listen(pane) {
    pane.onpointerdown = (event) => {
      this.down.set(event.pointerId, { x: event.clientX, y: event.clientY });
      this.dragged = 0;
    };
    pane.onpointermove = (event) => {
      if (this.down.has(event.pointerId)) this.drag(event, pane);
      if (this.dragged <= DRAG) this.surface.pointAt(this.litOf(event, pane));
    };
    pane.onpointerup = pane.onpointercancel = (event) => this.down.delete(event.pointerId);
    pane.onpointerleave = (event) => {
      this.down.delete(event.pointerId);
      this.surface.pointAt(null);
    };
    pane.onclick = (event) => {
      const clicked = this.litOf(event, pane);
      if (clicked && this.dragged <= DRAG) this.surface.press(clicked);
    };
    pane.ondblclick = () => this.surface.map() && this.surface.moveTo(WHOLE);
    pane.addEventListener("wheel", (event) => this.turn(event, pane), { passive: false });
  }

  /** @param {MouseEvent} event @param {HTMLElement} pane */
  litOf(event, pane) {
    const box = pane.getBoundingClientRect();
    return this.surface.litAt(event.clientX - box.left, event.clientY - box.top, box.width);
  }

  /** A plain wheel scrolls the page until the maps have the keyboard. @param {WheelEvent} event @param {HTMLElement} pane */
  turn(event, pane) {
    const meant = event.ctrlKey || event.metaKey;
    const map = this.surface.map();
    if (!map || !(meant || this.surface.inHand())) return;
    const box = pane.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - map.left, event.clientY - box.top - map.top];
    const next = zoomed(map.window, map.frame, Math.exp(-event.deltaY * (meant ? 0.01 : 0.002)), x, y);
    if (next.zoom === map.window.zoom && !meant) return;
    event.preventDefault();
    this.surface.moveTo(next);
  }

  /** One pointer moves the maps, two also zoom them. @param {PointerEvent} event @param {HTMLElement} pane */
  drag(event, pane) {
    const before = [...this.down.values()];
    const from = /** @type {Point} */ (this.down.get(event.pointerId));
    const to = { x: event.clientX, y: event.clientY };
    this.down.set(event.pointerId, to);
    const after = [...this.down.values()];
    this.dragged += Math.hypot(to.x - from.x, to.y - from.y);
    const map = this.surface.map();
    if (!map || this.dragged <= DRAG) return;
    const count = before.length;
    let next = panned(map.window, map.frame, (to.x - from.x) / count, (to.y - from.y) / count);
    if (count === 2) {
      const apart = ([one, other] = before) => Math.hypot(one.x - other.x, one.y - other.y);
      const box = pane.getBoundingClientRect();
      const [x, y] = [(after[0].x + after[1].x) / 2 - box.left, (after[0].y + after[1].y) / 2 - box.top];
      next = zoomed(next, map.frame, apart(after) / Math.max(1, apart(before)), x - map.left, y - map.top);
    }
    this.surface.pointAt(null);
    this.surface.moveTo(next);
  }
}
