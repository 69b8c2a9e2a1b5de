"""What is captured against what the same models say of their attention themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from transformers import AutoModel, BertConfig, BertModel, GPT2Config, GPT2Model

import attention_viz as av
from attention_viz.core.trace import Layer
from attention_viz.models import capture
from attention_viz.models.bundled import BundledSource
from attention_viz.models.huggingface import HuggingFaceModel
from tests.conftest import PRONOUN

LONG = "the cat sat on the mat and looked at the rain while the dog slept " * 60
TEXTS = [
    (PRONOUN, None),
    ("Who wrote Hamlet?", "Hamlet was written by William Shakespeare around 1600."),
    (LONG, None),
    (LONG, LONG),
    ("a", None),
]


@pytest.fixture(scope="session")
def eager():
    folder = BundledSource().folder
    return AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()


@pytest.mark.parametrize(("text", "second"), TEXTS, ids=["single", "pair", "512", "512 pair", "one word"])
def test_maps_equal_the_eager_model(minilm, eager, text, second):
    trace = av.trace(minilm, text, second)
    ids = torch.tensor([[token.id for token in trace.tokens]])
    segments = torch.tensor([[token.segment for token in trace.tokens]])
    with torch.inference_mode():
        expected = eager(input_ids=ids, token_type_ids=segments, output_attentions=True).attentions
    assert len(expected) == len(trace.layers) == 6
    for layer, weights in enumerate(expected):
        np.testing.assert_allclose(trace.attention(layer), weights[0].numpy(), atol=1e-5, rtol=0)


def test_rows_sum_to_one(pronoun):
    for layer in range(6):
        np.testing.assert_allclose(pronoun.attention(layer).sum(-1), 1, atol=1e-5)


def test_values_give_the_layers_output(minilm, pronoun):
    """Attention times values, through the output projection, is what the first layer adds before its norm."""
    network = minilm.network
    seen: dict[str, torch.Tensor] = {}
    hook = network.encoder.layer[0].attention.self.register_forward_hook(lambda *call: seen.update(out=call[2][0]))
    try:
        av.trace(minilm, PRONOUN)
    finally:
        hook.remove()
    heads = [pronoun.attention(0, head) @ pronoun.values(0, head) for head in range(12)]
    np.testing.assert_allclose(np.concatenate(heads, axis=-1), seen["out"][0].numpy(), atol=1e-5)


def test_eight_threads_agree_with_one(minilm):
    texts = [f"sentence number {number} is about {'cats ' * (number % 7 + 1)}" for number in range(50)]
    alone = [av.trace(minilm, text).attention(3, 1) for text in texts]

    def work(worker: int) -> list[np.ndarray]:
        order = [(number + 7 * worker) % len(texts) for number in range(len(texts))]
        return [
            maps for _, maps in sorted((number, av.trace(minilm, texts[number]).attention(3, 1)) for number in order)
        ]

    with ThreadPoolExecutor(8) as pool:
        for result in pool.map(work, range(8)):
            for one, other in zip(alone, result, strict=True):
                np.testing.assert_allclose(one, other, atol=1e-6)


def test_memory_is_that_of_queries_keys_and_values(minilm):
    trace = av.trace(minilm, LONG)
    assert len(trace.tokens) == 512
    assert trace.nbytes == 6 * 3 * 512 * 384 * 4
    (block,) = {id(array.base): array.base for source in trace.layers for array in source.arrays}.values()
    assert block is not None
    assert block.nbytes == trace.nbytes, "nothing larger is kept alive"


def test_a_part_of_a_fused_tensor_does_not_keep_the_whole():
    fused = torch.randn(1, 5, 3 * 8)
    q, k, v = (part.view(1, 5, 2, 4).transpose(1, 2) for part in torch.split(fused, 8, dim=-1))
    (layer,) = capture.packed([Layer(capture._keep(q), capture._keep(k), capture._keep(v), 0.5)])
    before = q[0].numpy().copy()
    fused.zero_()
    np.testing.assert_array_equal(layer.query, before)
    assert layer.query.base is not None
    assert layer.query.base.nbytes == layer.nbytes


def test_training_mode_is_refused(minilm):
    network = BertModel(BertConfig(vocab_size=30522, hidden_size=8, num_attention_heads=2, num_hidden_layers=1)).train()
    with pytest.raises(av.ModelError, match="training mode"):
        av.trace(HuggingFaceModel(minilm.info, network, minilm.tokenizer), "a")


def test_nothing_stays_recorded_after_an_error(minilm):
    encoding = minilm.encode("a " * 600)
    too_long = type(encoding)(encoding.texts, encoding.tokens * 2)
    with pytest.raises((IndexError, RuntimeError)):
        minilm.forward(too_long)
    assert capture._recorder.get() is None
    assert len(av.trace(minilm, "a").layers) == 6


def test_without_a_recorder_nothing_is_kept(minilm):
    with torch.inference_mode():
        minilm.network(input_ids=torch.tensor([[101, 102]]))
    assert capture._recorder.get() is None


def test_the_future_of_a_decoder_is_hidden():
    """A mask of None means "causal" in a decoder; a softmax without it would still sum to 1, and be wrong."""
    config = GPT2Config(vocab_size=50, n_embd=16, n_layer=2, n_head=2, n_positions=16)
    torch.manual_seed(0)
    network = GPT2Model(config).eval()
    ids = torch.arange(9)[None]
    network.set_attn_implementation("eager")
    with torch.inference_mode():
        expected = network(input_ids=ids, output_attentions=True).attentions
        network.set_attn_implementation(capture.ATTENTION)
        with capture.record() as layers:
            network(input_ids=ids)
    for source, weights in zip(layers, expected, strict=True):
        for head in range(2):
            np.testing.assert_allclose(source.attention(head), weights[0, head].numpy(), atol=1e-6)
        assert source.visible is not None
        assert not source.visible[0][np.triu_indices(9, 1)].any()


def test_padding_gets_nothing():
    torch.manual_seed(0)
    config = BertConfig(vocab_size=50, hidden_size=16, num_attention_heads=2, num_hidden_layers=2, intermediate_size=16)
    network = BertModel(config).eval()
    network.set_attn_implementation(capture.ATTENTION)
    ids, mask = torch.arange(8)[None], torch.tensor([[1, 1, 1, 1, 1, 0, 0, 0]])
    with torch.inference_mode():
        with capture.record() as padded:
            network(input_ids=ids, attention_mask=mask)
        with capture.record() as plain:
            network(input_ids=ids[:, :5])
    for one, other in zip(padded, plain, strict=True):
        weights = one.attention(1)
        assert (weights[:, 5:] == 0).all()
        np.testing.assert_allclose(weights[:5, :5], other.attention(1), atol=1e-6)
