"""Every family against its own eager attention, through the code that loads a real model."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer, PreTrainedModel
from transformers.models.bart.modeling_bart import shift_tokens_right

import attention_viz as av
from attention_viz.core.trace import Layer
from attention_viz.models import capture
from attention_viz.models.folder import describe_folder
from attention_viz.models.huggingface import HuggingFaceModel, load_folder
from attention_viz.models.routes import Stacks, by_capture, by_maps, most_tokens
from attention_viz.models.threads import set_thread_count
from attention_viz.models.tracing import traces
from tests.models.tiny import FAMILIES, FIRST, REFUSED, SECOND, Tiny, load
from tests.sentences import said

TABLE = Path(__file__).parents[2] / "README.md"
BY_NAME = {tiny.family: tiny for tiny in FAMILIES}
MAPS_ONLY = {
    "mpnet",
    "deberta",
    "deberta-v2",
    "roformer",
    "rembert",
    "xlm",
    "xlnet",
    "bloom",
    "gemma2",
    "falcon",
    "gpt_neo",
}
each = pytest.mark.parametrize("family", BY_NAME)
each_decoder = pytest.mark.parametrize("family", ["gpt2", "gpt_neox", "opt", "llama", "qwen3", "bloom", "t5", "bart"])


class Family:
    """One family's folder, model and traces, made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model: HuggingFaceModel = load(folder)
        self.traces = traces(self.model, FIRST, SECOND)

    @property
    def inputs(self) -> dict[str, torch.Tensor]:
        return self.model._inputs(self.model.encode(FIRST, SECOND))

    def run(self, **inputs: torch.Tensor) -> Stacks:
        """The layers that the model's own way gives for these inputs."""
        way = by_maps if self.model.maps_only else by_capture
        return way(self.model.network, inputs, self.model.info.stacks)


@pytest.fixture(scope="module")
def family_of(tmp_path_factory) -> Callable[[str], Family]:
    set_thread_count()

    @cache
    def make(name: str) -> Family:
        return Family(BY_NAME[name].save(tmp_path_factory.mktemp(name)))

    return make


