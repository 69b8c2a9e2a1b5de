"""Tiny models with random weights, one of each family, saved to disk as real ones are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

from attention_viz.models.folder import describe_folder
from attention_viz.models.huggingface import HuggingFaceModel, load_folder

FIRST = "The cat didn't cross the street because it was too tired, and the driver who saw it waited."
SECOND = "A naïve dog slept under the old tree."
CORPUS = [FIRST, SECOND, "Straße, naïve, 1600 cats and dogs", FIRST.lower(), SECOND.upper()]


def letters() -> list[str]:
    """Those of the corpus, and SentencePiece's blank. Vocabularies are made by hand: trainers choose among equals anew
    in each run."""
    return sorted(set("".join(CORPUS).replace(" ", "▁")))


@lru_cache
def wordpiece() -> PreTrainedTokenizerFast:
    """As BERT's: [CLS] A [SEP] B [SEP], lower case."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    small = sorted(set("".join(CORPUS).lower()) - {" "})
    pieces = [*special, *small, *(f"##{letter}" for letter in small), "the", "cat", "cross", "##ed", "dog", "and"]
    backend = Tokenizer(models.WordPiece({piece: number for number, piece in enumerate(pieces)}, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer()
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    return PreTrainedTokenizerFast(tokenizer_object=backend, **{f"{role}_token": name for role, name in names.items()})


def _byte_level(special: list[str]) -> Tokenizer:
    merges = merges_for(["he", "Ġcat", "Ġthe", "Ġdriver", "Ġna", "Ã¯", "Ġdog"])
    pieces = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet()), *(first + last for first, last in merges)]
    backend = Tokenizer(models.BPE({piece: number for number, piece in enumerate(pieces)}, merges))
    backend.add_special_tokens(special)
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    return backend


def merges_for(words: Sequence[str]) -> list[tuple[str, str]]:
    """What a BPE has to merge, letter after letter, to have these words as pieces."""
    steps = {(word[:end], word[end]): None for word in words for end in range(1, len(word))}
    return list(steps)


@lru_cache
def roberta_bpe() -> PreTrainedTokenizerFast:
    """As RoBERTa's and BART's: <s> A </s></s> B </s>, byte pieces."""
    backend = _byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    backend.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


@lru_cache
def gpt2_bpe() -> PreTrainedTokenizerFast:
    """As GPT-2's: byte pieces, nothing added, the end of text named as the unknown token too."""
    backend = _byte_level(["<|endoftext|>"])
    backend.post_processor = processors.ByteLevel(trim_offsets=False)
    end = "<|endoftext|>"
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token=end, eos_token=end, unk_token=end)


@lru_cache
def bare_bpe() -> PreTrainedTokenizerFast:
    """Without any special token."""
    return PreTrainedTokenizerFast(tokenizer_object=_byte_level([]))


@lru_cache
def llama_bpe() -> PreTrainedTokenizerFast:
    """As Llama's: <s> A, with “▁” for blanks, and bytes as <0xF0> for what is not in the vocabulary."""
    merges = merges_for(["▁cat", "▁the", "▁driver", "▁na", "▁dog"])
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    pieces = [*special, *letters(), *(first + last for first, last in merges)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    backend = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    backend.add_special_tokens(special[:3])
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def _unigram(special: list[str]) -> Tokenizer:
    words = ["▁cat", "▁the", "▁driver", "▁naïve", "▁dog", "▁cross", "ed"]
    scores = [
        *((piece, 0.0) for piece in special),
        *((word, -3.0) for word in words),
        *((one, -4.0) for one in letters()),
    ]
    backend = Tokenizer(models.Unigram(scores, special.index("<unk>")))
    backend.add_special_tokens(special)
    backend.normalizer = normalizers.NFKC()
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Metaspace()
    return backend


@lru_cache
def t5_unigram() -> PreTrainedTokenizerFast:
    """As T5's: A </s>."""
    backend = _unigram(["<pad>", "</s>", "<unk>"])
    backend.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=128
    )


