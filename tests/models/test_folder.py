"""Folders of files: what can be known without loading them, and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForMaskedLM, AutoModelForPreTraining, BertConfig

import attention_viz as av
from attention_viz.models.architecture import LONGEST, read_config
from attention_viz.models.bundled import BundledSource
from attention_viz.models.folder import describe_folder
from attention_viz.models.weights import count_parameters, weight_bytes
from tests.models.tiny import FAMILIES, FIRST, Tiny, load, wordpiece

BERT = next(tiny for tiny in FAMILIES if tiny.family == "bert")


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    return BERT.save(tmp_path_factory.mktemp("bert"))


@pytest.fixture
def folder(original, tmp_path) -> Path:
    """A copy of a tiny BERT that a test may spoil."""
    return Path(shutil.copytree(original, tmp_path / "model"))


def describe(folder: Path) -> av.ModelInfo:
    return describe_folder(folder, name="tiny", origin="made by a test")


def change(folder: Path, **changes: Any) -> None:
    file = folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8")) | changes
    file.write_text(json.dumps({name: value for name, value in config.items() if value is not ...}), encoding="utf-8")


def refusal(kind: type[av.ModelError], ask: Callable[[Path], object], folder: Path) -> str:
    with pytest.raises(kind) as raised:
        ask(folder)
    said = str(raised.value)
    assert said.endswith(".")
    assert len(said) < 500
    assert "\n" not in said
    return said


def test_a_folder_is_described_without_loading(folder):
    info = describe_folder(folder, name="mine", origin="on this machine", licence="MIT")
    assert info.stacks == (av.Stack("encoder", 2, 4),)
    assert (info.name, info.family, info.head_size, info.width, info.token_limit) == ("mine", "bert", 8, 32, 130)
    assert (info.licence, info.origin) == ("MIT", "on this machine")
    assert info.parameters == sum(tensor.numel() for tensor in load_file(folder / "model.safetensors").values())
    assert weight_bytes(folder) == 4 * info.parameters
    assert describe_folder(folder, name="x", origin="y", revision="abc").revision == "abc"


def test_describing_does_not_import_torch(folder):
    code = (
        "import sys; from pathlib import Path; from attention_viz.models.folder import describe_folder; "
        "describe_folder(Path(sys.argv[1]), name='x', origin='y'); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_bundled_model_is_a_folder_like_any_other():
    info = describe(BundledSource().folder)
    assert (info.parameters, info.token_limit, info.stacks) == (22_713_216, 512, (av.Stack("encoder", 6, 12),))


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_revision_changes_with_the_files(folder, file):
    before = describe(folder).revision
    assert describe(folder).revision == before
    path = folder / file
    if path.suffix == ".json":
        path.write_bytes(path.read_bytes() + b"\n")
    else:
        save_file({name: tensor + 1 for name, tensor in load_file(path).items()}, path, metadata={"format": "pt"})
    assert describe(folder).revision != before


def test_weights_in_shards(folder):
    whole = count_parameters(folder)
    tensors = load_file(folder / "model.safetensors")
    expected = av.trace(load(folder), FIRST).attention(1)
    names = sorted(tensors)
    (folder / "model.safetensors").unlink()
    shards = {"model-00001-of-00002.safetensors": names[:9], "model-00002-of-00002.safetensors": names[9:]}
    for file, part in shards.items():
        save_file({name: tensors[name] for name in part}, folder / file, metadata={"format": "pt"})
    table = {name: file for file, part in shards.items() for name in part}
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": table}), encoding="utf-8")
    assert count_parameters(folder) == describe(folder).parameters == whole
    assert (av.trace(load(folder), FIRST).attention(1) == expected).all()

    (folder / "model-00002-of-00002.safetensors").rename(folder / "elsewhere.safetensors")
    assert "1 of the 2 files with the model's weights are missing (model-00002" in refusal(
        av.DamagedModelError, describe, folder
    )
    for bad in ("../elsewhere.safetensors", "/etc/passwd", "elsewhere.bin", 7):
        index.write_text(json.dumps({"weight_map": {**table, "extra": bad}}), encoding="utf-8")
        refusal(av.DamagedModelError, describe, folder)
    for text in ("[]", "{}", "{", '{"weight_map": []}'):
        index.write_text(text, encoding="utf-8")
        refusal(av.DamagedModelError, describe, folder)


@pytest.mark.parametrize("file", ["pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "model.gguf"])
def test_only_safetensors_are_read(folder, file):
    (folder / "model.safetensors").rename(folder / file)
    assert refusal(av.UnsupportedModelError, describe, folder) == (
        f"The weights of this model come only as {file}. Only safetensors files are read: they can't carry code. Look "
        f"for a version of the model with a model.safetensors."
    )


def test_no_weights_at_all(folder):
    (folder / "model.safetensors").unlink()
    assert "no model.safetensors" in refusal(av.DamagedModelError, describe, folder)


def test_code_of_its_own(folder):
    change(folder, auto_map={"AutoModel": "modeling.Mine"}, model_type="mine")
    assert refusal(av.UnsupportedModelError, describe, folder) == (
        "This model (“mine”) brings its own Python code. Code from a model is never run here, so only families that "
        "the transformers library knows can be shown."
    )


def test_code_of_its_own_is_left_alone_where_the_library_knows_the_family(folder):
    """Nomic's repositories carry code, and their family is in the library too: the library's runs."""
    (folder / "modeling.py").write_text("raise SystemExit('the code of a model was run')", encoding="utf-8")
    change(folder, auto_map={"AutoModel": "modeling.Mine", "AutoConfig": "modeling.MyConfig"})
    assert len(av.trace(load(folder), FIRST).layers) == 2


def test_a_family_that_nobody_knows(folder):
    change(folder, model_type="x" * 100)
    said = refusal(av.UnsupportedModelError, describe, folder)
    assert said.startswith(f"The installed transformers library knows no family “{'x' * 39}…”")
    change(folder, model_type=...)
    assert "names no model_type" in refusal(av.UnsupportedModelError, describe, folder)


@pytest.mark.parametrize("others", [[], ["spiece.model"], ["tiktoken.model"]])
def test_no_tokenizer(folder, others):
    for file in ("tokenizer.json", "tokenizer_config.json"):
        (folder / file).unlink()
    for file in others:
        (folder / file).write_bytes(b"x")
    said = refusal(av.UnsupportedModelError, describe, folder)
    assert (f"only as {others[0]}, which needs a library" if others else "no tokenizer.json") in said


def test_a_list_of_words_is_a_tokenizer_too(folder):
    """BERT's first releases have a vocab.txt and no tokenizer.json."""
    words = sorted(wordpiece().get_vocab().items(), key=lambda item: item[1])
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(word for word, _ in words), encoding="utf-8")
    assert [token.text for token in load(folder).encode("the cat").tokens] == ["[CLS]", "the", "cat", "[SEP]"]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": "vit", "image_size": 224, "patch_size": 16}, "ViT reads pictures or sound"),
        (
            {"model_type": "wav2vec2", "vocab_size": 32, "feat_extract_norm": "group"},
            "Wav2Vec2 reads pictures or sound",
        ),
        ({"model_type": "whisper", "vocab_size": 50, "num_mel_bins": 80}, "Whisper reads pictures or sound"),
        ({"model_type": "clip", "vision_config": {}, "text_config": {}}, "CLIP reads pictures or sound"),
        ({"model_type": "mamba", "vocab_size": 50, "hidden_size": 8, "num_hidden_layers": 2}, "Mamba can't be shown"),
        ({"model_type": "bert", "quantization_config": {"bits": 4}}, "weights of this Bert are quantised"),
    ],
)
def test_other_than_text(folder, config, reason):
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert reason in refusal(av.UnsupportedModelError, describe, folder)


