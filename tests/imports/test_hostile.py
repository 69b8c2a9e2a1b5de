"""Files that are wrong, by accident or on purpose: each is refused with a sentence, at once, and without memory."""

from __future__ import annotations

import json
import pickle
import struct
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attention_viz as av
from tests.imports.files import (
    TOKENS,
    archive,
    npy,
    npy_header,
    npz,
    random_maps,
    safetensors,
    tokens_npy,
)

MAPS = random_maps()
RAN: list[str] = []


class Trap:
    """Unpickled, it would leave a trace in RAN."""

    def __reduce__(self):
        return RAN.append, ("ran",)


def refusal(data: bytes, name: str = "maps.npz", **options: Any) -> str:
    """The sentence with which a file is refused; opening it may not take more than 20 MB of memory."""
    tracemalloc.start()
    try:
        with pytest.raises(av.AttentionVizError) as raised:
            av.open_tensors(data, name=name, **options)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000, f"{peak / 1e6:.0f} MB"
    sentence = str(raised.value)
    assert 20 < len(sentence) < 500
    assert sentence.endswith((".", "?")), sentence
    return sentence


def changed(place: tuple[int, ...], value: float) -> np.ndarray:
    maps = MAPS.copy()
    maps[place] = value
    return maps


NUMBERS = {
    "nan": (changed((1, 2, 3, 4), np.nan), "L1 H2: the weight of query 3 for key 4 is nan"),
    "infinite": (changed((0, 0, 0, 0), np.inf), "L0 H0: the weight of query 0 for key 0 is inf"),
    "overflow": (MAPS.astype(np.float64) * 1e300, "L0 H0: the weight of query 0 for key 0 is inf"),
    "negative": (
        changed((0, 1, 2, 0), -0.5),
        "is -0.5, and attention is never negative. These look like scores before",
    ),
    "row": (changed((0, 1, 2), 0.19), "L0 H1: what query 2 (“cat”) gives to all keys adds up to 0.95"),
    "zero": (
        changed((1, 0, 4), 0),
        "query 4 (“[SEP]”) gives to all keys adds up to 0, and attention adds up to 1. Is it",
    ),
    "percent": (MAPS * 100, "These look like percentages: divide them by 100"),
    "swapped": (np.swapaxes(MAPS, 2, 3), "The columns do: swap the last two axes"),
    "scores": (MAPS * 7, "These look like scores before the softmax"),
    "dropout": (MAPS * np.float32(0.9), "or was the model in training mode"),
    "2 axes": (MAPS[0, 0], "The attention has the shape [5, 5]. Give it as [layer, head, query, key]"),
    "6 axes": (MAPS[None, None], "The attention has the shape [1, 1, 2, 3, 5, 5]"),
    "batch": (np.stack([MAPS, MAPS], 1), "The attention has the shape [2, 2, 3, 5, 5]"),
    "no layer": (MAPS[:0], "The attention has the shape [0, 3, 5, 5]"),
    "many heads": (np.ones((20_000, 1, 1, 1), np.float32), "20,000 layers of 1 heads"),
    "integers": (np.ones((1, 1, 1, 1), np.int64), "has the type int64, and attention is floats"),
    "complex": (MAPS.astype(np.complex64), "has the type complex64, and attention is floats"),
    "strings": (np.array([["a"]]), "has the shape [1, 1]"),
    "other keys": (random_maps(1, 1, 5, 4), "5 queries and 4 keys, so they are different tokens: give `key_tokens`"),
}


@pytest.mark.parametrize(("maps", "sentence"), NUMBERS.values(), ids=NUMBERS.keys())
def test_numbers_that_are_no_attention(maps: np.ndarray, sentence: str):
    assert sentence in refusal(npz(attention=maps, tokens=TOKENS))


def test_a_little_off_is_fine_and_more_is_not():
    maps = np.full((1, 1, 1, 2), 0.5, dtype=np.float32)
    for off, fits in ((0.0009, True), (-0.0009, True), (0.0011, False), (-0.0011, False)):
        data = npz(attention=maps + np.float32(off / 2), tokens=["a"], key_tokens=["b", "c"])
        if fits:
            assert av.open_tensors(data, name="maps.npz").attention(0).shape == (1, 1, 2)
        else:
            assert "adds up to" in refusal(data)


