// A page of Streamlit as a host: who shares a bus with whom, what is told, and how a view's life ends.

import { deepStrictEqual as same, ok, strictEqual as equal } from "node:assert";
import { streamlit } from "../../attention_viz/components/hosts/streamlit/host.js";
import parcel from "../../attention_viz/components/hosts/streamlit/parcel.js";
import { NOTHING } from "../../attention_viz/components/lib/bus.js";

/** @typedef {import("../../attention_viz/components/lib/view.js").Host} Host */

/** An element of a page. */
const element =
  () => /** @type {HTMLElement & {isConnected: boolean}} */ (/** @type {unknown} */ ({ isConnected: true }));
const shown = { trace: "t", layer: 1, head: 2, among: [], held: NOTHING, answers: 0 };

/** A component of a view that notes what happens to it, and what its host hears. */
function component() {
  /** @type {Host[]} */
  const mounted = [];
  /** @type {unknown[]} */
  const notes = [];
  const run = streamlit((host) => {
    mounted.push(host);
    return { update: (data) => notes.push(data), end: () => notes.push("ended") };
  });
  /** @type {unknown[]} */
  const heard = [];
  /** @param {HTMLElement} root @param {string} page @param {string} view */
  const call = (root, page, view, answer = shown) =>
    run({
      data: { page, plotly: "", shown: answer, view },
      parentElement: root,
      setTriggerValue: (name, value) => heard.push([name, value]),
    });
  return { mounted, notes, heard, call };
}

const scope = /** @type {{attentionVizPages?: Map<string, unknown>}} */ (/** @type {unknown} */ (globalThis));

/** A packet as Python makes it. @param {Record<string, unknown>} header */
function packet(header) {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + head.length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  return bytes;
}

Deno.test("components of a visit share a bus, and two visits share nothing", () => {
  const [grid, links, other] = [component(), component(), component()];
  const roots = [element(), element(), element()];
  const ends = [
    grid.call(roots[0], "one", "grid"),
    links.call(roots[1], "one", "links"),
    other.call(roots[2], "two", "grid"),
  ];
  const [a, b, c] = [grid, links, other].map(({ mounted }) => mounted[0].bus);
  equal(a, b);
  ok(a !== c);
  a.choose({ head: 9 }, { tell: grid.mounted[0].tell, name: "head", value: [1, 9] });
  a.point({ side: "query", token: 4 });
  same([b.shown.head, c.shown.head, c.hover], [9, 2, null]);
  const data = element();
  ends.push(parcel({ data: packet({ page: "two", kind: "maps", trace: "t", mark: "m" }), parentElement: data }));
  same([a.get("maps"), c.get("maps")?.header.mark], [null, "m"]);
  for (const root of [...roots, data]) root.isConnected = false;
  for (const end of ends) end();
  equal(scope.attentionVizPages?.size, 0, "nothing is kept when nobody is there");
});

Deno.test("what a view tells goes out with the number of its choice, by the latest line", () => {
  const view = component();
  const root = element();
  view.call(root, "one", "first");
  const end = view.call(root, "one", "second");
  const [{ bus, tell }] = view.mounted;
  tell("show", "entropy");
  bus.choose({ head: 5 }, { tell, name: "head", value: [1, 5] });
  same(view.heard, [["show", { choice: 0, value: "entropy" }], ["head", { choice: 1, value: [1, 5] }]]);
  same(view.notes, ["first", "second"], "mounted once");
  view.call(root, "one", "third", shown);
  equal(bus.shown.head, 5, "the answer comes from before the choice");
  view.call(root, "one", "fourth", { ...shown, head: 7, answers: 1 });
  equal(bus.shown.head, 7);
  root.isConnected = false;
  end();
  equal(view.notes.at(-1), "ended");
});

Deno.test("a call that a later one overtook can't end the view", () => {
  const view = component();
  const root = element();
  const overtaken = view.call(root, "one", "first");
  const end = view.call(root, "one", "second");
  overtaken();
  same(view.notes, ["first", "second"]);
  root.isConnected = false;
  end();
  overtaken();
  same(view.notes, ["first", "second", "ended"], "and it ends once");
});

Deno.test("a view is mounted anew for another visit, and its old end is over", () => {
  const view = component();
  const root = element();
  const old = view.call(root, "one", "first");
  const end = view.call(root, "two", "second");
  same(view.notes, ["first", "ended", "second"]);
  ok(view.mounted[0].bus !== view.mounted[1].bus);
  root.isConnected = false;
  old();
  same(view.notes, ["first", "ended", "second"]);
  end();
  equal(scope.attentionVizPages?.size, 0);
});
