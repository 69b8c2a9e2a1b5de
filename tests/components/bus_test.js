// What the views of a page have in common: choices made here, answers from there, and which of them counts.

import { deepStrictEqual as same, strictEqual as equal } from "node:assert";
import { createBus, NOTHING } from "../../attention_viz/components/lib/bus.js";

/** @type {import("../../attention_viz/components/lib/bus.js").Shown} */
const first = { trace: "t", layer: 1, head: 2, among: [], held: NOTHING };

/** A bus beside a host that knows of what it was told. */
function visit() {
  const bus = createBus();
  /** @type {{name: string, value: unknown, number: number}[]} */
  const heard = [];
  const tell = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    void heard.push({ name, value, number: bus.told });
  bus.accept({ ...first, answers: 0 });
  const choose = (/** @type {number} */ head, rest = 0) =>
    bus.choose({ head }, { tell, name: "head", value: head, rest });
  const hold = (/** @type {number} */ query, rest = 0) =>
    bus.choose({ held: { query, key: null } }, { tell, name: "held", value: query, rest });
  const answer = (/** @type {number} */ answers, /** @type {Partial<typeof first>} */ what = {}) =>
    bus.accept({ ...first, ...what, answers });
  return { bus, heard, tell, choose, hold, answer };
}

const after = (/** @type {number} */ time) => new Promise((done) => setTimeout(done, time));

Deno.test("an answer to an older choice is ignored, that to the latest counts", () => {
  const { bus, heard, choose, answer } = visit();
  choose(5);
  choose(6);
  same(heard.map(({ number }) => number), [1, 2]);
  answer(0, { head: 2 });
  answer(1, { head: 5 });
  equal(bus.shown.head, 6, "no flicker");
  answer(2, { head: 7 });
  equal(bus.shown.head, 7, "what the host makes of it is what counts");
});

Deno.test("however long it takes", async () => {
  const { bus, choose, answer } = visit();
  choose(5);
  choose(6);
  await after(30);
  answer(1, { head: 5 });
  equal(bus.shown.head, 6);
});

Deno.test("what changed without a choice is accepted: Back, Forward, a button elsewhere", () => {
  const { bus, choose, answer } = visit();
  choose(5);
  answer(1, { head: 5 });
  answer(1, { head: 2 });
  equal(bus.shown.head, 2);
  answer(1, { head: 5 });
  equal(bus.shown.head, 5);
});

Deno.test("keys that follow each other are told once, when they rest", async () => {
  const { bus, heard, choose, answer } = visit();
  for (const head of [3, 4, 5]) choose(head, 20);
  equal(bus.shown.head, 5);
  equal(heard.length, 0);
  answer(0, { head: 2 });
  equal(bus.shown.head, 5, "what came before the keys knows nothing of them");
  await after(60);
  same(heard, [{ name: "head", value: 5, number: 3 }]);
  answer(3, { head: 5 });
  answer(3, { head: 2 });
  equal(bus.shown.head, 2);
});

Deno.test("a choice that waits is told before the next one, so an answer to that knows of both", async () => {
  const { bus, heard, choose, hold, answer } = visit();
  choose(5, 20);
  hold(7);
  same(heard, [{ name: "head", value: 5, number: 1 }, { name: "held", value: 7, number: 2 }]);
  answer(1, { head: 5 });
  equal(bus.shown.held.query, 7);
  await after(60);
  equal(heard.length, 2, "and not again");
});

Deno.test("the same name from another view is another choice", () => {
  const { bus, heard, choose } = visit();
  choose(5, 20);
  bus.choose({ head: 6 }, {
    tell: (name, value) => void heard.push({ name, value, number: 0 }),
    name: "head",
    value: 6,
  });
  same(heard.map(({ value }) => value), [5, 6]);
});

Deno.test("a view that ends takes back what it has not said, and the host's word counts again", async () => {
  const { bus, heard, tell, choose, answer } = visit();
  choose(5, 20);
  bus.drop(() => {});
  bus.drop(tell);
  await after(60);
  same(heard, []);
  answer(0);
  equal(bus.shown.head, 2);
});

Deno.test("a lost choice is over when the host tells something new, or hears of a later one", () => {
  const lost = visit();
  lost.choose(5);
  lost.answer(0);
  equal(lost.bus.shown.head, 5, "that it says the same again is no sign of it");
  lost.answer(0, { head: 8 });
  equal(lost.bus.shown.head, 8);
  const healed = visit();
  healed.choose(5);
  healed.hold(7);
  healed.answer(2, { held: { query: 7, key: null } });
  equal(healed.bus.shown.head, 2);
});

Deno.test("another text is shown, also when it knows nothing of a choice made meanwhile", () => {
  const { bus, choose, answer } = visit();
  bus.point({ side: "query", token: 1 });
  choose(5);
  choose(6);
  answer(1, { trace: "another" });
  same([bus.shown.trace, bus.shown.head, bus.hover], ["another", 2, null]);
  answer(2, { trace: "another", head: 6 });
  equal(bus.shown.head, 6);
});

