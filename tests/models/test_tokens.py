"""From text to tokens: places, segments, what is cut, and every kind of odd text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.models.tokens import _share
from tests.sentences import said


def names(encoding) -> list[str]:
    return [token.text for token in encoding.tokens]


def test_tokens_know_their_place(minilm):
    encoding = minilm.encode("Cats didn't")
    assert names(encoding) == ["[CLS]", "cats", "didn", "'", "t", "[SEP]"]
    assert [token.span for token in encoding.tokens] == [None, (0, 4), (5, 9), (9, 10), (10, 11), None]
    assert [token.word for token in encoding.tokens] == [None, 0, 1, 1, 1, None]
    assert [token.special for token in encoding.tokens] == [True, False, False, False, False, True]
    assert encoding.notes == ()


def test_a_pair_has_two_segments(minilm):
    encoding = minilm.encode("Who?", "Me and you")
    assert names(encoding) == ["[CLS]", "who", "?", "[SEP]", "me", "and", "you", "[SEP]"]
    assert [token.segment for token in encoding.tokens] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert [token.span for token in encoding.tokens] == [None, (0, 3), (3, 4), None, (0, 2), (3, 6), (7, 10), None]
    assert [token.word for token in encoding.tokens] == [None, 0, 1, None, 2, 3, 4, None]


def test_a_pair_reads_as_the_models_own_tokenizer_reads_it(minilm):
    expected = minilm.tokenizer.backend.encode("Who wrote Hamlet?", "Shakespeare, around 1600.")
    encoding = minilm.encode("Who wrote Hamlet?", "Shakespeare, around 1600.")
    assert [token.id for token in encoding.tokens] == expected.ids
    assert [token.segment for token in encoding.tokens] == expected.type_ids
    assert [token.span or (0, 0) for token in encoding.tokens] == expected.offsets


def test_a_blank_second_text_is_none(minilm):
    assert minilm.encode("a", "  \n") == minilm.encode("a") == minilm.encode("a", "")


def test_what_is_cut_is_said(minilm):
    encoding = minilm.encode("cat " * 1204)
    assert len(encoding.tokens) == 512
    assert said(encoding.notes) == ("The first 510 of 1,204 tokens are shown: the model reads 512.",)
    assert minilm.encode("cat " * 510).notes == ()


def test_of_a_pair_the_longer_text_is_cut_first(minilm):
    encoding = minilm.encode("cat " * 1000, "dog " * 100)
    assert names(encoding).count("cat") == 409
    assert names(encoding).count("dog") == 100
    assert said(encoding.notes) == ("The first 409 of 1,000 tokens of the first text are shown: the model reads 512.",)
    encoding = minilm.encode("cat " * 1000, "dog " * 2000)
    assert (names(encoding).count("cat"), names(encoding).count("dog")) == (255, 254)
    assert len(encoding.notes) == 2


@given(st.integers(0, 900), st.integers(0, 900), st.integers(2, 600))
def test_sharing_uses_all_the_room_and_no_more(first, second, room):
    kept = _share([first, second], room)
    assert sum(kept) == min(first + second, room)
    assert all(0 <= keep <= total for keep, total in zip(kept, (first, second), strict=True))
    if first + second > room:
        assert min(kept) >= min(first, second, room // 2), "the shorter one gives way only beyond half of the room"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no text yet. Type a word or a sentence, and its attention is drawn here."),
        (" \t\n\u3000", "The text has only blanks. Type a word or a sentence, and its attention is drawn here."),
        (
            "\0\x01\x02",
            "Nothing of the text is left after tokenizing: its 3 characters mean nothing to this model. Type a word or "
            "a sentence.",
        ),
    ],
)
def test_nothing_to_read(minilm, text, message):
    with pytest.raises(av.TextError) as raised:
        minilm.encode(text)
    assert str(raised.value) == message


def test_a_second_text_of_control_characters(minilm):
    with pytest.raises(av.TextError, match="Nothing of the second text is left"):
        minilm.encode("a", "\0\0")


def test_100_000_characters(minilm):
    trace = av.trace(minilm, "lorem ipsum dolor " * 5556)
    assert len(trace.tokens) == 512
    assert "The first 510 of" in str(trace.notes[0])


@pytest.mark.parametrize(
    ("text", "tokens", "notes"),
    [
        ("a\0b \x07c", ["ab", "c"], 1),
        ("x\ud800y", ["x", "##y"], 2),
        ("👍🏽👩‍👩‍👧", ["[UNK]"], 1),
        ("مرحبا", ["م", "##ر", "##ح", "##ب", "##ا"], 0),
        ("שלום", ["ש", "##ל", "##ו", "##ם"], 0),
        ("我学", ["我", "学"], 0),
        ("สวัสดี", ["[UNK]"], 2),
        ("<script>", ["<", "script", ">"], 0),
        ("</script>", ["<", "/", "script", ">"], 0),
        ("**b** $x$", ["*", "*", "b", "*", "*", "$", "x", "$"], 0),
    ],
)
def test_odd_texts(minilm, text, tokens, notes):
    trace = av.trace(minilm, text)
    assert [token.text for token in trace.tokens][1:-1] == tokens
    assert len(trace.notes) == notes, trace.notes
    for token in trace.tokens[1:-1]:
        assert token.span is not None
        assert 0 <= token.span[0] < token.span[1] <= len(text)


def test_special_tokens_typed_by_hand(minilm):
    encoding = minilm.encode("The [MASK] sat [SEP] <s>")
    assert names(encoding) == ["[CLS]", "the", "[MASK]", "sat", "[SEP]", "<", "s", ">", "[SEP]"]
    assert [token.special for token in encoding.tokens] == [True, False, True, False, True, False, False, False, True]
    assert encoding.tokens[2].span == (4, 10)
    assert said(encoding.notes) == (
        "The model reads [MASK] and [SEP] in your text as special tokens of its own, not as letters.",
    )


def test_unknown_tokens_are_counted(minilm):
    encoding = minilm.encode("我喜欢学习")
    assert said(encoding.notes) == (
        "Not in this model's vocabulary: 3 of 7 tokens. It reads every one of them as the same [UNK].",
    )
    assert not any(token.special for token in encoding.tokens[1:-1])


def test_dropped_marks_are_counted(minilm):
    assert said(minilm.encode("שָׁלוֹם").notes) == (
        "3 mark or control characters have no token: this model's tokenizer drops them.",
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [("a\0b\x07c", 2), ("cafe\u0301s", 1), ("Ho\u0302tel", 1), ("naïve", 0), ("Straße 3.14 don't", 0)],
)
def test_dropped_characters_inside_a_token_count_too(minilm, text, count):
    notes = " ".join(said(minilm.encode(text).notes))
    assert (f"{count} mark or control character" in notes) == (count > 0), notes


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_with_a_sentence(minilm, text):
    try:
        encoding = minilm.encode(text)
    except av.TextError as error:
        assert str(error).endswith(".")
        return
    words = [token.word for token in encoding.tokens if token.word is not None]
    assert words == sorted(words)
    assert set(words) == set(range(len(set(words))))
    for token in encoding.tokens:
        assert token.span is None or 0 <= token.span[0] <= token.span[1] <= len(text)
