"""The tasks, by name. A new one is a file here and a line in TASKS."""

from __future__ import annotations

from attention_viz.core.errors import ConfigError
from attention_viz.core.message import Listed, say
from attention_viz.toy.task import Task
from attention_viz.toy.tasks.dates import Dates
from attention_viz.toy.tasks.keyword import Keyword
from attention_viz.toy.tasks.recall import Recall
from attention_viz.toy.tasks.reverse import Reverse
from attention_viz.toy.tasks.text import Text

TASKS: dict[str, Task] = {task.name: task for task in (Recall(), Reverse(), Dates(), Keyword(), Text())}


def task_named(name: str) -> Task:
    """Raises ConfigError that names those which there are."""
    if name not in TASKS:
        raise ConfigError(
            say("There is no task {name}. There are {tasks}.", name=repr(name)[:40], tasks=Listed(tuple(TASKS), ","))
        )
    return TASKS[name]
