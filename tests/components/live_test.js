// The pure parts of the live views: what is shared, and what a click or a key does.

import { deepStrictEqual as same, ok, strictEqual as equal } from "node:assert";
import {
  afterKey as gridKey,
  CELL,
  cellOf,
  cornerOf,
  headAt,
  indexOf,
  layoutOf,
  placesOf,
  ranked,
  sizeOf,
} from "../../attention_viz/components/head_grid/places.js";
import { createBus, NOTHING } from "../../attention_viz/components/lib/bus.js";
import { css, inkOn, rampTable, rgb } from "../../attention_viz/components/lib/colour.js";
import { strength, strongest, withoutHidden } from "../../attention_viz/components/lib/links.js";
import { fromByte, fromWord, headWeights, weightsOf } from "../../attention_viz/components/lib/maps.js";
import { hatch } from "../../attention_viz/components/lib/hatch.js";
import { readPacket } from "../../attention_viz/components/lib/packet.js";
import { wrapped } from "../../attention_viz/components/lib/save.js";
import { fitText } from "../../attention_viz/components/lib/labels.js";
import { afterClick, afterKey as linksKey, findToken, tokenAt } from "../../attention_viz/components/lib/columns.js";
import { afterKey as textKey, isOn, received } from "../../attention_viz/components/token_text/main.js";

const shown = { trace: "t", layer: 1, head: 2, among: [], held: NOTHING, answers: 0 };

/** A choice that nobody hears of. */
const unsaid = { tell: () => {}, name: "", value: null };

Deno.test("a packet is read as it was written", () => {
  const head = new TextEncoder().encode('{"trace":"ü"}');
  const bytes = new Uint8Array(7 + head.length + 3);
  const packet = bytes.subarray(7); // Streamlit may hand over a part of a larger buffer.
  new DataView(packet.buffer, 7).setUint32(0, head.length, true);
  const whole = new Uint8Array([...packet.subarray(0, 4), ...head, 1, 2, 3]);
  same(readPacket(whole).header, { trace: "ü" });
  same([...readPacket(whole).payload], [1, 2, 3]);
});

const words = (/** @type {number[]} */ numbers) => new Uint8Array(Uint16Array.from(numbers).buffer);

Deno.test("maps come back as weights", () => {
  const bus = createBus();
  bus.accept({ ...shown, layer: 4, head: 1 });
  const bytes = Uint8Array.from([0, 255, 128, 64, 1, 2, 3, 0]);
  const coarse = { trace: "t", layers: [4], heads: 2, queries: 2, keys: 2, rows: [0, 2] };
  bus.put("maps", { header: coarse, payload: bytes });
  same([...(weightsOf(bus, "query", 1)?.weights ?? [])], [fromByte(3), 0]);
  same([...(weightsOf(bus, "query", 1)?.hidden ?? [])], [0, 1], "what can't be seen is not the same as 0");
  same([...(weightsOf(bus, "key", 1)?.weights ?? [])], [fromByte(2), 0]);
  equal(weightsOf(bus, "key", 1)?.exact, false);
  same([...(headWeights(bus, 0, "query", 0)?.weights ?? [])], [0, 1]);
  const exact = { trace: "t", layer: 4, head: 1, among: [], queries: 2, keys: 2, rows: [0, 2], columns: [0, 2] };
  bus.put("exact", { header: exact, payload: words([65535, 1, 32768, 2]) });
  same([...(weightsOf(bus, "query", 0)?.weights ?? [])], [1, 0]);
  equal(weightsOf(bus, "query", 0)?.exact, true);
  equal(headWeights(bus, 0, "query", 0)?.exact, false);
  ok(Math.abs(fromWord(1 + Math.round(Math.sqrt(0.594) * 65534)) - 0.594) < 2e-5);
  equal(weightsOf(bus, "query", 9), null);
});

Deno.test("the mean of some heads is not the mean of others", () => {
  const bus = createBus();
  const header = {
    trace: "t",
    layer: 4,
    head: null,
    among: [1, 3],
    queries: 1,
    keys: 1,
    rows: [0, 1],
    columns: [0, 1],
  };
  bus.put("exact", { header, payload: words([65535]) });
  bus.accept({ ...shown, layer: 4, head: null, among: [1, 3] });
  equal(weightsOf(bus, "query", 0)?.weights[0], 1);
  bus.choose({ among: [] }, unsaid);
  equal(weightsOf(bus, "query", 0), null);
});

