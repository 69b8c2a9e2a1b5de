"""Files that are right, in all the ways in which people write them."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as save_numpy
from safetensors.torch import save as save_torch

import attention_viz as av
from attention_viz.core.message import verbatim
from attention_viz.imports.tensors import display_name
from tests.imports.files import TOKENS, archive, npy, npz, random_maps, safetensors, tokens_npy
from tests.sentences import said

MAPS = random_maps()

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def tokens(draw, count: int, texts: list[str]) -> tuple[av.Token, ...]:
    made = []
    for _ in range(count):
        segment = draw(st.integers(0, len(texts) - 1))
        ends = st.integers(0, len(texts[segment]))
        span = draw(st.none() | st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair))))
        word = draw(st.none() | st.integers(0, 9))
        made.append(av.Token(draw(words), draw(st.integers(-1, 2**31)), span, word, segment, draw(st.booleans())))
    return tuple(made)


def a_trace(draw) -> av.Trace:
    """A trace with queries and keys, whose maps have all kinds of values; some cells and whole rows hidden."""
    kind = draw(st.sampled_from(["encoder", "decoder", "cross"]))
    queries = draw(st.integers(1, 5))
    keys = draw(st.integers(1, 5)) if kind == "cross" else queries
    layers, heads = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    made = []
    for _ in range(layers):
        q = rng.standard_normal((heads, queries, 4), dtype=np.float32) * np.float32(draw(st.sampled_from([0, 1, 30])))
        k, v = rng.standard_normal((2, heads, keys, 4), dtype=np.float32)
        hidden = draw(st.sampled_from([None, 1, heads]))
        seen = None if hidden is None else rng.random((hidden, queries, keys)) < 0.6
        if kind == "decoder":
            seen = np.tri(queries, dtype=bool)[None]
        made.append(av.Layer(q, k, v, 0.5, visible=seen))
    texts = draw(st.lists(words, min_size=1, max_size=2))
    along = tokens(draw, queries, texts)
    key_tokens = tokens(draw, keys, texts) if kind == "cross" else ()
    notes = tuple(map(verbatim, draw(st.lists(words, max_size=2))))
    info = av.ModelInfo("made", "made", (av.Stack(kind, layers, heads),), 4, 4, 0, 9, "0", "none", "made by a test")
    return av.Trace(info, tuple(texts), along, tuple(made), notes, key_tokens=key_tokens, kind=kind)


@given(st.data(), st.sampled_from([("npz", av.to_npz), ("safetensors", av.to_safetensors)]))
@settings(max_examples=150, deadline=None)
def test_saved_and_opened_is_the_same(data, form):
    ending, write = form
    trace = a_trace(data.draw)
    opened = av.open_tensors(write(trace), name=f"maps.{ending}")
    for layer in range(len(trace.layers)):
        for head in range(trace.heads):
            np.testing.assert_array_equal(opened.attention(layer, head), trace.attention(layer, head))
            np.testing.assert_array_equal(opened.visible(layer, head), trace.visible(layer, head))
        assert opened.attention(layer).dtype == np.float32
        assert opened.queries(layer) is None
    for field in ("texts", "tokens", "key_tokens", "notes", "kind"):
        assert getattr(opened, field) == getattr(trace, field), field
    assert write(opened).count(b"made by a test") == 0, "the model is the file now"


def test_a_real_trace_and_its_facts(pronoun, tmp_path):
    av.save(tmp_path / "pronoun.safetensors", pronoun)
    opened = av.open_tensors(str(tmp_path / "pronoun.safetensors"))
    for layer in range(6):
        np.testing.assert_array_equal(opened.attention(layer), pronoun.attention(layer))
    model = opened.model
    assert (model.name, model.family, model.token_limit) == ("pronoun.safetensors", "own tensors", 24)
    assert model.stacks == (av.Stack("encoder", 6, 12),)
    assert model.origin == "a file of yours, which names all-MiniLM-L6-v2"
    assert len(model.revision) == 64
    assert str(opened.maps_only) == "These maps were opened from a file, which holds no queries and keys."
    for measure in av.MEASURES:
        np.testing.assert_array_equal(measure.scores(opened).values, measure.scores(pronoun).values)
    assert av.group_words(opened.tokens, opened.texts) == av.group_words(pronoun.tokens, pronoun.texts)


PLAIN = {
    "strings": npz(attention=MAPS, tokens=TOKENS),
    "json": npz(attention=MAPS, tokens=json.dumps(TOKENS)),
    "bytes": npz(attention=MAPS, tokens=np.array([token.encode() for token in TOKENS])),
    "big-endian": npz(attention=MAPS.astype(">f4"), tokens=np.array(TOKENS).astype(">U5")),
    "fortran": npz(attention=np.asfortranarray(MAPS), tokens=TOKENS),
    "float64": npz(attention=MAPS.astype(np.float64), tokens=TOKENS),
    "batch of one": npz(attention=MAPS[:, None], tokens=TOKENS),
    "deflated": archive(("attention.npy", npy(MAPS)), ("tokens.npy", tokens_npy()), compression=zipfile.ZIP_DEFLATED),
    "version 2": archive(
        ("attention.npy", b"\x93NUMPY\x02\x00" + npy(MAPS)[8:10] + b"\0\0" + npy(MAPS)[10:]),
        ("tokens.npy", tokens_npy()),
    ),
}


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN.keys())
def test_npz_as_people_write_it(data: bytes):
    opened = av.open_tensors(data, name="maps.npz")
    for layer in range(2):
        np.testing.assert_array_equal(opened.attention(layer), MAPS[layer])
    assert [token.text for token in opened.tokens] == TOKENS
    assert (opened.texts, opened.kind, opened.notes) == (("the cats",), "encoder", ())


def test_zip64_is_read(monkeypatch):
    """What an archive of more than 4 GB is written as; np.savez writes each entry ready for it."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    data = npz(attention=MAPS, tokens=TOKENS)
    assert b"PK\6\6" in data, "the end of a zip64 directory"
    np.testing.assert_array_equal(av.open_tensors(data, name="maps.npz").attention(1), MAPS[1])


