// The pure parts of the three linked maps.

import { deepStrictEqual as same, ok, strictEqual as equal } from "node:assert";
import {
  ABSENT,
  Comparison,
  halved,
  HIDDEN,
  labelText,
  PANELS,
  pixels,
  SEEN,
} from "../../attention_viz/components/compare_maps/comparison.js";
import { afterArrow, afterPress } from "../../attention_viz/components/lib/cells.js";
import { columnEdges } from "../../attention_viz/components/lib/columns.js";
import { cellText } from "../../attention_viz/components/compare_maps/map_drawing.js";
import { Scales } from "../../attention_viz/components/compare_maps/scales.js";
import { remark, sentence } from "../../attention_viz/components/compare_maps/sentences.js";
import {
  frameOf,
  labelStep,
  litAt,
  panned,
  revealed,
  WHOLE,
  zoomed,
} from "../../attention_viz/components/compare_maps/window.js";
import { alongScale, divergingTables } from "../../attention_viz/components/lib/colour.js";
import { fitText, quoted } from "../../attention_viz/components/lib/labels.js";
import { precise, signed } from "../../attention_viz/components/lib/numbers.js";
import { SvgPen } from "../../attention_viz/components/lib/pen.js";

/** @param {number} weight */
const word = (weight) => 1 + Math.round(65534 * Math.sqrt(weight));
/** @param {number[]} weights */
const words = (...weights) => Uint16Array.from(weights.map((weight) => weight < 0 ? 0 : word(weight)));
/** @param {string | null} a @param {string | null} b */
const label = (a, b = a) => ({ a, b, special: false, segment: 0 });
const two = [label("the"), label("cat")];
/** "it" is in both, "tired" only in A, "wide" only in B. */
const texts = [label("it"), label("tired", null), label(null, "wide")];
/** @param {number} one @param {number} other */
const near = (one, other) => ok(Math.abs(one - other) < 5e-5, `${one} is not ${other}`);

Deno.test("the difference is B − A, and turns around with the sides", () => {
  const [a, b] = [[0.25, 0.75, 1, 0], [0.5, 0.5, 0.1, 0.9]];
  const forth = new Comparison(words(...a, ...b), two, two);
  const back = new Comparison(words(...b, ...a), two, two);
  for (let at = 0; at < 4; at++) {
    const { value } = forth.at("difference", at >> 1, at % 2);
    near(value, b[at] - a[at]);
    equal(value, -back.at("difference", at >> 1, at % 2).value);
  }
  near(forth.most.weight, 1);
  near(forth.most.difference, 0.9);
  ok(!forth.same && forth.overlaps && !forth.alone);
  same([...forth.line("a", "key", 1).values].map((value) => Math.round(100 * value)), [75, 0]);
});

Deno.test("the same head differs by exactly 0", () => {
  const twice = new Comparison(words(0.3, 0.7, 0.123, 0.877, 0.3, 0.7, 0.123, 0.877), two, two);
  ok(twice.same);
  equal(remark(twice, { a: "L3 H1", b: "L3 H1" }), "The same head: 0 everywhere.");
  equal(remark(twice, { a: "L3 H1", b: "L3 H2" }), "Both maps are the same: 0 everywhere.");
  same(twice.links("difference", 0), []);
  const one = new Comparison(words(1, 1), [label("cat")], [label("cat")]);
  ok(one.same);
  equal(sentence(one, { query: 0, key: 0 }), `${quoted("cat")} looks at ${quoted("cat")}: A 1.000 · B 1.000 · B − A 0`);
});

