"""Registers a component from the files in its folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import streamlit as st

_IMPORT = re.compile(r'^import \{[^}]*\} from "\.\./shared/(\w+)\.js";\n', re.MULTILINE)
_NESTED = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_SHARED = Path(__file__).parent / "shared"


def register(folder: Path) -> Any:
    """The mount function of the component in `folder`: main.js, and index.html and style.css where there are any.

    The texts are passed inline, so no user text may ever be part of them: data goes through `data=` alone.
    """
    html, css = (_text(folder / name) for name in ("index.html", "style.css"))
    return st.components.v2.component(f"attention_viz_{folder.name}", html=html, css=css, js=script(folder / "main.js"))


def script(main: Path) -> str:
    """main.js in one piece: an inline script can't import its neighbours, so the shared modules that it names are put
    before it, each once, as plain code. That needs names that are unique among them."""
    parts: dict[str, str] = {}
    source = main.read_text(encoding="utf-8")
    for name in _IMPORT.findall(source):
        _collect(name, parts)
    return "\n".join([*parts.values(), _IMPORT.sub("", source)])


def _collect(name: str, parts: dict[str, str]) -> None:
    if name in parts:
        return
    source = (_SHARED / f"{name}.js").read_text(encoding="utf-8")
    for nested in _NESTED.findall(source):
        _collect(nested, parts)
    parts[name] = re.sub(r"^export ", "", _NESTED.sub("", source), flags=re.MULTILINE)


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None
