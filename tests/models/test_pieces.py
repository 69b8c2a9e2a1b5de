"""How tokens read and where they stand, in the ways of writing that the families have."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.core.model import Encoding
from attention_viz.models.huggingface import HuggingFaceModel
from tests.models.tiny import FAMILIES, load

WAYS = ("gpt2", "roberta", "qwen3", "llama", "xlm-roberta", "t5", "bart", "bert", "xlnet")
BYTES = ("gpt2", "roberta", "qwen3", "bart", "llama")


@pytest.fixture(scope="module")
def model_of(tmp_path_factory) -> Callable[[str], HuggingFaceModel]:
    found = {
        tiny.family: load(tiny.save(tmp_path_factory.mktemp(tiny.family))) for tiny in FAMILIES if tiny.family in WAYS
    }
    return found.__getitem__


def content(encoding: Encoding) -> list[av.Token]:
    return [token for token in encoding.tokens if token.span is not None]


@pytest.mark.parametrize("family", ["gpt2", "roberta", "llama", "xlm-roberta", "t5"])
def test_a_blank_before_a_piece_is_shown_alike_everywhere(model_of, family):
    """GPT-2 writes "Ġcat" and SentencePiece "▁cat": one sign for all, and the span is the word's without the blank."""
    tokens = content(model_of(family).encode("The cat and the driver"))
    assert "▁cat" in [token.text for token in tokens]
    assert not any("Ġ" in token.text for token in tokens)
    (cat,) = [token for token in tokens if token.text == "▁cat"]
    assert cat.span == (4, 7)


@pytest.mark.parametrize("family", BYTES)
@pytest.mark.parametrize("char", ["👍", "学", "é", "ß", "ﬁ"])
def test_bytes_read_as_the_character_that_they_are_part_of(model_of, family, char):
    tokens = content(model_of(family).encode(f"cat {char}"))
    parts = [token for token in tokens if token.span == (4, 5)]
    assert parts
    assert {token.text.removeprefix("▁") for token in parts} - {""} == {char}


def test_white_space_has_signs(model_of):
    texts = [token.text for token in model_of("gpt2").encode("a\tb\nc\x07").tokens]
    assert texts == ["a", "⇥", "b", "↵", "c", "␇"]
    assert all(token.span for token in model_of("gpt2").encode("a\n\n b").tokens)


@pytest.mark.parametrize("family", ["roberta", "bart", "gpt2"])
def test_joining_does_not_move_spans(model_of, family):
    """RoBERTa's and GPT-2's ways of joining cut the blank off a span; done twice, they would cut a letter off too."""
    text = "The cat, and the driver who saw it waited."
    for encoding in (model_of(family).encode(text), model_of(family).encode(text, text)):
        for token in (*content(encoding), *(token for token in encoding.target if token.span)):
            start, end = token.span or (0, 0)
            assert token.text.replace("▁", " ").strip() == text[start:end].strip()


def test_a_model_without_special_tokens(model_of):
    encoding = model_of("qwen3").encode("the cat", "the dog")
    assert not any(token.special for token in encoding.tokens)
    assert [token.segment for token in encoding.tokens] == sorted(token.segment for token in encoding.tokens)
    assert len(encoding.notes) == 1


def test_an_end_of_text_that_serves_as_the_unknown_token_too(model_of):
    encoding = model_of("gpt2").encode("a<|endoftext|>b")
    assert [(token.text, token.special) for token in encoding.tokens] == [
        ("a", False),
        ("<|endoftext|>", True),
        ("b", False),
    ]
    assert "special token" in str(encoding.notes[0])


def test_the_unknown_token_is_named_and_not_what_was_typed(model_of):
    encoding = model_of("xlm-roberta").encode("the cat 学")
    assert content(encoding)[-1].text == "<unk>"
    assert "as the same <unk>." in str(encoding.notes[0])


def test_the_last_token_of_xlnet_is_of_a_type_of_its_own(model_of):
    encoding = model_of("xlnet").encode("the cat")
    assert encoding.type_ids[-1] == 2
    assert {token.segment for token in encoding.tokens} == {0}
    assert encoding.tokens[-1].special


@pytest.mark.parametrize("family", WAYS)
def test_plain_text_loses_nothing(model_of, family):
    for text in ("The cat didn't cross.", "a  b", "naïve", "The cat\nand the dog"):
        assert not [note for note in model_of(family).encode(text).notes if "no token" in str(note)], text


@pytest.mark.parametrize("family", WAYS)
@given(text=st.text(max_size=40), second=st.none() | st.text(max_size=20))
@settings(max_examples=40, deadline=None)
def test_any_text_is_read_or_refused_with_a_sentence(model_of, family, text, second):
    try:
        encoding = model_of(family).encode(text, second)
    except av.TextError as error:
        assert str(error).endswith(".")
        return
    for tokens in (encoding.tokens, encoding.target):
        words = [token.word for token in tokens if token.word is not None]
        assert words == sorted(words)
        for token in tokens:
            assert token.text
            assert token.segment < len(encoding.texts)
            if token.span is not None:
                assert 0 <= token.span[0] <= token.span[1] <= len(encoding.texts[token.segment])
    assert len(encoding.type_ids) == len(encoding.tokens)
