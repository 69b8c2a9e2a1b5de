// A number as the length of a bar.

import { element } from "./dom.js";

/**
 * A bar on its track, with a tick where something else would be.
 * @param {number} width in percent
 * @param {number | null} tick in percent
 */
export function bar(width, tick) {
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
