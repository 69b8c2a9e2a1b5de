"""A tab of a real browser that knows when the app has come to rest, and that is used again.

A script runs in every document before the app's own. It counts what the page asks of the server and what the server
begins, and notes when the page last changed, so that waiting ends with an event and not after a time.

A tab that was used before opens the app in a third of the processor time that a new one takes: the browser has
compiled the app's scripts already. Each opening is a visit of its own for the server all the same.
"""

from __future__ import annotations

from itertools import count

from playwright.sync_api import Browser, Error, Page

TICK = 25
"""Milliseconds between two looks at a page. Rest is counted in looks at an idle page and not in time: while a busy
machine lets the browser wait, time passes and nothing is drawn."""
QUIET = 6
"""Looks without a change after which nothing more is expected: one run may set off another, and a component tells the
server a moment after it was drawn."""
LOST = 24
"""Looks after which a question is given up: the server answers several that come at once with one run, and that of a
part that is gone with none. Some pages never stop moving: of those, so many without a run are rest."""

WATCH = """(() => {
  // The fields of Streamlit's messages (BackMsg, ForwardMsg) that begin a run, on both sides of the line.
  const RERUN = 11, NEW_SESSION = 4;
  const fields = (bytes) => {
    const found = [];
    let at = 0;
    const number = () => {
      let value = 0, scale = 1, byte;
      do { byte = bytes[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte & 128);
      return value;
    };
    while (at < bytes.length) {
      const tag = number();
      found.push(Math.floor(tag / 8));
      const kind = tag % 8;
      if (kind === 0) number();
      else if (kind === 2) at += number();
      else at += kind === 1 ? 8 : 4;
    }
    return found;
  };
  const watch = { open: 0, runs: 0, still: 0, unasked: 0, idle: true };
  window.watchOfTheTests = watch;
  const changed = () => watch.still = 0;
  const asked = () => watch.still = watch.unasked = 0;
  const bytesOf = (data) => ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (!(data instanceof ArrayBuffer) || !fields(bytesOf(data)).includes(NEW_SESSION)) return;
        watch.runs += 1;
        watch.open = Math.max(0, watch.open - 1);
        asked();
      });
    }
    send(data) {
      if (typeof data !== "string" && fields(bytesOf(data)).includes(RERUN)) { watch.open += 1; asked(); }
      super.send(data);
    }
  };
  new MutationObserver(changed).observe(document, { subtree: true, childList: true, attributes: true });
})()"""

# The host of a Streamlit page keeps one bus for each visit, and a tab has one visit.
BUS = """Object.defineProperty(window, "attentionViz", {
  get: () => [...(window.attentionVizPages?.values() ?? [])].at(-1)?.bus,
});"""
_AT_REST = """([quiet, lost, wait]) => {
  const watch = window.watchOfTheTests;
  if (watch.wait !== wait) Object.assign(watch, { wait, still: 0, unasked: 0 });
  const app = document.querySelector("[data-testid=stApp]");
  const main = document.querySelector("[data-testid=stMain]");
  const running = !watch.runs || app?.dataset.testScriptState !== "notRunning";
  // No page of the app is empty: the first run of a fresh server may only set off another. A skeleton stands for a
  // part of Streamlit's own script that is still on its way.
  if (running || !main?.textContent || main.querySelector("[data-testid=stSkeleton]")) {
    watch.still = watch.unasked = 0;
    return false;
  }
  // React draws in slices, between which a timer gets its turn: the next look is only one when none is left. Not by
  // requestIdleCallback: after a key was pressed it is only called when its time is up, for as long as nothing moves.
  if (!watch.idle) return false;
  watch.idle = false;
  scheduler.postTask(() => watch.idle = true, { priority: "background" });
  watch.still += 1;
  watch.unasked += 1;
  if (watch.unasked > lost) watch.open = 0;
  return !watch.open && watch.unasked > quiet && (watch.still > quiet || watch.unasked > 2 * lost);
}"""
STILL = """() => document.getAnimations().every((one) =>
  one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""
"""No transition is on its way."""
_waits = count()


def wait_for_rest(page: Page) -> None:
    """Waits until the server has answered everything, and the page stays as it is."""
    page.wait_for_function(_AT_REST, arg=[QUIET, LOST, next(_waits)], timeout=90_000, polling=TICK)


class Tabs:
    """The tabs of a browser, each with a profile of its own: lent to one visitor after the other."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[Page] = []

    def lend(self, width: int, height: int, theme: str) -> Page:
        """An empty tab of this size, in "light" or "dark"."""
        page = self._free.pop() if self._free else self._new()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        return page

    def take_back(self, page: Page) -> None:
        """Leaves the app, which ends the visit. A tab that can't do that has crashed, and is not used again."""
        try:
            page.goto("about:blank")
        except Error:
            page.context.close()
        else:
            self._free.append(page)

    def _new(self) -> Page:
        context = self._browser.new_context(accept_downloads=True)
        context.add_init_script(WATCH)
        context.add_init_script(BUS)
        return context.new_page()
