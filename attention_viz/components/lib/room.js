// How high a view may become, so that what stands beside it is seen at once.

/** Below so many px the columns of a page stand one below the other, and a view takes the height that it usually has. */
const STACKED = 1000;

/** What an element scrolls in. @param {Element} element @returns {Element | null} */
function scrollerOf(element) {
  /** @type {Node | null} */
  let at = element;
  do {
    at = at instanceof ShadowRoot ? at.host : at.parentNode;
  } while (at && !(at instanceof Element && /auto|scroll/.test(getComputedStyle(at).overflowY)));
  return at;
}

/**
 * The height from an element's top to the lower end of the window, as long as nobody has scrolled; the usual one where that
 * is too little to see anything.
 * @param {Element} element
 * @param {{least: number, usual: number, after: number}} wishes in px; after: what has to be seen below it
 */
export function roomFor(element, { least, usual, after }) {
  if (innerWidth < STACKED) return usual;
  const scroller = scrollerOf(element);
  const top = element.getBoundingClientRect().top + (scroller?.scrollTop ?? scrollY);
  const room = Math.floor(innerHeight - top - after);
  return room < least ? usual : room;
}

/**
 * Calls `changed` whenever what stands around an element, and so its room, may have changed.
 * @param {Element} element
 * @param {() => void} changed to be called before the next frame: see `soon`
 * @returns {() => void} ends that
 */
export function followRoom(element, changed) {
  const sizes = new ResizeObserver(changed);
  const page = scrollerOf(element)?.firstElementChild;
  if (page) sizes.observe(page);
  addEventListener("resize", changed);
  return () => {
    sizes.disconnect();
    removeEventListener("resize", changed);
  };
}
