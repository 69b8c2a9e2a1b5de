"""Memory of the whole server with a visitor in a real browser."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measuring import resident_megabytes, table
from tests.browser.server import newcomer, running_browser, running_server

STEPS = {
    "Python": "pass",
    "numpy": "import numpy",
    "Streamlit": "import streamlit, streamlit.web.cli, streamlit.runtime",
    "Plotly and pandas": "import plotly.graph_objects as go, pandas; go.Figure(go.Heatmap())",
    "PyTorch": "import torch",
    "transformers with BERT": "from transformers.models.bert.modeling_bert import BertModel",
    "the model, loaded": "import attention_viz as av; model = av.load_model('all-MiniLM-L6-v2')",
    "one trace of 256 tokens": "trace = av.trace(model, 'cat ' * 254)",
}


def main() -> None:
    print("\n## Server\n\nWhat takes the memory, in one process, MB.\n")
    rows, before = [], 0.0
    for name, after in _imports():
        rows.append([name, f"+{after - before:.0f}", f"{after:.0f}"])
        before = after
    print(table(["step", "adds", "in all"], rows))
    print("\nThe server as `make run` starts it, MB.\n")
    print(table(["moment", "memory"], _visits()))


def _imports() -> list[tuple[str, float]]:
    code = "from benchmarks.measuring import resident_megabytes\n" + "\n".join(
        f"{statement}; print({name!r}, resident_megabytes(), sep='=')" for name, statement in STEPS.items()
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = [line.rsplit("=", 1) for line in done.stdout.splitlines() if "=" in line]
    return [(name, float(value)) for name, value in lines]


def _visits() -> list[list[object]]:
    with running_server() as server, running_browser() as browser:
        pid = server.process.pid
        rows: list[list[object]] = [["started, nobody there", f"{resident_megabytes(pid):.0f}"]]
        visitor = newcomer(browser, server).open()
        visitor.with_map()
        rows.append(["one visitor, the opening example", f"{resident_megabytes(pid):.0f}"])
        five = 0.0
        for number in range(200):
            visitor.type("Text", f"{number} " + "the cat sat on the mat and looked at the rain " * 23)
            if number == 4:
                five = resident_megabytes(pid)
                rows.append(["after 5 texts of 256 tokens", f"{five:.0f}"])
        after = resident_megabytes(pid)
        rows.append(["after 200 texts of 256 tokens", f"{after:.0f} (+{after - five:.0f})"])
    return rows