def test_safetensors_of_the_library():
    said = {"tokens": json.dumps(TOKENS), "format": "np"}
    for maps in (MAPS, MAPS.astype(np.float64)):
        opened = av.open_tensors(save_numpy({"attention": maps}, said), name="MAPS.SAFETENSORS")
        np.testing.assert_array_equal(opened.attention(1), MAPS[1])
        assert opened.notes == ()


@pytest.mark.parametrize(("kind", "rounding"), [(torch.float16, 2**-11), (torch.bfloat16, 2**-8)])
def test_half_precision(kind: torch.dtype, rounding: float):
    maps = random_maps(queries=5, keys=5, seed=3)
    data = save_torch({"attention": torch.tensor(maps).to(kind)}, {"tokens": json.dumps(TOKENS)})
    opened = av.open_tensors(data, name="maps.safetensors")
    np.testing.assert_allclose(opened.attention(1), maps[1], rtol=2 * rounding)


@pytest.mark.parametrize("keys", [2, 5, 64, 512])
def test_bfloat16_rows_are_put_right_and_said(keys: int):
    """numpy has no bfloat16: it comes as float32 of rounded numbers, or as two bytes of anything."""
    maps = random_maps(1, 8, keys, keys, seed=keys)
    rounded = torch.tensor(maps).to(torch.bfloat16)
    names = [f"t{number}" for number in range(keys)]
    as_float = av.open_tensors(npz(attention=rounded.float().numpy(), tokens=names), name="maps.npz")
    bits = rounded.view(torch.int16).numpy().view("V2")
    as_bits = av.open_tensors(npz(attention=bits, tokens=names), name="maps.npz")
    np.testing.assert_array_equal(as_float.attention(0), as_bits.attention(0))
    np.testing.assert_allclose(as_float.attention(0), maps[0], rtol=2**-7)
    off = np.abs(rounded.float().numpy().sum(-1) - 1).max() > 1e-3
    assert ("Rows of rounded numbers (bfloat16)" in " ".join(said(as_float.notes))) == off
    if keys == 5:
        assert off


def test_other_keys_are_cross_attention():
    maps = random_maps(queries=2, keys=5)
    opened = av.open_tensors(npz(attention=maps, tokens=["le", "chat"], key_tokens=TOKENS), name="maps.npz")
    assert (opened.kind, opened.texts) == ("cross", ("the cats", "le chat"))
    assert [token.text for token in opened.key_tokens] == TOKENS
    assert {token.segment for token in opened.tokens} == {1}
    assert opened.attention(0, 0).shape == (2, 5)


