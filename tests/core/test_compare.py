"""Two heads beside each other: who is whose partner, the common maps, the difference, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attention_viz as av
from attention_viz.core.align import align
from attention_viz.core.words import word_numbers
from attention_viz.models.tracing import traces
from tests.models.tiny import FAMILIES, load
from tests.sentences import said

BY_NAME = {tiny.family: tiny for tiny in FAMILIES}
TIRED = "The cat didn't cross the street because it was too tired."
WIDE = TIRED.replace("tired", "wide")
SOME_TEXT = st.sampled_from(["a b a", "ab ab", "a b", "b a 😀b"])
SOME_ENDS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=4)
ADDED = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["[CLS]", "[SEP]"])), min_size=1, max_size=3)
HARD = "The naïve cats' “well-known” 我喜欢 cat: 3.14% 😀👩‍👩‍👧 café!"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A tiny model of a family, made when first asked for."""
    made: dict[str, object] = {}

    def of(family: str):
        if family not in made:
            made[family] = load(BY_NAME[family].save(tmp_path_factory.mktemp(family)), family)
        return made[family]

    return of


def pieces(text: str, cut: Sequence[str], begin: str = "", end: str = "", segment: int = 0) -> tuple[av.Token, ...]:
    """Tokens of `text`, with what a model puts before and after it."""
    spans, at = [], 0
    for piece in cut:
        at = text.index(piece, at)
        spans.append((at, at + len(piece)))
        at += len(piece)
    words = word_numbers(text, spans)
    tokens = [
        av.Token(piece, 7, span, word, segment, False) for piece, span, word in zip(cut, spans, words, strict=True)
    ]
    added = {name: av.Token(name, 1, None, None, segment, True) for name in (begin, end)}
    return (*([added[begin]] if begin else []), *tokens, *([added[end]] if end else []))


def partners(axis: av.Axis) -> list[tuple[str, str]]:
    return [(axis.a[a].text, axis.b[b].text) for a, b in zip(axis.shared_a, axis.shared_b, strict=True)]


def tokens_in(piece: object) -> tuple[int, ...]:
    assert isinstance(piece, av.Word)
    return piece.tokens


def of_maps(maps: np.ndarray, tokens: Sequence[av.Token], text: str, visible: np.ndarray | None = None) -> av.Head:
    weights = np.asarray(maps, dtype=np.float32)[None, None]
    return av.from_arrays(weights, tokens, texts=text, visible=visible, kind="encoder").head(0, 0)


