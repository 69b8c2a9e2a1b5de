// The strongest links of one head, as a list.

import { bar } from "../lib/bar.js";
import { element, find } from "../lib/dom.js";
import { format } from "../lib/numbers.js";

/** @typedef {{query: string, key: string, weight: number}} Link */

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
    /** @param {{title: string, links: Link[], rest: string}} data */
    update({ title, links, rest }) {
      find(root, "h4").textContent = title;
      find(root, "ol").replaceChildren(...links.map(linkRow));
      find(root, ".rest").textContent = rest;
      find(root, ".none").hidden = links.length > 0;
    },
    end() {},
  };
}
