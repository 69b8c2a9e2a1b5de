// The pure parts of the heatmap: which part is in view, where it lies, what the cells hold and say.

import { deepStrictEqual as same, ok, strictEqual as equal, throws } from "node:assert";
import { blockOf, cellOf, Cells, cellsOf } from "../../attention_viz/components/head_map/cells.js";
import { figureOf, Plane, sizesOf } from "../../attention_viz/components/head_map/figure.js";
import {
  around,
  everything,
  fromAxis,
  isEverything,
  nearer,
  onAxis,
  rangeTold,
  rounded,
  showing,
} from "../../attention_viz/components/head_map/part.js";
import { sayBlocks, sayCell } from "../../attention_viz/components/head_map/words.js";
import { below } from "../../attention_viz/components/hosts/streamlit/plotly.js";
import { createBus, NOTHING } from "../../attention_viz/components/lib/bus.js";
import { threeDigits } from "../../attention_viz/components/lib/numbers.js";

const sides = { query: 100, key: 50 };
const all = everything(sides);

Deno.test("a zoom keeps the held cell where it is, and never leaves the map", () => {
  const near = nearer(all, sides, 2, { query: 20, key: null });
  same(near, { rows: [10.25, 60.25], columns: [12.5, 37.5] });
  equal((20.5 - near.rows[0]) / 50, 20.5 / 100, "the row is as far down as before");
  same(nearer(near, sides, 1 / 4, NOTHING), all);
  same(nearer(near, sides, 2, { query: 99, key: null }).rows, [22.75, 47.75], "around the middle: 99 is out of view");
  same(nearer(all, sides, 1000, { query: 0, key: 49 }), { rows: [0, 4], columns: [46, 50] });
  ok(isEverything(all, sides));
  ok(!isEverything(near, sides));
  same(rounded(near, sides), { rows: [10, 61], columns: [12, 38] });
  same(around({ query: 2, key: 48 }, 10, sides), { rows: [0, 10], columns: [40, 50] });
});

Deno.test("a held cell is moved into view by as little as it takes", () => {
  const part = { rows: /** @type {[number, number]} */ ([10, 20]), columns: /** @type {[number, number]} */ ([5, 9]) };
  same(showing(part, { query: 12, key: 6 }), part);
  same(showing(part, { query: 20, key: 2 }), { rows: [11, 21], columns: [2, 6] });
  same(showing(part, NOTHING), part);
});

Deno.test("places on an axis and back", () => {
  same(onAxis([0, 24], [0, 24], 24), [-0.5, 23.5]);
  same(onAxis([4, 8], [0, 24], 24), [3.5, 7.5]);
  same(onAxis([300, 900], [0, 600], 512), [255.5, 511.5], "cut to what is here");
  same(fromAxis([7.5, 3.5], [0, 24], 24), [4, 8], "an axis may run downwards");
  same(fromAxis([255.5, 511.5], [0, 600], 512), [300, 600]);
  same(rangeTold({ "xaxis.range[0]": 1.5, "xaxis.range[1]": 3 }, "xaxis"), [1.5, 3]);
  equal(rangeTold({ "xaxis.range[0]": 1.5, "xaxis.range[1]": 3 }, "yaxis"), null);
  equal(rangeTold({ "xaxis.autorange": true }, "xaxis"), null);
});

Deno.test("blocks are those that the server makes", () => {
  const starts = Array.from({ length: 512 }, (_, at) => Math.floor(at * 1100 / 512));
  starts.forEach((start, at) => {
    const [first, end] = blockOf(at, [7, 1107], 512);
    equal(first, start + 7);
    for (let token = first; token < end; token++) equal(cellOf(token, [7, 1107], 512), at);
  });
  equal(cellOf(6, [7, 1107], 512), null);
  equal(cellOf(1107, [7, 1107], 512), null);
  same(blockOf(3, [10, 20], 10), [13, 14]);
});

const word = (/** @type {number} */ weight) => 1 + Math.round(65534 * Math.sqrt(weight));
const three = new Cells(Uint16Array.from([0.2, 0.8, 1, 0].map((weight) => weight && word(weight))), {
  rows: [0, 2],
  columns: [0, 2],
});
const texts = { query: ["it", "<b>"], key: ["it", "<b>"] };

Deno.test("cells hold weights, and what can't be seen is no number", () => {
  ok(Math.abs(three.weights[0][1] - 0.8) < 2e-5);
  ok(Number.isNaN(three.weights[1][1]));
  ok(three.hides);
  equal(three.at({ row: 1, column: 1 }), null);
  same(three.find(1, 0), { row: 1, column: 0 });
  equal(three.find(2, 0), null);
});