Deno.test("what is on one side only is left out of the difference, whatever was sent for it", () => {
  const sent = words(0.2, 0.8, 0.9, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9, 0.4, 0.9, 0.6, 0.9, 0.9, 0.9, 0.3, 0.9, 0.7);
  const comparison = new Comparison(sent, texts, texts);
  same([...comparison.grids.a.states], [SEEN, SEEN, ABSENT, SEEN, SEEN, ABSENT, ABSENT, ABSENT, ABSENT]);
  same([...comparison.grids.b.states], [SEEN, ABSENT, SEEN, ABSENT, ABSENT, ABSENT, SEEN, ABSENT, SEEN]);
  same([...comparison.grids.difference.states], [SEEN, ...Array(8).fill(ABSENT)]);
  near(comparison.most.difference, 0.2);
  equal(comparison.at("a", 0, 2).value, 0);
  ok(comparison.alone && comparison.overlaps && !comparison.same);
  const names = { a: "", b: "" };
  equal(remark(comparison, names), "(A), (B): only on that side, and left out of the difference.");
  const apart = new Comparison(sent.slice(0, 8), texts.slice(1), texts.slice(1));
  ok(!apart.overlaps);
  equal(remark(apart, names), "A and B have no token in common, so there is no difference to show.");
  ok(!apart.same, "nothing in common is not the same as no difference");
  same(PANELS.map((panel) => labelText(texts[1], panel)), ["tired (A)", "tired (A)", "tired (A)"]);
  equal(labelText(texts[2], "a"), "wide (B)");
  const cased = label("Cat", "cat");
  same(PANELS.map((panel) => labelText(cased, panel)), ["Cat", "cat", "Cat / cat"]);
  equal(
    sentence(comparison, { query: 0, key: 1 }),
    `${quoted("it")} looks at ${quoted("tired (A)")}: A 0.800 · not in B · no difference`,
  );
});

Deno.test("what one side can't see is left out of the difference, and said so", () => {
  const comparison = new Comparison(words(1, -1, 0.5, 0.5, 0.4, 0.6, -1, 1), two, two);
  same([...comparison.grids.a.states], [SEEN, HIDDEN, SEEN, SEEN]);
  same([...comparison.grids.difference.states], [SEEN, HIDDEN, HIDDEN, SEEN]);
  equal(comparison.at("difference", 0, 1).value, 0);
  near(comparison.most.difference, 0.6);
  const causal = new Comparison(words(1, -1, 0.5, 0.5, 1, -1, 0.4, 0.6), two, two);
  equal(causal.at("difference", 0, 1).state, HIDDEN);
  ok(causal.hides && !new Comparison(words(1, 1), texts.slice(1, 2), texts.slice(1, 2)).hides, "absent is not hidden");
  ok(causal.hasGaps("difference") && !new Comparison(words(1, 1), two.slice(1), two.slice(1)).hasGaps("a"));
  equal(cellText("a", comparison.at("a", 0, 1)), "can’t see");
  equal(
    sentence(comparison, { query: 0, key: 1 }),
    `${quoted("the")} looks at ${quoted("cat")}: A can’t see · B 0.600 · B − A can’t be seen`,
  );
  equal(pixels(comparison.grids.difference, () => [1, 2, 3], [9, 8, 7])[7], 0, "the hatching shows through");
});

Deno.test("sides that see no common cell are not the same, and have no difference", () => {
  const comparison = new Comparison(words(1, -1, -1, 1, -1, 1, 1, -1), two, two);
  ok(comparison.overlaps && !comparison.comparable && !comparison.same);
  equal(
    remark(comparison, { a: "L0 H0", b: "L0 H0" }),
    "There is no cell that both sides can see, so there is no difference to show.",
  );
  equal(
    sentence(comparison, { query: 0, key: null }),
    `${quoted("the")} looks most at: A ${quoted("the")} 1.00 · B ${quoted("cat")} 1.00 · B − A can’t be seen`,
  );
  const narrower = new Comparison(words(1, 0, 0, 1, 1, -1, -1, 1), two, two);
  ok(!narrower.same && narrower.comparable, "one side sees less, although no number differs");
});

/** What the server's own comparison has of the same pairs: see comparison_cases.py. */
const cases = JSON.parse(Deno.readTextFileSync(new URL("./comparisons.json", import.meta.url)));

