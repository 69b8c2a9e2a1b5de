"""Models of sizes that matter, with random weights: what they take doesn't depend on what they have learnt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from transformers import AutoTokenizer, BertConfig, BertModel, ModernBertConfig, ModernBertModel, PreTrainedModel

from attention_viz.models.bundled import BundledSource

BERT_BASE = "bert-base-random"
MODERN = "modernbert-base-random"


def save_bert_base(root: Path) -> Path:
    """A BERT-base, 12 × 12 heads, with the tokenizer of the bundled model."""
    return _save(root / BERT_BASE, lambda: BertModel(BertConfig()))


def save_modernbert(root: Path) -> Path:
    """A ModernBERT-base, 22 × 12 heads that read 8,192 tokens, with the tokenizer of the bundled model."""
    config = ModernBertConfig(vocab_size=30522, pad_token_id=0, cls_token_id=101, sep_token_id=102)
    config.bos_token_id, config.eos_token_id = 101, 102
    return _save(root / MODERN, lambda: ModernBertModel(config), model_max_length=8192)


def _save(folder: Path, make: Callable[[], PreTrainedModel], model_max_length: int = 512) -> Path:
    torch.manual_seed(0)
    make().save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(BundledSource().folder, model_max_length=model_max_length)
    tokenizer.save_pretrained(folder)
    return folder