class TestAlign:
    def test_the_same_tokens_are_their_own_partners(self, pronoun):
        axis = align(pronoun.tokens, pronoun.texts, (*pronoun.tokens,), pronoun.texts)
        assert not axis.merged
        assert axis.complete
        np.testing.assert_array_equal(axis.partner_of_a, np.arange(len(pronoun.tokens)))
        assert axis.a == axis.b == pronoun.tokens

    def test_the_same_text_in_other_tokens(self):
        text = "The cats sat."
        a = pieces(text, ["The", "cat", "s", "sat", "."], "[CLS]", "[SEP]")
        b = pieces(text, ["The", "c", "at", "s", "sa", "t", "."], "<s>", "</s>")
        axis = align(a, (text,), b, (text,))
        expected = [("[CLS]", "<s>"), *((word, word) for word in ("The", "cats", "sat", ".")), ("[SEP]", "</s>")]
        assert partners(axis) == expected
        assert axis.complete
        assert tokens_in(axis.b[2]) == (2, 3, 4)

    def test_repeated_words_go_by_their_place(self):
        text = "it saw it and it saw"
        a = pieces(text, text.split())
        b = pieces(text, text.split()[:4])  # The other model read less.
        axis = align(a, (text,), b, (text,))
        assert list(axis.partner_of_a) == [0, 1, 2, 3, -1, -1]

    def test_a_piece_over_several_words_joins_them_on_both_sides(self):
        text = "New York is big"
        axis = align(
            pieces(text, ["New York", "is", "big"]), (text,), pieces(text, ["New", "York", "is", "big"]), (text,)
        )
        assert partners(axis) == [("New York", "New York"), ("is", "is"), ("big", "big")]
        assert tokens_in(axis.b[0]) == (0, 1)

    def test_a_blank_of_its_own_counts_to_the_word_after_it(self):
        text = "a cat "
        blanks = (
            av.Token("a", 7, (0, 1), 0, 0, False),
            av.Token("▁", 7, (1, 2), 1, 0, False),
            av.Token("cat", 7, (2, 5), 2, 0, False),
            av.Token("▁", 7, (5, 6), 3, 0, False),
        )
        for other in (text, "the cat "):
            axis = align(blanks, (text,), pieces(other, other.split()), (other,))
            assert ("cat", "cat") in partners(axis)
            assert tokens_in(axis.a[1]) == (1, 2)
            assert tokens_in(axis.a[2]) == (3,), "one at the end stays alone"

    def test_one_special_token_against_two(self):
        text = "a cat"
        axis = align(
            pieces(text, ["a", "c", "at"], "<s>"), (text,), pieces(text, ["a", "cat"], "[CLS]", "[SEP]"), (text,)
        )
        assert partners(axis) == [("<s>", "[CLS]"), ("a", "a"), ("cat", "cat")]
        assert [piece.text for piece in axis.alone_b] == ["[SEP]"]
        axis = align(
            pieces(text, ["a", "c", "at"], end="</s>"), (text,), pieces(text, ["a", "cat"], "[CLS]", "[SEP]"), (text,)
        )
        assert partners(axis)[-1] == ("</s>", "[SEP]")
        assert [piece.text for piece in axis.alone_b] == ["[CLS]"]

    def test_other_texts_go_by_their_words(self):
        one, other = "the old cat sat on a mat", "the cat sat quietly on a red mat"
        axis = align(pieces(one, one.split()), (one,), pieces(other, other.split()), (other,))
        assert [a for a, _ in partners(axis)] == ["the", "cat", "sat", "on", "a", "mat"]
        assert all(a == b for a, b in partners(axis))
        assert [piece.text for piece in axis.alone_a] == ["old"]
        assert [piece.text for piece in axis.alone_b] == ["quietly", "red"]

    def test_nothing_in_common(self):
        axis = align(
            pieces("yes", ["yes"], "[CLS]", "[SEP]"), ("yes",), pieces("no", ["no"], "[CLS]", "[SEP]"), ("no",)
        )
        assert partners(axis) == [], "special tokens alone are no common text"

    def test_tokens_of_a_file_that_stand_in_no_order(self):
        text = "a b"
        shuffled = pieces(text, ["a", "b"])[::-1]
        axis = align(shuffled, (text,), pieces(text, ["a", "b"]), (text,))
        assert len(partners(axis)) == 1

    @given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
    @settings(deadline=None)
    def test_partners_of_words_are_the_most_there_can_be(self, one, other):
        texts = " ".join(one), " ".join(other)
        axis = align(pieces(texts[0], one), texts[:1], pieces(texts[1], other), texts[1:])
        found = partners(axis)
        assert all(a == b for a, b in found)
        assert (np.diff(axis.shared_a) > 0).all()
        assert (np.diff(axis.shared_b) > 0).all()
        assert len(found) == longest_common(one, other)
        for a, b in zip(axis.shared_a, axis.shared_b, strict=True):
            assert axis.partner_of_b[b] == a
        back = align(pieces(texts[1], other), texts[1:], pieces(texts[0], one), texts[:1])
        assert mirrored(axis, back)

    @given(SOME_TEXT, SOME_TEXT, SOME_ENDS, SOME_ENDS, ADDED, ADDED)
    @settings(deadline=None)
    def test_sides_that_change_places_keep_their_partners(self, one, other, ends_a, ends_b, added_a, added_b):
        """Of any pieces: also such that share characters, have none, or stand in no text."""
        texts = one, other
        a, b = any_tokens(one, ends_a, added_a), any_tokens(other, ends_b, added_b)
        there = align(a, texts[:1], b, texts[1:])
        assert (np.diff(there.shared_b) > 0).all(), "partners stand in the same order"
        assert mirrored(there, align(b, texts[1:], a, texts[:1]))

    def test_added_tokens_between_the_texts_do_not_cross_words(self):
        text = "a b"
        a = (*pieces(text, ["a"], "[CLS]", "[SEP]"), *pieces(text, ["b"], end="[EOS]"))
        b = (*pieces(text, ["a", "b"], end="[SEP]"), *pieces("", [], end="[EOS]"))
        axis = align(a, (text,), b, (text,))
        assert partners(axis) == [("a", "a"), ("b", "b"), ("[EOS]", "[EOS]")]
        assert mirrored(axis, align(b, (text,), a, (text,)))


