"""The live views in a real browser: what is sent, and how long it takes until something is drawn."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from benchmarks.measuring import ROUNDS, table, text_of
from benchmarks.models import BERT_BASE, save_bert_base
from tests.browser.server import Server, Visitor, newcomer, running_browser, running_server

LENGTHS = (32, 128, 256, 512)

# What a change costs until it is drawn: the work done at once and in the next frame, with the canvases flushed, without
# the wait for the frame.
_WORK = """([change, argument]) => new Promise((done) => {
  const roots = (node) => [...node.querySelectorAll('*')].flatMap((element) =>
    element.shadowRoot ? [element.shadowRoot, ...roots(element.shadowRoot)] : []);
  const canvases = roots(document).flatMap((root) => [...root.querySelectorAll('canvas')]).filter((one) => one.width);
  const flush = () => canvases.forEach((canvas) => canvas.getContext('2d').getImageData(0, 0, 1, 1));
  flush();
  const frame = window.requestAnimationFrame;
  let work = 0;
  const timed = (task) => { const start = performance.now(); task(); flush(); work += performance.now() - start; };
  window.requestAnimationFrame = (task) => frame((time) => timed(() => task(time)));
  const unsaid = { tell: () => {}, name: "", value: null };
  timed(() => window.attentionViz[change](argument, unsaid));
  frame(() => frame(() => { window.requestAnimationFrame = frame; done(work); }));
})"""
_ARRIVED = """([layer, head]) => {
  const bus = window.attentionViz;
  const exact = bus.get('exact')?.header;
  return exact?.head === head && exact?.layer === layer;
}"""
_DRAWN = """() => {
  const roots = (node) => [...node.querySelectorAll('*')].flatMap((element) =>
    element.shadowRoot ? [element.shadowRoot, ...roots(element.shadowRoot)] : []);
  const base = roots(document).map((root) => root.querySelector('.frame .base')).find(Boolean);
  return base?.clientWidth > 300 && base.style.opacity === '1';
}"""
# The heatmap is busy from the choice on until its numbers are there and drawn.
_REDRAWN = """() => {
  const roots = (node) => [...node.querySelectorAll('*')].flatMap((element) =>
    element.shadowRoot ? [element.shadowRoot, ...roots(element.shadowRoot)] : []);
  return roots(document).some((root) => root.querySelector('.map[aria-busy=false]'));
}"""


def main() -> None:
    print(f"\n## Live views\n\nChromium, warm server, medians of {ROUNDS}, milliseconds.\n")
    with TemporaryDirectory() as root:
        save_bert_base(Path(root))
        with running_server(ATTENTION_VIZ_MODEL_ROOT=root) as server, running_browser() as browser:
            rows = []
            for path, name in (("/", "MiniLM, 6 × 12"), (f"/?model=folder:{BERT_BASE}", "random, 12 × 12")):
                newcomer(browser, server).open(path)
                rows += [[name, *_row(server, browser, path, length)] for length in LENGTHS]
            compared = _compared(server, browser)
    header = [
        "model",
        "tokens",
        "sent, kB",
        "new text",
        "opened",
        "hover, one head",
        "hover, all heads",
        "head, here",
        "head, from the server",
        "heatmap",
    ]
    print(table(header, rows))
    print(f"\nCompare, 512 tokens on both sides: hover on one side to the light on the others, {compared:.1f} ms.")


def _row(server: Server, browser: Browser, path: str, length: int) -> list[object]:
    visitor = newcomer(browser, server, 1440, 1200)
    received: list[int] = []
    visitor.page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    visitor.open(path)
    text = text_of(length - 2)
    firsts = []
    for round_ in range(ROUNDS):
        received.clear()
        box = visitor.page.get_by_label("Text", exact=True)
        box.fill(f"{text[: -len(text.split()[-1])]}{'abcdefghi'[round_]}")
        before = visitor.page.evaluate("window.attentionViz.shown.trace")
        start = time.perf_counter()
        box.press("Control+Enter")
        visitor.page.wait_for_function(
            "(before) => window.attentionViz.shown.trace !== before && window.attentionViz.get('thumbs')", arg=before
        )
        firsts.append(1000 * (time.perf_counter() - start))
        visitor.settled()
        sent = sum(received) / 1000
    opened = [_opened(visitor) for _ in range(ROUNDS)]
    one = [_work(visitor, "point", {"side": "query", "token": token}) for token in range(1, ROUNDS + 1)]
    visitor.page.get_by_role("group", name="Heads to draw").get_by_role("button", name="All").click()
    visitor.page.wait_for_timeout(300)
    every = [_work(visitor, "point", {"side": "query", "token": token}) for token in range(11, 11 + ROUNDS)]
    visitor.page.evaluate("window.attentionViz.point(null)")
    here = [_work(visitor, "choose", {"layer": 3, "head": (5 * round_) % 12}) for round_ in range(1, ROUNDS + 1)]
    away, heatmap = [], []
    for round_ in range(ROUNDS):
        layer = (0, 1, 2, 4, 5)[round_ % 5]
        away.append(_until(visitor, layer, round_ % 12, _ARRIVED, [layer, round_ % 12]))
        visitor.settled()
        heatmap.append(_until(visitor, 3, (round_ + 5) % 12, _REDRAWN, None))
        visitor.settled()
    visitor.leave()
    numbers = [firsts, opened, one, every, here, away, heatmap]
    return [length, f"{sent:.0f}", *(f"{statistics.median(values):.1f}" for values in numbers)]


def _opened(visitor: Visitor) -> float:
    """Milliseconds from a click on the link to Explore until the grid is drawn, of a text that the server has read."""
    visitor.page.get_by_role("link", name="What attention can tell you").click()
    visitor.page.wait_for_url("**/limits**")
    visitor.settled()
    start = time.perf_counter()
    visitor.page.get_by_role("link", name="Explore", exact=True).click()
    visitor.page.wait_for_function(_DRAWN)
    seconds = time.perf_counter() - start
    visitor.settled()
    return 1000 * seconds


def _compared(server: Server, browser: Browser) -> float:
    visitor = newcomer(browser, server, 1440, 1200)
    visitor.open("/compare")
    box = visitor.page.get_by_label("Text of A", exact=True)
    box.fill("one two three four five six seven eight nine ten " * 60)
    box.press("Control+Enter")
    visitor.page.wait_for_function("window.attentionViz.get('compare')?.header.queries === 512", timeout=120_000)
    visitor.settled()
    times = [_work(visitor, "point", {"side": "query", "token": token}) for token in range(1, ROUNDS + 1)]
    visitor.leave()
    return statistics.median(times)


def _until(visitor: Visitor, layer: int, head: int, condition: str, argument: object) -> float:
    """Milliseconds in the page from a click on a head until `condition` holds, looked at in every frame."""
    place = visitor.place_in_grid(layer, head)
    script = f"""([place, argument]) => new Promise((done) => {{
      const roots = (node) => [...node.querySelectorAll('*')].flatMap((element) =>
        element.shadowRoot ? [element.shadowRoot, ...roots(element.shadowRoot)] : []);
      const frame = roots(document).map((root) => root.querySelector('.frame')).find(Boolean);
      const box = frame.getBoundingClientRect();
      const start = performance.now();
      const at = {{ clientX: box.left + place.x, clientY: box.top + place.y, bubbles: true }};
      frame.dispatchEvent(new MouseEvent('click', at));
      const look = () => ({condition})(argument) ? done(performance.now() - start) : requestAnimationFrame(look);
      look();
    }})"""
    return float(visitor.page.evaluate(script, [place, argument]))


def _work(visitor: Visitor, change: str, argument: dict[str, object]) -> float:
    return float(visitor.page.evaluate(_WORK, [change, argument]))