LIST = "must be a list with one string for each token"
TOKEN_DOCUMENTS = {
    "missing": (None, "There are no tokens, in the file or beside it"),
    "no JSON": ("The cat", "can't be read as JSON"),
    "a string": ('"the cat sat"', LIST),
    "a number": ("7", LIST),
    "one too few": (TOKENS[:4], "The attention has 5 queries, and there are 4 tokens for them"),
    "too many": (["a"] * 16_385, "has 16,385 strings, and a map may have 16,384 tokens"),
    "too many in JSON": (json.dumps(["a"] * 16_385), "There are 16,385 tokens, and a map may have 16,384"),
    "too long": (json.dumps(["a" * 1001, *TOKENS[1:]]), "Token 0 has 1,001 characters"),
    "numbers": ("[101, 102, 103, 104, 105]", "Token 0 is not a string but a number"),
    "null": ('["a", "b", null, "d", "e"]', "Token 2 is not a string but null"),
    "lists": ("[[], [], [], [], []]", "Token 0 is not a string but a list"),
    "mixed": ('[{"text": "a"}, "b", "c", "d", "e"]', "Token 0 is not a string but an object"),
    "half an object": ('[{"text": "a"}]', "Entry 0 of the list of tokens must have text, id, span"),
    "deep": ("[" * 100_000, "can't be read as JSON"),
    "huge number": ("[" + "9" * 10_000 + "]", "can't be read as JSON"),
    "huge": (" " * 4_000_001, "and at most 4.0 MB are read"),
    "objects": (np.array(["a", None, Trap(), 4, 5], dtype=object), "holds Python objects (a pickle)"),
    "number array": (np.arange(5), "must be a list of strings, or JSON in one string"),
    "table": (np.array([["a"] * 5]), "must be a list of strings, or JSON in one string"),
}


@pytest.mark.parametrize(("tokens", "sentence"), TOKEN_DOCUMENTS.values(), ids=TOKEN_DOCUMENTS.keys())
def test_tokens_that_are_none(tokens, sentence: str):
    given_tokens = {} if tokens is None else {"tokens": tokens}
    # The longest document takes 16 MB as an array of numpy before it is judged.
    if not isinstance(tokens, str) or len(tokens) < 1_000_000:
        assert sentence in refusal(npz(attention=MAPS, **given_tokens))
    if isinstance(tokens, str):
        assert sentence in refusal(npz(attention=MAPS), tokens=tokens.encode())
        header = {
            "__metadata__": {"tokens": tokens},
            "attention": {"dtype": "F32", "shape": MAPS.shape, "data_offsets": [0, MAPS.nbytes]},
        }
        assert sentence in refusal(safetensors(header, MAPS.tobytes()), "maps.safetensors")
    assert not RAN


FULL = {"text": "a", "id": 0, "span": [0, 1], "word": 0, "segment": 0, "special": False}


@pytest.mark.parametrize(
    "fields",
    [
        {"span": [0, 2]},
        {"span": [1, 0]},
        {"span": [-1, 1]},
        {"span": [0]},
        {"span": [0.0, 1.0]},
        {"segment": 1},
        {"segment": 10, "span": None},
        {"segment": -1},
        {"id": True},
        {"id": 2**60},
        {"word": "0"},
        {"special": 1},
        {"text": 5},
    ],
)
def test_full_tokens_that_make_no_sense(fields):
    one = np.ones((1, 1, 1, 1), dtype=np.float32)
    about = json.dumps({"texts": ["a"]})
    fine = npz(attention=one, tokens=json.dumps([FULL]), about=about)
    assert av.open_tensors(fine, name="a.npz").tokens[0].span == (0, 1)
    sentence = refusal(npz(attention=one, tokens=json.dumps([FULL | fields]), about=about))
    assert "Entry 0 of the list of tokens must have" in sentence or "Token 0 stands at characters" in sentence


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ([], "no JSON object"),
        ({"kind": "left to right"}, "The kind of attention can be encoder, decoder, cross"),
        ({"kind": ["encoder"]}, "The kind of attention can be encoder, decoder, cross"),
        ({"notes": "one"}, "The notes in what the file says about itself must be a list of strings"),
        ({"notes": ["a"] * 101}, "There may be 100 notes"),
        ({"notes": ["a" * 1001]}, "There may be 100 notes"),
        ({"texts": [1]}, "The texts in what the file says about itself must be a list of strings"),
        ({"texts": ["a", "b", "c"]}, "The texts must be a list of one string or two"),
        ({"texts": ["a" * 200_001]}, "A text may have 200,000 characters"),
    ],
)
def test_facts_that_are_none(about, sentence: str):
    assert sentence in refusal(npz(attention=MAPS, tokens=TOKENS, about=json.dumps(about)))


