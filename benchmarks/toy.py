"""Every small model trained whole, from five seeds that no setting was chosen on, and what its heads are worth.

`python -m benchmarks.toy text recall` measures the tasks that are named, `python -m benchmarks toy` all, and the page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from playwright.sync_api import Browser

from attention_viz.toy.ablation import Ablation, ablate, ablate_pairs
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS, task_named
from attention_viz.toy.training import Measured, Progress, model_of, train
from benchmarks.measuring import table
from tests.browser.server import Server, newcomer, running_browser, running_server

SEEDS = range(101, 106)
"""Settings were chosen on seeds below 100."""
DEMANDED, HALF = 0.99, 0.5
_STUDENT = 2.776
"""97.5 % point of Student's t with four degrees of freedom: five seeds."""


@dataclass(frozen=True, eq=False)
class Run:
    """One training from its first step to its last.

    seconds: of training, without what is measured on the way. processor: seconds of one core for all of it, which other
    work on the machine doesn't lengthen. measured: all on the way. pairs: accuracy without any two heads.
    """

    seed: int
    last: Progress
    seconds: float
    processor: float
    measured: tuple[Measured, ...]
    ablation: Ablation
    pairs: np.ndarray

    def reached(self, accuracy: float) -> int | None:
        """Steps until the accuracy was first as high, if it was."""
        return next((one.step for one in self.measured if one.accuracy >= accuracy), None)

    def shown(self, pattern: str, mass: float) -> int | None:
        """Steps until a head had as much of a pattern."""
        return next((one.step for one in self.measured if np.nanmax(one.patterns[pattern]) >= mass), None)


def main() -> None:
    torch.set_num_threads(1)
    print("\n## Training\n")
    for task in TASKS.values():
        measure(task)
    watch()


def watch() -> None:
    """From the click on Start until the page says that it is done, in a browser, beside the same without a page."""
    print("\n### With one page watching\n")
    rows = []
    with running_server() as server, running_browser() as browser:
        for task in TASKS.values():
            begun = time.perf_counter()
            list(train(task))
            alone = time.perf_counter() - begun
            rows.append([task.title, f"{alone:.1f}", f"{_watched(server, browser, task):.1f}"])
    print(table(["task", "seconds alone", "seconds watched"], rows))


def _watched(server: Server, browser: Browser, task: Task) -> float:
    visitor = newcomer(browser, server).open("/train").pick("What it learns", task.title)
    begun = time.perf_counter()
    visitor.page.get_by_role("button", name="Start", exact=True).click()
    visitor.page.get_by_text("Done.", exact=True).wait_for(timeout=300_000)
    taken = time.perf_counter() - begun
    visitor.page.close()
    return taken


def measure(task: Task) -> None:
    runs = [_run(task, seed) for seed in SEEDS]
    last = runs[0].last
    beside = "" if last.copied is None else f", copying gets {last.copied:.3f}"
    print(f"\n### {task.title}\n\n{_settings(task)} Measured on {last.places:,} predictions{beside}.\n")
    header = ["seed", "seconds", "processor", "loss", "accuracy", f"≥ {DEMANDED} after step"]
    patterns = [f"{pattern.title} (even: {last.uniform[pattern.name]:.3f})" for pattern in task.patterns]
    print(table([*header, *patterns], [_row(task, run) for run in runs]))
    _when(task, runs)
    if runs[0].ablation.without.size > 1:
        _switched_off(runs)
    if last.sample:
        print(f"\nWritten in the end, seed {runs[0].seed}:\n\n```\n" + last.sample + "\n```")


def _run(task: Task, seed: int) -> Run:
    config = replace(task.defaults, seed=seed)
    begun = time.process_time()
    measured: list[Measured] = []
    for progress in train(task, config):
        measured.append(Measured(**{one.name: getattr(progress, one.name) for one in fields(Measured)}))
    processor = time.process_time() - begun
    model = model_of(task, config, progress.state.weights)
    found, pairs = ablate(task, config, model), ablate_pairs(task, config, model)
    return Run(seed, progress, progress.seconds, processor, tuple(measured), found, pairs)


