"""Registers a component from the files in its folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import streamlit as st

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[./\w]+\.js)";\n', re.MULTILINE)
_SHARED_STYLE = Path(__file__).parent / "shared" / "view.css"


def register(folder: Path) -> Any:
    """The mount function of the component in `folder`: main.js, and index.html and style.css where there are any. A
    style.css stands on shared/view.css.

    The texts are passed inline, so no user text may ever be part of them: data goes through `data=` alone.
    """
    html, css = (_text(folder / name) for name in ("index.html", "style.css"))
    if css is not None:
        css = _SHARED_STYLE.read_text(encoding="utf-8") + css
    return st.components.v2.component(f"attention_viz_{folder.name}", html=html, css=css, js=script(folder / "main.js"))


def script(main: Path) -> str:
    """main.js in one piece: an inline script can't import its neighbours, so the modules that it names are put before
    it, each once, as plain code. That needs names that are unique among them."""
    parts: dict[Path, str] = {}
    source = _collect(main.resolve(), parts)
    return "\n".join([*parts.values(), source])


def _collect(file: Path, parts: dict[Path, str]) -> str:
    """The code of `file` without its imports, after what it imports was added to `parts`."""
    source = file.read_text(encoding="utf-8")
    for name in _IMPORT.findall(source):
        module = (file.parent / name).resolve()
        if module not in parts:
            code = _collect(module, parts)
            parts[module] = re.sub(r"^export ", "", code, flags=re.MULTILINE)
    return _IMPORT.sub("", source)


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None