@pytest.mark.parametrize("keep", [0, 4, 100, 5_000, -1])
def test_weights_that_are_cut_short(folder, keep):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    said = "The model's model.safetensors is cut short or is no safetensors file: get it again."
    assert refusal(av.DamagedModelError, describe, folder) == said


@pytest.mark.parametrize("start", [b"\xff" * 8, b"\x80\x04}q\x00.", b"<html>"])
def test_weights_that_are_something_else(folder, start):
    file = folder / "model.safetensors"
    file.write_bytes(start + file.read_bytes()[len(start) :])
    assert "no safetensors file" in refusal(av.DamagedModelError, describe, folder)


@pytest.mark.parametrize("text", ["", "{", "\xff", "[]", "7", "null", '"bert"', "[" * 100_000, '{"a": NaN'])
def test_a_config_that_is_no_object(folder, text):
    (folder / "config.json").write_text(text, encoding="latin-1")
    assert "config.json" in refusal(av.DamagedModelError, describe, folder)


def test_files_that_are_too_large(folder):
    (folder / "config.json").write_text('{"a": "' + "x" * 1_000_000 + '"}', encoding="utf-8")
    assert "config.json has 1,000,009 bytes" in refusal(av.DamagedModelError, describe, folder)


def test_a_tokenizer_that_is_too_large(folder):
    with (folder / "tokenizer.json").open("r+b") as stream:
        stream.truncate(50_000_001)
    assert "tokenizer.json has 50,000,001 bytes" in refusal(av.DamagedModelError, describe, folder)


