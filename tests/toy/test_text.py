"""A language model of characters: what it learns from, what it is measured on, what it writes and reads."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch

from attention_viz.core.errors import ConfigError, TextError
from attention_viz.core.words import group_words
from attention_viz.toy.chance import generator
from attention_viz.toy.config import Config
from attention_viz.toy.patterns import uniform_masses
from attention_viz.toy.task import Batch, ToyModel
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.tasks.text import Text
from attention_viz.toy.training import held_out, train
from tests.sentences import said

TEXT = TASKS["text"]
VERSES = TEXT.defaults.text
CHINESE = "".join(map(chr, range(0x4E00, 0x5200)))
FAMILY = "👨‍👩‍👧"


def shuffled(*words: str) -> str:
    """The words in orders that know no rule, so that no long run comes twice."""
    return "".join(random.Random(0).choices(words, k=300))


WRITINGS = {
    "Latin": shuffled(*"The quick brown fox jumps over the lazy dog. ".replace(" ", " |").split("|")),
    "emoji": shuffled(FAMILY, " and ", "🙂", " went ", "🏖️", ", ", "."),
    "Chinese": shuffled(*"天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"),
    "Arabic": shuffled("في ", "البيت ", "قطة ", "صغيرة، ", "وفي ", "الحديقة ", "كلب ", "كبير. "),
    "lines": shuffled("one", "\r\n\ttwo", "\u200b", " three", "\u00a0four", "\r\n"),
    "broken": shuffled("half ", "of ", "a ", "pair ", "\ud83d", " comes ", "again. "),
}
EACH = pytest.mark.parametrize("text", WRITINGS.values(), ids=WRITINGS)


def config(text: str = VERSES, **changes: int) -> Config:
    return replace(TEXT.defaults, text=text, **changes)


def strings(batch: Batch, text: str) -> list[str]:
    """The pieces of the text that a batch is made of, by the numbers of its characters in their order."""
    vocabulary = sorted(set(text))
    pieces = torch.cat([batch.inputs, batch.targets[:, -1:]], dim=1).tolist()
    return ["".join(vocabulary[number] for number in piece) for piece in pieces]


def test_a_batch_is_pieces_of_the_text_and_what_follows_each_character():
    batch = TEXT.batch(config(), generator(0, 0), 40)
    assert batch.inputs.shape == (40, 64)
    assert batch.scored.all()
    torch.testing.assert_close(batch.inputs[:, 1:], batch.targets[:, :-1])
    pieces = strings(batch, VERSES)
    assert len(set(pieces)) > 30
    assert all(piece in VERSES for piece in pieces)


@pytest.mark.parametrize("length", [200, 201, 649, 650, 651, 2000, 20_000])
def test_each_character_of_the_end_counts_once(length: int):
    """In this text no piece comes twice, so a piece tells its place."""
    text = "".join(f"{number:04d}," for number in range(4000))[:length]
    kept_back = max(length // 5, 65)
    batch = held_out(TEXT, config(text))
    counted = [
        text.index(piece) + place + 1
        for piece, row in zip(strings(batch, text), batch.scored.tolist(), strict=True)
        for place, counts in enumerate(row)
        if counts
    ]
    assert counted == [*range(length - kept_back + 1, length)]
    assert TEXT.places(batch) == kept_back - 1
    drawn = strings(TEXT.batch(config(text), generator(0, 0), 300), text)
    assert max(text.index(piece) for piece in drawn) + 65 <= length - kept_back
    assert min(text.index(piece) for piece in drawn) <= length // 20


def test_which_part_is_held_out_is_said_in_numbers():
    text = "".join(f"{number:04d}," for number in range(400))
    assert TEXT.held_out_in_words(config(text)) == (
        "Held out: the last 400 of its 2,000 characters. It learns from 1,600."
    )


def test_what_is_left_out_is_said():
    text = "".join(f"{number:02d}-" * 10 + "\nAnd so said all of them, once more:\n" for number in range(30))
    assert "are left out, since they stand in the held-out part, too." in TEXT.held_out_in_words(config(text))
    assert "left out" not in TEXT.held_out_in_words(config())


def test_the_first_and_the_last_piece_of_what_is_seen_are_drawn():
    text = "".join(f"{number:04d}," for number in range(40))
    drawn = {text.index(piece) for piece in strings(TEXT.batch(config(text), generator(0, 0), 1000), text)}
    assert (min(drawn), max(drawn)) == (0, 200 - 65 - 65)


def test_the_included_text_is_measured_on_ten_times_192_places_and_none_was_learned():
    assert TEXT.places(held_out(TEXT, config())) >= 1920
    unseen = "".join(piece[1:] for piece in strings(held_out(TEXT, config()), VERSES))
    for seed in range(3):
        for piece in strings(TEXT.batch(config(), generator(seed, 0), 200), VERSES):
            assert not any(piece[at : at + 20] in unseen for at in range(len(piece) - 19))


def test_what_recurs_is_not_learned_and_short_stretches_are_pieces():
    """A line of 30 between two that come again at the end."""
    refrain = "And so said all of them, once more:\n"
    own = [f"{number:02d}-" * 10 + "\n" for number in range(30)]
    text = "".join(line + refrain for line in own)
    batch = TEXT.batch(config(text), generator(0, 0), 200)
    learned = {piece[: sum(row) + 1] for piece, row in zip(strings(batch, text), batch.scored.tolist(), strict=True)}
    assert all("said all" not in piece for piece in learned)
    assert sum(any(line[:25] in piece for piece in learned) for line in own) >= 20
    assert not any(line[:25] in piece for piece in learned for line in own[25:])


def test_copying_is_counted_on_the_same_places():
    """Pairs of digits in an order that knows no rule, each with its own two letters."""
    pairs = [f"{number:02d}{chr(97 + number // 10)}{chr(97 + number % 10)}" for number in range(100)]
    text = "".join(random.Random(3).choices(pairs, k=1000))
    found = TEXT.copied(config(text))
    # Of four characters two follow from the digits; the digits are right by luck, in one of ten.
    assert found == pytest.approx(0.55, abs=0.04)
    first = next(iter(train(TEXT, config(text, layers=1, width=8))))
    assert (first.copied, first.places) == (found, 799)


def test_the_pattern_is_the_character_before():
    batch = held_out(TEXT, config())
    assert batch.patterns["previous token"][0].nonzero().tolist() == [[place, place - 1] for place in range(1, 64)]
    with torch.no_grad():
        attended = TEXT.build(config())(batch.inputs).attended
    by_hand = sum(1 / seen for seen in range(2, 65)) / 63
    assert uniform_masses(attended, batch.patterns)["previous token"] == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The text has 0 characters; at least 200 are needed to learn from. Paste a longer one: a page or two is"),
        ("Hello there. " * 15, "The text has 195 characters; at least 200 are needed"),
        ("a" * 300, "The text has 300 characters but only 1 different: a. At least 4 are needed"),
        (" " * 300, "The text has 300 characters but only 1 different: ␣. At least"),
        ("ab\n" * 100, "The text has 300 characters but only 3 different: ⏎ a b. At least 4"),
        (
            "The quick brown fox jumps over the lazy dog. " * 6,
            "The text repeats itself too much to hold a part of it out. Of its 270 characters the last 65 would be "
            "measured on; of the 205 before them, 205 are in lines or in runs of 20 characters that stand there too, "
            "which leaves 0 to learn from. At least 128 are needed",
        ),
        (CHINESE[:1001], "The text has 1,001 different characters; this model can tell at most 1,000 apart."),
    ],
)
def test_a_text_that_cannot_be_learned_from(text: str, sentence: str):
    with pytest.raises(ConfigError) as raised:
        train(TEXT, config(text))
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize("text", ["".join(random.Random(0).choices("ACGT", k=200)), CHINESE[:1000]])
def test_the_least_and_the_most_that_can_be_learned_from(text: str):
    TEXT.check(config(text))


@EACH
def test_any_writing_is_learned_and_read(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Text, "written", 6)
    chosen = config(text, steps=10, layers=1, width=8)
    first, *_, last = train(TEXT, chosen)
    assert last.loss < first.loss
    cleaned = text.replace("\ud83d", "\ufffd")
    assert last.sample.startswith(cleaned[:8])
    assert len(last.sample) == 8 + 6
    assert set(last.sample) <= set(cleaned)
    read = TEXT.read(chosen, text[:50])
    assert read.text == cleaned[:50]
    vocabulary = sorted(set(cleaned))
    for place, token in enumerate(read.tokens):
        assert token.span == (place, place + 1)
        assert vocabulary[token.id] == read.text[place]
        assert token.text.strip()
        character = read.text[place]
        assert token.text in (character, f"U+{ord(character):04X}") or character.isspace()
        token.text.encode()


def test_white_space_can_be_seen():
    text = "ab cd\n\te\u200bf\u00a0" * 30
    read = TEXT.read(config(text), "b c\n\te\u200bf\u00a0")
    assert [token.text for token in read.tokens] == ["b", "␣", "c", "⏎", "⇥", "e", "U+200B", "f", "U+00A0"]
    assert not any(token.special for token in read.tokens)


def test_characters_are_put_together_to_words():
    read = TEXT.read(config(WRITINGS["emoji"]), f"went {FAMILY}")
    assert [token.word for token in read.tokens] == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]


def test_what_it_has_never_seen_is_named():
    with pytest.raises(TextError) as raised:
        TEXT.read(config(), "The cat — ate 2\t2 — mats.")
    assert str(raised.value) == (
        "This model has never seen — 2 ⇥. It knows only the 57 different characters of the text that it learned from; "
        "leave the others out."
    )
    with pytest.raises(TextError, match=r"never seen 一 丁 .* …\. It"):
        TEXT.read(config(), CHINESE[:60])
    with pytest.raises(TextError, match="There is nothing to read"):
        TEXT.read(config(), "")


def test_a_longer_text_is_cut_with_a_note():
    read = TEXT.read(config(), VERSES[:65])
    assert (len(read.tokens), read.text) == (64, VERSES[:65])
    assert said(read.notes) == ("The text has 65 characters; this model reads the first 64.",)


def test_the_sample_is_the_same_for_the_same_weights_and_goes_on_beyond_a_context(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Text, "written", 60)
    small = config(layers=1, width=8)
    model = TEXT.build(small)
    sample = TEXT.sample(small, model)
    assert sample == TEXT.sample(small, model)
    assert sample != TEXT.sample(replace(small, seed=1), model)
    assert len(sample) == 68 > TEXT.token_limit


def model_of_scores(scores: torch.Tensor) -> ToyModel:
    """A model that gives each character the same score wherever it stands."""
    model = TEXT.build(config(layers=1, width=8))
    weights = model.state_dict()
    model.load_state_dict({**weights, "head.weight": torch.zeros_like(weights["head.weight"]), "head.bias": scores})
    return model


@pytest.mark.parametrize("score", [100.0, float("nan")])
def test_a_model_writes_what_it_is_sure_of_and_one_that_is_broken_something(
    score: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Text, "written", 5)
    scores = torch.zeros(57)
    scores[sorted(set(VERSES)).index("k")] = score
    assert TEXT.sample(config(), model_of_scores(scores)) == VERSES[:8] + "kkkkk"


def test_it_is_drawn_by_softmax_of_the_temperature(monkeypatch: pytest.MonkeyPatch):
    """One character of score 3 among 56 of score 0: e³ / (e³ + 56) = .26 at temperature 1, e^3.75 / … = .432 at .8."""
    monkeypatch.setattr(Text, "written", 300)
    scores = torch.zeros(57)
    scores[sorted(set(VERSES)).index("k")] = 3
    written = TEXT.sample(config(), model_of_scores(scores))[8:]
    assert written.count("k") / 300 == pytest.approx(0.432, abs=0.07)


def test_white_space_counts_to_the_word_behind_it():
    task = TASKS["text"]
    read = task.read(task.defaults, "The cat\nsat. ")
    assert [token.text for token in read.tokens] == [*"The", "␣", *"cat", "⏎", *"sat", ".", "␣"]
    assert [word.text for word in group_words(read.tokens, [read.text])] == ["The", "cat", "sat", ".", " "]