Deno.test("a view that was left behind can't bring back an older text", () => {
  const { bus, choose, answer } = visit();
  choose(5);
  answer(1, { trace: "another", head: 5 });
  answer(0);
  equal(bus.shown.trace, "another");
});

Deno.test("several views that bring the same answer are one answer", () => {
  const { bus, choose, answer } = visit();
  choose(5);
  for (let view = 0; view < 3; view++) answer(1, { head: 5 });
  choose(6);
  for (let view = 0; view < 3; view++) answer(1, { head: 5 });
  equal(bus.shown.head, 6);
});

Deno.test("a reload begins anew with its host, and a new bus goes on from where its host is", () => {
  const reloaded = visit();
  reloaded.choose(5);
  equal(reloaded.heard[0].number, 1);
  const later = visit();
  later.answer(7);
  later.choose(5);
  equal(later.heard[0].number, 8);
  later.answer(7);
  equal(later.bus.shown.head, 5);
});

Deno.test("what is no choice carries the number of the last that was told", () => {
  const { bus, tell, heard, choose } = visit();
  choose(5);
  tell("scrolled", 40);
  equal(heard[1].number, 1);
  choose(6, 20);
  tell("scrolled", 50);
  equal(heard[2].number, 1, "the choice that waits was not told yet");
  bus.drop(tell);
});

Deno.test("every listener hears of every change, until it ends", () => {
  const { bus, choose, answer } = visit();
  let calls = 0;
  const end = bus.subscribe(() => calls++);
  choose(5);
  answer(0);
  answer(1, { head: 5 });
  bus.point({ side: "query", token: 1 });
  bus.point({ side: "query", token: 1 });
  bus.point(null);
  equal(calls, 4);
  end();
  choose(0);
  equal(calls, 4);
});

Deno.test("what has the focus: the token pointed at, else the held query, else the held key", () => {
  const { bus, answer } = visit();
  equal(bus.focus, null);
  answer(0, { held: { query: null, key: 3 } });
  same(bus.focus, { side: "key", token: 3 });
  answer(0, { held: { query: 4, key: 3 } });
  same(bus.focus, { side: "query", token: 4 });
  bus.point({ side: "key", token: 9 });
  same(bus.focus, { side: "key", token: 9 });
});

Deno.test("data of another trace is not used, and the same again is no news", () => {
  const { bus } = visit();
  bus.put("maps", { header: { trace: "old" }, payload: new Uint8Array() });
  equal(bus.get("maps"), null);
  bus.put("maps", { header: { trace: "t", mark: "one" }, payload: new Uint8Array(1) });
  let calls = 0;
  bus.subscribe(() => calls++);
  bus.put("maps", { header: { trace: "t", mark: "one" }, payload: new Uint8Array(1) });
  equal(calls, 0);
  bus.put("maps", { header: { trace: "t", mark: "two" }, payload: new Uint8Array(2) });
  equal(bus.get("maps")?.payload.length, 2);
});

Deno.test("what was set meanwhile is not taken back by an answer that doesn't know of it", async () => {
  const { bus, heard, tell, answer } = visit();
  const set = (/** @type {number} */ cover, rest = 0) =>
    bus.choose({ settings: { cover } }, { tell, name: "links", value: cover, rest });
  answer(0, { settings: { cover: 60 } });
  set(70);
  set(80, 20);
  answer(1, { settings: { cover: 70 } });
  same(bus.shown.settings, { cover: 80 }, "it is moved still");
  answer(1, { trace: "another", settings: { cover: 70 } });
  same([bus.shown.trace, bus.shown.settings], ["another", { cover: 80 }], "another text counts, what is set stays");
  await after(40);
  equal(heard.at(-1)?.value, 80);
  answer(1, { trace: "a third", settings: { cover: 70 } });
  answer(2, { trace: "a third", settings: { cover: 80 } });
  same(bus.shown.settings, { cover: 80 });
  answer(2, { trace: "a third", settings: { cover: 60 } });
  same(bus.shown.settings, { cover: 60 }, "Back is no choice, and counts");
});

Deno.test("another text that was asked for before a setting leaves the setting alone", () => {
  const { bus, choose, tell, answer } = visit();
  answer(0, { settings: { cover: 60 } });
  choose(5);
  bus.choose({ settings: { cover: 70 } }, { tell, name: "links", value: 70 });
  answer(1, { trace: "another", head: 5, settings: { cover: 60 } });
  same([bus.shown.trace, bus.shown.settings], ["another", { cover: 70 }]);
  answer(2, { trace: "another", head: 5, settings: { cover: 70 } });
  same(bus.shown.settings, { cover: 70 });
});
