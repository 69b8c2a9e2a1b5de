// The panels as maps: which part of them is in view, and what is drawn of it.

import { prepare } from "../lib/dom.js";
import { PANELS } from "./comparison.js";
import { afterArrow, afterPress } from "../lib/cells.js";
import { MapDrawing, SLANT } from "./map_drawing.js";
import { Scales } from "./scales.js";
import { litAt, revealed, WHOLE, zoomedAround } from "./window.js";

/**
 * @typedef {import("./comparison.js").Panel} Panel
 * @typedef {import("./comparison.js").Comparison} Comparison
 * @typedef {import("./main.js").Data} Data
 * @typedef {import("./main.js").Scene} Scene
 * @typedef {import("./window.js").Lit} Lit
 * @typedef {import("../lib/colour.js").Colours} Colours
 */

/** The most that a map may measure, in px. */
const HIGHEST_MAP = 520;

export class AsMaps {
  /** @param {Scene} scene */
  constructor(scene) {
    this.scene = scene;
    this.window = WHOLE;
    /** @type {{state: string, drawing: MapDrawing} | null} */
    this.made = null;
    this.drawn = "";
  }

  /** What is in view, and where the maps begin in their panes; null before the first is drawn. */
  get map() {
    if (!this.made) return null;
    const { frame, left, top } = this.made.drawing;
    return { window: this.window, frame, left, top };
  }

  /** @param {import("./window.js").Window} window */
  moveTo(window) {
    this.window = window;
    this.scene.soon();
  }

  /** @param {number} factor */
  zoom(factor) {
    if (this.map) this.moveTo(zoomedAround(this.window, this.map.frame, factor, this.scene.lit));
  }

  /** The panels showed something else in between. */
  reset() {
    this.drawn = "";
  }

  /** @param {number} x @param {number} y @returns {Lit | null} */
  litAt(x, y) {
    return this.map && litAt(this.window, this.map.frame, x - this.map.left, y - this.map.top, SLANT);
  }

  /** @param {Lit} pressed */
  afterPress(pressed) {
    return afterPress(this.scene.held, pressed);
  }

  /** @param {string} pressed */
  afterKey(pressed) {
    return afterArrow(this.scene.held, pressed, this.scene.counts);
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width @param {Colours} colours */
  drawing(data, comparison, width, colours) {
    const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    const { family } = this.scene;
    return new MapDrawing({
      comparison,
      scales: new Scales(colours, data),
      colours,
      family,
      width,
      high: HIGHEST_MAP,
      ruler,
    });
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width */
  draw(data, comparison, width) {
    const { trace, top, bound, curve, colours: { screen } } = data;
    const parts = [trace, this.scene.mark, top, bound, curve, width, globalThis.devicePixelRatio, screen.background];
    const state = parts.join("|");
    if (this.made?.state !== state) this.made = { state, drawing: this.drawing(data, comparison, width, screen) };
    const { drawing } = this.made;
    this.scene.afterHolding(() => this.window = revealed(this.window, drawing.frame, this.scene.held));
    const { zoom, left, top: first } = this.window;
    const now = [state, zoom, left, first].join("|");
    for (const panel of PANELS) {
      const { scroll, spacer, pane, base, over } = this.scene.panels[panel];
      if (panel === "difference" && !comparison.overlaps) continue;
      if (this.drawn !== now) {
        spacer.style.height = scroll.style.height = "";
        pane.style.touchAction = zoom > 1 ? "none" : "pan-y";
        pane.style.cursor = zoom > 1 ? "grab" : "crosshair";
        drawing.paint(prepare(base, width, drawing.height), panel, this.window);
      }
      this.drawMarks(prepare(over, width, drawing.height), drawing, panel);
    }
    this.drawn = now;
  }

  /** What is held and what is pointed at. @param {CanvasRenderingContext2D} context @param {MapDrawing} drawing @param {Panel} panel */
  drawMarks(context, drawing, panel) {
    const { held, lit, pointed } = this.scene;
    if (held.query !== lit.query || held.key !== lit.key) drawing.mark(context, panel, this.window, held, 2.5, false);
    drawing.mark(context, panel, this.window, lit, lit === pointed ? 2 : 2.5, true);
  }

  /** What is in view, to be saved. @param {Data} data @param {Comparison} comparison @param {Colours} colours @returns {import("./saving.js").Drawn} */
  picture(data, comparison, colours) {
    const drawing = this.drawing(data, comparison, this.scene.panels.a.scroll.clientWidth, colours);
    const paint = (/** @type {CanvasRenderingContext2D} */ context, /** @type {Panel} */ panel) => {
      drawing.paint(context, panel, this.window);
      this.drawMarks(context, drawing, panel);
    };
    return { width: drawing.width, height: drawing.height, paint };
  }
}