for (const { name, rows, columns, words: sent, expected } of cases) {
  Deno.test(`${name}: the browser shows what the server computes`, () => {
    const comparison = new Comparison(Uint16Array.from(sent), rows, columns);
    for (const panel of PANELS) {
      const { states, values } = comparison.grids[panel];
      same([...states], expected[panel].states, panel);
      values.forEach((value, at) => near(value, expected[panel].values[at]));
    }
    near(comparison.most.weight, expected.most.weight);
    near(comparison.most.difference, expected.most.difference);
    equal(comparison.comparable, expected.comparable);
    equal(comparison.alone, expected.alone);
    equal(comparison.same, expected.same);
  });
}

Deno.test("a row in words names what is strongest, and what differs most", () => {
  const comparison = new Comparison(words(0.25, 0.75, 1, 0, 0.35, 0.5, 1, 0), two, two);
  const [the, cat] = ["the", "cat"].map(quoted);
  equal(
    sentence(comparison, { query: 0, key: null }),
    `${the} looks most at: A ${cat} 0.75, ${the} 0.25 · B ${cat} 0.50, ${the} 0.35 · B − A ${cat} −0.25, ${the} +0.10`,
  );
  equal(
    sentence(comparison, { query: null, key: 1 }),
    `${cat} is looked at most by: A ${the} 0.75 · B ${the} 0.50 · B − A ${the} −0.25`,
  );
  equal(sentence(comparison, { query: null, key: null }), "");
});

Deno.test("the strongest links cover 60 % of a row, of a difference whatever its sign", () => {
  const three = ["a", "b", "c"].map((text) => label(text));
  const row = [label("a")];
  const comparison = new Comparison(words(0.5, 0.3, 0.2, 0.1, 0.25, 0.65), row, three);
  same(comparison.links("a", 0), [0, 1]);
  same(comparison.links("b", 0), [2]);
  same(new Set(comparison.links("difference", 0)), new Set([0, 2]));
});

Deno.test("a map drawn small keeps its strongest cells", () => {
  const values = Float32Array.from([0, 0.25, -0.5, 0, 0, 0.125, 0, 0, 1]);
  const small = halved({ rows: 3, columns: 3, values, states: Uint8Array.from([0, 0, 1, 0, 0, 1, 2, 1, 2]) });
  same([small.rows, small.columns], [2, 2]);
  same([...small.values], [0.25, -0.5, 0, 1]);
  same([...small.states], [SEEN, HIDDEN, HIDDEN, ABSENT]);
});

Deno.test("pixels: what can't be seen is left out, what is absent is veiled", () => {
  const grid = {
    rows: 1,
    columns: 3,
    values: Float32Array.from([1, 0, 0]),
    states: Uint8Array.from([SEEN, HIDDEN, ABSENT]),
  };
  const [seen, hidden, absent] = [0, 4, 8].map((at) => [...pixels(grid, () => [1, 2, 3], [9, 8, 7]).slice(at, at + 4)]);
  same(seen, [1, 2, 3, 255]);
  equal(hidden[3], 0);
  same(absent.slice(0, 3), [9, 8, 7]);
  ok(absent[3] > 0 && absent[3] < 255);
});

const look = {
  text: "#000000",
  muted: "#777777",
  border: "#cccccc",
  background: "#ffffff",
  accent: "#0000ff",
  other: "#ff8800",
  heads: [],
  ramp: ["#ffffff", "#000040"],
  diverging: ["#0000ff", "#8080ff", "#ffffff", "#ffc080", "#ff8000"],
};

