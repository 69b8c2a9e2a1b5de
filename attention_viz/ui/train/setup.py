"""What is chosen on the page "Train a model", and how it reads in a URL. No Streamlit here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from attention_viz.core.errors import ConfigError
from attention_viz.core.message import say
from attention_viz.toy.config import RANGES, Config, config_of
from attention_viz.toy.task import Task
from attention_viz.toy.tasks import TASKS, task_named

START = next(iter(TASKS.values()))
"""The task that the page opens on."""


@dataclass(frozen=True, slots=True)
class Setup:
    """A training that could be begun. own: the text that was given to learn from; empty for the task's own."""

    task: Task
    config: Config

    @property
    def own(self) -> str:
        return "" if self.config.text == self.task.defaults.text else self.config.text


def encode(setup: Setup) -> str:
    """What differs from the first task's own settings, as compact JSON; the text goes into a field of its own."""
    defaults = asdict(setup.task.defaults)
    changes = {
        name: value for name, value in asdict(setup.config).items() if name in RANGES and value != defaults[name]
    }
    written = ({} if setup.task is START else {"task": setup.task.name}) | changes
    return json.dumps(written, separators=(",", ":")) if written else ""


def decode(train: str, own: str) -> tuple[Setup, tuple[str, ...]]:
    """The setup that a URL asks for, and a sentence for what of it can't be used."""
    try:
        asked = json.loads(train) if train else {}
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        return Setup(START, START.defaults), ("The link's settings can't be read: they are not a JSON object.",)
    name = asked.pop("task", START.name)
    try:
        task = task_named(name if isinstance(name, str) else "")
    except ConfigError as error:
        return Setup(START, START.defaults), (f"The link's task can't be used. {error} {START.title} is shown.",)
    given = {"text": own} if own and "text" in task.free else {}
    try:
        return Setup(task, _config(asked, given, task)), ()
    except ConfigError as error:
        kept = task.defaults
        return Setup(task, kept), (f"The link's settings can't be used. {error} The usual ones are shown.",)


def _config(asked: dict[str, Any], given: dict[str, Any], task: Task) -> Config:
    """The settings that a link asks for. One that this task doesn't offer has no widget with which it could be taken
    back, so it is refused here."""
    config = config_of(asked, task.defaults)
    for name in asked:
        if name == "text" or (name not in task.free and getattr(config, name) != getattr(task.defaults, name)):
            raise ConfigError(
                say(
                    "{title} has no setting {name} that could be changed here.",
                    title=task.title,
                    name=(repr(name))[:40],
                )
            )
    return config_of(asked | given, task.defaults)


def with_field(setup: Setup, name: str, value: object) -> Setup:
    """The setup with one setting changed; a width that no longer goes with the heads goes up to the next that does."""
    values = {**asdict(setup.config), name: value}
    if name == "heads":
        values["width"] = _fitting(setup.config.width, value)
    return replace(setup, config=config_of(values, setup.config))


def _fitting(width: int, heads: object) -> int:
    """The next width that so many heads can share."""
    RANGES["heads"].check(heads)
    assert isinstance(heads, int)
    up = -(-width // heads) * heads
    return up if up <= RANGES["width"].most else width // heads * heads
