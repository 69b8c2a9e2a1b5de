// One head's whole map, drawn by Plotly: query down, key across.

import { NOTHING } from "../lib/bus.js";
import { afterArrow, afterPress } from "../lib/cells.js";
import { find, prepare } from "../lib/dom.js";
import { headName } from "../lib/numbers.js";
import { followRoom, roomFor } from "../lib/room.js";
import { saveBar } from "../lib/save.js";
import { follow, soon } from "../lib/view.js";
import { cellsOf, isOf } from "./cells.js";
import { figureOf, sizesOf } from "./figure.js";
import { outline } from "./outlines.js";
import { around, everything, fromAxis, isEverything, nearer, rangeTold, rounded, showing } from "./part.js";
import { pictureOf } from "./picture.js";
import { isBlock, sayBlocks, sayCell } from "./words.js";

/**
 * @typedef {import("./part.js").Part} Part
 * @typedef {import("./figure.js").Frame} Frame
 * @typedef {import("./figure.js").Plane} Plane
 * @typedef {import("./cells.js").Cells} Cells
 * @typedef {import("../lib/bus.js").Held} Held
 * @typedef {{
 *   trace: string, queries: string[], keys: string[] | null, part: Part, pooled: boolean,
 *   place: {layer: number | null, head: number | null, among: number[]} | null, screen: Frame, paper: Frame | null,
 *   about: string, colours: import("../lib/colour.js").ColourSets,
 * }} Data keys: null when they are the queries; part: what is zoomed into, of a pooled map what was sent; place: whose map
 *   the colours are meant for, null when they go for all
 */

const STEP = 1.4;
/** How high the picture may become, with what is said of a cell below it, in px. */
const TALL = { least: 220, usual: Infinity, after: 56 };
/** Around a block of a large map so many cells are shown when it is clicked. */
const CLOSE = 128;
/** How long keys, clicks and zooming must rest before the host hears of them, in ms: a second click may follow. */
const REST = 220;
const MISSING = "The heatmap can’t be drawn: its program, Plotly.js, did not load. Reload the page to try again.";

class HeadMap {
  /** @param {import("../lib/view.js").Host} host */
  constructor(host) {
    this.host = host;
    this.root = host.root;
    this.bus = host.bus;
    this.map = find(this.root, ".map");
    this.plot = find(this.root, ".plot");
    /** @type {Data | null} */
    this.data = null;
    /** Told apart by number: comparing frames would take longer. */
    this.frames = { said: "", count: 0 };
    /** @type {import("../lib/view.js").Plotly | null} */
    this.plotly = null;
    /** @type {"" | "loading" | "missing"} */
    this.state = "";
    /** How wide the picture may be, in px: asked when it is drawn, since asking makes the browser lay out the page. */
    this.room = 0;
    /** How high it may be, in px. */
    this.tall = Infinity;
    /** @type {Part | null} null for all of the map */
    this.part = null;
    /** The cell under the pointer. @type {{query: number, key: number} | null} */
    this.pointed = null;
    /** What was held before the last click: a second one at once takes it back. @type {Held} */
    this.before = NOTHING;
    /** What is in the picture. @type {{mark: string, cells: Cells, plane: Plane, parcel: unknown} | null} */
    this.drawn = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.soon = soon(() => this.draw());
    const ends = [follow(host, this.map, () => this.changed()), followRoom(this.map, () => this.changed())];
    this.unfollow = () => ends.forEach((end) => end());
    this.listen();
    this.offer = saveBar(
      this.root,
      () => this.drawn && this.data && this.data.colours,
      (colours) => this.picture(colours),
    );
  }

  listen() {
    this.map.onpointermove = (event) => this.pointAt(event);
    this.map.onpointerleave = () => this.pointAt(null);
    this.map.onclick = (event) => this.click(event);
    this.map.onkeydown = (event) => this.press(event);
    find(this.root, ".nearer").onclick = () => this.zoom(STEP);
    find(this.root, ".farther").onclick = () => this.zoom(1 / STEP);
    find(this.root, ".all").onclick = () => this.moveTo(null);
  }

  /** @param {Data} data */
  update(data) {
    if (data.trace !== this.data?.trace) {
      // Another text: the zoom is what its own was when it was left.
      this.part = isEverything(data.part, this.sidesOf(data)) ? null : data.part;
      this.pointed = null;
    }
    const said = JSON.stringify([data.screen, data.part]);
    if (said !== this.frames.said) this.frames = { said, count: this.frames.count + 1 };
    this.data = data;
    this.offer();
    this.changed();
  }

