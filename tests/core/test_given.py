"""Maps that a notebook has, as a Trace. What files add to it is tested in tests/imports."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import attention_viz as av

UNIFORM = np.full((2, 3, 4, 4), 0.25, dtype=np.float32)
NAMES = ["a", "b", "c", "d"]


def test_every_view_works_on_it(pronoun):
    maps = np.stack([pronoun.attention(layer) for layer in range(6)])
    trace = av.from_arrays(maps, pronoun.tokens, texts=pronoun.texts, name="mine")
    assert (trace.model.name, trace.model.family, trace.kind) == ("mine", "own tensors", "encoder")
    assert trace.tokens == pronoun.tokens
    assert str(trace.maps_only) == "These maps were given as numbers, without queries and keys."
    np.testing.assert_array_equal(av.mean_attention(trace), av.mean_attention(pronoun))
    for measure in av.MEASURES:
        np.testing.assert_array_equal(measure.scores(trace).values, measure.scores(pronoun).values)


def test_the_array_may_change_afterwards():
    maps = UNIFORM.copy()
    trace = av.from_arrays(maps, NAMES)
    maps[...] = 7
    assert (trace.attention(0) == 0.25).all()


def test_results_are_kept_by_what_was_given():
    def revision(*arguments, **options) -> str:
        return av.from_arrays(*arguments, **options).model.revision

    other = UNIFORM.copy()
    other[1, 2, 3] = [1, 0, 0, 0]
    same = revision(UNIFORM, NAMES)
    seen = np.ones((4, 4), dtype=bool)
    assert revision(UNIFORM.astype(np.float64), NAMES) == same
    assert (
        len({same, revision(other, NAMES), revision(UNIFORM, NAMES[::-1]), revision(UNIFORM, NAMES, visible=seen)}) == 4
    )


@pytest.mark.parametrize(
    "given",
    [
        UNIFORM[:1],
        UNIFORM[0],
        UNIFORM[0].tolist(),
        UNIFORM[0].astype(np.float16),
        torch.tensor(UNIFORM[0], requires_grad=True),
        torch.tensor(UNIFORM[:1]).to(torch.bfloat16),
        [UNIFORM[0]],
        (torch.tensor(UNIFORM[:1]),),
        UNIFORM[:1, None],
    ],
    ids=["array", "a layer", "lists", "float16", "tensor", "bfloat16", "per layer", "batches", "a batch"],
)
def test_forms_of_attention(given):
    trace = av.from_arrays(given, NAMES)
    assert (len(trace.layers), trace.heads) == (1, 3)
    np.testing.assert_array_equal(trace.attention(0), UNIFORM[0])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((torch.tensor(UNIFORM),), "Each must be [head, query, key], all with the same lengths, and of one text"),
        ([UNIFORM[0], UNIFORM[0, :2]], "The layers have the shape [2, 4, 4] and [3, 4, 4]"),
        (UNIFORM[0, 0], "The attention has the shape [4, 4]"),
        (np.array([["a"]]), "The attention has the type <U1, and it must be numbers"),
        ([[1.0], [1.0, 2.0]], "The attention must be one array"),
    ],
)
def test_what_is_no_attention(given, sentence: str):
    with pytest.raises(av.MapError) as raised:
        av.from_arrays(given, NAMES)
    assert sentence in str(raised.value)


def test_kinds():
    causal = np.tri(4, dtype=np.float32) / np.arange(1, 5, dtype=np.float32)[:, None]
    found = av.from_arrays(causal[None], NAMES)
    assert found.kind == "decoder"
    np.testing.assert_array_equal(found.visible(0, 0), np.tri(4, dtype=bool))
    said = av.from_arrays(causal[None], NAMES, kind="encoder")
    assert said.kind == "encoder"
    assert said.visible(0, 0).all()
    assert av.from_arrays(causal[None], NAMES, NAMES).kind == "cross"
    assert av.from_arrays(np.ones((1, 1, 1)), ["a"]).kind == "encoder", "one token says nothing"


def test_other_keys_and_their_texts():
    maps = np.full((1, 1, 2, 4), 0.25)
    trace = av.from_arrays(maps, ["le", "chat"], ["the", "cat", "##s", "[SEP]"], texts=["The cats", "Le chat"])
    assert (trace.texts, trace.kind) == (("The cats", "Le chat"), "cross")
    assert [token.span for token in trace.key_tokens] == [(0, 3), (4, 7), (7, 8), None]
    with pytest.raises(av.MapError, match="2 queries and 4 keys, so they are different tokens"):
        av.from_arrays(maps, ["le", "chat"])
    with pytest.raises(av.MapError, match="two texts, the keys' and then the queries'"):
        av.from_arrays(maps, ["le", "chat"], NAMES, texts="The cats")
    full = trace.tokens
    with pytest.raises(av.MapError, match="all plain strings or all full tokens"):
        av.from_arrays(maps, full, NAMES)
    with pytest.raises(av.MapError, match="Give the `texts` that the tokens come from"):
        av.from_arrays(maps, full, trace.key_tokens)