Deno.test("of a long text there are bands of rows and columns", () => {
  const bus = createBus();
  bus.accept({ ...shown, layer: 0, head: 0 });
  // Queries 1 and 2 of 4 with all 3 keys, then key 1 with all queries.
  const exact = { trace: "t", layer: 0, head: 0, among: [], queries: 4, keys: 3, rows: [1, 3], columns: [1, 2] };
  bus.put("exact", { header: exact, payload: words([11, 12, 13, 21, 22, 23, 2, 12, 22, 32]) });
  same([...(weightsOf(bus, "query", 2)?.weights ?? [])], [21, 22, 23].map(fromWord));
  same([...(weightsOf(bus, "key", 1)?.weights ?? [])], [2, 12, 22, 32].map(fromWord));
  equal(weightsOf(bus, "query", 0), null);
  equal(weightsOf(bus, "key", 2), null);
  const coarse = { trace: "t", layers: [0], heads: 1, queries: 4, keys: 3, rows: [1, 3] };
  bus.put("maps", { header: coarse, payload: Uint8Array.from([1, 2, 3, 4, 5, 6]) });
  bus.accept({ ...shown, layer: 0, head: 1 });
  bus.choose({ head: 0 }, unsaid);
  equal(headWeights(bus, 0, "query", 3), null);
  equal(headWeights(bus, 0, "key", 0), null);
});

Deno.test("what comes with a held token is exact for every head of the layer", () => {
  const bus = createBus();
  bus.accept({ ...shown, layer: 2, head: 1 });
  const header = { trace: "t", layer: 2, side: "query", token: 5, heads: 2, count: 2 };
  bus.put("held", { header, payload: words([1, 65535, 0, 3]) });
  same([...(headWeights(bus, 0, "query", 5)?.weights ?? [])], [0, 1]);
  same([...(headWeights(bus, 1, "query", 5)?.hidden ?? [])], [1, 0]);
  equal(headWeights(bus, 1, "query", 5)?.exact, true);
  for (
    const [head, side, token] of /** @type {[number, "query" | "key", number][]} */ ([
      [2, "query", 5],
      [0, "key", 5],
      [0, "query", 4],
      [null, "query", 5],
    ])
  ) equal(headWeights(bus, head, side, token), null);
  bus.choose({ layer: 3 }, unsaid);
  equal(headWeights(bus, 0, "query", 5), null);
});

Deno.test("the strongest links cover what was asked for, and no more than needed", () => {
  same(strongest([0.1, 0.6, 0.3], 0.6, 0).keys, [1]);
  same(strongest([0.1, 0.6, 0.3], 0.61, 0).keys, [1, 2]);
  same(strongest([0.1, 0.6, 0.3], 1, 0).keys, [1, 2, 0]);
  same(strongest([0.1, 0.6, 0.3], 1, 0.2).keys, [1, 2]);
  same(strongest([0, 0], 1, 0), { keys: [], drawn: 0, total: 0 });
});

Deno.test("hidden keys get nothing, and rows may be made to sum to 1 again", () => {
  const row = Float64Array.from([0.5, 0.3, 0.2]);
  same([...withoutHidden(row, [true, false, false], false)], [0, 0.3, 0.2]);
  same([...withoutHidden(row, [true, false, false], true)], [0, 0.6, 0.4]);
  same([...withoutHidden(row, [true, true, true], true)], [0, 0, 0]);
  ok(strength(0.0001) > 0.13, "a link that is drawn can be seen");
  equal(strength(1), 1);
});

Deno.test("colours", () => {
  same(rgb("#12ab00"), [18, 171, 0]);
  const table = rampTable(["#000000", "#ffffff"]);
  equal(table.length, 256);
  same(table[0], [0, 0, 0]);
  same(table[128], [128, 128, 128]);
  same(table[255], [255, 255, 255]);
  equal(css([1, 2, 3]), "rgb(1, 2, 3)");
  equal(inkOn([255, 255, 255]), "#000000");
  equal(inkOn([29, 35, 114]), "#ffffff");
});

