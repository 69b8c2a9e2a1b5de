"""How things are timed and memory is read, the same way in every benchmark."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROUNDS = 9
_WORDS = "the cat sat on the mat and looked at the rain while a dog slept".split()  # noqa: SIM905 (reads as text)


def text_of(words: int, first: int = 0) -> str:
    """A text of so many words, each of which is one token of most tokenizers. first: the word that it begins with."""
    return " ".join(_WORDS[at % len(_WORDS)] for at in range(first, first + words))


def alternating(tasks: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Seconds of each task, run in turn, so that a machine that gets slower does so for all. One round warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for round_ in range(rounds + 1):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            if round_:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def ratio(seconds: Sequence[float], base: Sequence[float]) -> float:
    """The median of the ratios round by round."""
    return statistics.median(one / other for one, other in zip(seconds, base, strict=True))


def resident_megabytes(process: int | str = "self") -> float:
    """Memory that a process has in RAM (Linux)."""
    return _megabytes(process, "VmRSS:")


def highest_megabytes(process: int | str = "self") -> float:
    """The most that a process ever had in RAM (Linux)."""
    return _megabytes(process, "VmHWM:")


def _megabytes(process: int | str, figure: str) -> float:
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(figure):
            return int(line.split()[1]) / 1000
    raise RuntimeError(f"No memory figure for process {process}")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
