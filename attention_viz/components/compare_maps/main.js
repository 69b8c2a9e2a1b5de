// Two heads side by side: their maps, or their links, and the difference between them, all linked.

import { sharedBus } from "../shared/bus.js";
import { afterClick, afterKey, ROW, tokenAt } from "../shared/columns.js";
import { find, once, prepare } from "../shared/dom.js";
import { wordsOf } from "../shared/maps.js";
import { wireSave } from "../shared/save.js";
import { Comparison, PANELS } from "./comparison.js";
import { afterArrow, afterPress } from "./keys.js";
import { columnEdges, LinkDrawing } from "./link_drawing.js";
import { MapDrawing, SLANT } from "./map_drawing.js";
import { Scales, STRIPS } from "./scales.js";
import { remark, sentence } from "./sentences.js";
import { litAt, panned, revealed, WHOLE, zoomed } from "./window.js";

/**
 * @typedef {import("./comparison.js").Panel} Panel
 * @typedef {import("./comparison.js").Label} Label
 * @typedef {import("./window.js").Lit} Lit
 * @typedef {import("../shared/bus.js").Shown & import("./scales.js").Ends & {
 *   rows: Label[], columns: Label[] | null, titles: {a: string, b: string}, about: string, view: "maps" | "links",
 *   colours: import("../shared/colour.js").ColourSets,
 * }} Data columns: null when they are the rows
 * @typedef {{
 *   box: HTMLElement, scroll: HTMLElement, spacer: HTMLElement, pane: HTMLElement, base: HTMLCanvasElement,
 *   over: HTMLCanvasElement,
 * }} Parts
 */

/** From this width on the panels stand on one row, in px. */
const WIDE = 900;
/** The most that a map, and a column of tokens, may measure: on one row, and stacked. */
const HIGHEST = { map: 520, wide: 520, narrow: 300 };
const NEARER = 1.4;
/** Beyond so many px a press is a drag. */
const DRAG = 4;
/** How long the keys must rest before the server is told, in ms. */
const REST = 180;
/** Between panels and around them, and for their titles, in a saved picture, in px. */
const PRINT = { gap: 16, title: 26, legend: 22 };
/** The most rows of links that are saved beyond what is in view. */
const MOST_ROWS = 200;
const SAID = {
  maps: {
    hint:
      "Point at a cell; a click holds it. Ctrl and the wheel or a pinch zooms, dragging moves, a double click shows all.",
    label: "Maps of A, B and their difference: arrow keys walk, plus, minus and 0 zoom, Escape lets go",
  },
  links: {
    hint: "Strongest links that cover 60 % of a row. Point at a token; a click holds it.",
    label: "Links of A, B and their difference: up and down walk, left and right change the side, Escape lets go",
  },
};

class Maps {
  /** @param {HTMLElement | ShadowRoot} root */
  constructor(root) {
    this.root = root;
    this.bus = sharedBus();
    this.stage = find(root, ".stage");
    /** @type {Record<Panel, Parts>} */
    this.panels = { a: this.partsOf("a"), b: this.partsOf("b"), difference: this.partsOf("difference") };
    /** @type {Data | null} */
    this.data = null;
    this.window = WHOLE;
    /** What is under the pointer here. @type {Lit | null} */
    this.pointed = null;
    /** Fingers or buttons that are down, and where they were last. @type {Map<number, {x: number, y: number}>} */
    this.down = new Map();
    this.dragged = 0;
    /** @type {{parcel: unknown, comparison: Comparison} | null} */
    this.made = null;
    /** @type {{state: string, drawing: MapDrawing} | null} */
    this.maps = null;
    this.drawn = "";
    this.legends = "";
    this.heldBefore = "";
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {(name: string, value: unknown) => void} */
    this.tell = () => {};
    this.end = this.bus.subscribe(() => this.soon());
    this.sizes = new ResizeObserver(() => this.soon());
    this.sizes.observe(this.stage);
    for (const panel of PANELS) this.listen(this.panels[panel]);
    this.stage.onkeydown = (event) => this.onKey(event);
    find(root, ".nearer").onclick = () => this.zoom(NEARER);
    find(root, ".farther").onclick = () => this.zoom(1 / NEARER);
    find(root, ".all").onclick = () => this.moveTo(WHOLE);
    wireSave(root, () => this.comparison ? this.data?.colours ?? null : null, (colours) => this.picture(colours));
  }