def test_no_config(folder):
    (folder / "config.json").unlink()
    assert refusal(av.UnsupportedModelError, describe, folder) == (
        "“tiny” has no config.json, so it is not a model of the transformers library."
    )


@pytest.mark.parametrize("wrong", [0, -3, 10**9, 10**400, 2.5, "12", [2, 2], {}, True])
@pytest.mark.parametrize("name", ["num_hidden_layers", "num_attention_heads", "hidden_size", "vocab_size"])
def test_absurd_numbers(folder, name, wrong):
    if name == "vocab_size" and wrong == {}:
        wrong = []
    change(folder, **{name: wrong})
    assert name in refusal(av.UnsupportedModelError, describe, folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"num_hidden_layers": 3},
        {"hidden_size": 64},
        {"hidden_size": 99_996},
        {"intermediate_size": 10**9},
        {"intermediate_size": 48},
        {"vocab_size": 9_999_999},
        {"type_vocab_size": 10**9},
        {"max_position_embeddings": 10**9},
        {"max_position_embeddings": 60},
        {"intermediate_size": "wide"},
        {"intermediate_size": None},
        {"hidden_act": "no such function"},
        {"hidden_act": {"a": "b"}},
        {"layer_norm_eps": []},
        {"num_attention_heads": 3},
    ],
    ids=str,
)
def test_a_config_and_weights_that_disagree(folder, changes):
    change(folder, **changes)
    began = time.perf_counter()
    refusal(av.DamagedModelError, load, folder)
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("changes", [{"intermediate_size": 10**9}, {"vocab_size": 9_999_999}])
def test_memory_that_the_files_do_not_account_for(folder, changes):
    change(folder, **changes)
    assert "The model's config.json describes weights of" in refusal(av.DamagedModelError, load, folder)


@pytest.mark.parametrize("changes", [{"num_labels": 10**9}, {"sub": {"num_experts": 10**8}}, {"n_groups_num": 1e12}])
def test_numbers_of_parts_that_would_never_end(folder, changes):
    change(folder, **changes)
    assert "at most 20,000 was expected" in refusal(av.UnsupportedModelError, load, folder)


def test_positions_that_are_computed_one_by_one(tmp_path):
    tiny = next(tiny for tiny in FAMILIES if tiny.family == "distilbert")
    folder = tiny.save(tmp_path)
    change(folder, max_position_embeddings=10**9, sinusoidal_pos_embds=True)
    assert "at most 8,192 is read" in refusal(av.UnsupportedModelError, load, folder)


