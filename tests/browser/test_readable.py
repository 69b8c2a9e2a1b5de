"""Every text on every page can be read: large enough, with contrast, not cut off, and nothing hangs over the window."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.browser.conftest import Arrive
from tests.browser.pictures import LONG, PAIR, trained, training
from tests.browser.server import Visitor
from tests.browser.tab import STILL

_LOOK = """() => {
  const inside = (node) => [...node.querySelectorAll("*")].flatMap((element) =>
    element.shadowRoot ? [element, ...inside(element.shadowRoot)] : [element]);
  const channels = (colour) => {
    const found = colour.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    const scale = colour.startsWith("color(srgb") ? 255 : 1;
    return [found[0] * scale, found[1] * scale, found[2] * scale, found[3] ?? 1];
  };
  const luminance = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const parent = (element) => element.parentElement ?? element.getRootNode().host ?? null;
  const background = (element) => {
    // The number of a slider belongs to its thumb, and stands above it.
    const first = element.closest("[data-testid=stSliderThumbValue]")?.closest("[data-testid=stSlider]") ?? element;
    for (let at = first; at; at = parent(at)) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0.95) return colour;
    }
    return [255, 255, 255, 1];
  };
  const faults = [];
  for (const element of inside(document.body)) {
    const words = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim());
    if (!words.length || element.closest("style, script, noscript, option, [data-testid=stIconMaterial]")) continue;
    if (element.closest(".katex-mathml, .vlist-s")) continue;  // Read aloud, or a strut: not seen.
    if (element.closest("svg.main-svg text") && !element.textContent.trim()) continue;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const seen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!seen || box.width < 2 || box.height < 2) continue;
    const text = words.map((node) => node.textContent.trim()).join(" ").slice(0, 40);
    if (parseFloat(style.fontSize) < 11) faults.push(`${style.fontSize}: ${text}`);
    if (element.closest(":disabled, [aria-disabled=true]")) continue;
    const svg = element.namespaceURI.endsWith("svg");
    const ink = channels(svg ? style.fill : style.color);
    const [one, other] = [luminance(ink), luminance(background(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(1)}: ${text}`);
    const cut = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    if (cut && style.textOverflow !== "ellipsis" && !["auto", "scroll"].includes(style.overflowX)) {
      faults.push(`cut off: ${text}`);
    }
    if (box.right > innerWidth + 1 && !element.closest(".scroll, .heads")) faults.push(`hangs over: ${text}`);
  }
  return [...new Set(faults)];
}"""
_ARABIC = "القطة لم تعبر الشارع لأنها كانت متعبة"

PAGES = {
    "explore": "/",
    "short": "/?text=Hi&token=",
    "long": "/?" + urlencode({"text": LONG, "layer": "1", "head": "1", "top": "max", "token": "7"}),
    "pair in words": "/?" + urlencode({**PAIR, "unit": "words", "show": "pair", "token": "3", "key": "8"}),
    "arabic": "/?" + urlencode({"text": _ARABIC}),
    "chinese": "/?" + urlencode({"text": "小猫没有过马路，因为它太累了。", "show": "entropy"}),
    "nothing typed": "/?text=&layer=9",
    "compare": "/compare?key=2",
    "compare two texts": "/compare?"
    + urlencode({"text": "The cat slept.", "b_text": "The dog slept.", "view": "links"}),
    "inside": "/inside",
    "inside, sorted": "/inside?" + urlencode({"text": LONG, "layer": "2", "head": "5", "order": "weight"}),
    "inside, arabic": "/inside?" + urlencode({"text": _ARABIC, "layer": "2"}),
    "inside, a mean": "/inside?layer=2&head=mean",
    "models": "/models",
    "a model that is not here": "/models?model=google-bert/bert-base-cased",
    "limits": "/limits",
    "build": "/build",
    "build, several heads": "/build?" + urlencode({"build": '{"preset":"heads","masks":["causal"],"head":1}'}),
    "build, the listing": "/build?" + urlencode({"build": '{"preset":"vectors","masks":["causal"]}'}),
    "build, random": "/build?" + urlencode({"build": '{"preset":"scale"}'}),
    "build, an empty cell": "/build?" + urlencode({"build": '{"Q":[[1,null,2]]}'}),
    "train": "/train",
    "train, a text that is too short": "/train?" + urlencode({"train": '{"task":"text"}', "own": "Too short."}),
    "train, one that is gone": "/train?run=aaaaaaaaaa&train=" + '{"task":"dates"}',
}
PARTS = 3
TRAINED: dict[str, dict[str, object]] = {
    "recall": {"task": "recall", "steps": 20},
    "thirty-two heads": {"task": "recall", "layers": 4, "heads": 8, "steps": 10},
    "dates": {"task": "dates", "steps": 10},
    "keyword": {"task": "keyword", "steps": 10},
    "text": {"task": "text", "steps": 10},
}


@pytest.mark.parametrize("part", range(PARTS))
def test_everything_can_be_read(arrive: Arrive, part: int):
    """One visit goes through many pages: to open each would take three times as long."""
    visitor = arrive().open("/limits")
    faults = {}
    for name, address in list(PAGES.items())[part::PARTS]:
        faults[name] = seen_both_ways(visitor.go(address))
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("names", [("recall", "thirty-two heads"), ("dates", "keyword", "text")], ids="+".join)
def test_a_trained_model_can_be_read(arrive: Arrive, names: tuple[str, ...]):
    visitor = arrive().open("/limits")
    faults = {name: seen_both_ways(trained(visitor.go(training(**TRAINED[name])))) for name in names}
    assert {name: found for name, found in faults.items() if found} == {}


def seen_both_ways(visitor: Visitor) -> list[str]:
    """What can't be read. Colours don't depend on the size, nor sizes on the colours: two of the four ways see
    everything. It begins with the one that the page before ended with, so every page is turned over while one looks."""
    found = seen(visitor)
    wide = visitor.page.evaluate("innerWidth") > 1000
    return found + seen(visitor.look(390, 844, "dark") if wide else visitor.look(1440, 900, "light"))


def seen(visitor: Visitor) -> list[str]:
    """What can't be read as the page stands now."""
    visitor.page.mouse.move(0, 0)
    visitor.page.wait_for_function(STILL)
    found: list[str] = visitor.page.evaluate(_LOOK)
    if visitor.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth > innerWidth"):
        found.append("the page scrolls sideways")
    return found
