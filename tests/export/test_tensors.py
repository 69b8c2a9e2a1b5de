"""All maps as a file, read back by the tools that people use."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import torch
from safetensors import safe_open

import attention_viz as av
from attention_viz.export.tensors import npz_bytes
from tests.conftest import tokens_of


def test_npz_reads_back_without_pickle(pronoun):
    data = av.to_npz(pronoun)
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        assert archive["attention"].dtype == np.float32
        assert archive["attention"].shape == (6, 12, 24, 24)
        for layer in range(6):
            np.testing.assert_array_equal(archive["attention"][layer], pronoun.attention(layer))
        tokens = json.loads(str(archive["tokens"]))
        about = json.loads(str(archive["about"]))
    assert [token["text"] for token in tokens] == [token.text for token in pronoun.tokens]
    assert tokens[1]["span"] == [0, 3]
    assert about["model"]["name"] == "all-MiniLM-L6-v2"
    assert about["texts"] == list(pronoun.texts)
    assert 0 < len(data) - npz_bytes(pronoun) < 20_000


def test_npz_of_odd_text(minilm):
    trace = av.trace(minilm, "我 \ud800 <b>", "[MASK]")
    with np.load(io.BytesIO(av.to_npz(trace)), allow_pickle=False) as archive:
        assert json.loads(str(archive["about"]))["texts"] == ["我 \ufffd <b>", "[MASK]"]


def test_the_safetensors_library_reads_it(pronoun, tmp_path):
    file = tmp_path / "maps.safetensors"
    file.write_bytes(av.to_safetensors(pronoun))
    with safe_open(file, framework="np") as opened:
        assert list(opened.keys()) == ["attention"]
        maps, said = opened.get_tensor("attention"), opened.metadata()
    assert (maps.shape, maps.dtype) == ((6, 12, 24, 24), np.float32)
    for layer in range(6):
        np.testing.assert_array_equal(maps[layer], pronoun.attention(layer))
    assert [token["text"] for token in json.loads(said["tokens"])] == [token.text for token in pronoun.tokens]
    assert json.loads(said["about"])["kind"] == "encoder"
    assert (8 + int.from_bytes(file.read_bytes()[:8], "little")) % 8 == 0, "the numbers begin at a multiple of 8"


def test_hidden_cells_are_written(tmp_path):
    causal = np.tri(3, dtype=np.float32) / np.arange(1, 4, dtype=np.float32)[:, None]
    for name in ("maps.npz", "maps.safetensors"):
        av.save(tmp_path / name, causal[None], ["a", "b", "c"])
    with np.load(tmp_path / "maps.npz", allow_pickle=False) as archive:
        assert archive["visible"].shape == (1, 1, 3, 3)
        np.testing.assert_array_equal(archive["visible"][0, 0], np.tri(3, dtype=bool))
    with safe_open(tmp_path / "maps.safetensors", framework="np") as opened:
        np.testing.assert_array_equal(opened.get_tensor("visible")[0, 0], np.tri(3, dtype=bool))


def test_layers_that_hide_different_cells(made_trace):
    trace = made_trace(["a", "b"])
    own = trace.layers[0]
    seen = np.array([[[True, False], [True, True]]])
    hidden = av.Layer(own.query, own.key, own.value, own.scale, visible=seen)
    info = av.ModelInfo("x", "x", (av.Stack("encoder", 2, 2),), 4, 8, 0, 9, "", "", "")
    two = av.Trace(info, trace.texts, trace.tokens, (own, hidden))
    with np.load(io.BytesIO(av.to_npz(two))) as archive:
        assert archive["visible"].shape == (2, 1, 2, 2)
        assert archive["visible"][0].all()
        np.testing.assert_array_equal(archive["visible"][1], seen)


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_what_fails_half_way_leaves_the_old_file(tmp_path, ending):
    file = tmp_path / f"maps.{ending}"
    file.write_bytes(b"old")
    weights = np.array([[[1, 0], [0.5, 0.5]], [[1, 0], [0.5, 0.4]]], dtype=np.float32)
    info = av.ModelInfo("x", "x", (av.Stack("encoder", 1, 2),), 0, 0, 0, 9, "", "", "")
    with pytest.raises(av.MapError):
        av.save(file, av.Trace(info, ("a b",), tokens_of(["a", "b"]), (av.MapLayer(weights),)))
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == b"old"


def test_what_save_does_not_take(tmp_path, made_trace):
    trace = made_trace(["a", "b"])
    with pytest.raises(av.FileError, match=r"maps.h5 must end with .npz or .safetensors"):
        av.save(tmp_path / "maps.h5", trace)
    with pytest.raises(ValueError, match="give nothing else with it"):
        av.save(tmp_path / "maps.npz", trace, ["a", "b"])
    with pytest.raises(ValueError, match="one string for each query"):
        av.save(tmp_path / "maps.npz", trace.attention(0))
    assert not list(tmp_path.iterdir())


def test_tensors_of_torch_and_one_per_layer(tmp_path):
    """What a transformers model returns: a tuple of [batch, head, query, key], here in bfloat16 and with a gradient."""
    scores = torch.randn(2, 1, 3, 4, 4, dtype=torch.float32, requires_grad=True)
    layers = tuple(torch.softmax(layer, dim=-1) for layer in scores)
    av.save(tmp_path / "maps.npz", layers, ["a", "b", "c", "d"])
    opened = av.open_tensors(tmp_path / "maps.npz")
    assert (len(opened.layers), opened.heads, opened.notes) == (2, 3, ())
    np.testing.assert_array_equal(opened.attention(1), layers[1][0].detach().numpy())
    av.save(tmp_path / "maps.npz", [layer.to(torch.bfloat16) for layer in layers], ["a", "b", "c", "d"])
    np.testing.assert_allclose(av.open_tensors(tmp_path / "maps.npz").attention(1), layers[1][0].detach(), rtol=1e-2)
