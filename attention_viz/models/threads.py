"""How many threads the forward pass may use."""

from __future__ import annotations

import os
from pathlib import Path

import torch

VARIABLE = "ATTENTION_VIZ_THREADS"


def set_thread_count() -> int:
    """Tells torch how many threads to use and returns the number.

    One core is left for the server and the other visitors: with all cores of a busy machine the same forward pass was
    5 to 30 times slower and erratic. The environment variable ATTENTION_VIZ_THREADS overrides the choice.
    """
    asked = os.environ.get(VARIABLE, "")
    count = int(asked) if asked.isdecimal() and int(asked) else max(1, _usable_cores() - 1)
    torch.set_num_threads(count)
    return count


def _usable_cores() -> int:
    """The cores that this process may use: its affinity, and the quota of a container where there is one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return cores  # No cgroup v2 here (macOS, Windows, bare metal): nothing limits the process further.
    return cores if quota == "max" else max(1, min(cores, int(quota) // int(period)))