Deno.test("the grid: places, keys and ranks", () => {
  const first = { layer: 0, head: 0 };
  const all = layoutOf("all", { layers: 6, heads: 12 }, first, { width: 426, tall: 520, most: CELL.most });
  equal(all.cell, 30, "as the width has it");
  same(headAt(28 + 35, 20 + 5, all), { layer: 0, head: 1 });
  equal(headAt(10, 30, all), null);
  same(headAt(28 + 12 * 30, 30, all), { layer: 0, head: null });
  same(headAt(28 + 12 * 30, 20 + 6 * 30, all), { layer: null, head: null });
  equal(headAt(28 + 30, 20 + 6 * 30, all), null);
  equal(headAt(28 + 13 * 30, 30, all), null);
  const from = { layer: 2, head: 0 };
  same(gridKey("ArrowLeft", from, all), { layer: 2, head: 0 });
  same(gridKey("ArrowDown", from, all), { layer: 3, head: 0 });
  same(gridKey("End", from, all), { layer: 2, head: 11 });
  equal(gridKey("a", from, all), null);
  same(gridKey("ArrowRight", { layer: 2, head: 11 }, all), { layer: 2, head: null });
  same(gridKey("ArrowDown", { layer: 5, head: null }, all), { layer: null, head: null });
  same(gridKey("ArrowDown", { layer: 5, head: 3 }, all), { layer: 5, head: 3 });
  same(gridKey("ArrowLeft", { layer: null, head: null }, all), { layer: 5, head: 11 });
  const two = layoutOf("all", { layers: 2, heads: 2 }, from, { width: 426, tall: 520, most: CELL.most });
  same(placesOf(two).map((place) => indexOf(place, 2, 2)), [0, 1, 2, 3, 4, 5, 6], "the order that the server sends");
  same(ranked([0.1, NaN, 0.5, 0.3, 0.9, 0.9, 0.9], 2, 2, 2), [{ value: 0.5, layer: 1, head: 0 }, {
    value: 0.3,
    layer: 1,
    head: 1,
  }]);
});