def test_tokens_beside_the_file(tmp_path: Path):
    file = tmp_path / "maps.npz"
    file.write_bytes(npz(attention=MAPS))
    with pytest.raises(av.FileError, match="There are no tokens, in the file or beside it"):
        av.open_tensors(file)
    (tmp_path / "maps.json").write_text(json.dumps(TOKENS), encoding="utf-8-sig")
    beside = av.open_tensors(file)
    other = ["a", "b", "c", "d", "e"]
    named = av.open_tensors(file, tokens=json.dumps({"tokens": other, "about": {"kind": "encoder"}}).encode())
    assert [token.text for token in beside.tokens] == TOKENS
    assert [token.text for token in named.tokens] == other
    assert beside.model.revision != named.model.revision, "results are kept by it"


def test_a_decoder_is_known_by_its_zeros():
    causal = np.tri(4, dtype=np.float32) / np.arange(1, 5, dtype=np.float32)[:, None]
    opened = av.open_tensors(npz(attention=np.array([[causal] * 2]), tokens=["a", "b", "c", "d"]), name="maps.npz")
    assert (opened.kind, opened.model.kinds) == ("decoder", ("decoder",))
    np.testing.assert_array_equal(opened.visible(0, 1), np.tri(4, dtype=bool))
    one_sees_ahead = np.array([[causal, np.full((4, 4), 0.25)]], dtype=np.float32)
    opened = av.open_tensors(npz(attention=one_sees_ahead, tokens=["a", "b", "c", "d"]), name="maps.npz")
    assert opened.kind == "encoder"
    assert opened.visible(0, 0).all()


def test_padding_that_is_hidden():
    maps = random_maps(1, 1, 3, 3)
    maps[..., 2] = 0
    maps /= maps.sum(-1, keepdims=True)
    maps[0, 0, 2] = 0
    seen = np.ones((1, 1, 3, 3), dtype=bool)
    seen[..., 2] = seen[0, 0, 2] = False
    opened = av.open_tensors(npz(attention=maps, tokens=["a", "b", "[PAD]"], visible=seen), name="maps.npz")
    assert (opened.attention(0, 0)[2] == 0).all()
    assert opened.tokens[2].special


def test_what_is_not_used_is_named():
    many = {f"extra{number}": np.zeros(3) for number in range(7)}
    opened = av.open_tensors(npz(attention=MAPS, tokens=TOKENS, **many), name="maps.npz")
    (note,) = said(opened.notes)
    assert note.startswith("Of the file, this was not used: “extra0”, “extra1”")
    assert note.endswith("and 2 more.")
    pickled = npz(attention=MAPS, tokens=TOKENS, other=np.array([{}], dtype=object))
    assert "“other”" in str(av.open_tensors(pickled, name="maps.npz").notes[0])
    path = archive(("attention.npy", npy(MAPS)), ("tokens.npy", tokens_npy()), ("../../etc/passwd", b"x" * 10))
    assert "“../../etc/passwd”" in str(av.open_tensors(path, name="maps.npz").notes[0])
    data = MAPS.tobytes()
    header = {
        "__metadata__": {"tokens": json.dumps(TOKENS)},
        "attention": {"dtype": "F32", "shape": MAPS.shape, "data_offsets": [0, len(data)]},
        "odd": {"dtype": "F8_E4M3", "shape": [10**12], "data_offsets": [5, 1]},
    }
    assert "“odd”" in str(av.open_tensors(safetensors(header, data), name="a.safetensors").notes[0])


@pytest.mark.parametrize("write", [av.to_npz, av.to_safetensors])
def test_opening_takes_the_memory_of_the_maps(write):
    data = write(av.from_arrays(np.full((4, 12, 256, 256), 1 / 256), ["a"] * 256))
    tracemalloc.start()
    try:
        opened = av.open_tensors(data, name="maps.npz" if write is av.to_npz else "maps.safetensors")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert opened.nbytes == 4 * 4 * 12 * 256 * 256
    assert peak < opened.nbytes + 4_000_000


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("maps.npz", "maps.npz"),
        ("../../etc/maps.npz", "maps.npz"),
        ("C:\\Users\\me\\maps.npz", "maps.npz"),
        ("a\0b\n\u202ec\ud800.npz", "a b c .npz"),
        ("x" * 100_000 + ".npz", "x" * 79 + "…"),
        ("<b>注意</b>", "b>"),
    ],
)
def test_names_for_the_screen(name: str, shown: str):
    assert display_name(name) == shown