def mirrored(there: av.Axis, back: av.Axis) -> bool:
    return (
        (there.a, there.b, there.merged, there.same_text, there.several)
        == (back.b, back.a, back.merged, back.same_text, back.several)
        and np.array_equal(there.partner_of_a, back.partner_of_b)
        and np.array_equal(there.partner_of_b, back.partner_of_a)
    )


def any_tokens(text: str, ends: list[tuple[int, int]], added: list[tuple[int, str]]) -> tuple[av.Token, ...]:
    """Pieces of a text in its order, between which some stand that a model adds."""
    spans = sorted((min(*pair, len(text)), min(max(pair), len(text))) for pair in ends)
    words = word_numbers(text, spans)
    tokens = [av.Token("p", 7, span, word, 0, False) for span, word in zip(spans, words, strict=True)]
    for place, name in added:
        tokens.insert(place, av.Token(name, 1, None, None, 0, True))
    return tuple(tokens)


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + longest_common(one[1:], other[1:])
    return max(longest_common(one[1:], other), longest_common(one, other[1:]))


class TestTwoHeadsOnOneText:
    def test_maps_and_difference(self, pronoun):
        maps = av.side_by_side(pronoun.head(2, 5), pronoun.head(3, 1))
        np.testing.assert_array_equal(maps.map_a, pronoun.attention(2, 5))
        np.testing.assert_array_equal(maps.shared_b, pronoun.attention(3, 1))
        np.testing.assert_array_equal(maps.difference, pronoun.attention(3, 1) - pronoun.attention(2, 5))
        assert maps.difference.dtype == np.float32
        back = av.side_by_side(pronoun.head(3, 1), pronoun.head(2, 5))
        np.testing.assert_array_equal(maps.difference, -back.difference)
        assert (maps.notes, maps.whole_rows, maps.same) == ((), True, False)
        assert maps.compared.all()
        for kept in maps.kept:
            np.testing.assert_allclose(kept, 1, atol=1e-5)
        with pytest.raises(ValueError, match="read-only"):
            maps.difference[0, 0] = 1

    def test_one_head_with_itself(self, minilm, pronoun):
        again = av.trace(minilm, pronoun.texts[0])
        comparison = av.compare(pronoun.head(2, 5), again.head(2, 5))
        assert comparison.maps.same
        assert (comparison.maps.difference == 0).all()
        assert said(comparison.notes) == ("A and B are the same head: the difference is 0 everywhere.",)
        assert comparison.most_different == ()
        values = [number.value for number in comparison.numbers]
        assert values == [0, 0, pytest.approx(1), 0]
        assert not av.side_by_side(pronoun.head(2, 5), pronoun.head(2, 6)).same

    def test_a_head_that_is_not_there(self, pronoun):
        with pytest.raises(av.RangeError, match="There is no layer 6"):
            pronoun.head(6, 0)
        with pytest.raises(av.RangeError, match="There is no head 12"):
            pronoun.head(5, 12)
        assert pronoun.head(2, 5).name == "L2 H5"

    def test_the_numbers_say_what_they_are(self, pronoun):
        comparison = av.compare(pronoun.head(2, 5), pronoun.head(3, 1))
        assert [number.key for number in comparison.numbers] == [
            "divergence",
            "total_variation",
            "cosine",
            "largest_difference",
        ]
        for number in comparison.numbers:
            assert number.low <= number.value <= number.high
            assert number.label
            assert number.source
            assert number.meaning.endswith(".")
        assert comparison.divergence.shape == (len(pronoun.tokens),)
        assert comparison.number("divergence") == pytest.approx(comparison.divergence.mean())
        assert np.isnan(comparison.number("height"))

    def test_cells_that_differ_most(self, pronoun):
        comparison = av.compare(pronoun.head(2, 5), pronoun.head(3, 1))
        a, b = pronoun.attention(2, 5), pronoun.attention(3, 1)
        cells = comparison.most_different
        sizes = np.sort(np.abs(b - a), axis=None)[::-1]
        np.testing.assert_array_equal([abs(cell.difference) for cell in cells], sizes[:10].astype(float))
        for cell in cells:
            assert (cell.a, cell.b) == (a[cell.row, cell.column], b[cell.row, cell.column])
            assert cell.query == pronoun.tokens[cell.row]
            assert cell.key == pronoun.tokens[cell.column]
        assert comparison.number("largest_difference") == abs(cells[0].difference)


