"""Two heads beside each other, and the divergence of all pairs of heads, on one thread."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from itertools import combinations

import numpy as np

import attention_viz as av
from attention_viz.core.trace import Layer
from attention_viz.measures.divergence import jensen_shannon
from benchmarks.measuring import ROUNDS, alternating, table, text_of

LAYERS, HEADS, SIZE = 12, 12, 64
LENGTHS = (128, 256, 512)
PAIRS_LOOPED = 24
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    # The libraries read their number of threads when they are loaded.
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "benchmarks.compare"], env={**os.environ, **_ONE_THREAD}, check=True)


def measure() -> None:
    print("\n## Comparing\n")
    pairs = LAYERS * HEADS * (LAYERS * HEADS - 1) // 2
    print(
        f"All pairs of {LAYERS} × {HEADS} heads, random, one thread, medians of 5, seconds. The plain loop is the "
        f"formula for one pair of ready maps, measured on {PAIRS_LOOPED} pairs in the same run and scaled to "
        f"{pairs:,}.\n"
    )
    header = ["tokens", "all pairs", "plain loop", "loop ÷ all pairs", "memory, MB", "largest error, nats"]
    print(table(header, [_all_pairs(length, pairs) for length in LENGTHS]))
    print(f"\nOne head beside others, MiniLM, 6 × 12 heads, 512 tokens, medians of {ROUNDS}, milliseconds.\n")
    print(table(["task", "time"], _comparisons()))


def _all_pairs(length: int, pairs: int) -> list[object]:
    trace = _random_trace(length)
    found = av.divergences(trace, trace)
    maps = [trace.attention(*divmod(number, HEADS)) for number in range(LAYERS * HEADS)]
    every = list(combinations(range(len(maps)), 2))
    chosen = every[:: len(every) // PAIRS_LOOPED][:PAIRS_LOOPED]
    whole, looped, errors = [], [], []
    for round_ in range(5):
        start = time.perf_counter()
        av.divergences(trace, trace)
        whole.append(time.perf_counter() - start)
        start = time.perf_counter()
        exact = [float(jensen_shannon(maps[one], maps[other]).mean()) for one, other in chosen]
        looped.append((time.perf_counter() - start) * pairs / len(chosen))
        if not round_:
            errors = [abs(found[pair] - value) for pair, value in zip(chosen, exact, strict=True)]
    tracemalloc.start()
    av.divergences(trace, trace)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    seconds, loop = statistics.median(whole), statistics.median(looped)
    return [length, f"{seconds:.2f}", f"{loop:.1f}", f"{loop / seconds:.0f}", f"{peak:.0f}", f"{max(errors):.0e}"]


def _random_trace(length: int) -> av.Trace:
    """A trace of heads from nearly even to one key per query."""
    rng = np.random.default_rng(0)
    sharp = np.geomspace(0.3, 2, LAYERS)
    layers = []
    for spread in sharp.astype(np.float32):
        query, key, value = spread * rng.standard_normal((3, HEADS, length, SIZE), dtype=np.float32)
        layers.append(Layer(query, key, value, SIZE**-0.5))
    tokens = tuple(av.Token("a", 0, (0, 1), 0, 0, False) for _ in range(length))
    info = av.ModelInfo("random", "", (av.Stack("encoder", LAYERS, HEADS),), SIZE, 0, 0, length, "", "", "")
    return av.Trace(info, ("a",), tokens, tuple(layers))


def _comparisons() -> list[list[object]]:
    model = av.load_model("all-MiniLM-L6-v2")
    text = text_of(510)
    one, other, third = (av.trace(model, each) for each in (text, text.replace("cat", "bird"), text_of(560, first=1)))
    assert len(one.tokens) == len(other.tokens) == len(third.tokens) == 512
    seconds = alternating(
        {
            "compare, one text": lambda: av.compare(one.head(2, 5), one.head(3, 1)),
            "compare, two texts that differ in a few words": lambda: av.compare(one.head(2, 5), other.head(2, 5)),
            "compare, two texts that differ everywhere": lambda: av.compare(one.head(2, 5), third.head(2, 5)),
            "to_all, 72 heads, one text": lambda: av.to_all(one.head(2, 5), one),
            "to_all, 72 heads, two texts": lambda: av.to_all(one.head(2, 5), other),
            "most_and_least_alike, 72 heads": lambda: av.most_and_least_alike(one),
        }
    )
    return [[task, f"{1000 * statistics.median(times):.1f}"] for task, times in seconds.items()]


if __name__ == "__main__":
    measure()