Deno.test("a difference of 0 has exactly the colour of the page, and opposite ones lie opposite", () => {
  const { below, above } = divergingTables(look.diverging);
  same([below[0], above[0]], [[255, 255, 255], [255, 255, 255]]);
  same([below[255], above[255]], [[0, 0, 255], [255, 128, 0]]);
  equal(alongScale(0.25, 1, "sqrt"), 0.5);
  equal(alongScale(-0.25, 1, "sqrt"), -0.5);
  equal(alongScale(-0.25, 1, "linear"), -0.25);
  equal(alongScale(7, 0.5, "linear"), 1);
  equal(alongScale(0.3, 0, "sqrt"), 0, "a scale without width");
  const scales = new Scales(look, { top: 0.5, bound: 0.25, curve: "sqrt" });
  same(scales.ofDifference(0), [255, 255, 255]);
  same(scales.ofDifference(-0.25), [0, 0, 255]);
  same(scales.ofWeight(0.5), [0, 0, 64]);
  equal(scales.ofLink("b", 0.1), "#ff8000");
  equal(scales.ofLink("difference", -0.1), "#0000ff");
  const words = scales.words({ weight: 0.9, difference: 0.25 });
  equal(words.weights.high, "0.5 and more", "a scale that ends early says so");
  same([words.difference.low, words.difference.high], ["−0.25", "+0.25"]);
});

Deno.test("zoom keeps the point under the pointer, and never leaves the map", () => {
  const frame = frameOf(100, 200, 400, 400);
  same(frame, { rows: 100, columns: 200, cell: 2, width: 400, height: 200 });
  const near = zoomed(WHOLE, frame, 4, 100, 50);
  same(near, { zoom: 4, left: 37.5, top: 18.75 });
  const before = litAt(WHOLE, frame, 100, 50, 0);
  same(litAt(near, frame, 100, 50, 0), before);
  same(zoomed(near, frame, 1 / 8, 0, 0), WHOLE);
  equal(zoomed(near, frame, 1000, 0, 0).zoom, 28, "a cell is 56 px at most");
  same(panned(near, frame, 1e6, 1e6), { zoom: 4, left: 0, top: 0 });
  same(panned(near, frame, -1e6, -1e6), { zoom: 4, left: 150, top: 75 });
  same(panned(WHOLE, frame, 50, 50), WHOLE);
  same(panned(near, frame, -8, 16), { zoom: 4, left: 38.5, top: 16.75 });
});

Deno.test("what is held comes into view, by the shortest way", () => {
  const frame = frameOf(100, 100, 200, 200);
  const window = { zoom: 4, left: 50, top: 50 };
  same(revealed(window, frame, { query: 60, key: 60 }), window);
  same(revealed(window, frame, { query: 0, key: 99 }), { zoom: 4, left: 75, top: 0 });
  same(revealed(window, frame, { query: 80, key: null }), { zoom: 4, left: 50, top: 56 });
});

Deno.test("cells, and the labels of rows and columns, are found by where they are", () => {
  const frame = frameOf(2, 3, 1000, 1000);
  equal(frame.cell, 28, "few tokens are not blown up");
  same(litAt(WHOLE, frame, 30, 5, 0.5), { query: 0, key: 1 });
  same(litAt(WHOLE, frame, -10, 30, 0.5), { query: 1, key: null });
  same(litAt(WHOLE, frame, 70, -20, 0.5), { query: null, key: 2 });
  same(litAt(WHOLE, frame, 30, -20, 0.5), { query: null, key: 0 }, "labels lean to the right");
  equal(litAt(WHOLE, frame, 84, 5, 0.5), null);
  equal(litAt(WHOLE, frame, 5, 56, 0.5), null);
  equal(litAt(WHOLE, frame, -10, -10, 0.5), null);
  same([12, 10.5, 6, 3, 2, 0.7, 0.01].map(labelStep), [1, 1, 2, 5, 10, 20, 2000]);
  ok(frameOf(1, 1, -5, 400).cell > 0, "a panel without room");
  const { left, right, width } = columnEdges(400, 42);
  ok(left < right && right + left < width);
});

