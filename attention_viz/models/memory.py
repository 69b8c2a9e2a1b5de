"""How much memory a model may still take on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that can be used without swapping: what the machine has free, or what is left of the container's limit
    where that is less. None where the system doesn't say (Windows).

    root: where /proc and /sys are.
    """
    free = _free(root / "proc/meminfo")
    found = [*([] if free is None else [free]), *_left_in_groups(root)]
    return min(found) if found else _installed()


def _free(meminfo: Path) -> int | None:
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines() if ":" in line)
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError, IndexError):
        return None  # No Linux, or one that doesn't say.


def _left_in_groups(root: Path) -> Iterator[int]:
    """What is left of the limit of each control group that this process is in, version 2 and 1.

    Files that the group has read count as used, but give way when memory is asked for.
    """
    groups = root / "sys/fs/cgroup"
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return  # No control groups here.
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            top, names = groups, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            top, names = groups / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        inner = Path(path.lstrip("/"))
        for group in (inner, *inner.parents):
            left = _left(top / group, *names)
            if left is not None:
                yield left


def _left(group: Path, limit: str, used: str, reclaimable: str) -> int | None:
    try:
        stat = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        numbers = [int((group / name).read_text(encoding="ascii")) for name in (limit, used)]
        return max(0, numbers[0] - numbers[1] + int(stat.get(reclaimable, 0)))
    except (OSError, ValueError):
        return None  # This group has no limit ("max"), or isn't there: the outermost one has none of these files.


def _installed() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