def expected_inputs(folder: Path, network: PreTrainedModel) -> dict[str, torch.Tensor]:
    """What the model's own tokenizer and its own shift make of the two texts."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if not network.config.is_encoder_decoder:
        read = tokenizer(FIRST, SECOND, return_tensors="pt", return_token_type_ids=True)
        segments = getattr(network.config, "type_vocab_size", 0) > 1 or network.config.model_type == "xlnet"
        return {name: read[name] for name in ("input_ids", *(["token_type_ids"] if segments else []))}
    labels = tokenizer(SECOND, return_tensors="pt").input_ids
    shifted = (
        network._shift_right(labels)
        if hasattr(network, "_shift_right")
        else shift_tokens_right(labels, network.config.pad_token_id, network.config.decoder_start_token_id)
    )
    return {"input_ids": tokenizer(FIRST, return_tensors="pt").input_ids, "decoder_input_ids": shifted}


def largest_difference(family: Family) -> float:
    network = AutoModel.from_pretrained(family.folder, attn_implementation="eager", dtype=torch.float32).eval()
    inputs = expected_inputs(family.folder, network)
    for name, tensor in family.inputs.items():
        assert tensor.tolist() == inputs[name].tolist(), name
    assert family.inputs.keys() == inputs.keys()
    with torch.inference_mode():
        output = network(**inputs, output_attentions=True)
    differences = []
    for kind, trace in family.traces.items():
        maps = output.attentions if len(family.traces) == 1 else getattr(output, f"{kind}_attentions", None)
        assert maps is not None
        assert len(maps) == len(trace.layers) == trace.model.stack(kind).layers
        for layer, weights in enumerate(maps):
            assert weights.shape[1] == trace.heads == trace.model.stack(kind).heads
            differences.append(float(np.abs(trace.attention(layer) - weights[0].numpy()).max()))
    return max(differences)


@each
def test_maps_equal_the_eager_model(family_of, family):
    assert largest_difference(family_of(family)) <= 1e-5


@each
def test_rows_sum_to_one_and_are_not_all_alike(family_of, family):
    for trace in family_of(family).traces.values():
        for layer in range(len(trace.layers)):
            weights = trace.attention(layer)
            assert weights.shape == (trace.heads, len(trace.tokens), len(trace.key_tokens))
            np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
            even = 1 / len(trace.key_tokens)
            rows = weights[:, -1] if trace.kind == "decoder" else weights
            assert rows.max() > 3 * even, "nearly uniform maps would agree with anything"
            assert np.abs(weights[0] - weights[-1]).max() > even, "so would heads that are alike"


@each
def test_queries_and_keys_are_there_or_the_reason_is(family_of, family):
    for trace in family_of(family).traces.values():
        if family in MAPS_ONLY:
            reason = "computes attention in its own way, so only its maps can be shown, not queries and keys."
            assert re.fullmatch(rf"This family \(\w+\) {reason}", str(trace.maps_only))
            assert trace.queries(0) is trace.keys(0) is trace.values(0) is None
        else:
            assert trace.maps_only is None
            queries, keys = trace.queries(0, 0), trace.keys(0, 0)
            assert queries is not None
            assert keys is not None
            assert queries.shape == (len(trace.tokens), keys.shape[1])
            assert len(keys) == len(trace.key_tokens)
            if trace.kind == trace.model.kinds[0]:
                assert keys.shape[1] == trace.model.head_size


@each_decoder
def test_the_future_of_a_decoder_is_nothing_and_not_visible(family_of, family):
    trace = family_of(family).traces["decoder"]
    ahead = np.triu_indices(len(trace.tokens), 1)
    for layer in range(len(trace.layers)):
        for head in range(trace.heads):
            assert (trace.attention(layer, head)[ahead] == 0).all()
            assert not trace.visible(layer, head)[ahead].any()
            assert trace.visible(layer, head)[0, 0]
            assert trace.visible(layer, head).diagonal().all()


@each
def test_an_encoder_sees_everything(family_of, family):
    traced = family_of(family).traces
    if "encoder" in traced and family != "modernbert":
        trace = traced["encoder"]
        assert trace.visible(1, 0).all()
        assert np.triu(trace.attention(0, 0), 1).any()


@each
def test_padding_gets_nothing(family_of, family):
    """Two keys of padding at the end; for a decoder at the start, since the end is hidden from it anyway."""
    known = family_of(family)
    inputs, plain = known.inputs, known.run(**known.inputs)
    front = "decoder" in plain and "cross" not in plain
    more, seen = torch.full((1, 2), 1), torch.ones_like(inputs["input_ids"])
    padded = {name: torch.cat([more, ids] if front else [ids, more], dim=1) for name, ids in inputs.items()}
    mask = torch.cat([0 * more, seen] if front else [seen, 0 * more], dim=1)
    masks = {"attention_mask": mask}
    if "cross" in plain:
        masks["decoder_attention_mask"] = torch.cat([torch.ones_like(inputs["decoder_input_ids"]), 0 * more], dim=1)
    hidden = slice(0, 2) if front else slice(-2, None)
    real = slice(2, None) if front else slice(0, -2)
    for kind, layers in known.run(**padded, **masks).items():
        for layer, alone in zip(layers, plain[kind], strict=True):
            for head in range(layer.heads):
                weights = layer.attention(head)
                assert (weights[real, hidden] == 0).all()
                # Padding before a text moves its positions in some families; MobileBERT reads each token with its
                # neighbours, and padding is one.
                if not front and family != "mobilebert":
                    np.testing.assert_allclose(weights[real, real], alone.attention(head), atol=1e-5)


@each
def test_no_padding_is_ever_read(family_of, family):
    known = family_of(family)
    pad = known.model.network.config.pad_token_id
    for trace in known.traces.values():
        text_tokens = [token for token in trace.tokens if token.span is not None]
        assert text_tokens
        if pad is not None and family not in {"gpt2", "gpt_neox", "opt", "bloom", "qwen3", "gemma2", "llama"}:
            assert pad not in [token.id for token in text_tokens]


@each
def test_eight_threads_agree_with_one(family_of, family):
    model = family_of(family).model
    texts = [f"the cat {'crossed ' * (number % 4 + 1)} the street" for number in range(8)]

    def work(text: str) -> list[np.ndarray]:
        return [trace.attention(1) for trace in traces(model, text, SECOND).values()]

    alone = [work(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        for one, other in zip(alone, pool.map(work, texts), strict=True):
            for first, second in zip(one, other, strict=True):
                np.testing.assert_allclose(first, second, atol=1e-6)


@each
def test_nothing_stays_recorded_after_an_error_in_the_middle(family_of, family):
    known = family_of(family)
    parts = [
        part
        for part in known.model.network.modules()
        if isinstance(getattr(part, "weight", None), torch.nn.Parameter) and not isinstance(part, torch.nn.Embedding)
    ]
    middle = parts[len(parts) // 2]

    def fail(*_: object) -> None:
        raise RuntimeError("in the middle")

    hook = middle.register_forward_pre_hook(fail)
    try:
        with pytest.raises(RuntimeError, match="in the middle"):
            av.trace(known.model, FIRST, SECOND)
    finally:
        hook.remove()
    assert capture._recorder.get() is None
    for kind, trace in traces(known.model, FIRST, SECOND).items():
        np.testing.assert_allclose(trace.attention(1), known.traces[kind].attention(1), atol=1e-6)


@each
def test_the_longest_text_that_is_read(family_of, family):
    """As many tokens as the limit says, and not one more than the table of positions has."""
    model = family_of(family).model
    if model.info.token_limit <= 512:
        traced = traces(model, "cat " * 1000)
        assert max(len(trace.tokens) for trace in traced.values()) == model.info.token_limit
        assert f"the model reads {model.info.token_limit}." in " ".join(said(next(iter(traced.values())).notes))
        assert np.isfinite(traced[model.info.kinds[0]].attention(1, 0)).all()


def test_where_only_maps_are_kept_fewer_tokens_are(tmp_path):
    tiny = Tiny("bloom", BY_NAME["bloom"].tokenizer, {**BY_NAME["bloom"].options, "seq_length": 8192})
    model = load(tiny.save(tmp_path))
    assert model.info.token_limit == 8192
    (note,) = model.encode("cat " * 5000).notes
    assert "are shown: all maps of this family are kept, which is done up to 4,000." in str(note)
    assert most_tokens((av.Stack("encoder", 12, 12),)) == 942


def test_a_bert_that_looks_back_only(tmp_path):
    tiny = Tiny("bert", BY_NAME["bert"].tokenizer, {**BY_NAME["bert"].options, "is_decoder": True})
    trace = av.trace(load(tiny.save(tmp_path)), FIRST)
    assert trace.kind == "decoder"
    assert not np.triu(trace.attention(1, 0), 1).any()
    assert not trace.visible(1, 0)[0, 1]


@each
def test_what_is_described_is_what_is_loaded(family_of, family):
    known = family_of(family)
    info = known.model.info
    assert info == describe_folder(known.folder, name="tiny", origin="made by a test")
    assert info.parameters == sum(weight.numel() for weight in known.model.network.parameters())
    assert info.width == known.model.network.config.hidden_size
    assert {str(weight.dtype) for weight in known.model.network.parameters()} == {"torch.float32"}
    assert not known.model.network.training


def test_grouped_query_heads(family_of):
    for family in ("llama", "qwen3"):
        trace = family_of(family).traces["decoder"]
        layer = trace.layers[0]
        assert isinstance(layer, Layer)
        assert (layer.heads, layer.key.shape[0]) == (4, 2)
        np.testing.assert_array_equal(trace.keys(0, 0), trace.keys(0, 1))


@pytest.mark.parametrize(("family", "reach"), [("modernbert", 4), ("qwen3", 7)])
def test_sliding_windows_are_seen(family_of, family, reach):
    """ModernBERT: half of the window of 8 to both sides. Qwen3: 8 tokens with itself, backwards."""
    (trace,) = family_of(family).traces.values()
    count = len(trace.tokens)
    distance = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    far = distance > reach
    assert far.any()
    assert trace.visible(0, 0)[far].any(), "the first layer sees far"
    assert not trace.visible(1, 0)[far].any()
    assert (trace.attention(1, 0)[far] == 0).all()
    assert trace.visible(1, 0)[np.tril(~far)].all()


def test_masks_and_biases_are_kept_once(family_of):
    windows = family_of("modernbert").traces["encoder"].layers
    assert windows[1].visible is not None
    assert windows[1].visible is windows[2].visible
    past = family_of("gpt2").traces["decoder"]
    assert past.layers[0].visible is past.layers[1].visible is not None
    size = past.layers[0].visible.nbytes
    assert past.nbytes == sum(layer.nbytes for layer in past.layers) - size
    t5 = family_of("t5").traces
    for kind in ("encoder", "decoder"):
        layers = t5[kind].layers
        assert all(isinstance(layer, Layer) and layer.bias is not None for layer in layers)
        assert len({id(layer.bias) for layer in layers if isinstance(layer, Layer)}) == 1
    assert all(isinstance(layer, Layer) and layer.bias is None for layer in t5["cross"].layers)


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_an_encoder_decoder_has_three_kinds(family_of, family):
    known = family_of(family)
    traced = known.traces
    assert list(traced) == ["encoder", "decoder", "cross"]
    assert [len(trace.layers) for trace in traced.values()] == [2, 3, 3]
    cross = traced["cross"]
    assert cross.tokens == traced["decoder"].tokens
    assert cross.key_tokens == traced["encoder"].tokens
    assert len(cross.tokens) != len(cross.key_tokens)
    assert cross.texts == (FIRST, SECOND)
    start, *read = cross.tokens
    assert (start.span, start.special, start.word, start.segment) == (None, True, None, 1)
    assert start.id == known.model.network.config.decoder_start_token_id
    assert {token.segment for token in read} == {1}
    assert {token.segment for token in cross.key_tokens} == {0}
    covered = {at for token in read if token.span for at in range(*token.span)}
    assert {at for at, character in enumerate(SECOND) if character.strip()} <= covered
    assert cross.notes == ()


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_without_a_second_text_the_decoder_reads_the_first(family_of, family):
    traced = traces(family_of(family).model, FIRST)
    assert traced["cross"].texts == (FIRST, FIRST)
    assert said(traced["cross"].notes) == (
        "No second text: the decoder reads the same text as the encoder, as when the model is asked to repeat it.",
    )
    content = [token.id for token in traced["encoder"].tokens if token.span]
    assert [token.id for token in traced["decoder"].tokens if token.span] == content


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_long_texts_are_cut_on_both_sides(family_of, family):
    traced = traces(family_of(family).model, "cat " * 300, "dog " * 300)
    assert len(traced["encoder"].tokens) == 128
    assert 127 <= len(traced["decoder"].tokens) <= 128
    assert len(traced["cross"].notes) == 2
    assert all("the model reads 128." in str(note) for note in traced["cross"].notes)
    assert traces(family_of(family).model, "cat " * 300)["cross"].attention(0).shape[2] == 128


def test_a_decoder_knows_no_pairs(family_of):
    for family, knows in (("gpt2", False), ("llama", True)):
        model = family_of(family).model
        encoding = model.encode(FIRST, SECOND)
        assert (
            "This model knows no pairs: it reads the second text right after the first." in said(encoding.notes)
        ) != knows
        assert {token.segment for token in encoding.tokens} == {0, 1}
        assert model.encode(FIRST).notes == ()
        assert "token_type_ids" not in family_of(family).inputs


@pytest.mark.parametrize(
    ("family", "reason"),
    [
        (
            "squeezebert",
            r"SqueezeBert can't be shown: what a query gives to all keys adds up to .*, and attention adds up",
        ),
        (
            "longformer",
            r"Longformer can't be shown: what a layer hands out is 4 × 7 × \d+, and 4 heads × 7 queries × 7",
        ),
        ("fnet", "FNet can't be shown: its config.json names no number of attention heads"),
        ("convbert", r"ConvBert can't be shown: what a layer hands out is 2 × 7 × 7, and 4 heads"),
        ("gpt_oss", r"GptOss can't be shown: what a query gives to all keys adds up to .*, and attention adds up to 1"),
        ("vit", "ViT reads pictures or sound. Only models that read text alone can be shown"),
    ],
)
def test_refused_with_the_reason(tmp_path, family, reason):
    (tiny,) = [tiny for tiny in REFUSED if tiny.family == family]
    with pytest.raises(av.UnsupportedModelError, match=reason):
        load(tiny.save(tmp_path))


def test_what_looks_ahead_is_not_shown_as_a_decoder(family_of):
    known = family_of("xlnet")
    taken_for_another = replace(known.model.info, stacks=(av.Stack("decoder", 2, 4),))
    with pytest.raises(av.UnsupportedModelError, match="taken for a decoder, and its tokens look at what follows"):
        load_folder(known.folder, taken_for_another)


def bound(difference: float) -> str:
    """The power of ten above it, not below 10⁻⁵: what is smaller differs between machines."""
    return f"≤ 1e{max(-5, math.ceil(math.log10(difference))) if difference else -5}"


def row(known: Family, tiny: Tiny) -> str:
    kinds = ", ".join(known.model.info.kinds)
    shown = "maps only" if known.model.maps_only else "queries and keys"
    return f"| {tiny.family} | {kinds} | {shown} | {bound(largest_difference(known))} | {tiny.note} |"


def test_the_table_of_families_says_what_was_seen(family_of, tmp_path):
    lines = ["| family | attention | shown | difference to eager | note |", "| --- | --- | --- | --- | --- |"]
    lines += [row(family_of(tiny.family), tiny) for tiny in FAMILIES]
    lines += ["", "| refused | reason |", "| --- | --- |"]
    for tiny in REFUSED:
        with pytest.raises(av.UnsupportedModelError) as raised:
            load(tiny.save(tmp_path / tiny.family))
        # The numbers of a random model differ between machines.
        lines.append(f"| {tiny.family} | {re.sub(r'-?[0-9]+[.][0-9e-]+', '…', str(raised.value))} |")
    table = "\n".join(lines)
    written = re.search(r"<!-- families -->(.*)<!-- /families -->", TABLE.read_text(encoding="utf-8"), re.DOTALL)
    assert written is not None
    assert written[1].strip() == table, f"put this into {TABLE.name}:\n\n{table}\n"
