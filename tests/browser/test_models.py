"""Models of all origins in a real browser: folders, the Hub, own maps; and what their attention looks like."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

import attention_viz as av
from tests.browser.conftest import HUB_NAME, Arrive
from tests.browser.server import Server
from tests.models.hub_server import FakeHub, Fault
from tests.models.tiny import load


def exact(visitor) -> np.ndarray:
    """What the browser has of the selected map, NaN where a query can't look."""
    script = """() => {
      const { header, payload } = window.attentionViz.get("exact");
      const numbers = Array.from(new Uint16Array(payload.buffer));
      return { shape: [header.queries, header.keys], numbers };
    }"""
    found = visitor.page.evaluate(script)
    words = np.array(found["numbers"], dtype=np.float64).reshape(found["shape"])
    return np.where(words == 0, np.nan, ((words - 1) / 65534) ** 2)


class TestFolders:
    def test_a_folder_opens_and_explores(self, arrive: Arrive, place: Server, root: Path):
        visitor = arrive(to=place).open("/models")
        visitor.page.get_by_role("button", name="bert", exact=True).click()
        visitor.settled()
        assert visitor.address() == "/models?model=folder%3Abert&token=10"
        visitor.page.get_by_role("link", name="Explore folder:bert").click()
        visitor.page.wait_for_selector(".frame")
        visitor.settled().type("Text", "the cat sat").go("/?model=folder:bert&text=the+cat+sat&token=")
        trace = av.trace(load(root / "bert"), "the cat sat")
        np.testing.assert_allclose(exact(visitor), trace.attention(0, 0), atol=2e-5)
        assert visitor.head() == "L0 H0"
        visitor.page.locator(".frame").focus()
        visitor.page.keyboard.press("ArrowDown")
        visitor.carries(layer="1")
        np.testing.assert_allclose(exact(visitor.settled()), trace.attention(1, 0), atol=2e-5)

    def test_the_future_of_a_decoder_is_hatched(self, arrive: Arrive, place: Server, root: Path):
        visitor = arrive(to=place).open("/?model=folder:gpt2&text=the+cat+sat&layer=1&head=2&token=2")
        shown = exact(visitor)
        trace = av.trace(load(root / "gpt2"), "the cat sat")
        future = ~np.tri(len(trace.tokens), dtype=bool)
        np.testing.assert_array_equal(np.isnan(shown), future)
        np.testing.assert_allclose(shown[~future], trace.attention(1, 2)[~future], atol=2e-5)
        assert "hatched where a query can't see" in visitor.page.locator(".legend").inner_text()
        assert "Hatched: it can't look there." in visitor.page.locator(".directions ~ .readout").inner_text()
        unseen = visitor.page.locator(".text .token.unseen")
        assert unseen.count() == len(trace.tokens) - 3
        pictures = (
            visitor.with_map()
            .page.locator(".plot image")
            .evaluate_all("(images) => images.map((one) => one.href.baseVal.slice(0, 18))")
        )
        assert "data:image/svg+xml" in pictures, "the hatching behind the heatmap"
        visitor.point_at_cell(0, 2, trace.attention(1, 2).shape)
        assert visitor.map_says().endswith(": can’t be seen from there.")

    def test_cross_attention_has_two_kinds_of_tokens(self, arrive: Arrive, place: Server, root: Path):
        visitor = arrive(to=place).open("/?model=folder:bart&text=the+cat+sat&second=a+dog&token=")
        assert visitor.picked("Attention of") == "Encoder"
        visitor.pick("Attention of", "Cross: decoder at encoder")
        assert "kind=cross" in visitor.address()
        trace = av.trace(load(root / "bart"), "the cat sat", "a dog", kind="cross")
        assert len(trace.tokens) != len(trace.key_tokens)
        np.testing.assert_allclose(exact(visitor), trace.attention(0, 0), atol=2e-5)
        assert visitor.column_labels()[0] == trace.key_tokens[0].text
        visitor.page.locator(".text .token").last.click()
        visitor.settled()
        assert f"token={len(trace.tokens) - 1}" in visitor.address()
        row = trace.attention(0, 0)[-1]
        best = trace.key_tokens[int(row.argmax())].text
        assert f"looks at {best} {row.max():.2f}" in visitor.page.locator(".stage ~ .readout").inner_text()
        without = visitor.page.locator(".baseline").all_text_contents()
        assert without.count("Positions in two different texts are not compared.") == 5
        visitor.pick("Attention of", "Decoder")
        assert np.isnan(exact(visitor)).any()

    def test_a_family_that_hides_its_queries_shows_its_maps(self, arrive: Arrive, place: Server, root: Path):
        visitor = arrive(to=place).open("/?model=folder:mpnet&text=the+cat&token=")
        trace = av.trace(load(root / "mpnet"), "the cat")
        np.testing.assert_allclose(exact(visitor), trace.attention(0, 0), atol=2e-5)