Deno.test("the grid: the heads of one layer, or one head in every layer", () => {
  const model = { layers: 6, heads: 12 };
  const row = layoutOf("layer", model, { layer: 4, head: 2 }, { width: 700, tall: 520, most: CELL.large });
  same(placesOf(row).map(({ head }) => head), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  ok(placesOf(row).every(({ layer }) => layer === 4));
  same([row.lines.length, row.cell], [3, 152], "in lines, so that they are large");
  same(headAt(152 + 5, 25, row), { layer: 4, head: 1 });
  equal(headAt(152 + 5, 15, row), null, "that is its name");
  same(headAt(5, 172 + 25, row), { layer: 4, head: 4 });
  equal(headAt(4 * 152 + 5, 25, row), null, "no mean stands beside them");
  same(gridKey("ArrowRight", { layer: 4, head: 3 }, row), { layer: 4, head: 3 });
  same(gridKey("ArrowDown", { layer: 4, head: 3 }, row), { layer: 4, head: 7 });
  same(gridKey("End", { layer: 4, head: 5 }, row), { layer: 4, head: 7 });
  const column = layoutOf("head", model, { layer: 4, head: 2 }, { width: 700, tall: 520, most: CELL.large });
  same(placesOf(column).map(({ layer }) => layer), [0, 1, 2, 3, 4, 5]);
  equal(cellOf({ layer: 4, head: 3 }, column), null);
  const low = layoutOf("layer", model, { layer: 4, head: 2 }, { width: 700, tall: 520, most: CELL.most });
  same([low.cell, ...low.lines.map((line) => line.length)], [96, 6, 6], "lines of the same length");
  const five = layoutOf("layer", { layers: 1, heads: 5 }, { layer: 0, head: 0 }, { width: 400, tall: 400, most: 160 });
  same(five.lines.map((line) => line.map((place) => place?.head)), [[0, 1, 2], [3, 4, undefined]]);
  same(gridKey("ArrowDown", { layer: 0, head: 2 }, five), { layer: 0, head: 2 }, "nothing stands below it");
  same(gridKey("End", { layer: 0, head: 3 }, five), { layer: 0, head: 4 });
});

Deno.test("the grid fits the room that it is given, with square cells", () => {
  const chosen = { layer: 0, head: 0 };
  for (const layers of [1, 6, 12, 24]) {
    for (const heads of [1, 2, 8, 12, 16]) {
      for (const part of /** @type {const} */ (["all", "layer", "head"])) {
        for (const [width, tall] of [[350, 520], [700, 420], [900, 520], [1200, 800]]) {
          const most = part === "all" ? CELL.most : CELL.large;
          const layout = layoutOf(part, { layers, heads }, chosen, { width, tall, most });
          const size = sizeOf(layout);
          ok(layout.cell >= CELL.least && layout.cell <= most);
          if (layout.cell > CELL.least) {
            ok(size.width <= width && size.height <= tall, `${part} ${layers} × ${heads} in ${width} × ${tall}`);
          }
          const larger = { ...layout, cell: layout.cell + 1 };
          ok(
            layout.cell === most || sizeOf(larger).width > width || sizeOf(larger).height > tall,
            "as large as can be",
          );
          for (const place of placesOf(layout)) {
            const { x, y } = /** @type {{x: number, y: number}} */ (cornerOf(place, layout));
            same(headAt(x + 1, y + layout.cell - 1, layout), place);
            ok(x >= 3 && y + layout.cell + 3 <= size.height, "a frame around it is not cut");
          }
        }
      }
    }
  }
  equal(layoutOf("all", { layers: 6, heads: 12 }, chosen, { width: 1400, tall: 800, most: CELL.most }).cell, 96);
});

Deno.test("the links: places, clicks and keys", () => {
  const edges = { left: 100, right: 300 };
  const three = { query: 3, key: 5 };
  same(tokenAt(50, 25, edges, three), { side: "query", token: 1 });
  same(tokenAt(310, 99, edges, three), { side: "key", token: 4 });
  equal(tokenAt(200, 25, edges, three), null);
  equal(tokenAt(50, 60, edges, three), null);
  const free = { query: null, key: null };
  const five = { query: 5, key: 3 };
  same(afterClick(free, { side: "query", token: 1 }), { query: 1, key: null });
  same(afterClick({ query: 1, key: null }, { side: "key", token: 2 }), { query: 1, key: 2 });
  same(afterClick({ query: 1, key: 2 }, { side: "key", token: 2 }), { query: 1, key: null });
  same(afterClick({ query: 1, key: 2 }, { side: "query", token: 1 }), free);
  same(afterClick({ query: 1, key: 2 }, { side: "query", token: 0 }), { query: 0, key: null });
  same(linksKey(free, "ArrowDown", five), { query: 0, key: null });
  same(linksKey({ query: 4, key: null }, "ArrowDown", five), { query: 4, key: null });
  same(linksKey({ query: 4, key: null }, "ArrowRight", five), { query: null, key: 2 }, "the other column is shorter");
  same(linksKey({ query: null, key: 2 }, "ArrowUp", five), { query: null, key: 1 });
  same(linksKey({ query: null, key: 2 }, "ArrowLeft", five), { query: 2, key: null });
  same(linksKey(free, "End", five), { query: 4, key: null });
  same(linksKey({ query: 4, key: 1 }, "Escape", five), free);
  equal(linksKey(free, "x", five), null);
  equal(fitText("abcdef", 3, (text) => text.length), "ab…");
  equal(fitText("abc", 3, (text) => text.length), "abc");
});

Deno.test("the text: walking and sums", () => {
  same(textKey("ArrowRight", null, [2, 5, 7], false), 2);
  same(textKey("ArrowRight", 2, [2, 5, 7], false), 5);
  same(textKey("ArrowRight", 5, [2, 5, 7], true), 2);
  same(textKey("ArrowLeft", 2, [2, 5, 7], false), 2);
  equal(textKey("Enter", 2, [2, 5, 7], false), null);
  equal(textKey("ArrowRight", null, [], false), null);
  equal(received([0.1, 0.2, 0.4], [0, 2]), 0.5);
  const piece = { segment: 0, text: "a", tokens: [3], special: false };
  ok(isOn({ ...piece, side: null }, "query", 3));
  ok(isOn({ ...piece, side: "key" }, "key", 3));
  ok(!isOn({ ...piece, side: "key" }, "query", 3));
  ok(!isOn({ ...piece, side: null }, "key", 2));
});

Deno.test("a token is found by a part of it, from here on and round again", () => {
  const items = ["The", "cat", "the"].map((text) => ({ text }));
  equal(findToken(items, "the", 0), 0);
  equal(findToken(items, "THE ", 1), 2);
  equal(findToken(items, "the", 3), 0);
  equal(findToken(items, "dog", 0), null);
  equal(findToken(items, " ", 0), null);
});

Deno.test("a caption is wrapped, and hatching stays inside its rectangle", () => {
  same(wrapped("one two three", 7, (text) => text.length), ["one two", "three"]);
  same(wrapped("incomprehensible", 3, (text) => text.length), ["incomprehensible"]);
  /** @type {[number, number][]} */
  const points = [];
  const pen = {
    beginPath() {},
    stroke() {},
    moveTo: (/** @type {number} */ x, /** @type {number} */ y) => points.push([x, y]),
    lineTo: (/** @type {number} */ x, /** @type {number} */ y) => points.push([x, y]),
  };
  hatch(/** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (pen)), 10, 20, 30, 12);
  ok(points.length > 8);
  ok(points.every(([x, y]) => x >= 10 && x <= 40 && y >= 20 && y <= 32));
});