class TestTwoTexts:
    def test_a_minimal_pair(self, minilm):
        a, b = av.trace(minilm, TIRED), av.trace(minilm, WIDE)
        comparison = av.compare(a.head(3, 1), b.head(3, 1))
        maps = comparison.maps
        assert [piece.text for piece in maps.rows.alone_a] == ["tired"]
        assert [piece.text for piece in maps.rows.alone_b] == ["wide"]
        assert len(maps.shared_a) == len(maps.rows.a) - 1
        np.testing.assert_allclose(maps.map_a.sum(-1), 1, atol=1e-5)
        np.testing.assert_allclose(maps.map_b.sum(-1), 1, atol=1e-5)
        assert not maps.whole_rows
        words = av.group_words(a.tokens, a.texts)
        gone = next(number for number, word in enumerate(words) if word.text == "tired")
        merged = np.delete(np.delete(av.merge_words(a.attention(3, 1), words, words), gone, 0), gone, 1)
        np.testing.assert_array_equal(maps.shared_a, merged)
        np.testing.assert_allclose(maps.kept[0], merged.sum(-1))
        np.testing.assert_array_equal(maps.difference, maps.shared_b - maps.shared_a)
        assert said(comparison.notes)[:3] == (
            "The texts are not the same, so both maps are between words: a word gets the sum of what its tokens get, "
            "and gives the mean of what they give.",
            "Only A has “tired”: left out of the difference.",
            "Only B has “wide”: left out of the difference.",
        )
        assert said(comparison.notes)[3].startswith("Of what a query gives, ")
        assert 0 <= comparison.number("divergence") <= np.log(2)
        back = av.compare(b.head(3, 1), a.head(3, 1))
        assert back.number("divergence") == comparison.number("divergence")
        np.testing.assert_array_equal(back.maps.difference, -maps.difference)

    def test_nothing_in_common(self, minilm):
        a, b = av.trace(minilm, "yes"), av.trace(minilm, "never again")
        comparison = av.compare(a.head(0, 0), b.head(0, 0))
        assert comparison.maps.map_a.shape == (3, 3)
        assert comparison.maps.map_b.shape == (4, 4)
        assert comparison.maps.difference.shape == (0, 0)
        assert (comparison.numbers, comparison.most_different) == ((), ())
        assert str(comparison.notes[-1]) == "A and B have no word in common, so there is no difference to show."
        assert not comparison.maps.comparable
        assert np.isnan(av.to_all(a.head(0, 0), b)).all()

    def test_one_word(self, minilm):
        trace = av.trace(minilm, "yes")
        comparison = av.compare(trace.head(0, 0), trace.head(5, 3))
        assert comparison.maps.difference.shape == (3, 3)
        assert said(comparison.notes) == ()

    def test_a_text_alone_and_in_a_pair(self, minilm):
        comparison = av.compare(
            av.trace(minilm, TIRED).head(1, 1), av.trace(minilm, TIRED, "It slept all day.").head(1, 1)
        )
        shared = {piece.text for piece in comparison.maps.rows.a}
        assert {"tired", "street", "[CLS]", "[SEP]"} <= shared
        assert not comparison.maps.rows.alone_a
        assert {piece.text for piece in comparison.maps.rows.alone_b} == {"It", "slept", "all", "day", ".", "[SEP]"}

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("dogs chase cats", "cats chase dogs"),
            ("The dog saw the cat.", "The cat saw the dog, and the cat ran."),
            ("猫追狗，狗追猫。", "狗追猫。"),
            ("😀 cat 👩‍👩‍👧 😀", "👩‍👩‍👧 😀 cat"),
        ],
    )
    def test_swapping_the_sides_changes_no_number(self, minilm, one, other):
        a, b = av.trace(minilm, one), av.trace(minilm, other)
        there, back = av.compare(a.head(3, 1), b.head(4, 2)), av.compare(b.head(4, 2), a.head(3, 1))
        assert_swapped(there, back)
        assert there.maps.rows.several
        assert any("can be paired in more than one way" in str(note) for note in there.notes)
        all_of_b, all_of_a = av.to_all(a.head(3, 1), b), av.to_all(b.head(4, 2), a)
        assert all_of_b[4, 2] == all_of_a[3, 1] == there.number("divergence")

    def test_one_way_to_pair_is_not_called_one_of_several(self, minilm):
        comparison = av.compare(av.trace(minilm, TIRED).head(3, 1), av.trace(minilm, WIDE).head(3, 1))
        assert not comparison.maps.rows.several
        assert not any("more than one way" in str(note) for note in comparison.notes)


