"""What memory is left, of the machine and of the container."""

from __future__ import annotations

import os
from pathlib import Path

from attention_viz.models.memory import available_memory

GROUP = "sys/fs/cgroup/app/inner"


def machine(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("--", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_machine_alone(tmp_path):
    machine(tmp_path, proc__meminfo="MemTotal:  4000 kB\nMemAvailable:    3000 kB\nHugePages_Total: 0\n")
    assert available_memory(tmp_path) == 3000 * 1024


def test_a_container_with_less(tmp_path):
    machine(tmp_path, proc__meminfo="MemAvailable: 3000 kB\n", proc__self__cgroup="0::/app/inner\n")
    group = tmp_path / "sys/fs/cgroup/app"
    machine(
        group,
        **{"memory--max": "1000000\n", "memory--current": "900000\n", "memory--stat": "anon 1\ninactive_file 50000\n"},
    )
    machine(group / "inner", **{"memory--max": "max\n", "memory--current": "1\n", "memory--stat": "anon 1\n"})
    assert available_memory(tmp_path) == 150_000, "the limit of the outer group counts too"


def test_a_container_of_the_first_version(tmp_path):
    machine(
        tmp_path,
        proc__meminfo="MemAvailable: 3000 kB\n",
        proc__self__cgroup="9:cpu:/x\n5:memory:/app\n1:name=systemd:/\n",
    )
    limits = {
        "memory--limit_in_bytes": "700000",
        "memory--usage_in_bytes": "800000",
        "memory--stat": "total_inactive_file 0\n",
    }
    machine(tmp_path / "sys/fs/cgroup/memory/app", **limits)
    assert available_memory(tmp_path) == 0
    machine(tmp_path / "sys/fs/cgroup/memory/app", **{"memory--limit_in_bytes": "9223372036854771712"})
    assert available_memory(tmp_path) == 3000 * 1024


def test_a_system_that_says_nothing(tmp_path):
    installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else None
    assert available_memory(tmp_path) == installed, "all that is installed, where a system says so much"


def test_this_machine():
    found = available_memory()
    if hasattr(os, "sysconf"):
        assert found is not None
        assert 0 < found <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    else:
        assert found is None
