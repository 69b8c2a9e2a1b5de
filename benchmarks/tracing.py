"""What a trace costs beside the plain forward pass that it rides on, and beside eager `output_attentions`."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from transformers import AutoModel, BertConfig, BertModel
from transformers.utils import logging

import attention_viz as av
from attention_viz.models.bundled import NAME, BundledSource
from attention_viz.models.capture import ATTENTION
from attention_viz.models.huggingface import HuggingFaceModel
from attention_viz.models.threads import set_thread_count
from benchmarks.measuring import ROUNDS, alternating, ratio, resident_megabytes, table

LENGTHS = (128, 256, 512)


def main() -> None:
    threads = set_thread_count()
    print("\n## Tracing\n")
    logging.disable_progress_bar()
    minilm = av.load_model(NAME)
    assert isinstance(minilm, HuggingFaceModel)
    torch.manual_seed(0)
    base = BertModel(BertConfig()).eval()
    base.set_attn_implementation(ATTENTION)
    random = HuggingFaceModel(minilm.info, base, minilm.tokenizer)
    models = {"MiniLM, 6 × 12 heads": minilm, "BERT-base size, random": random}
    rows = [_memory(name, model) for name, model in models.items()]
    print("Memory of 20 traces of 512 tokens, MB.\n")
    print(table(["model", "q + k + v", "arrays kept", "process grew by", "kept ÷ q + k + v"], rows))
    print(f"\nMedians of {ROUNDS} alternating rounds, {threads} torch thread(s), milliseconds.\n")
    rows = [row for name, model in models.items() for row in _speed(name, model)]
    header = ["model", "tokens", "plain fused", "trace", "trace ÷ plain", "eager output_attentions", "one map"]
    print(table(header, rows))


def _speed(name: str, model: HuggingFaceModel) -> list[list[object]]:
    plain, eager = _twin(model, "sdpa"), _twin(model, "eager")
    rows: list[list[object]] = []
    for length in LENGTHS:
        text = "cat " * (length - 2)
        trace = av.trace(model, text)
        assert len(trace.tokens) == length
        seconds = alternating(
            {
                "plain": _forward(plain, trace),
                "trace": partial(av.trace, model, text),
                "eager": _forward(eager, trace, output_attentions=True),
                "map": partial(trace.attention, 0, 0),
            }
        )
        ms = {task: f"{1000 * statistics.median(times):.1f}" for task, times in seconds.items()}
        share = f"{ratio(seconds['trace'], seconds['plain']):.3f}"
        rows.append([name, length, ms["plain"], ms["trace"], share, ms["eager"], ms["map"]])
    return rows


def _twin(model: HuggingFaceModel, attention: str) -> torch.nn.Module:
    """The same weights with another implementation of attention."""
    if model.info.name == NAME and model.network.config.hidden_size == 384:
        return AutoModel.from_pretrained(BundledSource().folder, attn_implementation=attention).eval()
    twin = BertModel(BertConfig(attn_implementation=attention)).eval()
    twin.load_state_dict(model.network.state_dict())
    twin.set_attn_implementation(attention)
    return twin


def _forward(network: torch.nn.Module, trace: av.Trace, **options: bool) -> Callable[[], object]:
    ids = torch.tensor([[token.id for token in trace.tokens]])
    segments = torch.zeros_like(ids)

    def run() -> object:
        with torch.inference_mode():
            return network(input_ids=ids, token_type_ids=segments, **options)

    return run


def _memory(name: str, model: HuggingFaceModel) -> list[object]:
    warm = [av.trace(model, f"warm {number} " + "cat " * 508) for number in range(20)]
    before = resident_megabytes()
    traces = [av.trace(model, f"{number} " + "cat " * 509) for number in range(20)]
    grew = resident_megabytes() - before
    config = model.network.config
    needed = 20 * config.num_hidden_layers * 3 * 512 * config.hidden_size * 4 / 1e6
    arrays = [array for trace in traces for layer in trace.layers for array in layer.arrays]
    kept = sum({id(owner): owner.nbytes for owner in map(_owner, arrays)}.values()) / 1e6
    assert len(warm) == 20, "the first ones are kept too, so that none of the new ones takes their place"
    return [name, f"{needed:.0f}", f"{kept:.0f}", f"{grew:.0f}", f"{kept / needed:.3f}"]


def _owner(array: np.ndarray) -> np.ndarray:
    """The array whose memory `array` keeps alive, which for a view is more than its own."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
