"""Finds a Chromium for the browser tests, or installs one: `python -m tests.browser.chromium --install`.

In this order: one that is there, the distribution's package, the one that Playwright downloads. When there is none in
the end, that is a failure: without a browser, half of the product is untested.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """The path of a Chromium that starts; CHROMIUM=/path/to/it in the environment comes first."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, _NAMES), str(_MAC)]
    # Playwright is asked last, and only if need be: asking starts a process.
    there = next(filter(_starts, candidates), None)
    if there is not None:
        return there
    own = _playwrights()
    return own if _starts(own) else None


def install() -> str:
    """The path of a Chromium, installed if need be. Raises SystemExit with what to do when that fails."""
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        ways.insert(0, ["sh", "-c", "apt-get update -qq && apt-get install -y -qq chromium"])
    for way in [None, *ways]:
        if way is not None:
            print("No Chromium yet. Trying:", " ".join(way), flush=True)
            subprocess.run(way, check=False)
        found = find()
        if found is not None:
            return found
    raise SystemExit(
        "The browser tests need a Chromium, and none could be found or installed. Install the package “chromium” of "
        "your system, or set CHROMIUM to the path of one, and run this again."
    )


def _playwrights() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str | None) -> bool:
    if not path or not Path(path).exists():
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    print("Chromium:", install() if "--install" in sys.argv else find())