def test_visible_that_does_not_fit():
    def said(seen: np.ndarray) -> str:
        return refusal(npz(attention=MAPS, tokens=TOKENS, visible=seen))

    assert "which `visible` says it can't see" in said(np.tri(5, dtype=bool)[None, None])
    assert "`visible` has the shape [3, 1, 5, 5] and the attention [2, 3, 5, 5]" in said(np.ones((3, 1, 5, 5), bool))
    assert "must be true or false with the axes" in said(np.ones((5, 5), bool))
    assert "must be true or false with the axes" in said(np.ones((1, 1, 5, 5), np.float32))


ATTENTION = npy(MAPS)
DAMAGED = "no NPZ file (a zip archive of arrays), or it is damaged or was cut off"


def with_tokens(attention: bytes, **options) -> bytes:
    return archive(("attention.npy", attention), ("tokens.npy", tokens_npy()), **options)


def patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """The file with bytes changed after the first place where `signature` stands."""
    at = data.index(signature) + offset
    return data[:at] + value + data[at + len(value) :]


ARCHIVES = {
    "nothing": (b"", DAMAGED),
    "no zip": (b"these are no tensors" * 50, DAMAGED),
    "npy": (ATTENTION, DAMAGED),
    "pickle": (pickle.dumps(Trap()), DAMAGED),
    "cut off": (with_tokens(ATTENTION)[:-200], DAMAGED),
    "cut in front": (with_tokens(ATTENTION)[200:], DAMAGED),
    "empty zip": (archive(), "no array called “attention”. It has no array at all"),
    "other names": (npz(weights=MAPS, tokens=TOKENS), "no array called “attention”. It has “weights”, “tokens”"),
    "a path": (
        archive(("maps/attention.npy", ATTENTION), ("tokens.npy", tokens_npy())),
        "no array called “attention”. It has “maps/attention”",
    ),
    "objects": (npz(attention=np.array([Trap()], dtype=object), tokens=TOKENS), "has the shape [1]"),
    "objects of the right shape": (
        with_tokens(npy_header((1, 1, 1, 1), "|O") + pickle.dumps([Trap()])),
        "holds Python objects (a pickle). Opening them could run a program",
    ),
    "pickle as entry": (with_tokens(pickle.dumps(Trap())), "The entry “attention” is no array of numpy"),
    "10^9 cells": (
        with_tokens(npy_header((10, 100, 1000, 1000))),
        "has 1,000,000,000 cells, 4,000.0 MB, and at most 2,000.0 MB",
    ),
    "10^30 cells": (with_tokens(npy_header((10, 1000, 10**13, 10**13))), "cells"),
    "10^200 cells": (with_tokens(npy_header((10**200, 1, 1, 1))), "has no shape that makes sense"),
    "negative shape": (with_tokens(npy_header((1, 1, -5, -5))), "has no shape that makes sense"),
    "2 GB that are not there": (with_tokens(npy_header((1, 1, 20_000, 20_000))), "announces 1,600,000,000 bytes"),
    "more than announced": (with_tokens(ATTENTION + b"\0"), "announces 600 bytes, and the file has 601"),
    "less than announced": (with_tokens(ATTENTION[:-1]), "announces 600 bytes, and the file has 599"),
    "long header": (
        with_tokens(b"\x93NUMPY\x02\0" + struct.pack("<I", 2**32 - 1)),
        "4,294,967,295 bytes, and it needs a",
    ),
    "no header": (
        with_tokens(b"\x93NUMPY\x01\0\x10\0" + b"import os; exit()"),
        "The header of the array “attention” can't",
    ),
    "deep header": (
        with_tokens(b"\x93NUMPY\x01\0\x10\x27" + b"(" * 10_000),
        "The header of the array “attention” can't",
    ),
    "records": (with_tokens(npy_header((1, 1, 1, 1), "f4,f4") + b"\0" * 8), "attention is floats"),
    "version 9": (with_tokens(b"\x93NUMPY\x09\0" + ATTENTION[8:]), "The entry “attention” is no array of numpy"),
    "strings of no length": (
        archive(("attention.npy", ATTENTION), ("tokens.npy", npy_header((10**9,), "<U0"))),
        "has 1,000,000,000 strings",
    ),
    "no letters": (
        archive(("attention.npy", ATTENTION), ("tokens.npy", npy_header((), "<U1") + b"\xff\xff\xff\x7f")),
        "strings that are not valid Unicode",
    ),
    "packed with bz2": (with_tokens(ATTENTION, compression=zipfile.ZIP_BZIP2), "packed in a way that NPZ does not use"),
    "packed with lzma": (with_tokens(ATTENTION, compression=zipfile.ZIP_LZMA), "packed in a way that NPZ does not use"),
    "encrypted": (patched(with_tokens(ATTENTION), b"PK\1\2", 8, b"\1\0"), "encrypted"),
    "wrong checksum": (patched(with_tokens(ATTENTION), b"PK\1\2", 16, b"\1\2\3\4"), DAMAGED),
    "changed numbers": (patched(with_tokens(ATTENTION), MAPS.tobytes()[:16], 0, MAPS.tobytes()[16:20]), DAMAGED),
}


