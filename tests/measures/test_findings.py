"""What is found in a text, against a second, slow way of looking; and that nothing is found where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.core.mean import attention_at
from attention_viz.core.place import ALL_HEADS, Place
from attention_viz.core.words import group_words
from attention_viz.measures import findings as module
from attention_viz.measures import links
from attention_viz.measures.compare import compare, most_and_least_alike
from attention_viz.measures.finding import Finding, Kind
from attention_viz.measures.findings import FAR, best_link, find
from attention_viz.measures.links import COMPANY, Beyond, Words
from attention_viz.measures.reading import reading_at
from attention_viz.measures.special import special_shares
from tests.conftest import tokens_of

NAMES = ["[CLS]", "dogs", "chase", "young", "cats", "there", ".", "[SEP]"]
COUNT = len(NAMES)


def even_maps(layers: int, heads: int, visible: np.ndarray) -> np.ndarray:
    """Maps [layer, head, query, key] of heads that spread evenly over what they see."""
    shares = visible / visible.sum(axis=-1, keepdims=True)
    return np.broadcast_to(shares, (layers, heads, *visible.shape)).astype(np.float32).copy()


def given_trace(maps: np.ndarray, names: list[str] = NAMES, visible: np.ndarray | None = None) -> av.Trace:
    """Maps as from a file, with [X] as special tokens."""
    seen = None if visible is None else np.broadcast_to(visible, maps.shape).copy()
    trace = av.from_arrays(maps, names, visible=seen)
    tokens = tokens_of(names)
    return replace(trace, texts=(" ".join(names),), tokens=tokens, key_tokens=tokens)


def with_link(maps: np.ndarray, place: Place, query: int, key: int, weight: float) -> np.ndarray:
    """One weight set, the others of its row made smaller."""
    row = maps[place.layer, place.head, query]
    row *= (1 - weight) / (1 - row[key])
    row[key] = weight
    return maps


def random_trace(seed: int, *, causal: bool = False, layers: int = 2, heads: int = 3, sharp: float = 0.2) -> av.Trace:
    rng = np.random.default_rng(seed)
    names = [name if rng.random() < 0.8 else f"[{name}]" for name in ("a", "b", ",", "c", "d", "e", "!?", "f", "g")]
    count = len(names)
    visible = np.tri(count, dtype=bool) if causal else np.ones((count, count), dtype=bool)
    maps = (rng.dirichlet(np.full(count, sharp), size=(layers, heads, count)) + 1e-6) * visible
    maps = (maps / maps.sum(axis=-1, keepdims=True)).astype(np.float32)
    return given_trace(maps, names, visible)


def slow_links(trace: av.Trace, place: Place) -> dict[tuple[int, int], float]:
    """What lies beyond, of each link between words of a head, cell by cell."""
    weights, visible = (
        trace.attention(place.layer or 0, place.head or 0),
        trace.visible(place.layer or 0, place.head or 0),
    )
    same = trace.key_tokens is trace.tokens

    def is_word(token: av.Token) -> bool:
        return not token.special and any(char.isalnum() for char in token.text)

    def excess(query: int, key: int) -> float:
        return float(weights[query, key]) - 1 / int(visible[query].sum())

    found = {}
    for query, one in enumerate(trace.tokens):
        for key, other in enumerate(trace.key_tokens):
            if not (visible[query, key] and is_word(one) and is_word(other)) or (same and one.word == other.word):
                continue
            if not same:
                found[query, key] = excess(query, key)
                continue
            others = [
                excess(row, row + key - query)
                for row in range(len(trace.tokens))
                if row != query and 0 <= row + key - query < len(trace.tokens) and visible[row, row + key - query]
            ]
            if len(others) >= COMPANY:
                found[query, key] = excess(query, key) - sum(others) / len(others)
    return found


def of_kind(found: tuple[Finding, ...], kind: Kind) -> Finding | None:
    return next((one for one in found if one.kind == kind), None)


@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([1, 20, links._BLOCK_CELLS]))
@settings(deadline=None, max_examples=60)
def test_links_are_those_of_the_slow_way_whatever_is_hidden_and_however_it_is_cut(seed, causal, block):
    trace = random_trace(seed, causal=causal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "_BLOCK_CELLS", block)
        for place in (Place(0, 0), Place(1, 2)):
            slow = slow_links(trace, place)
            found = Beyond(reading_at(trace, place), Words(trace)).of(trace.attention(place.layer or 0, place.head))
            received = np.zeros(len(trace.key_tokens))
            for (_, key), beyond in slow.items():
                received[key] += beyond
            np.testing.assert_allclose(found.received, received, atol=1e-5)
            best = max(slow.values(), default=0.0)
            if best > 1e-6:
                assert found.best is not None
                assert found.best.beyond == pytest.approx(best, abs=1e-5)
                assert slow[found.best.query, found.best.key] == pytest.approx(best, abs=1e-5)
                assert (
                    found.best.weight == trace.attention(place.layer or 0, place.head)[found.best.query, found.best.key]
                )


@given(st.integers(0, 10_000), st.booleans())
@settings(deadline=None, max_examples=40)
def test_whatever_is_found_is_far_enough_of_one_kind_and_in_one_place(seed, causal):
    trace = random_trace(seed, causal=causal)
    found = av.findings(trace)
    assert len(found) <= 6
    assert len({one.kind for one in found}) == len({(one.place, one.query) for one in found}) == len(found)
    for one in found:
        assert str(one.message).startswith("In this text ")
        assert one.place.name in str(one.message)
        assert one.value > one.even or one.kind == "broadest"
    every = {place: slow_links(trace, place) for place in map(Place, [0, 0, 0, 1, 1, 1], [0, 1, 2] * 2)}
    place = max(every, key=lambda place: max(every[place].values(), default=-1.0))
    best = max(every[place].values(), default=0.0)
    link = of_kind(found, "link")
    if link is not None:
        assert link == found[0], "it comes first"
        assert (link.place, best) == (place, pytest.approx(every[place][link.query, link.key], abs=1e-5))  # type: ignore[index]  # a link has both
        assert link.even == pytest.approx(1 / trace.visible(0, 0)[link.query or 0].sum())
        assert best >= FAR * (1 - link.even) - 1e-5
    else:
        assert best < 1 - FAR


def test_the_strongest_link_is_found_where_it_is_and_follows_its_words():
    place = Place(1, 0)
    maps = with_link(even_maps(2, 2, np.ones((COUNT, COUNT))), place, 5, 2, 0.7)
    (link,) = (one for one in av.findings(given_trace(maps)) if one.kind == "link")
    assert (link.place, link.query, link.key) == (place, 5, 2)
    assert link.value == pytest.approx(0.7)
    assert link.even == pytest.approx(1 / COUNT)
    assert str(link.message) == (
        "In this text L1 H0 links “there” to “chase” with a weight of 0.70. A head that spreads evenly over what "
        "“there” can see gives each 0.12."
    )
    order = [0, 2, 1, 5, 4, 3, 6, 7]
    swapped = av.findings(given_trace(maps[:, :, order][..., order], [NAMES[at] for at in order]))
    again = of_kind(swapped, "link")
    assert again is not None
    assert (again.query, again.key, again.message) == (3, 1, link.message)


@pytest.mark.parametrize(
    ("query", "key", "names"),
    [
        (5, 0, NAMES),  # to a special token
        (0, 5, NAMES),  # from one
        (5, 6, NAMES),  # to punctuation
        (4, 4, NAMES),  # to itself
        (1, 7, [*NAMES[:-1], "."]),  # one that has no company at its offset but one
    ],
)
def test_what_is_no_link_between_words(query, key, names):
    maps = with_link(even_maps(1, 1, np.ones((COUNT, COUNT))), Place(0, 0), query, key, 0.9)
    trace = given_trace(maps, names)
    assert best_link(trace, Place(0, 0)) is None
    assert of_kind(av.findings(trace), "link") is None


def test_pieces_of_one_word_are_no_link(minilm):
    trace = av.trace(minilm, "Antidisestablishmentarianism")
    (word,) = [word for word in group_words(trace.tokens, trace.texts) if not word.special]
    assert len(word.tokens) > 3
    assert best_link(trace) is None


def test_what_lies_at_the_same_offset_everywhere_is_position():
    shifted = np.roll(np.eye(COUNT), -2, axis=1)[None, None]
    maps = (0.9 * shifted + 0.1 * even_maps(1, 1, np.ones((COUNT, COUNT)))).astype(np.float32)
    assert best_link(given_trace(maps), Place(0, 0)) is None


def test_a_short_diagonal_does_not_win_by_having_no_company():
    names = [*"abcdefgh"]
    maps = even_maps(1, 1, np.ones((COUNT, COUNT)))
    for query, key, weight in ((7, 0, 0.99), (6, 0, 0.95), (3, 2, 0.6)):
        maps = with_link(maps, Place(0, 0), query, key, weight)
    link = best_link(given_trace(maps, names))
    assert link is not None
    assert (link.query, link.key) == (3, 2)


@pytest.mark.parametrize("causal", [False, True])
def test_equal_even_heads_have_nothing_to_show(causal):
    visible = np.tri(COUNT, dtype=bool) if causal else np.ones((COUNT, COUNT), dtype=bool)
    trace = given_trace(even_maps(2, 3, visible), visible=visible)
    assert av.findings(trace) == ()
    assert best_link(trace, Place(0, 1)) is None


def test_equal_heads_are_neither_unlike_nor_one_of_them_broad():
    maps = with_link(even_maps(2, 2, np.ones((COUNT, COUNT))), Place(0, 0), 5, 2, 0.7)
    maps[:] = maps[0, 0]
    assert {one.kind for one in av.findings(given_trace(maps))} == {"link"}


def test_a_decoders_first_words_are_not_named_for_their_place():
    """An even head of a decoder gives the first tokens most, and the second row half of its attention to the first."""
    visible = np.tri(COUNT, dtype=bool)
    names = [*"abcdefgh"]
    maps = with_link(even_maps(1, 4, visible), Place(0, 2), 6, 3, 0.6)
    link = best_link(given_trace(maps, names, visible))
    assert link is not None
    assert (link.place, link.query, link.key) == (Place(0, 2), 6, 3)
    assert link.even == pytest.approx(1 / 7)
    assert of_kind(av.findings(given_trace(maps, names, visible)), "popular") is None


def test_a_word_that_many_heads_look_at():
    maps = even_maps(2, 3, np.ones((COUNT, COUNT)))
    for layer, head, key in ((0, 0, 4), (0, 1, 4), (0, 2, 4), (1, 0, 4), (1, 1, 2), (1, 2, 6)):
        for query in (1, 2, 3, 5):
            if query != key:
                maps = with_link(maps, Place(layer, head), query, key, 0.5 + 0.05 * head)
    found = of_kind(av.findings(given_trace(maps)), "popular")
    assert found is not None
    # Five words; one head looks at the full stop, which is none.
    assert (found.key, found.query, found.value, found.even) == (4, None, 4, 1)
    assert found.place == Place(0, 2), "where it gets most"
    assert "“cats” is the word that 4 heads look at most, L0 H2 among them, of the 5 heads" in str(found.message)


def test_cross_attention_has_links_but_no_offsets():
    rng = np.random.default_rng(0)
    maps = rng.dirichlet(np.full(6, 5.0), size=(2, 2, COUNT)).astype(np.float32)
    maps = with_link(maps, Place(1, 1), 4, 2, 0.9)
    info = given_trace(even_maps(2, 2, np.ones((COUNT, COUNT)))).model
    keys = tokens_of(["one", "two", "cats", "four", "five", "[X]"])
    trace = av.Trace(info, ("x", "y"), tokens_of(NAMES), tuple(map(av.MapLayer, maps)), key_tokens=keys, kind="cross")
    link = best_link(trace)
    assert link is not None
    assert (link.place, link.query, link.key) == (Place(1, 1), 4, 2), "the same word of the other text is another word"
    assert link.even == pytest.approx(1 / 6)
    slow = slow_links(trace, Place(0, 0))
    first = Beyond(reading_at(trace, Place(0, 0)), Words(trace)).of(trace.attention(0, 0)).best
    assert first is not None
    assert first.beyond == pytest.approx(max(slow.values()), abs=1e-6)
    assert "previous" not in {one.kind for one in av.findings(trace)}


@pytest.mark.parametrize("names", [["a"], ["[CLS]", "[SEP]"], ["[CLS]"], [".", ","]])
def test_texts_without_words_to_link(names):
    maps = np.random.default_rng(1).dirichlet(np.ones(len(names)), size=(2, 2, len(names))).astype(np.float32)
    found = av.findings(given_trace(maps, names))
    assert not {"link", "popular"} & {one.kind for one in found}
    if len(names) == 1:
        assert found == ()


def test_without_special_tokens_nothing_rests_on_them():
    trace = random_trace(3)
    plain = given_trace(np.stack([trace.attention(layer) for layer in (0, 1)]), [*"abcdefghi"])
    assert of_kind(av.findings(plain), "special") is None


def test_on_a_real_text_every_number_is_that_of_the_maps(pronoun):
    found = {one.kind: one for one in av.findings(pronoun)}
    scores = {measure.key: measure.scores(pronoun) for measure in av.MEASURES}
    assert {"link", "previous", "special", "unlike"} <= found.keys()
    link = found["link"]
    assert link.value == pronoun.attention(link.place.layer or 0, link.place.head)[link.query, link.key]
    assert link.even == pytest.approx(1 / len(pronoun.tokens))
    best = max(max(slow_links(pronoun, Place(*at)).values()) for at in np.ndindex(6, 12))
    assert slow_links(pronoun, link.place)[link.query, link.key] == pytest.approx(best, abs=1e-5)  # type: ignore[index]  # a link has both
    for kind, key in (("previous", "previous_token"), ("special", "special_tokens")):
        one = found[kind]  # type: ignore[index]  # both are kinds
        assert one.value == scores[key].values.max() == scores[key].values[one.place.layer, one.place.head]
        assert one.even == scores[key].uniform[one.place.layer, one.place.head]
    special = found["special"].place
    for name, share in special_shares(
        pronoun.attention(special.layer or 0, special.head), reading_at(pronoun, special)
    ).items():
        assert f"{name}: {share:.2f}" in str(found["special"].message) or share < 0.05
    broadest = found["broadest"]
    ratio = scores["entropy"].values / scores["entropy"].uniform
    assert ratio[broadest.place.layer, broadest.place.head] == ratio.max()
    assert broadest.value == scores["entropy"].values[broadest.place.layer, broadest.place.head]
    alike = most_and_least_alike(pronoun)
    assert alike is not None
    pair = {Place(head.layer, head.head) for head in (alike[1].a, alike[1].b)}
    assert {found["unlike"].place, found["unlike"].other} == pair
    assert found["unlike"].value == alike[1].divergence


def test_they_come_one_after_the_other_from_one_look_at_each_map(pronoun, monkeypatch):
    looked: list[Place] = []

    def look(trace, place):
        looked.append(place)
        return attention_at(trace, place)

    monkeypatch.setattr("attention_viz.measures.findings.attention_at", look)
    steps = find(pronoun)
    for number in range(72):
        assert next(steps) == ()
        assert len(looked) == number + 1
    first, last = steps
    assert {one.kind for one in last} - {one.kind for one in first} == {"unlike"}
    assert set(first) < set(last)
    assert last == av.findings(pronoun)
    measured = av.score(pronoun, av.MEASURES)
    assert [*find(pronoun, measured)][-1] == last, "numbers that are there already are taken"


def test_of_many_maps_some_queries_decide_which_two_differ_most(pronoun, monkeypatch):
    monkeypatch.setattr(module, "PAIRS_BYTES", 72 * 24 * 4 * 13)
    found = of_kind(av.findings(pronoun), "unlike")
    assert found is not None
    assert found.other is not None
    assert "as far as 12 of its 24 queries tell" in str(found.message)
    a, b = (pronoun.head(place.layer or 0, place.head or 0) for place in (found.place, found.other))
    assert found.value == compare(a, b).number("divergence"), "the number is that of all queries"
    monkeypatch.setattr(module, "PAIRS_BYTES", 72 * 24 * 4 * 7)
    assert of_kind(av.findings(pronoun), "unlike") is None


def test_the_best_link_of_one_place(pronoun):
    every = [best_link(pronoun, Place(*at)) for at in np.ndindex(6, 12)]
    assert best_link(pronoun) == of_kind(av.findings(pronoun), "link")
    assert best_link(pronoun) in every
    one = best_link(pronoun, Place(3, 1))
    assert one is not None
    assert one.value == pronoun.attention(3, 1)[one.query, one.key]
    assert one.place == Place(3, 1)
    for mean in (Place(3), ALL_HEADS):
        found = best_link(pronoun, mean)
        assert found is None or found.place == mean
