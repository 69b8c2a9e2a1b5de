// The links: which heads are drawn, how they are set, and which rows have something to say.

import { deepStrictEqual as same, strictEqual as equal } from "node:assert";
import { createBus, NOTHING } from "../../attention_viz/components/lib/bus.js";
import { columnEdges, edgesBeside } from "../../attention_viz/components/lib/columns.js";
import { headWeights, meanOf, seesOne } from "../../attention_viz/components/lib/maps.js";
import {
  afterMean,
  afterTurn,
  asWeight,
  drawnHeads,
  settingsOf,
  tickedHeads,
} from "../../attention_viz/components/token_links/choices.js";

const shown = { trace: "t", layer: 1, head: 2, among: [], held: NOTHING, answers: 0 };

const words = (/** @type {number[]} */ numbers) => new Uint8Array(Uint16Array.from(numbers).buffer);

Deno.test("the links: which heads are drawn", () => {
  const one = { head: 1, among: [] };
  same(drawnHeads(one, [7, 4, 1], 12), [1, 4, 7], "each once");
  same(drawnHeads(one, [7, 40], 12), [1, 7], "another model has fewer");
  same(drawnHeads({ head: null, among: [1, 4] }, [7], 12), [null], "a mean stands alone");
  same(tickedHeads({ head: null, among: [1, 4] }, [7], 12), [1, 4], "and those that it is taken over are ticked");
  same(tickedHeads({ head: null, among: [] }, [7], 3), [0, 1, 2], "or all");
  same(afterTurn(one, [4], 7, 12), { head: 1, among: [], beside: [4, 7] });
  same(afterTurn(one, [4, 7], 4, 12), { head: 1, among: [], beside: [7] });
  same(afterTurn(one, [4, 7], 1, 12), { head: 4, among: [], beside: [7] }, "the next one takes its place");
  same(afterTurn(one, [1], 1, 12), { head: 1, among: [], beside: [1] }, "the last one stays");
  const mean = { head: null, among: [1, 4] };
  same(afterTurn(mean, [4], 7, 12), { head: null, among: [1, 4, 7], beside: [4] }, "of a mean, a part of it");
  same(afterTurn(mean, [4], 1, 12), { head: 4, among: [], beside: [] }, "the mean of one head is that head");
  same(afterMean(one, [7, 4], 12), { head: null, among: [1, 4, 7], beside: [7, 4] });
  same(afterMean({ head: null, among: [1, 4, 7] }, [9], 12), { head: 1, among: [], beside: [4, 7] }, "and back");
});

Deno.test("the links: settings are the usual ones until somebody sets them", () => {
  equal(settingsOf(shown).cover, 60);
  const links = { ...settingsOf(shown), cover: 80 };
  equal(settingsOf({ ...shown, settings: { links } }).cover, 80);
  same([0.123456, -1, 7, NaN, Infinity].map(asWeight), [0.1235, 0, 1, 0, 1]);
});

Deno.test("the links: a row that sees one key says nothing of a head", () => {
  const bus = createBus();
  bus.accept({ ...shown, layer: 0, head: 0 });
  const header = { trace: "t", layer: 0, head: 0, among: [], queries: 3, keys: 3, rows: [0, 3], columns: [0, 3] };
  bus.put("exact", { header, payload: words([65535, 0, 0, 9, 9, 0, 0, 1, 65535]) });
  same([0, 1, 2].map((query) => seesOne(bus, 0, query)), [true, false, false], "a weight of 0 is seen");
  equal(seesOne(bus, 0, 9), false, "a row that is not here");
  equal(seesOne(bus, 1, 0), false);
});

Deno.test("the links: the mean of chosen heads is there before its own map", () => {
  const bus = createBus();
  bus.accept({ ...shown, layer: 0, head: null, among: [0, 2] });
  const header = { trace: "t", layers: [0], heads: 3, queries: 1, keys: 2, rows: [0, 1] };
  bus.put("maps", { header, payload: Uint8Array.from([255, 0, 9, 9, 1, 255]) });
  same([...(headWeights(bus, null, "query", 0)?.weights ?? [])], [0.5, 0.5]);
  same([...(headWeights(bus, null, "query", 0)?.hidden ?? [])], [0, 0], "one of them sees it");
  equal(meanOf([headWeights(bus, 0, "query", 0), null]), null);
  equal(meanOf([]), null);
  bus.put("exact", {
    header: { ...header, layer: 0, head: null, among: [0, 2], columns: [0, 2] },
    payload: words([65535, 1]),
  });
  same([...(headWeights(bus, null, "query", 0)?.weights ?? [])], [1, 0], "which counts more");
});

Deno.test("links end beside the numbers of a column, not in them", () => {
  const edges = columnEdges(400, 40);
  equal(edgesBeside(edges, "query", 40).left, edges.left + 40);
  same(edgesBeside(edges, "key", 40), edges, "those stand at the far side");
});
