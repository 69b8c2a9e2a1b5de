"""Writing dates: what is drawn, what the decoder does, and what is read."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import torch

from attention_viz.core.errors import TextError
from attention_viz.toy.chance import FIRST_WEIGHTS, generator, initialise
from attention_viz.toy.date_forms import FIRST, FORMATS, LAST, write
from attention_viz.toy.patterns import uniform_masses
from attention_viz.toy.task import Batch
from attention_viz.toy.tasks.dates import Dates, Translator
from attention_viz.toy.training import held_out
from tests.sentences import said

TASK = Dates()
CONFIG = replace(TASK.defaults, width=16)
OFF = frozenset({(0, 0)})
CODES = ("%d %B %Y", "%b %d, %Y", "%a %d %b %Y", "%d/%m/%y", "%d.%m.%Y", "%d-%b-%y")
"""FORMATS in the language of the standard library."""
YEAR, MONTH, DAY = range(4), range(5, 7), range(8, 10)


def untrained() -> Translator:
    model = Translator(CONFIG.width)
    initialise(model, generator(0, FIRST_WEIGHTS))
    return model.eval()


def drawn(size: int = 40) -> Batch:
    return TASK.batch(CONFIG, generator(0, 0), size)


def source_texts(batch: Batch) -> list[str]:
    """The texts of a batch, by what `read` makes of each character."""
    days = [FIRST + timedelta(days=31 * step) for step in range(24)]  # all months, all days of the week
    known = {character for day in days for form in FORMATS for character in write(day, form).text}
    numbers = {int(TASK.read(CONFIG, f"1{character}1").ids[1]): character for character in known}
    assert len(numbers) == len(known)
    padding = int(batch.inputs.max())
    assert padding not in numbers
    return ["".join(numbers[int(symbol)] for symbol in row if symbol != padding) for row in batch.inputs]


def target_texts(batch: Batch) -> list[str]:
    return ["".join((string.digits + "-")[symbol] for symbol in row) for row in batch.targets]


def of(text: str, code: str) -> date | None:
    try:
        return datetime.strptime(text, code).date()
    except ValueError:
        return None


@pytest.mark.parametrize(("form", "code"), [*zip(FORMATS, CODES, strict=True)], ids=CODES)
def test_what_is_written_is_the_date_to_the_standard_library(form: str, code: str):
    days = [FIRST, LAST, *(FIRST + timedelta(days=97 * step) for step in range((LAST - FIRST).days // 97))]
    for day in days:
        assert of(write(day, form).text, code) == day
        if "weekday" in form:
            assert write(day, form).text.startswith(f"{day:%a} ")


@pytest.mark.parametrize(
    ("form", "text", "fields"),
    [
        *zip(
            FORMATS,
            ("7 March 2021", "Mar 7, 2021", "Sun 7 Mar 2021", "07/03/21", "07.03.2021", "7-Mar-21"),
            (
                {"day": (0, 1), "month": (2, 7), "year": (8, 12)},
                {"month": (0, 3), "day": (4, 5), "year": (7, 11)},
                {"weekday": (0, 3), "day": (4, 5), "month": (6, 9), "year": (10, 14)},
                {"day": (0, 2), "month": (3, 5), "year": (6, 8)},
                {"day": (0, 2), "month": (3, 5), "year": (6, 10)},
                {"day": (0, 1), "month": (2, 5), "year": (6, 8)},
            ),
            strict=True,
        )
    ],
)
def test_fields_stand_where_they_are_written(form: str, text: str, fields: dict[str, tuple[int, int]]):
    written = write(date(2021, 3, 7), form)
    assert (written.text, written.fields) == (text, fields)


@pytest.mark.parametrize("batch", [drawn(), held_out(TASK, CONFIG)], ids=["learned", "unseen"])
def test_each_source_says_its_target(batch: Batch):
    used = set()
    for text, target in zip(source_texts(batch), target_texts(batch), strict=True):
        codes = [code for code in CODES if of(text, code) == date.fromisoformat(target)]
        assert codes, (text, target)
        used.update(codes)
    assert used == set(CODES)


def test_patterns_point_from_each_digit_to_its_part_of_the_date():
    batch = drawn()
    texts, targets = source_texts(batch), target_texts(batch)
    for row, (text, target) in enumerate(zip(texts, targets, strict=True)):
        day = date.fromisoformat(target)
        says = {
            "year": (YEAR, {f"{day:%Y}", f"{day:%y}"}),
            "month": (MONTH, {f"{day:%B}", f"{day:%b}", f"{day:%m}"}),
            "day": (DAY, {f"{day:%d}", str(day.day)}),
        }
        every = torch.zeros_like(batch.patterns["alignment"][row])
        for name, (places, words) in says.items():
            pattern = batch.patterns[name][row]
            for place in range(10):
                pointed = "".join(text[key] for key in pattern[place].nonzero()[:, 0])
                assert pointed in words if place in places else not pointed
            every |= pattern
        assert torch.equal(batch.patterns["alignment"][row], every)


def test_the_days_that_are_measured_on_are_never_trained_on():
    unseen = set(target_texts(held_out(TASK, CONFIG)))
    assert len(unseen) > 100
    for step in range(20):
        assert unseen.isdisjoint(target_texts(TASK.batch(CONFIG, generator(0, step), TASK.batch_size)))


def test_the_decoder_is_given_what_stands_before():
    batch = drawn(3)
    assert batch.given is not None
    assert torch.equal(batch.given[:, 1:], batch.targets[:, :-1])
    assert (batch.given[:, 0] == 11).all(), "a start that is no symbol which can be written"


@torch.no_grad()
def test_what_a_date_says_does_not_depend_on_the_padding_beside_it():
    batch, model = drawn(), untrained()
    assert batch.given is not None
    together = model(batch.inputs, batch.given)
    widths = []
    for row, text in enumerate(source_texts(batch)):
        widths.append(len(text))
        alone = model(batch.inputs[row : row + 1, : len(text)], batch.given[row : row + 1])
        assert alone.attended[0].visible is None
        torch.testing.assert_close(together.logits[row], alone.logits[0], rtol=1e-4, atol=1e-5)
        weights = together.attended[0].weights[row, 0]
        torch.testing.assert_close(weights[:, : len(text)], alone.attended[0].weights[0, 0], rtol=1e-4, atol=1e-6)
        assert (weights[:, len(text) :] == 0).all()
    assert len(set(widths)) > 5
    even = uniform_masses(together.attended, batch.patterns)["month"]
    by_hand = [int(batch.patterns["month"][row, 5].sum()) / width for row, width in enumerate(widths)]
    assert even == pytest.approx(sum(by_hand) / len(by_hand))


@torch.no_grad()
def test_weights_are_those_of_the_paper():
    model = untrained()
    inputs = TASK.read(CONFIG, "Mar 7, 2021").ids[None]
    states, last = model.encoder(model.read(inputs))
    asking = torch.tanh(model.first(last[1]))[0]  # the backward state at the first character
    scores = [
        model.direction @ torch.tanh(model.query_weight.T @ asking + model.key_weight.T @ state) for state in states[0]
    ]
    found = model(inputs).attended[0].weights[0, 0, 0]
    torch.testing.assert_close(found, torch.stack(scores).softmax(dim=0), rtol=1e-4, atol=1e-6)


@torch.no_grad()
def test_the_decoder_alone_writes_what_a_loop_over_its_own_words_writes():
    batch, model = drawn(8), untrained()
    for off in (frozenset(), OFF):
        given = torch.full((8, 1), 11)
        for _ in range(10):
            likeliest = model(batch.inputs, given, off).logits[:, -1:].argmax(dim=-1)
            given = torch.cat([given, likeliest], dim=1)
        assert torch.equal(TASK.predict(model, batch, off), given[:, 1:])
    assert not torch.equal(TASK.predict(model, batch), model(batch.inputs, batch.given).logits.argmax(dim=-1))


@torch.no_grad()
def test_a_head_that_is_off_finds_nothing():
    batch, model, deaf = drawn(5), untrained(), untrained()
    deaf.decoder.weight_ih[:, 32:] = 0  # after the embedding of what was written: the context
    deaf.head.weight[:, CONFIG.width : 3 * CONFIG.width] = 0
    off = model(batch.inputs, batch.given, OFF).logits
    torch.testing.assert_close(off, deaf(batch.inputs, batch.given).logits)
    assert not torch.allclose(off, model(batch.inputs, batch.given).logits)


@torch.no_grad()
def test_a_date_counts_only_as_a_whole():
    batch, model = drawn(4), untrained()
    written = TASK.predict(model, batch)
    assert TASK.accuracy(model, replace(batch, targets=written)) == 1
    slip = written.clone()
    slip[0, 9] = (slip[0, 9] + 1) % 11
    assert TASK.accuracy(model, replace(batch, targets=slip)) == 0.75


def test_characters_are_tokens_and_know_where_they_stand():
    read = TASK.read(CONFIG, "  Mar 7,\n2021 ")
    assert "".join(token.text for token in read.tokens) == "Mar␣7,␣2021"
    assert [token.span for token in read.tokens] == [(place, place + 1) for place in range(2, 13)]
    for token in read.tokens:
        assert token.span is not None
        assert token.text in (read.text[slice(*token.span)], "␣")
    words = [token.word for token in read.tokens]
    assert words[:3] == [words[0]] * 3
    assert words[-4:] == [words[-1]] * 4
    assert words[2] != words[3] != words[4]
    assert read.tokens[3].id == TASK.read(CONFIG, "Mar 7, 2021").tokens[3].id == read.tokens[6].id


def test_dates_that_are_never_drawn_can_be_read():
    text = "Friday, March 12, 1812"
    assert len(TASK.read(CONFIG, text).tokens) == len(text)


def test_a_long_text_is_cut_and_says_so():
    read = TASK.read(CONFIG, "7 " * 30)
    assert len(read.tokens) == TASK.token_limit == 32
    assert said(read.notes) == ("The text has 59 characters; this model reads the first 32.",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to read. This model reads a date, such as “12 March 2021”"),
        (" \n\t", "nothing to read"),
        ("7 März 2021", "does not know “ä”: it reads a date, such as “12 March 2021”, of the characters 0123456789␣,-"),
        ("٧ March 2021", "does not know “٧”"),
        ("7 March\ud8002021", "does not know “\ufffd”"),
    ],
)
def test_what_is_no_date_is_refused_with_what_is_known(text: str, sentence: str):
    with pytest.raises(TextError, match=sentence):
        TASK.read(CONFIG, text)


@torch.no_grad()
@pytest.mark.parametrize("second", [None, "", "  "])
def test_the_decoder_answers_with_what_it_writes_itself(second: str | None):
    model, read = untrained(), TASK.read(CONFIG, "Mar 7, 2021")
    response = TASK.respond(CONFIG, model, read, second)
    free = model(read.ids[None])
    assert torch.equal(response.ids, free.logits[0].argmax(dim=-1))
    assert response.text == "".join(token.text for token in response.tokens)
    assert [token.span for token in response.tokens] == [(place, place + 1) for place in range(10)]
    assert {token.segment for token in response.tokens} == {1}
    assert min(token.word or 0 for token in response.tokens) == 1 + max(token.word or 0 for token in read.tokens)
    told = model(read.ids[None], TASK.given_of(response))
    torch.testing.assert_close(told.attended[0].weights, free.attended[0].weights)


@torch.no_grad()
def test_the_decoder_can_be_told_what_it_has_written():
    model, read = untrained(), TASK.read(CONFIG, "Mar 7, 2021")
    maps = []
    for second in ("2021-0", "2029-0"):
        response = TASK.respond(CONFIG, model, read, second)
        assert response.text == second
        maps.append(model(read.ids[None], TASK.given_of(response)).attended[0].weights[0, 0])
    assert maps[0].shape == (6, 11)
    # What is given as the fourth symbol is read by the step of the fifth, whose state asks for the sixth.
    torch.testing.assert_close(maps[0][:5], maps[1][:5])
    assert not torch.allclose(maps[0][5], maps[1][5])


@pytest.mark.parametrize(
    ("second", "sentence"),
    [("12 March", "does not know “␣”: it writes a date, such as “2021-03-12”"), ("2021/03", "“/”: it writes a date")],
)
def test_the_decoder_can_not_be_told_what_it_can_not_write(second: str, sentence: str):
    with pytest.raises(TextError, match=sentence):
        TASK.respond(CONFIG, untrained(), TASK.read(CONFIG, "7 March 2021"), second)


def test_more_than_a_date_is_cut_and_says_so():
    response = TASK.respond(CONFIG, untrained(), TASK.read(CONFIG, "7 March 2021"), "2021-03-07-01")
    assert response.text[: len(response.tokens)] == "2021-03-07"
    assert said(response.notes) == ("The text has 13 characters; this model writes the first 10.",)


def test_the_sample_is_the_example_and_what_the_model_makes_of_it():
    model = untrained()
    text, second = TASK.example(CONFIG)
    assert second is None
    day = of(text, CODES[1])
    assert day is not None
    assert (day - FIRST).days % 10 == 0, "an unseen day"
    response = TASK.respond(CONFIG, model, TASK.read(CONFIG, text), None)
    assert TASK.sample(CONFIG, model) == f"{text} → {response.text}"