def test_weights_that_are_missing_are_not_made_up(folder):
    file = folder / "model.safetensors"
    tensors = load_file(file)
    del tensors["encoder.layer.1.attention.self.query.weight"]
    save_file(tensors, file, metadata={"format": "pt"})
    said = refusal(av.DamagedModelError, load, folder)
    assert "lack 1 of its weights (encoder.layer.1.attention.self.query.weight)" in said


def test_weights_of_another_shape_are_named(folder):
    change(folder, intermediate_size=48)
    assert refusal(av.DamagedModelError, load, folder) == (
        "The files of tiny hold 6 weights in another shape than config.json says "
        "(encoder.layer.0.intermediate.dense.bias): they don't belong together."
    )


def test_the_heads_of_other_tasks_are_fine(folder):
    """A BERT for pretraining has more weights than are needed; one that fills gaps lacks the pooler."""
    config = BertConfig.from_pretrained(folder)
    for kind in (AutoModelForPreTraining, AutoModelForMaskedLM):
        torch.manual_seed(0)
        kind.from_config(config).save_pretrained(folder)
        assert av.trace(load(folder), FIRST).attention(1).shape[0] == 4


def test_half_precision_is_computed_in_single(folder):
    file = folder / "model.safetensors"
    halves = {name: tensor.half() for name, tensor in load_file(file).items()}
    save_file(halves, file, metadata={"format": "pt"})
    change(folder, dtype="float16")
    model = load(folder)
    assert {str(weight.dtype) for weight in model.network.parameters()} == {"torch.float32"}
    assert weight_bytes(folder) == 4 * model.info.parameters > file.stat().st_size


def test_a_tokenizer_that_knows_more_than_the_weights(tmp_path):
    """Tokens that were added without rows for them would be an IndexError deep inside."""
    folder = Tiny("bert", wordpiece, {**BERT.options, "vocab_size": 12}).save(tmp_path)
    with pytest.raises(av.DamagedModelError, match="the weights know 12 tokens: its files don't belong together"):
        av.trace(load(folder), FIRST)


@pytest.mark.parametrize("text", ["{", "[]", '{"model": 7}', ""])
def test_a_tokenizer_that_is_broken(folder, text):
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    refusal(av.DamagedModelError, load, folder)


@pytest.mark.parametrize(
    ("config", "stated", "limit"),
    [
        ({"model_type": "bert", "max_position_embeddings": 512}, 77, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, None, 512),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 514}, None, 512),
        ({"model_type": "modernbert", "max_position_embeddings": 8192}, None, 8192),
        ({"model_type": "llama", "max_position_embeddings": 131_072}, None, LONGEST),
        ({"model_type": "deberta-v2", "max_position_embeddings": -1}, 384, 384),
        ({"model_type": "t5", "is_encoder_decoder": True, "n_positions": 512}, 10**30, 512),
        ({"model_type": "t5", "is_encoder_decoder": True}, 1024, 1024),
        ({"model_type": "t5", "is_encoder_decoder": True}, 10**30, 512),
        ({"model_type": "bloom"}, None, 512),
    ],
)
def test_how_many_tokens_are_read(config, stated, limit):
    rest = {"vocab_size": 50, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    assert read_config(rest | config, stated).token_limit == limit


@pytest.mark.parametrize(
    ("config", "kinds"),
    [
        ({"model_type": "bert"}, ("encoder",)),
        ({"model_type": "bert", "is_decoder": True}, ("decoder",)),
        ({"model_type": "xlnet"}, ("encoder",)),
        ({"model_type": "bert-generation"}, ("encoder",)),
        ({"model_type": "llama"}, ("decoder",)),
        ({"model_type": "gemma3_text", "use_bidirectional_attention": True}, ("encoder",)),
        ({"model_type": "mbart", "is_encoder_decoder": True}, ("encoder", "decoder", "cross")),
    ],
)
def test_who_looks_at_whom(config, kinds):
    rest = {"vocab_size": 50, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    assert tuple(stack.kind for stack in read_config(rest | config).stacks) == kinds
