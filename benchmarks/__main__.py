"""Runs all benchmarks, or those that are named: `python -m benchmarks tracing server`."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("tracing", "live", "long", "compare", "toy", "learning", "server")

if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:
        if name not in NAMES:
            raise SystemExit(f"There is no benchmark “{name}”; there are {', '.join(NAMES)}.")
        import_module(f"benchmarks.{name}").main()