@pytest.fixture(autouse=True)
def nothing_ran():
    RAN.clear()
    yield
    assert not RAN, "a pickle was run"


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_that_are_broken(name: str):
    data, sentence = ARCHIVES[name]
    assert sentence in refusal(data)


def test_zip_bombs():
    """100 MB of zeros in 100 kB: refused by what the header says, or, when that lies, by what was announced."""
    zeros = b"\0" * 100_000_000
    honest, lying = npy_header((1, 1, 5_000, 5_000)), npy_header((1, 1, 5, 5))
    for header, sentence in (
        (honest, "100.0 MB, and at most 64.0 MB"),
        (lying, "announces 100 bytes, and the file has"),
    ):
        bomb = with_tokens(header + zeros, compression=zipfile.ZIP_DEFLATED)
        assert len(bomb) < 200_000
        assert sentence in refusal(bomb, limit_bytes=64_000_000)
    # The directory may lie too.
    size = struct.pack("<L", len(lying) + 100)
    assert DAMAGED in refusal(patched(bomb, b"PK\1\2", 24, size), limit_bytes=64_000_000)
    tokens = npy_header((), "<U25000000") + zeros
    bomb = archive(("attention.npy", ATTENTION), ("tokens.npy", tokens), compression=zipfile.ZIP_DEFLATED)
    assert "and at most 16.0 MB are opened here" in refusal(bomb)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice():
    data = archive(("attention.npy", ATTENTION), ("attention.npy", npy(MAPS[:1])), ("tokens.npy", tokens_npy()))
    assert "holds the array “attention” 2 times" in refusal(data)
    data = archive(("attention.npy", ATTENTION), ("tokens.npy", tokens_npy()), ("tokens.npy", tokens_npy()))
    assert "holds the array “tokens” 2 times" in refusal(data)


def test_a_directory_of_a_million_entries():
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    directory = entry * 200_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, len(directory), 0, 0)
    assert "far more entries than attention maps need" in refusal(directory + end)


def test_the_limit_is_that_of_the_caller():
    data = npz(attention=MAPS, tokens=TOKENS)
    assert av.open_tensors(data, name="a.npz", limit_bytes=MAPS.nbytes).heads == 3
    assert "150 cells, 0.0 MB, and at most 0.0 MB" in refusal(data, limit_bytes=MAPS.nbytes - 1)
    big = npz(attention=MAPS, tokens=TOKENS, more=np.zeros(5_000_000))
    assert "The file has 40.0 MB, and at most 16.0 MB are opened" in refusal(big, limit_bytes=1000)


def test_names_that_say_nothing():
    data = npz(attention=MAPS, tokens=TOKENS)
    assert refusal(data, "maps.pt") == "The file maps.pt is neither .npz nor .safetensors."
    assert refusal(data, "") == "The file without a name is neither .npz nor .safetensors."
    with pytest.raises(av.FileError, match=r"gone.npz can't be read: No such file"):
        av.open_tensors("gone.npz")


