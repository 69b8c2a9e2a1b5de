"""Markdown that shows exactly what it was given, as an independent Markdown parser reads it."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from attention_viz.core.markdown import markdown

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(text: str) -> str:
    """What the parser makes of it, which has to be one paragraph of text."""
    found = re.fullmatch(r"<p>(.*)</p>\n", PARSER.render(markdown(text)), re.DOTALL)
    assert found is not None
    (paragraph,) = found.groups()
    assert "<" not in paragraph, paragraph
    return html.unescape(paragraph)


@pytest.mark.parametrize(
    "text",
    [
        "**b** _i_ `c` ~~s~~",
        "[x](http://y)",
        "<script>alert(1)</script>",
        "# head",
        "1. one",
        "- item",
        "$x^2$",
        ":material/home: :red[x]",
        "a|b",
        "&lt;",
        "\\*",
        "http://example.org",
    ],
)
def test_markup_is_shown_as_it_was_typed(text):
    assert shown(text) == text


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_any_text_is_shown_as_it_was_typed(text):
    assert shown(text) == text


@given(st.text())
def test_every_mark_that_streamlit_adds_to_markdown_is_escaped(text):
    assert not re.search(r"(?<!\\)(?:\\\\)*[:$\[\]<>&]", markdown(text))


def test_a_line_break_becomes_a_blank():
    assert markdown("a\n\n# b") == "a \\# b"