def _when(task: Task, runs: Sequence[Run]) -> None:
    """When accuracy and the pattern that matters most jump, and when the held-out loss is lowest."""
    name = task.patterns[-1].name
    rows = [
        [
            run.seed,
            run.reached(HALF) or "never",
            run.shown(name, HALF) or "never",
            _lowest(run).step,
            f"{_lowest(run).loss:.3f}",
            f"{run.measured[-1].loss:.3f}",
        ]
        for run in runs
    ]
    every = runs[0].measured[1].step
    print(f"\nWhen, measured every {every} steps.\n")
    jump = ["accuracy ≥ .5 after step", f"{task.patterns[-1].title} ≥ .5 after step"]
    print(table(["seed", *jump, "lowest loss after step", "lowest loss", "last loss"], rows))


def _lowest(run: Run) -> Measured:
    return min(run.measured, key=lambda one: one.loss)


def _switched_off(runs: Sequence[Run]) -> None:
    """Points of accuracy that are lost without heads: alone, two at once, a whole layer."""
    print("\nAccuracy with one head switched off.\n")
    names = [f"L{layer} H{head} off" for layer, head in np.ndindex(runs[0].ablation.without.shape)]
    layers = [f"layer {layer} off" for layer in range(len(runs[0].ablation.without_layer))]
    print(table(["seed", "all on", *names, *layers], [_worth(run) for run in runs]))
    print(f"\nLost, in points: mean over {len(runs)} seeds, 95 % interval of the mean, least and most.\n")
    rows = [[what, *_spread([lost(run) for run in runs])] for what, lost in _LOSSES.items()]
    rows += [
        [f"layer {layer} off{added}", *_spread([lost(run, layer) for run in runs])]
        for layer in range(len(runs[0].ablation.without_layer))
        for added, lost in (("", _layer_lost), (": sum of its heads alone", _layer_alone))
    ]
    print(table(["off", "mean", "interval", "least", "most"], rows))


def _alone(run: Run) -> np.ndarray:
    return 100 * (run.ablation.whole - run.ablation.without.ravel())


def _together(run: Run) -> np.ndarray:
    return 100 * (run.ablation.whole - run.pairs[np.triu_indices(len(run.pairs), 1)])


def _layer_lost(run: Run, layer: int) -> float:
    return float(100 * (run.ablation.whole - run.ablation.without_layer[layer]))


def _layer_alone(run: Run, layer: int) -> float:
    return float(100 * (run.ablation.whole - run.ablation.without[layer]).sum())


def _beyond(run: Run) -> np.ndarray:
    """What two heads lose together, less what each loses alone."""
    alone = _alone(run)
    one, other = np.triu_indices(len(alone), 1)
    return _together(run) - alone[one] - alone[other]


_LOSSES: Mapping[str, Callable[[Run], float]] = {
    "the head that costs least": lambda run: float(_alone(run).min()),
    "one head, mean": lambda run: float(_alone(run).mean()),
    "the head that costs most": lambda run: float(_alone(run).max()),
    "two heads, mean": lambda run: float(_together(run).mean()),
    "two heads beyond the sum of each alone, mean": lambda run: float(_beyond(run).mean()),
    "two heads beyond the sum of each alone, most": lambda run: float(_beyond(run).max()),
}


def _spread(values: Sequence[float]) -> list[str]:
    mean, half = float(np.mean(values)), _STUDENT * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return [f"{mean:.1f}", f"{mean - half:.1f} to {mean + half:.1f}", f"{min(values):.1f}", f"{max(values):.1f}"]


def _settings(task: Task) -> str:
    chosen = task.defaults
    return (
        f"{chosen.steps} steps of {task.batch_size}, {chosen.layers} × {chosen.heads} heads, width {chosen.width}, "
        f"learning rate {chosen.learning_rate:g} after {task.warm_up} steps of warming up."
    )


def _row(task: Task, run: Run) -> list[object]:
    return [
        run.seed,
        f"{run.seconds:.1f}",
        f"{run.processor:.1f}",
        f"{run.last.loss:.3f}",
        f"{run.last.accuracy:.3f}",
        run.reached(DEMANDED) or "never",
        *(_best(run.last.patterns[pattern.name]) for pattern in task.patterns),
    ]


def _best(found: np.ndarray) -> str:
    layer, head = np.unravel_index(int(np.nanargmax(found)), found.shape)
    return f"{found[layer, head]:.2f} (L{layer} H{head})"


def _worth(run: Run) -> list[object]:
    found = run.ablation
    return [run.seed, *(f"{accuracy:.3f}" for accuracy in (found.whole, *found.without.flat, *found.without_layer))]


if __name__ == "__main__":
    torch.set_num_threads(1)
    for chosen in sys.argv[1:] or TASKS:
        measure(task_named(chosen))
