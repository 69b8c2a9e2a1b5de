"""Ten models and the catalogue against the real Hub, once: `python -m attention_viz.models.hub.check`.

The tests know the Hub only as it was written down. This asks the Hub itself, prints one line for each model, and ends
with 0 when all came out as expected, 1 when one did not, and 2 without a connection. See docs/hub-check.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from huggingface_hub import constants

from attention_viz.core.errors import PickledModelError
from attention_viz.core.message import Message
from attention_viz.models.hub.cache import Cache
from attention_viz.models.hub.hub import Hub, Offer
from attention_viz.models.hub.source import HubSource

TEXT = "The cat didn't cross the street because it was too tired."
_UNREACHED = "There is no connection to"
_ROW_ERROR = 1e-4


@dataclass(frozen=True, slots=True)
class Case:
    """A model and what is expected of it.

    outcome: “shown” after a look, “traced” after a download and a forward pass, “converted” when a look names the
        Hub's conversion and that can be shown, “converted, traced”, or the name of an error.
    says: what the error's sentence has in it.
    """

    name: str
    outcome: str
    says: str = ""


CASES = (
    Case("google/bert_uncased_L-2_H-128_A-2", "traced"),
    Case("hf-internal-testing/tiny-random-BertModel", "traced"),
    Case("hf-internal-testing/tiny-random-BartModel", "traced"),
    Case("sshleifer/tiny-gpt2", "converted, traced"),
    Case("BAAI/bge-m3", "converted"),
    Case("prajjwal1/bert-tiny", "UnsupportedModelError", "model_type"),
    Case("microsoft/deberta-v3-small", "UnsupportedModelError", "tokenizer"),
    Case("openai-community/gpt2@607a30d783dfa663caf39e06633721c8d4cfcd7e", "shown"),
    Case("meta-llama/Llama-3.2-1B", "DownloadError", "is gated"),
    Case("attention-viz/no-such-model", "UnknownModelError", "no model called"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case. said: what was seen, or the error's sentence. seconds: how long it took."""

    case: Case
    outcome: str
    said: str
    seconds: float

    @property
    def fine(self) -> bool:
        return self.outcome == self.case.outcome and self.case.says in self.said

    def __str__(self) -> str:
        arrived = f"{self.outcome}: {self.said} ({self.seconds:.1f} s)"
        if self.fine:
            return f"ok       {self.case.name}: {arrived}"
        says = f" that says “{self.case.says}”" if self.case.says else ""
        return f"differs  {self.case.name}: expected {self.case.outcome}{says}, and arrived {arrived}"


def run(hub: Hub, cases: Sequence[Case]) -> Iterator[Result]:
    """Tries each case in turn. What is downloaded goes into the cache of `hub`."""
    for case in cases:
        started = time.monotonic()
        try:
            outcome, said = _try(hub, case)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is what this is for)
            outcome, said = type(error).__name__, " ".join(str(error).split())
        yield Result(case, outcome, said, time.monotonic() - started)


def _try(hub: Hub, case: Case) -> tuple[str, str]:
    """The outcome that came instead of an error, and what was seen."""
    name, converted = case.name, ""
    try:
        offer = hub.look(name)
    except PickledModelError as error:
        if not error.converted:
            raise
        name, converted = error.converted, "converted"
        offer = hub.look(name)
    if not case.outcome.endswith("traced"):
        return converted or "shown", _shape(offer)
    remarks: list[Message] = []
    hub.download(offer, lambda *_: None, threading.Event(), remarks.append)
    seen = "; ".join([_shape(offer), _rows(hub, name), *map(str, remarks)])
    return f"{converted}, traced" if converted else "traced", seen


def _shape(offer: Offer) -> str:
    stacks = " and ".join(f"{stack.kind} {stack.layers} × {stack.heads}" for stack in offer.info.stacks)
    return f"{offer.name}, {offer.info.family}, {stacks}"


def _rows(hub: Hub, name: str) -> str:
    """Traces a text with every kind of attention of a downloaded model. Raises ValueError for a row that is off."""
    # Imported here: torch takes seconds, and a look does without.
    from attention_viz.models.tracing import traces

    for kind, trace in traces(HubSource(lambda: hub).load(name), TEXT).items():
        for layer in range(len(trace.layers)):
            worst = float(np.abs(trace.attention(layer).sum(axis=2) - 1).max())
            if not worst < _ROW_ERROR:
                raise ValueError(f"a row of layer {layer} of the {kind} is {worst:.1e} off 1")
    return "every row adds up to 1"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m attention_viz.models.hub.check", description=__doc__)
    parser.add_argument("--cache", type=Path, help="keep what is downloaded here; else it is thrown away at the end")
    parser.add_argument("--no-catalogue", action="store_true", help="leave the looks at the catalogue's models out")
    options = parser.parse_args(arguments)
    catalogue = () if options.no_catalogue else HubSource().names()
    with tempfile.TemporaryDirectory() as folder:
        # Without a token and under no operator's rules: what is expected is what a stranger gets.
        endpoint = (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")
        hub = Hub(Cache(options.cache or Path(folder)), endpoint)
        return _report(hub, (*CASES, *(Case(name, "shown") for name in catalogue)))


def _report(hub: Hub, cases: Sequence[Case]) -> int:
    differ = 0
    for result in run(hub, cases):
        if _UNREACHED in result.said:
            print(result.said, file=sys.stderr)
            return 2
        print(result, flush=True)
        differ += not result.fine
    print(f"{len(cases) - differ} of {len(cases)} as expected" + (f", {differ} not." if differ else "."))
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