class TestHub:
    def test_a_look_then_a_download_that_can_be_stopped_and_goes_on(self, arrive: Arrive, place: Server, hub: FakeHub):
        hub.faults["model.safetensors"] = Fault(pause=0.4)
        visitor = arrive(to=place).open(f"/?model={HUB_NAME}&text=the+cat&token=")
        assert f"{HUB_NAME} is not on this server yet" in visitor.text()
        for fact in ("bert architecture", "2 layers × 4 heads", "parameters", "that are free on disk", "licence mit"):
            assert fact in visitor.text()
        assert not any(request.path.endswith(".safetensors") and not request.range for request in hub.requests)
        visitor.page.get_by_role("button", name="Download").click()
        bar = visitor.page.locator("[data-testid=stProgress]")
        bar.wait_for()
        deadline = time.monotonic() + 60
        while not any(one.path.endswith(".safetensors") and not one.range for one in hub.requests):
            assert time.monotonic() < deadline, "the weights are asked for"
            visitor.page.wait_for_timeout(50)
        arrived = "() => parseInt(document.querySelector('[data-testid=stProgress] [role=progressbar]').ariaValueNow)"
        # Small files count too: of the weights something has to be there.
        visitor.page.wait_for_function(f"(before) => ({arrived})() > before", arg=visitor.page.evaluate(arrived))
        assert "Downloading" in bar.inner_text()
        visitor.page.get_by_role("button", name="Stop").click()
        visitor.page.get_by_text("The download was stopped").wait_for()
        hub.faults.clear()
        before = len(hub.requests)
        visitor.page.get_by_role("button", name="Download").click()
        visitor.page.wait_for_selector(".frame")
        assert visitor.settled().head() == "L0 H0"
        ranges = [request.range for request in hub.requests[before:] if request.path.endswith("model.safetensors")]
        assert any(one and one.startswith("bytes=") and one != "bytes=0-" for one in ranges), "it went on where it was"

    def test_a_pickle_leads_to_the_hubs_own_conversion_in_one_click(self, arrive: Arrive, place: Server, hub: FakeHub):
        files = hub.models[HUB_NAME].files
        pickled = {name: data for name, data in files.items() if name != "model.safetensors"} | {"model.bin": b"no"}
        hub.add("tests/old", pickled)
        hub.add_pull("tests/old", 3, pickled | {"model.safetensors": files["model.safetensors"]})
        visitor = arrive(to=place).open("/?model=tests/old&text=the+cat&token=")
        assert "has its weights only as a pickle (model.bin)" in visitor.text()
        visitor.page.get_by_role("button", name="Look at tests/old@refs/pr/3").click()
        visitor.page.get_by_text("tests/old@refs/pr/3 is not on this server yet").wait_for()
        assert "model=tests" in visitor.address()
        assert "2 layers × 4 heads" in visitor.text()
        visitor.page.get_by_text("Made by the Hub's converter (SFconvertbot)").first.wait_for()
        hub.faults["tokenizer.json"] = Fault(status=418, agent="attention_viz")
        hub.faults["model.safetensors"] = Fault(pause=0.3)
        visitor.page.get_by_role("button", name="Download").click()
        visitor.page.get_by_text("trying the Hub's own client").wait_for()
        hub.faults.clear()
        visitor.page.wait_for_selector(".frame")
        assert visitor.settled().head() == "L0 H0"

    def test_names_that_lead_nowhere(self, arrive: Arrive, place: Server):
        visitor = arrive(to=place).open()
        for name, said in {
            "google-bert/bert-base-uncasd": "Did you mean google-bert/bert-base-uncased?",
            "../../etc/passwd": "There is no model called “../../etc/passwd”",
            "https://huggingface.co/google-bert/bert-base-cased": "this one is google-bert/bert-base-cased: type that",
            "folder:../gpt2": "folder:../gpt2",
            "mine.npz#0123456789abcdef": "Upload it again",
        }.items():
            assert said not in visitor.text()
            text = visitor.go(f"/?model={name.replace('#', '%23')}").text()
            assert said in text, name
            assert "all-MiniLM-L6-v2 is shown" in text or ".." not in name, name