def header(**fields) -> bytes:
    entry = {"dtype": "F32", "shape": MAPS.shape, "data_offsets": [0, MAPS.nbytes]} | fields
    return safetensors({"__metadata__": {"tokens": json.dumps(TOKENS)}, "attention": entry}, MAPS.tobytes())


TENSORS = {
    "nothing": (b"", "no safetensors file, or it was cut off"),
    "a few bytes": (b"\1\0\0", "no safetensors file, or it was cut off"),
    "a zip": (with_tokens(ATTENTION), "no safetensors file, or it was cut off"),
    "a pickle": (pickle.dumps(Trap()), "no safetensors file, or it was cut off"),
    "long header": (safetensors(b" " * 8_000_001), "has 8.0 MB, and at most 8.0 MB are read"),
    "header beyond the end": (struct.pack("<Q", 2**63) + b"{}", "no safetensors file, or it was cut off"),
    "no JSON": (safetensors(b"what?"), "header of the safetensors file can't be read as JSON"),
    "no text": (safetensors(b"\xff\xfe\xff"), "header of the safetensors file can't be read as JSON"),
    "a list": (safetensors([]), "is no JSON object"),
    "the same name twice": (safetensors(b'{"attention": {}, "attention": {}}'), "names the same thing twice"),
    "metadata that is no text": (
        safetensors({"__metadata__": {"tokens": TOKENS}}),
        "metadata of the safetensors file must",
    ),
    "nothing inside": (safetensors({}), "It has no array at all"),
    "10^9 cells": (
        header(shape=[10, 100, 1000, 1000], data_offsets=[0, 4 * 10**9]),
        "has 1,000,000,000 cells, 4,000.0 MB",
    ),
    "2 GB that are not there": (
        header(shape=[1, 1, 20_000, 20_000], data_offsets=[0, 1_600_000_000]),
        "the file has 600",
    ),
    "cut off": (header()[:-1], "announces 600 bytes, and the file has 599"),
    "offsets too close": (header(data_offsets=[0, 596]), "announces 600 bytes, and the file has 596"),
    "offsets far away": (header(data_offsets=[10**18, 10**18 + 600]), "the file has 0 for it"),
    "offsets backwards": (header(data_offsets=[600, 0]), "names a place for “attention” that can't be"),
    "negative offsets": (header(data_offsets=[-600, 0]), "names a place for “attention” that can't be"),
    "offsets that are none": (header(data_offsets=["0", None]), "says nothing that makes sense of “attention”"),
    "shape of words": (header(shape=["a"]), "has no shape that makes sense"),
    "negative shape": (header(shape=[-1, -1, 5, 5]), "has no shape that makes sense"),
    "long shape": (header(shape=[1] * 1000), "has no shape that makes sense"),
    "8 bits": (header(dtype="F8_E4M3"), "Save attention as F32, F16, BF16 or F64"),
    "bool": (
        header(dtype="BOOL", shape=[1, 1, 5, 5], data_offsets=[0, 25]),
        "has the type bool, and attention is floats",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), TENSORS.values(), ids=TENSORS.keys())
def test_safetensors_that_are_broken(data: bytes, sentence: str):
    assert av.open_tensors(header(), name="a.safetensors").heads == 3
    assert sentence in refusal(data, "maps.safetensors")


GOOD = {
    "a.npz": npz(attention=MAPS, tokens=TOKENS),
    "b.npz": with_tokens(ATTENTION, compression=zipfile.ZIP_DEFLATED),
    "a.safetensors": header(),
}


@given(st.data(), st.sampled_from(sorted(GOOD)))
@settings(max_examples=400, deadline=None)
def test_bytes_changed_anywhere_are_refused_in_words_or_do_not_matter(data, name: str):
    raw = bytearray(GOOD[name])
    for _ in range(data.draw(st.integers(1, 4))):
        # Directories stand at the end, headers at the beginning.
        at = data.draw(st.integers(0, len(raw) - 1) | st.integers(max(0, len(raw) - 250), len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255) | st.sampled_from([0, 1, 8, 255]))
    cut = data.draw(st.just(len(raw)) | st.integers(0, len(raw)))
    try:
        trace = av.open_tensors(bytes(raw[:cut]), name=name)
    except av.AttentionVizError as error:
        assert str(error)
    else:
        assert trace.attention(0).sum(-1) == pytest.approx(1, abs=1e-3)
