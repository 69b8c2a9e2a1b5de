"""Takes the pictures in docs/ again: `make shots`. Not a test; a person looks at them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from attention_viz.ui.compare.comparisons import FRESH, THIRSTY
from tests.browser.server import Server, Visitor, running_browser, running_server
from tests.browser.tab import Tabs
from tests.models.tiny import FAMILIES

DOCS = Path(__file__).parents[2] / "docs"
SECOND = "tiny-roberta"
"""A second model, small and random, whose tokens are others than the bundled one's."""
WIDE, NARROW = (1440, 900), (390, 844)

PARAGRAPH = (
    "The harbour had been quiet since the ferry stopped. In summer the children still jumped from the old pier, and "
    "the fishermen who mended their nets beside it told them, as they told everybody, that the water was deeper than "
    "it looked. Nobody believed them. One evening a stranger came along the coast road with a heavy case, asked for a "
    "room, and paid for a month. She wrote letters that she did not send, and every morning she walked to the end of "
    "the pier, looked at the water, and walked back. "
)
# Longer than the model reads and short enough for an address.
LONG = (PARAGRAPH + "Then the ferry came back. " + PARAGRAPH * 4)[:1990]
PAIR = {"text": "Who wrote Hamlet?", "second": "Shakespeare wrote it around 1600."}
TEXT_512 = "cat dog sun sea sky ice oak ant bee cow " * 60


@dataclass(frozen=True)
class Picture:
    """whole: all that scrolls, not only what fits the window. typed: a text that no address could hold.
    training: the settings of a model that is trained first; {} for the usual ones."""

    name: str
    address: str
    size: tuple[int, int] = WIDE
    theme: str = "light"
    whole: bool = False
    typed: str = ""
    training: dict[str, object] | None = None


def _explore(**query: str) -> str:
    return "/?" + urlencode(query)


PICTURES = (
    Picture("explore_light", "/"),
    Picture("explore_dark", "/", theme="dark"),
    Picture("explore_whole", "/", whole=True),
    Picture("explore_narrow", "/", NARROW, whole=True),
    Picture("explore_narrow_dark", "/", NARROW, "dark"),
    Picture("explore_short", _explore(text="Dogs chase cats every single day", layer="4", head="6")),
    Picture("explore_400_tokens", _explore(text=LONG, layer="1", head="1", top="max"), whole=True),
    Picture("explore_512_tokens_dark", "/?layer=2&head=11", theme="dark", whole=True, typed=TEXT_512),
    Picture("explore_pair", _explore(**PAIR, unit="words", layer="5", head="11", token="3"), whole=True),
    Picture("explore_tinted", "/?show=pair&key=2"),
    Picture("explore_arabic", _explore(text="القطة لم تعبر الشارع لأنها كانت متعبة", layer="2", head="1")),
    Picture("explore_chinese", _explore(text="小猫没有过马路，因为它太累了。", layer="2", head="1"), theme="dark"),
    Picture("explore_nothing_typed", _explore(text="", layer="9")),
    Picture("compare_light", "/compare?key=2", whole=True),
    Picture(
        "compare_two_texts_dark",
        "/compare?" + urlencode({"text": THIRSTY, "b_text": FRESH, "b_layer": 3, "b_head": 1, "token": 7, "key": 2}),
        theme="dark",
        whole=True,
    ),
    Picture(
        "compare_two_models",
        "/compare?" + urlencode({"text": "The cat sat on the mat.", "b_model": f"folder:{SECOND}", "b_layer": 1}),
        whole=True,
    ),
    Picture("compare_links", "/compare?view=links"),
    Picture("compare_narrow_dark", "/compare?key=2", NARROW, "dark", whole=True),
    Picture("inside_light", "/inside", whole=True),
    Picture("inside_narrow_dark", "/inside", NARROW, "dark", whole=True),
    Picture("inside_512_tokens", "/inside?layer=2&head=11&order=weight", whole=True, typed=TEXT_512),
    Picture("models_light", "/models", whole=True),
    Picture("models_narrow_dark", "/models", NARROW, "dark", whole=True),
    Picture("build_light", "/build", whole=True),
    Picture("build_heads_dark", "/build?" + urlencode({"build": '{"preset":"heads"}'}), theme="dark", whole=True),
    Picture("build_listing", "/build?" + urlencode({"build": '{"preset":"vectors"}'}), whole=True),
    Picture("build_learned", "/build?" + urlencode({"build": '{"preset":"scale"}'}), whole=True),
    Picture("build_narrow", "/build", NARROW, whole=True),
    Picture("train_light", "/train", whole=True, training={}),
    Picture("train_narrow_dark", "/train", NARROW, "dark", whole=True, training={"task": "dates"}),
    Picture("limits_light", "/limits", whole=True),
    Picture("limits_narrow_dark", "/limits", NARROW, "dark"),
)


def training(**settings: object) -> str:
    """Where a model of these settings can be trained."""
    return "/train?" + urlencode({"train": json.dumps(settings)})


def trained(visitor: Visitor) -> Visitor:
    """Trains the model that the page "Train a model" offers, and waits until it is done."""
    page = visitor.page
    # The first visitor of a server waits for torch.
    page.locator(".js-plotly-plot").first.wait_for(timeout=90_000)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text("Done.", exact=True).wait_for(timeout=180_000)
    page.locator(".js-plotly-plot").nth(4).wait_for()
    return visitor.settled()


def take(picture: Picture, tabs: Tabs, server: Server, folder: Path) -> None:
    width, height = picture.size
    visitor = Visitor(tabs.lend(width, height, picture.theme), server, tabs)
    if picture.training is None:
        visitor.open(picture.address)
    else:
        trained(visitor.open(training(**picture.training)))
    if picture.typed:
        visitor.type("Text", picture.typed)
    if picture.whole:
        visitor.page.set_viewport_size({"width": width, "height": height})
        tall = visitor.page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollHeight")
        visitor.page.set_viewport_size({"width": width, "height": max(height, int(tall))})
        visitor.settled()
    visitor.page.wait_for_timeout(600)
    visitor.page.screenshot(path=folder / f"{picture.name}.png")
    visitor.leave()


def main() -> None:
    with TemporaryDirectory() as root:
        folder = Path(root) / SECOND
        folder.mkdir()
        next(one for one in FAMILIES if one.family == "roberta").save(folder)
        with running_server(ATTENTION_VIZ_MODEL_ROOT=root) as server, running_browser() as browser:
            tabs = Tabs(browser)
            for picture in PICTURES:
                take(picture, tabs, server, DOCS)
                print(DOCS / f"{picture.name}.png")


if __name__ == "__main__":
    main()