def assert_swapped(there: av.Comparison, back: av.Comparison) -> None:
    """The same comparison from the other side, bit for bit."""
    np.testing.assert_array_equal(there.maps.difference, -back.maps.difference)
    np.testing.assert_array_equal(there.maps.compared, back.maps.compared)
    np.testing.assert_array_equal(there.divergence, back.divergence)
    assert there.numbers == back.numbers
    cells = [[(cell.row, cell.column, cell.a, cell.b) for cell in side.most_different] for side in (there, back)]
    assert cells[0] == [(row, column, a, b) for row, column, b, a in cells[1]]
    assert len(there.notes) == len(back.notes)


class TestTwoModels:
    @pytest.mark.parametrize("families", [("bert", "roberta"), ("bert", "gpt2"), ("t5", "xlnet")])
    @pytest.mark.parametrize(
        ("one", "other"), [(HARD, HARD), (TIRED, "It was too wide, it was."), ("the cat", "cat the")]
    )
    def test_swapping_two_models_changes_no_number(self, tiny, families, one, other):
        a, b = (av.trace(tiny(family), text) for family, text in zip(families, (one, other), strict=True))
        assert_swapped(av.compare(a.head(1, 0), b.head(0, 3)), av.compare(b.head(0, 3), a.head(1, 0)))

    @pytest.mark.parametrize("families", [("bert", "roberta"), ("bert", "llama"), ("roberta", "t5"), ("xlnet", "bert")])
    @pytest.mark.parametrize("text", [TIRED, HARD, "naïve"])
    def test_other_tokens_of_one_text(self, tiny, families, text):
        a, b = (av.trace(tiny(family), text) for family in families)
        comparison = av.compare(a.head(1, 0), b.head(0, 3))
        maps = comparison.maps
        for one, other in partners(maps.rows):
            special = one.startswith(("[", "<")) or other.startswith(("[", "<"))
            assert special or one == other or one.strip() == other.strip(), (one, other)
        words = {piece.text for piece in maps.rows.a if not piece.special}
        alone = {piece.text for piece in (*maps.rows.alone_a, *maps.rows.alone_b) if not piece.special}
        assert words
        assert not alone, "both read every word"
        np.testing.assert_allclose(maps.map_a.sum(-1), 1, atol=1e-4)
        np.testing.assert_allclose(maps.map_b.sum(-1), 1, atol=1e-4)
        assert said(comparison.notes)[0].startswith(
            "The text is cut into different tokens in A and in B, so both maps are"
        )
        assert av.to_all(a.head(1, 0), b).shape == (len(b.layers), b.heads)

    def test_the_bundled_model_beside_a_tiny_one(self, minilm, tiny):
        a, b = av.trace(minilm, TIRED), av.trace(tiny("roberta"), TIRED)
        comparison = av.compare(a.head(5, 11), b.head(1, 3))
        assert comparison.maps.rows.complete
        assert comparison.maps.whole_rows
        assert said(comparison.notes)[1:] == (
            "[CLS] of A stands beside <s> of B.",
            "[SEP] of A stands beside </s> of B.",
        )

    def test_encoder_beside_decoder(self, tiny):
        a, b = av.trace(tiny("bert"), TIRED), av.trace(tiny("gpt2"), TIRED)
        comparison = av.compare(a.head(0, 0), b.head(0, 0))
        maps = comparison.maps
        count = len(maps.shared_a)
        np.testing.assert_array_equal(maps.compared, np.tri(count, dtype=bool))
        assert (maps.difference[~maps.compared] == 0).all()
        assert not maps.whole_rows
        assert (
            f"{count * (count - 1) // 2} cells that only one side can see: not 0, but left out of the difference."
            in said(comparison.notes)
        )
        assert "A is encoder attention and B is decoder attention." in said(comparison.notes)
        assert comparison.divergence[0] == 0, "its first word sees one key"
        assert all(cell.row >= cell.column for cell in comparison.most_different)

    def test_cross_attention_aligns_queries_and_keys_apart(self, tiny):
        one = traces(tiny("bart"), TIRED, "A cat slept.")["cross"]
        other = traces(tiny("bart"), TIRED, "A dog slept.")["cross"]
        maps = av.side_by_side(one.head(0, 0), other.head(0, 0))
        assert maps.columns.complete
        assert not maps.columns.merged
        assert maps.rows.merged
        assert [piece.text for piece in maps.rows.alone_a] == ["cat"]
        assert maps.whole_rows, "no key is left out"
        np.testing.assert_allclose(maps.shared_a.sum(-1), 1, atol=1e-5)
        assert "Only A has “cat” among the queries: left out of the difference." in said(maps.notes)


