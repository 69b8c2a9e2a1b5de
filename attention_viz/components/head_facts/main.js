// The measures of one head, each beside that of a head that spreads evenly.

import { bar } from "../lib/bar.js";
import { element, find } from "../lib/dom.js";
import { format, share } from "../lib/numbers.js";

/**
 * @typedef {{
 *   label: string, meaning: string, unit: string, source: string, detail: string,
 *   value: number | null, uniform: number | null, low: number | null, high: number | null, without: string,
 * }} Fact
 */

/**
 * The line below a measure: what a head that spreads evenly would have, and the ends of the bar where they are not simply
 * 0 and 1.
 * @param {Fact} fact
 */
export function baseline(fact) {
  if (fact.value === null) return fact.without;
  const [low, high] = [format(fact.low), format(fact.high)];
  const least = low === format(0) ? "" : `at least ${low}`;
  const most = !fact.unit && high === format(1) ? "" : `at most ${high}`;
  return [`evenly spread ${format(fact.uniform)}`, least, most, fact.detail].filter(Boolean).join(" · ");
}

/** One line for each measure, which unfolds what it means. @param {Fact} fact */
function factRow(fact) {
  const row = /** @type {HTMLDetailsElement} */ (element("details", "fact"));
  row.title = fact.meaning;
  const line = element("summary", "");
  line.append(element("span", "label", fact.label), element("span", "value", format(fact.value, fact.unit)));
  if (fact.value !== null) line.append(element("span", "even", `/ ${format(fact.uniform)}`));
  const { low, high } = fact;
  line.append(
    bar(100 * share(fact.value, low, high), fact.uniform === null ? null : 100 * share(fact.uniform, low, high)),
  );
  row.append(
    line,
    element("p", "meaning", fact.meaning),
    element("p", "baseline", baseline(fact)),
    element("p", "meaning", fact.source),
  );
  return row;
}

/** @param {import("../lib/view.js").Host} host @returns {import("../lib/view.js").View} */
export function mount({ root }) {
  return {
    /** @param {{name: string, facts: Fact[]}} data name: of the head */
    update({ name, facts }) {
      find(root, ".name").textContent = name;
      find(root, ".measures").replaceChildren(...facts.map(factRow));
    },
    end() {},
  };
}
