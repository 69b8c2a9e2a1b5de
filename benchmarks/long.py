"""A long text: a model of ModernBERT-base's size, with random weights, at 4,096 tokens."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import highest_megabytes, resident_megabytes, table, text_of
from benchmarks.models import MODERN, save_modernbert
from tests.browser.server import newcomer, running_browser, running_server

TOKENS = 4096


def main() -> None:
    print(f"\n## Long texts\n\nA ModernBERT-base with random weights and {TOKENS:,} tokens, opened in Explore.\n")
    with TemporaryDirectory() as root:
        save_modernbert(Path(root))
        with running_server(ATTENTION_VIZ_MODEL_ROOT=root) as server, running_browser() as browser:
            visitor = newcomer(browser, server).open(f"/?model=folder:{MODERN}&text=a")
            process = server.process.pid
            loaded = resident_megabytes(process)
            box = visitor.page.get_by_label("Text", exact=True)
            box.fill(text_of(TOKENS - 2))
            start = time.monotonic()
            box.press("Control+Enter")
            visitor.page.wait_for_function(
                f"window.attentionViz.get('exact')?.header.queries === {TOKENS}", timeout=600_000
            )
            first = time.monotonic() - start
            visitor.with_map()
            heatmap = time.monotonic() - start
            visitor.page.wait_for_timeout(20_000)
            done = visitor.page.get_by_text(" pictures, ").inner_text()
            rows: list[tuple[str, str]] = [
                ("the server, with the model loaded", f"{loaded:.0f} MB"),
                ("first map, from Ctrl+Enter", f"{first:.1f} s"),
                ("heatmap", f"{heatmap:.1f} s"),
                ("the grid, 20 s later", done),
                ("the server then", f"{resident_megabytes(process):.0f} MB"),
                ("the server at most", f"{highest_megabytes(process):.0f} MB"),
                ("all maps, as eager output_attentions keeps them", f"{4 * 22 * 12 * TOKENS**2 / 1e6:.0f} MB"),
            ]
            print(table(["what", "measured"], rows))
            visitor.leave()
