// The pure parts of the live views.

import { strictEqual as equal } from "node:assert";
import { baseline } from "../../attention_viz/components/head_facts/main.js";
import { format, share } from "../../attention_viz/components/lib/numbers.js";
import { themeOf } from "../../attention_viz/components/hosts/streamlit/theme.js";

Deno.test("a theme is told from the page's background", () => {
  equal(themeOf("rgb(255, 255, 255)"), "light");
  equal(themeOf("rgb(18, 21, 29)"), "dark");
  equal(themeOf("rgba(18, 21, 29, 0.5)"), "dark");
  equal(themeOf("rgb(18 21 29)"), "dark");
  equal(themeOf("color(srgb 1 1 1)"), null);
  equal(themeOf(""), null);
});

Deno.test("numbers say when they are small but not nothing", () => {
  equal(format(0, ""), "0.00");
  equal(format(0.004, ""), "< 0.01");
  equal(format(0.005, ""), "0.01");
  equal(format(0.594, ""), "0.59");
  equal(format(1.578, "nats"), "1.58 nats");
  equal(format(138.04, "tokens"), "138.0 tokens");
  equal(format(8.71, "tokens"), "8.71 tokens");
  equal(format(null, "nats"), "–");
});

Deno.test("shares lie between 0 and 1", () => {
  equal(share(0.25, 0, 1), 0.25);
  equal(share(2, 1, 5), 0.25);
  equal(share(-1, 0, 1), 0);
  equal(share(9, 0, 1), 1);
  equal(share(1, 1, 1), 0);
  equal(share(null, 0, 1), 0);
  equal(share(0.5, null, null), 0);
});

Deno.test("the line below a measure", () => {
  const fact = {
    label: "",
    meaning: "",
    source: "",
    without: "Too short.",
    value: 1.5,
    uniform: 3.178,
    low: 0,
    high: 3.178,
  };
  equal(baseline({ ...fact, unit: "nats", detail: "" }), "evenly spread 3.18 · at most 3.18");
  const part = { ...fact, unit: "", uniform: 0.21, high: 1 };
  equal(baseline({ ...part, detail: "[CLS] 0.48" }), "evenly spread 0.21 · [CLS] 0.48");
  equal(baseline({ ...part, low: 0.05, high: 0.95, detail: "" }), "evenly spread 0.21 · at least 0.05 · at most 0.95");
  equal(baseline({ ...part, uniform: 0, high: 0, detail: "" }), "evenly spread 0.00 · at most 0.00");
  equal(baseline({ ...fact, unit: "", detail: "", value: null }), "Too short.");
});