@lru_cache
def xlmr_unigram() -> PreTrainedTokenizerFast:
    """As XLM-R's: <s> A </s></s> B </s>."""
    backend = _unigram(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


@lru_cache
def xlnet_unigram() -> PreTrainedTokenizerFast:
    """As XLNet's: A <sep> B <sep> <cls>, the last of which is of a third type."""
    backend = _unigram(["<unk>", "<s>", "</s>", "<cls>", "<sep>", "<pad>"])
    backend.post_processor = processors.TemplateProcessing(
        single="$A <sep> <cls>:2",
        pair="$A <sep> $B:1 <sep>:1 <cls>:2",
        special_tokens=[("<cls>", 3), ("<sep>", 4)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, cls_token="<cls>", sep_token="<sep>", pad_token="<pad>", unk_token="<unk>"
    )


def _bert_like(**more: Any) -> dict[str, Any]:
    return {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 32,
        "max_position_embeddings": 130,
        "pad_token_id": 0,
        **more,
    }


@dataclass(frozen=True)
class Tiny:
    """A family in small. options: what goes into its configuration."""

    family: str
    tokenizer: Callable[[], PreTrainedTokenizerFast]
    options: dict[str, Any] = field(default_factory=_bert_like)
    note: str = ""
    spread: float = 0.25

    def with_options(self, **more: Any) -> Tiny:
        """The same with some options changed."""
        return replace(self, options={**self.options, **more})

    def save(self, folder: Path) -> Path:
        torch.manual_seed(0)
        tokenizer = self.tokenizer()
        size = {} if "vocab_size" in self.options or self.family == "vit" else {"vocab_size": len(tokenizer)}
        config = AutoConfig.for_model(self.family, **self.options, **size)
        network = AutoModel.from_config(config)
        sharpen(network, self.spread)
        network.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder


def sharpen(network: torch.nn.Module, spread: float) -> None:
    """Makes attention uneven: with the weights of a fresh network all maps are nearly uniform, and any two agree."""
    with torch.no_grad():
        for weight in network.parameters():
            if weight.ndim >= 2:
                weight.normal_(std=spread)


def load(folder: Path, name: str = "tiny") -> HuggingFaceModel:
    return load_folder(folder, describe_folder(folder, name=name, origin="made by a test"))


_FAIRSEQ = _bert_like(max_position_embeddings=132, pad_token_id=1, type_vocab_size=1)
_LLAMA = _bert_like(num_key_value_heads=2, max_position_embeddings=256, head_dim=8)
_NAMED_BY_TWO = {"bos_token_id": 0, "eos_token_id": 0}
_T5 = {
    "d_model": 32,
    "d_ff": 32,
    "d_kv": 8,
    "num_heads": 4,
    "num_layers": 2,
    "num_decoder_layers": 3,
    "decoder_start_token_id": 0,
}
_BART = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 3,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "max_position_embeddings": 128,
    "decoder_start_token_id": 2,
}
_XLM = {"emb_dim": 32, "n_layers": 2, "n_heads": 4, "max_position_embeddings": 128, "pad_index": 0}

FAMILIES = (
    Tiny("bert", wordpiece),
    Tiny("roberta", roberta_bpe, _FAIRSEQ),
    Tiny("xlm-roberta", xlmr_unigram, _FAIRSEQ),
    Tiny("camembert", xlmr_unigram, _FAIRSEQ),
    Tiny("electra", wordpiece, _bert_like(embedding_size=16)),
    Tiny("albert", wordpiece, _bert_like(embedding_size=16, num_hidden_layers=3), "one layer, run again and again"),
    Tiny("distilbert", wordpiece, {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 32}),
    Tiny(
        "modernbert",
        wordpiece,
        _bert_like(num_hidden_layers=3, local_attention=8, global_attn_every_n_layers=3, max_position_embeddings=8192),
        "sliding windows",
    ),
    Tiny(
        "mobilebert",
        wordpiece,
        _bert_like(embedding_size=32, true_hidden_size=16, intra_bottleneck_size=16),
        "layers narrower than tokens",
        spread=0.2,
    ),
    Tiny("nomic_bert", wordpiece, _bert_like(type_vocab_size=2)),
    Tiny("mpnet", xlmr_unigram, _FAIRSEQ),
    Tiny("deberta", roberta_bpe, _bert_like(relative_attention=True, pos_att_type=["c2p", "p2c"], type_vocab_size=0)),
    Tiny(
        "deberta-v2", xlmr_unigram, _bert_like(relative_attention=True, pos_att_type=["c2p", "p2c"], type_vocab_size=0)
    ),
    Tiny("roformer", wordpiece, _bert_like(embedding_size=16), spread=0.4),
    Tiny("rembert", xlmr_unigram, _bert_like(input_embedding_size=16)),
    Tiny("xlm", wordpiece, _XLM),
    Tiny("xlnet", xlnet_unigram, {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 32}, spread=0.4),
    Tiny("gpt2", gpt2_bpe, {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128, **_NAMED_BY_TWO}),
    Tiny("gpt_neox", gpt2_bpe, _bert_like(**_NAMED_BY_TWO)),
    Tiny("opt", gpt2_bpe, _bert_like(ffn_dim=32, word_embed_proj_dim=32, **_NAMED_BY_TWO)),
    Tiny("llama", llama_bpe, _LLAMA, "4 heads share 2 keys"),
    Tiny(
        "qwen3",
        bare_bpe,
        {**_LLAMA, "use_sliding_window": True, "sliding_window": 8, "max_window_layers": 1},
        "4 heads share 2 keys, sliding windows",
    ),
    Tiny("bloom", gpt2_bpe, {"hidden_size": 32, "n_layer": 2, "n_head": 4, **_NAMED_BY_TWO}),
    Tiny("falcon", gpt2_bpe, _bert_like(ffn_hidden_size=32, **_NAMED_BY_TWO)),
    Tiny(
        "gpt_neo",
        gpt2_bpe,
        {
            "hidden_size": 32,
            "num_layers": 2,
            "num_heads": 4,
            "attention_types": [[["global", "local"], 1]],
            "window_size": 8,
            **_NAMED_BY_TWO,
        },
    ),
    Tiny("gemma2", bare_bpe, {**_LLAMA, "query_pre_attn_scalar": 8, "sliding_window": 8}, "capped scores"),
    Tiny("t5", t5_unigram, _T5, "position bias", spread=0.15),  # It does not scale its scores.
    Tiny("bart", roberta_bpe, _BART),
)

WINDOWED = {
    "gemma3_text": Tiny("gemma3_text", bare_bpe, {**_LLAMA, "num_hidden_layers": 3, "query_pre_attn_scalar": 8}),
    "cohere2": Tiny("cohere2", bare_bpe, {**_LLAMA, "num_hidden_layers": 3}),
    "qwen3": Tiny("qwen3", bare_bpe, {**_LLAMA, "num_hidden_layers": 3, "use_sliding_window": True}),
}
"""Families with queries and keys whose layers see a window or everything before: set `layer_types` and
`sliding_window`."""

REFUSED = (
    Tiny("squeezebert", wordpiece, _bert_like(embedding_size=32)),
    Tiny("longformer", roberta_bpe, _bert_like(attention_window=[4, 4], pad_token_id=1)),
    Tiny("fnet", wordpiece, {"hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 32}),
    Tiny("convbert", wordpiece, _bert_like(embedding_size=16)),
    Tiny("vit", wordpiece, {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}),
    Tiny("gpt_oss", bare_bpe, {**_LLAMA, "num_local_experts": 2, "num_experts_per_tok": 1}),
)