  /** @param {Panel} panel @returns {Parts} */
  partsOf(panel) {
    const box = find(this.root, `.panel.${panel}`);
    const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (find(box, name));
    const [scroll, spacer, pane] = [find(box, ".scroll"), find(box, ".spacer"), find(box, ".pane")];
    return { box, scroll, spacer, pane, base: canvas(".base"), over: canvas(".over") };
  }

  /** @param {Parts} parts */
  listen({ scroll, pane }) {
    pane.onpointerdown = (event) => {
      this.down.set(event.pointerId, { x: event.clientX, y: event.clientY });
      this.dragged = 0;
    };
    pane.onpointermove = (event) => {
      if (this.down.has(event.pointerId)) this.drag(event, pane);
      if (this.dragged <= DRAG) this.pointAt(this.litOf(event, pane));
    };
    pane.onpointerup = pane.onpointercancel = (event) => this.down.delete(event.pointerId);
    pane.onpointerleave = (event) => {
      this.down.delete(event.pointerId);
      this.pointAt(null);
    };
    pane.onclick = (event) => {
      const clicked = this.litOf(event, pane);
      if (clicked && this.dragged <= DRAG) this.hold(this.afterClickOn(clicked), 0);
    };
    pane.ondblclick = () => this.isMaps && this.moveTo(WHOLE);
    pane.addEventListener("wheel", (event) => this.onWheel(event, pane), { passive: false });
    scroll.onscroll = () => {
      for (const panel of PANELS) {
        const other = this.panels[panel].scroll;
        if (other.scrollTop !== scroll.scrollTop) other.scrollTop = scroll.scrollTop;
      }
      this.soon();
    };
  }

  get isMaps() {
    return this.data?.view !== "links";
  }

