// The panels as two columns of tokens each, which scroll as one.

import { afterClick, afterKey, columnEdges, ROW, rowsInView, rowsToSave, scrolledTo, tokenAt } from "../lib/columns.js";
import { prepare } from "../lib/dom.js";
import { PANELS } from "./comparison.js";
import { LinkDrawing, NUMBERS } from "./link_drawing.js";
import { Scales } from "./scales.js";

/**
 * @typedef {import("./comparison.js").Panel} Panel
 * @typedef {import("./comparison.js").Comparison} Comparison
 * @typedef {import("./main.js").Data} Data
 * @typedef {import("./main.js").Scene} Scene
 * @typedef {import("./window.js").Lit} Lit
 * @typedef {import("../lib/colour.js").Colours} Colours
 */

/** The most that a column may measure in panels on one row, and in stacked ones, in px. */
const HIGHEST_COLUMN = { wide: 520, narrow: 300 };

export class AsLinks {
  /** @param {Scene} scene */
  constructor(scene) {
    this.scene = scene;
    for (const { scroll } of Object.values(scene.panels)) scroll.onscroll = () => this.scrollTo(scroll.scrollTop);
  }

  /** @param {number} top */
  scrollTo(top) {
    for (const { scroll } of Object.values(this.scene.panels)) {
      if (scroll.scrollTop !== top) scroll.scrollTop = top;
    }
    this.scene.soon();
  }

  /** @param {number} x @param {number} y @param {number} width of a pane @returns {Lit | null} */
  litAt(x, y, width) {
    const down = y + this.scene.panels.a.scroll.scrollTop;
    const found = tokenAt(x, down, columnEdges(width, NUMBERS), this.scene.counts);
    return found && { query: null, key: null, [found.side]: found.token };
  }

  /** @param {Lit} pressed one token */
  afterPress({ query, key }) {
    const side = query !== null ? "query" : "key";
    return afterClick(this.scene.held, { side, token: /** @type {number} */ (query ?? key) });
  }

  /** @param {string} pressed */
  afterKey(pressed) {
    return afterKey(this.scene.held, pressed, this.scene.counts);
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width @param {Colours} colours */
  drawing(data, comparison, width, colours) {
    const { held, lit, family } = this.scene;
    return new LinkDrawing({ comparison, scales: new Scales(colours, data), colours, family, width, held, lit });
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width @param {boolean} wide */
  draw(data, comparison, width, wide) {
    const { panels, held, afterHolding } = this.scene;
    const longest = Math.max(comparison.rows.length, comparison.columns.length);
    const height = Math.min(wide ? HIGHEST_COLUMN.wide : HIGHEST_COLUMN.narrow, longest * ROW);
    const first = panels.a.scroll;
    for (const { scroll, spacer } of Object.values(panels)) {
      scroll.style.height = `${height}px`;
      spacer.style.height = `${longest * ROW}px`;
    }
    afterHolding(() => {
      const token = held.query ?? held.key;
      if (token !== null) first.scrollTop = scrolledTo(first.scrollTop, height, token);
    });
    const top = first.scrollTop;
    const drawing = this.drawing(data, comparison, width, data.colours.screen);
    for (const panel of PANELS) {
      const { pane, base, over } = panels[panel];
      pane.style.touchAction = "pan-y";
      pane.style.cursor = "pointer";
      prepare(over, width, height);
      const context = prepare(base, width, height);
      context.translate(0, -top);
      drawing.paint(context, panel, rowsInView(top, height, longest));
    }
  }

  /** What is shown, to be saved. @param {Data} data @param {Comparison} comparison @param {Colours} colours @returns {import("./saving.js").Drawn} */
  picture(data, comparison, colours) {
    const { clientWidth: width, clientHeight, scrollTop } = this.scene.panels.a.scroll;
    const drawing = this.drawing(data, comparison, width, colours);
    const rows = rowsToSave(scrollTop, clientHeight, Math.max(comparison.rows.length, comparison.columns.length));
    const height = (rows.last - rows.first) * ROW;
    const paint = (/** @type {CanvasRenderingContext2D} */ context, /** @type {Panel} */ panel) => {
      context.beginPath();
      context.rect(0, 0, width, height);
      context.clip();
      context.translate(0, -rows.first * ROW);
      drawing.paint(context, panel, rows);
    };
    return { width, height, paint };
  }
}
