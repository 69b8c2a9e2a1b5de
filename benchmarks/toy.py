"""Every small model trained whole, from five seeds, and what its heads are worth in the end."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from playwright.sync_api import Browser

from attention_viz.toy.ablation import Ablation, ablate
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import Progress, model_of, train
from benchmarks.measuring import table
from tests.browser.server import Server, newcomer, running_browser, running_server

SEEDS = range(5)
DEMANDED = 0.99


@dataclass(frozen=True, eq=False)
class Run:
    """One training from its first step to its last.

    seconds: of training, without what is measured on the way. processor: seconds of one core for all of it, which other
    work on the machine doesn't lengthen. reached: steps until the accuracy was first as high as demanded, if it was.
    """

    seed: int
    last: Progress
    seconds: float
    processor: float
    reached: int | None
    ablation: Ablation


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
    print(f"\n### {task.title}\n\n{_settings(task)}\n")
    header = ["seed", "seconds", "processor", "loss", "accuracy", f"≥ {DEMANDED} after step"]
    patterns = [f"{pattern.title} (even: {runs[0].last.uniform[pattern.name]:.3f})" for pattern in task.patterns]
    print(table([*header, *patterns], [_row(task, run) for run in runs]))
    if runs[0].ablation.without.size > 1:
        print("\nAccuracy with one head switched off.\n")
        names = [f"L{layer} H{head} off" for layer, head in np.ndindex(runs[0].ablation.without.shape)]
        print(table(["seed", "all on", *names], [_worth(run) for run in runs]))
    if runs[0].last.sample:
        print("\nWritten in the end, seed 0:\n\n```\n" + runs[0].last.sample + "\n```")


def _run(task: Task, seed: int) -> Run:
    config = replace(task.defaults, seed=seed)
    begun = time.process_time()
    reached = None
    for progress in train(task, config):
        if reached is None and progress.accuracy >= DEMANDED:
            reached = progress.step
    processor = time.process_time() - begun
    ablation = ablate(task, config, model_of(task, config, progress.state.weights))
    return Run(seed, progress, progress.seconds, processor, reached, ablation)


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
        "never" if run.reached is None else run.reached,
        *(_best(run.last.patterns[pattern.name]) for pattern in task.patterns),
    ]


def _best(found: np.ndarray) -> str:
    layer, head = np.unravel_index(int(np.nanargmax(found)), found.shape)
    return f"{found[layer, head]:.2f} (L{layer} H{head})"


def _worth(run: Run) -> list[object]:
    return [run.seed, f"{run.ablation.whole:.3f}", *(f"{accuracy:.3f}" for accuracy in run.ablation.without.flat)]