  end() {
    this.unfollow();
    clearTimeout(this.timer);
    this.plotly?.purge(this.plot);
  }

  /** Until it is drawn, what is in the picture is not what is on screen elsewhere. */
  changed() {
    if (this.data) this.map.setAttribute("aria-busy", String(this.wanted()?.mark !== this.drawn?.mark || !this.drawn));
    this.soon();
  }

  /** @param {Data} data */
  sidesOf({ queries, keys }) {
    return { query: queries.length, key: (keys ?? queries).length };
  }

  get sides() {
    return this.data ? this.sidesOf(this.data) : { query: 0, key: 0 };
  }

  get texts() {
    const { queries = [], keys = null } = this.data ?? {};
    return { query: queries, key: keys ?? queries };
  }

  get held() {
    return this.bus.shown.held;
  }

  /** What the picture has to be made from, null while it is not here. */
  wanted() {
    const { data, room, tall } = this;
    if (!data || !room || data.trace !== this.bus.shown.trace) return null;
    if (data.place && !isOf(data.place, this.bus.shown)) return null;
    const parcel = this.bus.get(data.pooled ? "overview" : "exact");
    const cells = cellsOf(this.bus, data);
    if (!parcel || !cells) return null;
    const part = this.part ?? everything(this.sides);
    const { layer, head, among } = this.bus.shown;
    const shown = JSON.stringify([data.trace, layer, head, among, this.frames.count, part, room, tall]);
    return { mark: shown, part, cells, parcel };
  }

  draw() {
    this.room = this.map.clientWidth;
    this.tall = roomFor(this.map, TALL);
    if (!this.data || !this.room || this.data.trace !== this.bus.shown.trace) return;
    this.map.style.height = `${sizesOf(this.data.screen.layout, this.room, this.tall).height}px`;
    const { query, key } = this.sides;
    const name = headName(this.bus.shown.layer, this.bus.shown.head, this.bus.shown.among);
    this.map.setAttribute(
      "aria-label",
      `Heatmap of ${name}, ${query} queries by ${key} keys: arrow keys move the held cell, Escape lets go, ` +
        "+ and − zoom, 0 zooms out again",
    );
    if (!this.plotly) this.load();
    else {
      const wanted = this.wanted();
      if (wanted && (wanted.mark !== this.drawn?.mark || wanted.parcel !== this.drawn.parcel)) this.redraw(wanted);
      this.drawOver();
    }
    this.say(name);
    this.map.setAttribute("aria-busy", String(!this.drawn || this.wanted()?.mark !== this.drawn.mark));
  }

  load() {
    if (this.state) return;
    this.state = "loading";
    this.host.plotly().then((plotly) => {
      this.plotly = plotly;
      this.state = "";
    }, () => {
      this.state = "missing";
    }).finally(this.soon);
  }

  /** @param {NonNullable<ReturnType<HeadMap["wanted"]>>} wanted */
  redraw({ mark, part, cells, parcel }) {
    if (!this.plotly || !this.data) return;
    const { figure, plane } = figureOf(this.data.screen, cells, part, this.room, this.tall);
    const first = !this.drawn;
    this.plotly.react(this.plot, figure);
    this.drawn = { mark, cells, plane, parcel };
    this.offer();
    if (first) this.followZoom(/** @type {import("../lib/view.js").Plot} */ (this.plot));
  }

  /** @param {import("../lib/view.js").Plot} plot */
  followZoom(plot) {
    plot.on("plotly_relayout", (change) => {
      const { cells } = this.drawn ?? {};
      const [rows, columns] = [rangeTold(change, "yaxis"), rangeTold(change, "xaxis")];
      if (!cells || !(rows || columns)) return;
      const now = this.part ?? everything(this.sides);
      this.moveTo({
        rows: rows ? fromAxis(rows, cells.part.rows, cells.rows) : now.rows,
        columns: columns ? fromAxis(columns, cells.part.columns, cells.columns) : now.columns,
      });
    });
  }

  drawOver() {
    if (!this.drawn || !this.data) return;
    const { plane, cells } = this.drawn;
    const canvas = /** @type {HTMLCanvasElement} */ (find(this.root, ".outlines"));
    outline(prepare(canvas, plane.sizes.width, plane.sizes.height), plane, cells, this.lit, this.data.colours.screen);
  }

