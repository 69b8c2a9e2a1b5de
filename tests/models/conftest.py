"""A real, tiny model on a Hub of this machine, and what tests of downloads say again and again."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel

import attention_viz as av
from attention_viz.models.hub import Hub, Offer
from attention_viz.models.hub.cache import Cache
from tests.models.hub_server import FakeHub, fake_hub

NAME = "tests/tiny-bert"
TOKEN = "hf_averysecrettoken"
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "sat", "on", "mat", "##s", "."]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a real, small BERT: 1.1 MB."""
    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=500,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer(WordPiece({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "TokenizersBackend", **special}))
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: apache-2.0\n---\n# Tiny\n")
    (folder / "modeling.py").write_text("raise SystemExit('code of a model ran')")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def server() -> Iterator[FakeHub]:
    with fake_hub() as hub:
        yield hub


@pytest.fixture
def tiny_server(server: FakeHub, tiny: dict[str, bytes]) -> FakeHub:
    server.add(NAME, tiny, tags=("license:apache-2.0",))
    return server


@pytest.fixture
def hub_of(tmp_path: Path) -> Callable[..., Hub]:
    """A Hub whose cache is the test's own."""

    def make(server: FakeHub | str, **options: object) -> Hub:
        endpoint = server if isinstance(server, str) else server.endpoint
        return Hub(Cache(tmp_path / "cache"), endpoint, **options)  # type: ignore[arg-type]  # the test's own options

    return make


def download(hub: Hub, offer: Offer) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    hub.download(offer, lambda done, total: seen.append((done, total)), threading.Event())
    return seen


def refused(call: Callable[[], object], kind: type[Exception] = av.ModelError) -> str:
    with pytest.raises(kind) as raised:
        call()
    assert type(raised.value) is kind or kind is av.ModelError
    return str(raised.value)


@pytest.fixture
def environment(tiny_server, tmp_path, monkeypatch) -> FakeHub:
    monkeypatch.setenv("HF_ENDPOINT", tiny_server.endpoint)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return tiny_server


def with_header(weights: bytes, change: Callable[[dict], dict]) -> bytes:
    (length,) = struct.unpack("<Q", weights[:8])
    header = json.dumps(change(json.loads(weights[8 : 8 + length]))).encode()
    return struct.pack("<Q", len(header)) + header + weights[8 + length :]


def with_config(files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    config = {**json.loads(files["config.json"]), **changes}
    kept = {key: value for key, value in config.items() if value is not None}
    return files | {"config.json": json.dumps(kept).encode()}


def without(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name not in names}
