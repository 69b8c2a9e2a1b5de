"""The files of a live view, in one piece each."""

from __future__ import annotations

import re
from pathlib import Path

COMPONENTS = Path(__file__).parent.parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[./\w]+\.js)";\n', re.MULTILINE)


def markup(name: str) -> str:
    """The HTML of a view, which has no text of a user in it."""
    return _read(COMPONENTS / name / "index.html")


def style(name: str) -> str:
    """The style of a view, on that of all views. Its colours are variables that the host sets: see lib/view.css."""
    return _read(COMPONENTS / "lib" / "view.css") + _read(COMPONENTS / name / "style.css")


def script(source: str, folder: Path) -> str:
    """A module of `folder` in one piece, for hosts whose modules can't import their neighbours: the modules that it
    names are put before it, each once, as plain code. That needs names that are unique among them."""
    parts: dict[Path, str] = {}
    rest = _collect(source, folder, parts)
    return "\n".join([*parts.values(), rest])


def _collect(source: str, folder: Path, parts: dict[Path, str]) -> str:
    """The code of a module without its imports, after what it imports was added to `parts`."""
    for name in _IMPORT.findall(source):
        module = (folder / name).resolve()
        if module not in parts:
            code = _collect(_read(module), module.parent, parts)
            parts[module] = re.sub(r"^export ", "", code, flags=re.MULTILINE)
    return _IMPORT.sub("", source)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