class TestOwnMaps:
    def test_uploaded_maps_are_explored(self, arrive: Arrive, place: Server, tmp_path: Path):
        maps = np.random.default_rng(1).dirichlet(np.ones(3), size=(2, 3, 3)).astype(np.float32)
        visitor, somebody = arrive(to=place).open("/models"), arrive(to=place).open("/limits")
        for extension in ("npz", "safetensors"):
            file = tmp_path / f"{extension}-maps.{extension}"
            av.save(file, maps, ["the", "cat", "sat"])
            visitor.page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(str(file))
            visitor.page.get_by_text("Every row adds up to 1").wait_for()
            visitor.page.get_by_role("button", name="Use these maps").click()
            visitor.settled()
            visitor.page.get_by_role("link", name=f"Explore {file.stem}").click()
            visitor.page.wait_for_selector(".frame")
            visitor.settled()
            np.testing.assert_allclose(exact(visitor), maps[0, 0], atol=2e-5)
            assert visitor.page.get_by_label("Text", exact=True).count() == 0, "the text is the file's own"
            assert "the cat sat" in visitor.page.locator(".text").inner_text()
            np.testing.assert_allclose(exact(somebody.go(visitor.address())), maps[0, 0], atol=2e-5)
            visitor.go("/models")

    def test_a_bad_file_is_refused_in_a_sentence(self, arrive: Arrive, place: Server, tmp_path: Path):
        file = tmp_path / "bad.npz"
        np.savez(file, attention=np.full((1, 1, 2, 2), 0.7, dtype=np.float32), tokens=np.array('["a", "b"]'))
        visitor = arrive(to=place).open("/models")
        visitor.page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(str(file))
        alert = visitor.page.get_by_role("alert")
        alert.wait_for()
        assert "1.4" in alert.inner_text()


def test_what_is_in_memory_can_be_freed(arrive: Arrive, place: Server):
    visitor = arrive(to=place).open("/?model=folder:bert&text=a+b")
    visitor.page.get_by_role("link", name="Models").click()
    visitor.page.get_by_role("heading", name="Choose a model").wait_for()
    visitor.settled()
    free = visitor.page.get_by_role("button", name="Free", exact=True)
    names = visitor.page.get_by_text("folder:bert", exact=True)
    before = free.count()
    assert before >= 1
    assert names.count() >= 1
    free.first.click()
    expect(free).to_have_count(before - 1)


def test_a_map_of_more_than_512_tokens_is_pooled_until_one_zooms_in(arrive: Arrive, place: Server, root: Path):
    visitor = arrive(to=place, height=1400).open("/?model=folder:modernbert&token=")
    text = "the cat sat on the mat " * 110
    visitor.type("Text", text)
    visitor.go(f"{visitor.address()}&token=").with_map()
    trace = av.trace(load(root / "modernbert"), text.strip())
    assert 512 < len(trace.tokens) < 1024
    hint = visitor.page.get_by_text("Each cell shows the largest weight of a block of up to 2 × 2.")
    hint.wait_for()
    cells = "(plot) => plot.data[0].z.map((row) => Array.from(row))"
    assert np.shape(visitor.page.locator(".plot").evaluate(cells)) == (512, 512)
    visitor.page.get_by_role("button", name="Zoom in").dblclick()
    expect(hint).to_be_hidden()
    part = visitor.settled().with_map().page.evaluate("window.attentionViz.get('overview').header")
    rows, columns = slice(*part["rows"]), slice(*part["columns"])
    assert 200 < rows.stop - rows.start < 512
    here = visitor.page.locator(".plot").evaluate(cells)
    np.testing.assert_allclose(here, trace.attention(0, 0)[rows, columns], atol=2e-5)
    visitor.page.get_by_role("button", name="Show all").click()
    hint.wait_for()


def test_a_long_text_is_explored_while_its_grid_fills_in(arrive: Arrive, place: Server):
    visitor = arrive(to=place, height=1400).open("/?model=folder:modernbert")
    visitor.page.get_by_label("Text", exact=True).fill("the cat sat on the mat " * 500)
    visitor.page.get_by_label("Text", exact=True).press("Control+Enter")
    visitor.page.wait_for_function("window.attentionViz?.get('exact')?.header.queries > 2100", timeout=120_000)
    header = visitor.page.evaluate("window.attentionViz.get('exact').header")
    assert header["rows"] == [0, 96]
    visitor.page.get_by_text("Each cell shows the largest weight of a block of up to 9 × 9.").wait_for()
    expect(visitor.page.locator(".minimap").last).to_be_visible()
    links = visitor.page.locator(".stage .scroll").last
    expect(links.locator(".spacer")).to_have_css("height", "90040px", timeout=60_000)
    visitor.page.locator(".fold").last.click()
    search = visitor.page.locator(".search").last
    search.fill("the")
    search.press("Enter")
    visitor.page.wait_for_function("window.attentionViz.get('held')?.header.side === 'query'", timeout=60_000)
    scroll = visitor.page.locator(".stage .scroll").last
    scroll.evaluate("(box) => box.scrollTop = 20 * 1500")
    visitor.page.wait_for_function(
        """() => {
          const rows = window.attentionViz.get('exact')?.header.rows;
          return rows && rows[0] <= 1500 && 1500 < rows[1];
        }""",
        timeout=60_000,
    )
