// Draws the measures and the strongest links of one head.

import { element, find } from "../lib/dom.js";
import { format, share } from "../lib/numbers.js";

/**
 * @typedef {{
 *   label: string, meaning: string, unit: string, source: string, detail: string,
 *   value: number | null, uniform: number | null, low: number | null, high: number | null, without: string,
 * }} Fact
 * @typedef {{query: string, key: string, weight: number}} Link
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

/**
 * @param {number} width in percent
 * @param {number | null} tick in percent
 */
function bar(width, tick) {
  const track = element("div", "bar");
  track.setAttribute("aria-hidden", "true");
  const fill = element("div", "fill");
  fill.style.width = `${width}%`;
  track.append(fill);
  if (tick !== null) {
    const mark = element("div", "tick");
    mark.style.left = `${tick}%`;
    track.append(mark);
  }
  return track;
}

/** @param {Fact} fact */
function factRow(fact) {
  const row = element("div", "fact");
  row.title = fact.source;
  const line = element("div", "head-line");
  line.append(element("dt", "", fact.label), element("dd", "value", format(fact.value, fact.unit)));
  const { low, high } = fact;
  const more = element("dd", "");
  more.append(
    bar(100 * share(fact.value, low, high), fact.uniform === null ? null : 100 * share(fact.uniform, low, high)),
    element("p", "meaning", fact.meaning),
    element("p", "baseline", baseline(fact)),
  );
  row.append(line, more);
  return row;
}

/** @param {Link} link */
function linkRow(link) {
  const row = element("li", "");
  const pair = element("span", "pair");
  if (link.query) pair.append(element("bdi", "", link.query), element("span", "arrow", " → "));
  pair.append(element("bdi", "", link.key));
  row.append(pair, bar(link.weight * 100, null), element("span", "number", format(link.weight, "")));
  return row;
}

/** @param {import("../lib/view.js").Host} host @returns {import("../lib/view.js").View} */
export function mount({ root }) {
  return {
    /** @param {{title: string, links: Link[], rest: string, facts: Fact[]}} data */
    update({ title, links, rest, facts }) {
      find(root, ".links h4").textContent = title;
      find(root, "ol").replaceChildren(...links.map(linkRow));
      find(root, ".rest").textContent = rest;
      find(root, ".none").hidden = links.length > 0;
      find(root, "dl").replaceChildren(...facts.map(factRow));
    },
    end() {},
  };
}