@given(st.integers(0, 10_000), st.integers(1, 9), st.sampled_from([0.05, 1.0, 20.0]))
@settings(deadline=None, max_examples=40)
def test_laws_of_random_maps(seed, count, sharp):
    rng = np.random.default_rng(seed)
    text = " ".join(f"w{number}" for number in range(count))
    tokens = pieces(text, text.split())
    visible = rng.random((count, count)) < 0.7
    visible[:, 0] = True
    one, other = rng.dirichlet(np.full(count, sharp), size=(2, count))
    other = np.where(visible, other, 0) + np.eye(1, count) * 1e-9
    a, b = of_maps(one, tokens, text), of_maps(other / other.sum(-1, keepdims=True), tokens, text, visible)
    there, back = av.compare(a, b), av.compare(b, a)
    np.testing.assert_array_equal(there.maps.compared, visible)
    np.testing.assert_array_equal(there.maps.difference, -back.maps.difference)
    np.testing.assert_array_equal(there.divergence, back.divergence)
    for number in (*there.numbers, *av.compare(a, a).numbers):
        assert number.low <= number.value <= number.high
    assert av.compare(b, b).number("divergence") == 0
    assert len(there.most_different) <= 10
    assert all(visible[cell.row, cell.column] for cell in there.most_different)


def test_sides_that_can_see_no_common_cell():
    tokens = pieces("a b", ["a", "b"])
    a = of_maps(np.eye(2), tokens, "a b", np.eye(2, dtype=bool))
    b = of_maps(np.eye(2)[::-1], tokens, "a b", ~np.eye(2, dtype=bool))
    comparison = av.compare(a, b)
    assert comparison.numbers == ()
    assert not comparison.maps.comparable
    assert said(comparison.notes) == (
        "4 cells that only one side can see: not 0, but left out of the difference.",
        "There is no cell that both sides can see, so there is no difference to show.",
    )


def test_long_lists_are_cut(minilm):
    a = av.trace(minilm, "cat " + " ".join(f"w{number}" for number in range(30)))
    b = av.trace(minilm, "cat")
    (note,) = (note for note in said(av.side_by_side(a.head(0, 0), b.head(0, 0)).notes) if note.startswith("Only A"))
    assert note == "Only A has “w0”, “w1”, “w2”, “w3”, “w4”, “w5”, “w6”, “w7” and 22 more: left out of the difference."