  /** What stands out: what is held, and what is pointed at here or in another view. */
  get lit() {
    const { hover } = this.bus;
    const pointed = this.pointed ?? (hover && { ...NOTHING, [hover.side]: hover.token });
    return { held: this.held, pointed };
  }

  /** @param {string} name of the head */
  say(name) {
    const { held, pointed } = this.lit;
    const line = find(this.root, ".readout");
    const hint = find(this.root, ".hint");
    if (this.state) line.textContent = this.state === "missing" ? MISSING : "The heatmap is being loaded …";
    else if (!this.drawn || this.wanted()?.mark !== this.drawn.mark) line.textContent = `${name} is on its way …`;
    else line.textContent = sayCell(this.drawn.cells, pointed ?? held, this.texts);
    hint.textContent = this.drawn ? sayBlocks(this.drawn.cells) : "";
    hint.hidden = !hint.textContent;
  }

  /** The row and column under the pointer, of a block the first ones. @param {MouseEvent} event */
  placeOf(event) {
    const { plane, cells } = this.drawn ?? {};
    const box = this.map.getBoundingClientRect();
    const cell = plane?.cellAt(event.clientX - box.left, event.clientY - box.top);
    if (!cell || !cells) return null;
    const { rows, columns } = cells.block(cell);
    return { query: rows[0], key: columns[0] };
  }

  /** @param {MouseEvent | null} event */
  pointAt(event) {
    const place = event && this.placeOf(event);
    if (place?.query === this.pointed?.query && place?.key === this.pointed?.key) return;
    this.pointed = place;
    this.bus.point(place && { side: "query", token: place.query });
    this.soon();
  }

  /** A second click zooms out, as everywhere with Plotly, and what the first one did is taken back. @param {MouseEvent} event */
  click(event) {
    const place = this.placeOf(event);
    if (!place || !this.drawn) return;
    if (event.detail > 1) {
      this.hold(this.before);
      this.moveTo(null);
      return;
    }
    this.before = this.held;
    const cell = this.drawn.cells.find(place.query, place.key);
    if (cell && isBlock(this.drawn.cells, cell)) this.moveTo(around(place, CLOSE, this.sides));
    else this.hold(afterPress(this.held, place));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (!this.data || event.ctrlKey || event.metaKey || event.altKey) return;
    const factor = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
    const held = afterArrow(this.held, event.key, this.sides);
    if (factor) this.zoom(factor);
    else if (event.key === "0") this.moveTo(null);
    else if (held) {
      this.hold(held);
      if (this.part) this.moveTo(showing(this.part, held));
    } else return;
    event.preventDefault();
  }

  /** @param {Held} held */
  hold(held) {
    this.bus.choose({ held }, { tell: this.host.tell, name: "held", value: held, rest: REST });
  }

  /** @param {number} factor */
  zoom(factor) {
    this.moveTo(nearer(this.part ?? everything(this.sides), this.sides, factor, this.held));
  }

  /** Shows a part of the map in whole cells, or all of it. @param {Part | null} part */
  moveTo(part) {
    const { sides } = this;
    if (!this.data) return;
    const next = part && rounded(part, sides);
    this.part = !next || isEverything(next, sides) ? null : next;
    this.changed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.host.tell("zoomed", this.part), REST);
  }

  /** What is shown, to be saved. @param {import("../lib/colour.js").Colours} colours */
  picture(colours) {
    const data = /** @type {Data} */ (this.data);
    const { cells, plane } = /** @type {NonNullable<HeadMap["drawn"]>} */ (this.drawn);
    const frame = colours === data.colours.print ? data.paper ?? data.screen : data.screen;
    const { figure } = figureOf(frame, cells, this.part ?? everything(this.sides), this.room, this.tall);
    const { layer, head, among } = this.bus.shown;
    return pictureOf(/** @type {import("../lib/view.js").Plotly} */ (this.plotly), figure, {
      name: `attention_map_L${layer ?? "all"}_H${head ?? "mean"}`,
      caption: `${headName(layer, head, among)} of ${data.about}. A row is a query, a column a key.${
        cells.hides ? " Hatched: can’t be seen." : ""
      }`,
      over: (context) => outline(context, plane, cells, { held: this.held, pointed: null }, colours),
    });
  }
}

/** @param {import("../lib/view.js").Host} host @returns {import("../lib/view.js").View} */
export const mount = (host) => new HeadMap(host);