Deno.test("a cell is told with three digits, a block as what it is", () => {
  const say = (/** @type {import("../../attention_viz/components/lib/bus.js").Held} */ lit) =>
    sayCell(three, lit, texts);
  equal(say({ query: 0, key: 1 }), "“\u2068it\u2069” → “\u2068<b>\u2069” 0.800 (query 0, key 1)");
  equal(say({ query: 1, key: 1 }), "“\u2068<b>\u2069” → “\u2068<b>\u2069”: can’t be seen from there.");
  equal(say({ query: 1, key: null }), "“\u2068<b>\u2069” (query 1): its row is outlined.");
  equal(say({ query: null, key: 0 }), "“\u2068it\u2069” (key 0): its column is outlined.");
  ok(say(NOTHING).startsWith("Point at a cell"));
  equal(sayBlocks(three), "");
  const many = { query: Array(600).fill("t"), key: Array(600).fill("t") };
  const pooled = new Cells(new Uint16Array(512 * 512).fill(word(0.25)), { rows: [0, 600], columns: [0, 600] });
  const block = Array.from({ length: 512 }, (_, at) => blockOf(at, [0, 600], 512)).find(([a, b]) => b - a > 1) ??
    [0, 0];
  equal(
    sayCell(pooled, { query: block[0], key: block[0] }, many),
    `Queries ${block[0]} to ${block[0] + 1}, keys ${block[0]} to ${block[0] + 1}: at most 0.250. Click to come nearer.`,
  );
  ok(sayBlocks(pooled).includes("up to 2 × 2"));
  same([0, 4e-5, 0.00123456, 0.5871, 1].map(threeDigits), ["0", "≈ 0", "0.00123", "0.587", "1.00"]);
});

Deno.test("the map of another head or of another part is not taken for this one", () => {
  const bus = createBus();
  bus.accept({ trace: "t", layer: 1, head: 2, among: [], held: NOTHING, answers: 0 });
  const payload = new Uint8Array(three.words.buffer);
  const data = { pooled: false, part: three.part };
  const header = { trace: "t", layer: 1, head: 2, among: [], queries: 2, keys: 2, rows: [0, 2], columns: [0, 2] };
  equal(cellsOf(bus, data), null);
  bus.put("exact", { header, payload });
  equal(cellsOf(bus, data)?.at({ row: 1, column: 0 }), 1);
  bus.put("exact", { header: { ...header, head: 3 }, payload });
  equal(cellsOf(bus, data), null);
  bus.put("overview", { header, payload });
  equal(cellsOf(bus, { ...data, pooled: true })?.rows, 2);
  equal(cellsOf(bus, { pooled: true, part: { rows: [0, 1], columns: [0, 2] } }), null);
});

const layout = {
  width: 650,
  height: 700,
  margin: { l: 100, r: 30, t: 60, b: 44 },
  xaxis: {},
  yaxis: { domain: [24 / 596, 1], autorange: "reversed" },
  yaxis2: { domain: [0, 10 / 596] },
  dragmode: "zoom",
};

Deno.test("a map is as large as it wants to be, or as there is room", () => {
  const wide = sizesOf(layout, 900);
  same([wide.wide, Math.round(wide.high), wide.width, Math.round(wide.height)], [520, 572, 650, 700]);
  const narrow = sizesOf(layout, 390);
  same([narrow.wide, Math.round(narrow.high)], [260, 286]);
  equal(Math.round(sizesOf(layout, 200).high), 140, "and never too low to be read");
  const frame = { cells: {}, legend: {}, layout, hatching: "lines" };
  const { figure } = figureOf(frame, three, everything({ query: 2, key: 2 }), 390);
  same(figure.layout.yaxis.range, [1.5, -0.5]);
  equal(figure.layout.yaxis.autorange, undefined);
  same(figure.layout.images, ["lines"]);
  ok(Math.abs(figure.layout.yaxis.domain[0] - 24 / (286 + 24)) < 1e-9, "the legend keeps its height");
});

Deno.test("a point is in a cell, and a cell in a box", () => {
  const plane = new Plane(sizesOf(layout, 900), [-0.5, 1.5], [-0.5, 1.5]);
  same(plane.cellAt(101, 61), { row: 0, column: 0 });
  same(plane.cellAt(619, 631), { row: 1, column: 1 });
  equal(plane.cellAt(99, 61), null);
  equal(plane.cellAt(300, 640), null, "the legend");
  same(plane.box([0, 0], [1, 1]), { x: 360, y: 60, width: 260, height: 286 });
  equal(plane.box([5, 5], [0, 0]), null, "out of view");
});

Deno.test("the program is looked for below the address of the app, whatever that is", () => {
  const address = "component/a.b/plotly.min.js?version=7";
  const scripts = ["https://elsewhere.org/x.js", "https://app.org/~/+/static/js/index.abc.js"];
  equal(below(address, scripts), `https://app.org/~/+/${address}`);
  equal(below(address, ["http://localhost:8501/static/js/index.abc.js"]), `http://localhost:8501/${address}`);
  throws(() => below(address, ["https://elsewhere.org/x.js"]), /Streamlit/);
});