Deno.test("clicks and keys hold cells, rows and columns", () => {
  const free = { query: null, key: null };
  const counts = { query: 3, key: 4 };
  same(afterPress(free, { query: 1, key: 2 }), { query: 1, key: 2 });
  same(afterPress({ query: 1, key: 2 }, { query: 1, key: 2 }), free);
  same(afterPress({ query: 1, key: 2 }, { query: 1, key: null }), { query: 1, key: null });
  same(afterArrow(free, "ArrowDown", counts), { query: 0, key: 0 });
  same(afterArrow({ query: 0, key: 0 }, "ArrowRight", counts), { query: 0, key: 1 });
  same(afterArrow({ query: 2, key: 3 }, "ArrowRight", counts), { query: 2, key: 3 });
  same(afterArrow({ query: 2, key: 3 }, "ArrowDown", counts), { query: 2, key: 3 });
  same(afterArrow({ query: 1, key: 0 }, "ArrowLeft", counts), { query: 1, key: null }, "the row's label");
  same(afterArrow({ query: 1, key: null }, "ArrowDown", counts), { query: 2, key: null });
  same(afterArrow({ query: 1, key: null }, "ArrowLeft", counts), { query: 1, key: null });
  same(afterArrow({ query: 0, key: null }, "ArrowUp", counts), { query: 0, key: null }, "never nothing at all");
  same(afterArrow({ query: 0, key: 2 }, "ArrowUp", counts), { query: null, key: 2 }, "the column's label");
  same(afterArrow({ query: 1, key: 2 }, "End", counts), { query: 1, key: 3 });
  same(afterArrow({ query: 1, key: 2 }, "Home", counts), { query: 1, key: 0 });
  same(afterArrow({ query: 1, key: 2 }, "Escape", counts), free);
  equal(afterArrow({ query: 1, key: 2 }, "x", counts), null);
  equal(afterArrow(free, "End", counts), null);
});

Deno.test("small numbers are not written as none", () => {
  same([0.594, 0.0004, 0.00001, 0, 1].map((value) => precise(value, 3)), ["0.594", "0.0004", "≈ 0", "0", "1.000"]);
  same([0.054, -0.61, -0.0003, -1e-9, 0].map((value) => signed(value, 2)), ["+0.05", "−0.61", "−0.0003", "≈ 0", "0"]);
});

Deno.test("labels are cut between letters as readers see them", () => {
  const family = "👨‍👩‍👧‍👦";
  const count = (/** @type {string} */ text) => [...new Intl.Segmenter().segment(text)].length;
  equal(fitText(`${family}${family}${family}`, 2, count), `${family}…`);
  ok(count(fitText("x".repeat(60), 12, count)) === 12);
  ok(fitText("x".repeat(1e6), Infinity, count).length < 200);
});

Deno.test("a saved picture turns labels around their place, and cuts what is outside", () => {
  const pen = new SvgPen(100, 50, "#ffffff", null);
  pen.save();
  pen.translate(10, 20);
  pen.rotate(-Math.PI / 3);
  pen.fillText("a<b", 0, 0);
  pen.restore();
  pen.save();
  pen.translate(5, 5);
  pen.beginPath();
  pen.rect(0, 0, 10, 10);
  pen.clip();
  pen.fillRect(1, 1, 100, 100);
  pen.restore();
  pen.fillRect(0, 0, 2, 2);
  const [, turned, clip, cut, end, plain] = pen.toString().split(/(?=<text|<clipPath|<rect x|<\/g>)/);
  ok(turned.includes('x="10" y="20"') && turned.includes('transform="rotate(-60 10 20)"') && turned.includes("a&lt;b"));
  ok(clip.includes('<path d="M5 5L15 5L15 15L5 15Z"/>') && clip.includes('<g clip-path="url(#clip0)">'));
  ok(cut.includes('x="6" y="6"'));
  ok(end.startsWith("</g>"));
  ok(plain.includes('x="0" y="0" width="2"') && !plain.includes("transform"));
});