  /** What is shown of this comparison. Another one starts with everything in view. @param {Data} data @param {(name: string, value: unknown) => void} tell */
  update(data, tell) {
    if (data.trace !== this.data?.trace) this.window = WHOLE;
    this.data = data;
    this.tell = tell;
    this.bus.accept(data);
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

  /** Both maps, or null while they are not here. */
  get comparison() {
    const parcel = this.bus.get("compare");
    if (!parcel || !this.data) return null;
    if (this.made?.parcel === parcel) return this.made.comparison;
    const { rows, columns } = this.data;
    const { queries, keys } = parcel.header;
    if (queries !== rows.length || keys !== (columns ?? rows).length) return null;
    this.made = { parcel, comparison: new Comparison(wordsOf(parcel.payload), rows, columns ?? rows) };
    return this.made.comparison;
  }

  /** @returns {Lit} */
  get held() {
    const { query, key } = this.bus.shown;
    return { query, key };
  }

  /** What is pointed at, here or in another view; else what is held. @returns {Lit} */
  get lit() {
    if (this.pointed) return this.pointed;
    const { hover } = this.bus;
    if (!hover) return this.held;
    return { query: hover.side === "query" ? hover.token : null, key: hover.side === "key" ? hover.token : null };
  }

  get counts() {
    const { rows = [], columns } = this.data ?? {};
    return { query: rows.length, key: (columns ?? rows).length };
  }

  /** @param {MouseEvent} event @param {HTMLElement} pane @returns {Lit | null} */
  litOf(event, pane) {
    const box = pane.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (this.isMaps) {
      const drawing = this.maps?.drawing;
      return drawing ? litAt(this.window, drawing.frame, x - drawing.left, y - drawing.top, SLANT) : null;
    }
    const found = tokenAt(x, y + this.panels.a.scroll.scrollTop, columnEdges(box.width), this.counts);
    if (!found) return null;
    return { query: found.side === "query" ? found.token : null, key: found.side === "key" ? found.token : null };
  }

  /** @param {Lit | null} lit */
  pointAt(lit) {
    if (lit?.query === this.pointed?.query && lit?.key === this.pointed?.key) return;
    this.pointed = lit;
    if (lit?.query != null) this.bus.point({ side: "query", token: lit.query });
    else this.bus.point(lit?.key != null ? { side: "key", token: lit.key } : null);
    this.soon();
  }

  /** @param {Lit} clicked @returns {Lit} */
  afterClickOn(clicked) {
    if (this.isMaps) return afterPress(this.held, clicked);
    const side = clicked.query !== null ? "query" : "key";
    return afterClick(this.held, { side, token: /** @type {number} */ (clicked.query ?? clicked.key) });
  }

  /** Every view follows at once; the server hears of the last one. @param {Lit} held @param {number} rest in ms */
  hold({ query, key }, rest) {
    this.bus.choose({ query, key });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell("held", [query, key]), rest);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.data || event.ctrlKey || event.metaKey || event.altKey) return;
    const factor = { "+": NEARER, "=": NEARER, "-": 1 / NEARER }[event.key];
    const held = this.isMaps
      ? afterArrow(this.held, event.key, this.counts)
      : afterKey(this.held, event.key, this.counts);
    if (this.isMaps && factor) this.zoom(factor);
    else if (this.isMaps && event.key === "0") this.moveTo(WHOLE);
    else if (held) this.hold(held, REST);
    else return;
    event.preventDefault();
  }

  /** A plain wheel scrolls the page until the maps have the keyboard. @param {WheelEvent} event @param {HTMLElement} pane */
  onWheel(event, pane) {
    const meant = event.ctrlKey || event.metaKey;
    const drawing = this.maps?.drawing;
    if (!this.isMaps || !drawing || !(meant || this.stage.matches(":focus"))) return;
    const box = pane.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - drawing.left, event.clientY - box.top - drawing.top];
    const next = zoomed(this.window, drawing.frame, Math.exp(-event.deltaY * (meant ? 0.01 : 0.002)), x, y);
    if (next.zoom === this.window.zoom && !meant) return;
    event.preventDefault();
    this.moveTo(next);
  }

  /** Around what is lit, or the middle. @param {number} factor */
  zoom(factor) {
    const drawing = this.maps?.drawing;
    if (!drawing) return;
    const { frame } = drawing;
    const { query, key } = this.lit;
    const size = frame.cell * this.window.zoom;
    const near = (/** @type {number | null} */ at, /** @type {number} */ first, /** @type {number} */ length) => {
      const place = at === null ? length / 2 : (at + 0.5 - first) * size;
      return place < 0 || place > length ? length / 2 : place;
    };
    const [x, y] = [near(key, this.window.left, frame.width), near(query, this.window.top, frame.height)];
    this.moveTo(zoomed(this.window, frame, factor, x, y));
  }

  /** @param {import("./window.js").Window} window */
  moveTo(window) {
    this.window = window;
    this.soon();
  }

  /** One pointer moves the maps, two also zoom them. @param {PointerEvent} event @param {HTMLElement} pane */
  drag(event, pane) {
    const before = [...this.down.values()];
    const from = /** @type {{x: number, y: number}} */ (this.down.get(event.pointerId));
    const to = { x: event.clientX, y: event.clientY };
    this.down.set(event.pointerId, to);
    const after = [...this.down.values()];
    this.dragged += Math.hypot(to.x - from.x, to.y - from.y);
    const drawing = this.maps?.drawing;
    if (!this.isMaps || !drawing || this.dragged <= DRAG) return;
    const count = before.length;
    const { frame } = drawing;
    let next = panned(this.window, frame, (to.x - from.x) / count, (to.y - from.y) / count);
    if (count === 2) {
      const apart = ([one, other] = before) => Math.hypot(one.x - other.x, one.y - other.y);
      const box = pane.getBoundingClientRect();
      const [x, y] = [(after[0].x + after[1].x) / 2 - box.left, (after[0].y + after[1].y) / 2 - box.top];
      next = zoomed(next, frame, apart(after) / Math.max(1, apart(before)), x - drawing.left, y - drawing.top);
    }
    this.pointAt(null);
    this.moveTo(next);
  }

  /** Another view has heard of another comparison first: what is here belongs to the old one until `update`. */
  get stale() {
    return this.data?.trace !== this.bus.shown.trace;
  }

  draw() {
    const data = this.data;
    if (!data || !this.stage.clientWidth || this.stale) return;
    const wide = this.stage.clientWidth >= WIDE;
    this.stage.classList.toggle("wide", wide);
    const comparison = this.comparison;
    this.drawFrame(data, comparison);
    if (!comparison) {
      find(this.root, ".readout").textContent = "The maps are on their way …";
      return;
    }
    const width = this.panels.a.scroll.clientWidth;
    if (this.isMaps) this.drawMaps(data, comparison, width);
    else this.drawLinks(data, comparison, width, wide);
    find(this.root, ".readout").textContent = sentence(comparison, this.lit);
  }

  /** Titles, legends and words: what is not on a canvas. @param {Data} data @param {Comparison | null} comparison */
  drawFrame(data, comparison) {
    const { titles, colours, top, bound, curve, trace, view } = data;
    for (const { base, over } of Object.values(this.panels)) {
      base.style.opacity = over.style.opacity = comparison ? "1" : "0.4";
    }
    const state = [trace, titles.a, titles.b, view, colours.screen.background, top, bound, curve, !comparison].join(
      "|",
    );
    if (this.legends === state) return;
    this.legends = state;
    const { hint, label } = SAID[view];
    find(this.root, ".hint").textContent = hint;
    find(this.root, ".zoom").hidden = view === "links";
    this.stage.setAttribute("aria-label", label);
    for (const panel of /** @type {("a" | "b")[]} */ (["a", "b"])) {
      const title = find(this.panels[panel].box, ".title");
      title.textContent = titles[panel];
      title.title = titles[panel];
    }
    if (!comparison) return;
    const scales = new Scales(colours.screen, data);
    this.stage.style.setProperty("--a", scales.names.a);
    this.stage.style.setProperty("--b", scales.names.b);
    const said = remark(comparison, titles);
    const note = find(this.root, ".remark");
    note.hidden = said === null;
    note.textContent = said;
    const differs = comparison.comparable && bound > 0;
    this.panels.difference.scroll.hidden = !comparison.overlaps;
    find(this.root, ".legend.difference").hidden = !differs;
    const words = scales.words(comparison.most);
    if (comparison.hides) {
      words.weights.what += "; hatched where a query can’t see";
      words.difference.what += "; hatched where A or B can’t see";
    }
    for (const which of /** @type {("weights" | "difference")[]} */ (["weights", "difference"])) {
      const box = find(this.root, `.legend.${which}`);
      find(box, ".low").textContent = words[which].low;
      find(box, ".high").textContent = words[which].high;
      find(box, ".what").textContent = words[which].what;
      const strip = /** @type {HTMLCanvasElement} */ (find(box, ".strip"));
      scales.strip(prepare(strip, STRIPS.width, STRIPS.height), which, 0, 0);
    }
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width @param {import("../shared/colour.js").Colours} colours */
  mapDrawing(data, comparison, width, colours) {
    const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    const family = getComputedStyle(this.stage).fontFamily;
    const scales = new Scales(colours, data);
    return new MapDrawing({ comparison, scales, colours, family, width, high: HIGHEST.map, ruler });
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width */
  drawMaps(data, comparison, width) {
    const { trace, top, bound, curve, colours } = data;
    const density = globalThis.devicePixelRatio;
    const state = [
      trace,
      this.bus.get("compare")?.header.mark,
      top,
      bound,
      curve,
      width,
      density,
      colours.screen.background,
    ].join("|");
    if (this.maps?.state !== state) {
      this.maps = { state, drawing: this.mapDrawing(data, comparison, width, colours.screen) };
    }
    const { drawing } = this.maps;
    this.follow(() => this.window = revealed(this.window, drawing.frame, this.held));
    const { zoom, left, top: first } = this.window;
    const now = [state, zoom, left, first].join("|");
    for (const panel of PANELS) {
      const { scroll, spacer, pane, base, over } = this.panels[panel];
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
    const { held, lit } = this;
    if (held.query !== lit.query || held.key !== lit.key) drawing.mark(context, panel, this.window, held, 2.5, false);
    drawing.mark(context, panel, this.window, lit, lit === this.pointed ? 2 : 2.5, true);
  }

  /** Does `reveal` when something else is held than before. @param {() => void} reveal */
  follow(reveal) {
    const { query, key } = this.held;
    const now = `${query} ${key} ${this.data?.view}`;
    if (now === this.heldBefore) return;
    this.heldBefore = now;
    reveal();
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width @param {import("../shared/colour.js").Colours} colours */
  linkDrawing(data, comparison, width, colours) {
    const family = getComputedStyle(this.stage).fontFamily;
    const scales = new Scales(colours, data);
    return new LinkDrawing({ comparison, scales, colours, family, width, held: this.held, lit: this.lit });
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width @param {boolean} wide */
  drawLinks(data, comparison, width, wide) {
    const longest = Math.max(comparison.rows.length, comparison.columns.length);
    const height = Math.min(wide ? HIGHEST.wide : HIGHEST.narrow, longest * ROW);
    for (const { scroll, spacer } of Object.values(this.panels)) {
      scroll.style.height = `${height}px`;
      spacer.style.height = `${longest * ROW}px`;
    }
    this.follow(() => this.scrollTo(height));
    const top = this.panels.a.scroll.scrollTop;
    const rows = { first: Math.floor(top / ROW), last: Math.min(longest, Math.ceil((top + height) / ROW)) };
    const drawing = this.linkDrawing(data, comparison, width, data.colours.screen);
    for (const panel of PANELS) {
      const { pane, base, over } = this.panels[panel];
      pane.style.touchAction = "pan-y";
      pane.style.cursor = "pointer";
      prepare(over, width, height);
      const context = prepare(base, width, height);
      context.translate(0, -top);
      drawing.paint(context, panel, rows);
    }
    this.drawn = "";
  }

  /** Scrolls so that what is held can be seen. @param {number} height */
  scrollTo(height) {
    const token = this.held.query ?? this.held.key;
    if (token === null) return;
    const { scroll } = this.panels.a;
    scroll.scrollTop = Math.min(token * ROW, Math.max(scroll.scrollTop, (token + 1) * ROW - height));
  }

  /** What is shown, to be saved, arranged as on screen. @param {import("../shared/colour.js").Colours} colours */
  picture(colours) {
    const data = /** @type {Data} */ (this.data);
    const comparison = /** @type {Comparison} */ (this.comparison);
    const width = this.panels.a.scroll.clientWidth;
    const shown = PANELS.filter((panel) => panel !== "difference" || comparison.overlaps);
    const across = this.stage.classList.contains("wide");
    const { height, paint } = this.isMaps
      ? this.mapPicture(data, comparison, width, colours)
      : this.linkPicture(data, comparison, width, colours);
    const [step, down] = [width + PRINT.gap, height + PRINT.title + PRINT.gap];
    const whole = {
      width: across ? shown.length * step - PRINT.gap : width,
      height: across ? down : shown.length * down,
    };
    const scales = new Scales(colours, data);
    const words = scales.words(comparison.most);
    const said = [words.weights, ...(comparison.comparable && data.bound > 0 ? [words.difference] : [])];
    return {
      width: whole.width,
      height: whole.height + said.length * PRINT.legend,
      name: `attention_comparison_${data.view}`,
      caption: this.caption(data, comparison),
      legend: null,
      /** @param {CanvasRenderingContext2D} context */
      paint: (context) => {
        const family = getComputedStyle(this.stage).fontFamily;
        shown.forEach((panel, at) => {
          context.save();
          context.translate(across ? at * step : 0, across ? 0 : at * down);
          this.paintTitle(context, panel, data, scales, colours, `14px ${family}`);
          context.translate(0, PRINT.title);
          paint(context, panel);
          context.restore();
        });
        context.font = `12px ${family}`;
        context.textAlign = "left";
        context.textBaseline = "middle";
        said.forEach(({ low, high }, at) => {
          const y = whole.height + at * PRINT.legend + PRINT.legend / 2;
          const start = 8 + context.measureText(`${low}`).width + 6;
          context.fillStyle = colours.text;
          context.fillText(low, 8, y);
          context.fillText(`${high}   ${at ? "B − A" : "A and B"}`, start + STRIPS.width + 6, y);
          scales.strip(context, at ? "difference" : "weights", start, y - STRIPS.height / 2);
        });
      },
    };
  }

  /** @param {CanvasRenderingContext2D} context @param {Panel} panel @param {Data} data @param {Scales} scales @param {import("../shared/colour.js").Colours} colours @param {string} font */
  paintTitle(context, panel, { titles }, scales, colours, font) {
    context.font = font;
    context.textAlign = "left";
    context.textBaseline = "middle";
    const name = panel === "difference" ? "B − A" : panel.toUpperCase();
    context.fillStyle = panel === "difference" ? colours.text : scales.names[panel];
    context.fillText(name, 8, PRINT.title / 2);
    context.fillStyle = colours.text;
    if (panel !== "difference") {
      context.fillText(titles[panel], 8 + context.measureText(`${name}  `).width, PRINT.title / 2);
    }
  }

  /** @param {Data} data @param {Comparison} comparison */
  caption({ titles, view, curve, about }, comparison) {
    const what = view === "links"
      ? "Left looks at right; strongest links covering 60 % of each row"
      : `Attention weight, ${curve === "sqrt" ? "square-root" : "linear"} colours, query down, key across${
        comparison.hides ? ", hatched where a query can’t see" : ""
      }`;
    const alone = comparison.alone ? " (A), (B): only on that side, and left out of the difference." : "";
    return `A: ${titles.a}. B: ${titles.b}. ${about}. ${what}. In B − A, blue: A looks more, orange: B looks more.${alone}`;
  }

  /** @param {Data} data @param {Comparison} comparison @param {number} width @param {import("../shared/colour.js").Colours} colours */
  mapPicture(data, comparison, width, colours) {
    const drawing = this.mapDrawing(data, comparison, width, colours);
    return {
      height: drawing.height,
      /** @param {CanvasRenderingContext2D} context @param {Panel} panel */
      paint: (context, panel) => {
        drawing.paint(context, panel, this.window);
        this.drawMarks(context, drawing, panel);
      },
    };
  }

  /** All rows of a text of ordinary length, those in view of a longer one. @param {Data} data @param {Comparison} comparison @param {number} width @param {import("../shared/colour.js").Colours} colours */
  linkPicture(data, comparison, width, colours) {
    const drawing = this.linkDrawing(data, comparison, width, colours);
    const { scroll } = this.panels.a;
    const longest = Math.max(comparison.rows.length, comparison.columns.length);
    const all = longest <= MOST_ROWS;
    const first = all ? 0 : Math.floor(scroll.scrollTop / ROW);
    const last = all ? longest : Math.min(longest, first + Math.ceil(scroll.clientHeight / ROW));
    const height = (last - first) * ROW;
    return {
      height,
      /** @param {CanvasRenderingContext2D} context @param {Panel} panel */
      paint: (context, panel) => {
        context.beginPath();
        context.rect(0, 0, width, height);
        context.clip();
        context.translate(0, -first * ROW);
        drawing.paint(context, panel, { first, last });
      },
    };
  }
}

/** @type {WeakMap<object, Maps>} */
const comparisons = new WeakMap();

/**
 * @param {{
 *   data: Data, parentElement: HTMLElement | ShadowRoot, setTriggerValue: (name: string, value: unknown) => void,
 * }} component
 */
export default function ({ data, parentElement, setTriggerValue }) {
  const maps = once(comparisons, parentElement, () => new Maps(parentElement));
  maps.update(data, setTriggerValue);
  return () => maps.stop();
}
