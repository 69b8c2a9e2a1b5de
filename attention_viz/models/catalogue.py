"""Well-known models to choose from: the bundled one, then models of the Hugging Face Hub.

Each has its weights as safetensors on its main revision, and a tokenizer.json.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from attention_viz.models.bundled import NAME


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    name: what `load_model` is called with.
    summary: what sets it apart, in a few words.
    group: the heading that it stands under.
    """

    name: str
    summary: str
    group: str


_SENTENCES = "Sentence encoders"
_BERT = "BERT"
_ROBERTA = "RoBERTa"
_OTHER = "Other encoders"
_DECODERS = "Decoders"
_BOTH = "Encoder-decoders"

CATALOGUE: tuple[Entry, ...] = (
    Entry(NAME, "small English sentence encoder, always there", _SENTENCES),
    Entry("sentence-transformers/all-MiniLM-L12-v2", "the same with 12 layers", _SENTENCES),
    Entry("sentence-transformers/all-mpnet-base-v2", "MPNet, English", _SENTENCES),
    Entry("google-bert/bert-base-uncased", "English, lower case", _BERT),
    Entry("google-bert/bert-base-cased", "English", _BERT),
    Entry("google-bert/bert-large-uncased", "English, lower case, 24 layers", _BERT),
    Entry("google-bert/bert-large-cased", "English, 24 layers", _BERT),
    Entry("google-bert/bert-base-multilingual-cased", "104 languages", _BERT),
    Entry("google-bert/bert-base-multilingual-uncased", "102 languages, lower case", _BERT),
    Entry("google-bert/bert-base-chinese", "Chinese", _BERT),
    Entry("google-bert/bert-base-german-cased", "German", _BERT),
    Entry("distilbert/distilbert-base-uncased", "BERT distilled to 6 layers, lower case", _BERT),
    Entry("distilbert/distilbert-base-cased", "BERT distilled to 6 layers", _BERT),
    Entry("distilbert/distilbert-base-multilingual-cased", "104 languages, 6 layers", _BERT),
    Entry("FacebookAI/roberta-base", "English", _ROBERTA),
    Entry("FacebookAI/roberta-large", "English, 24 layers", _ROBERTA),
    Entry("distilbert/distilroberta-base", "RoBERTa distilled to 6 layers", _ROBERTA),
    Entry("FacebookAI/xlm-roberta-base", "100 languages", _ROBERTA),
    Entry("FacebookAI/xlm-roberta-large", "100 languages, 24 layers", _ROBERTA),
    Entry("albert/albert-base-v2", "ALBERT: one layer's weights, run 12 times", _OTHER),
    Entry("cross-encoder/ms-marco-electra-base", "ELECTRA, trained further to rank passages", _OTHER),
    Entry("answerdotai/ModernBERT-base", "8,192 tokens, windows and rotary positions", _OTHER),
    Entry("answerdotai/ModernBERT-large", "8,192 tokens, 28 layers", _OTHER),
    Entry("openai-community/gpt2", "GPT-2, 12 layers", _DECODERS),
    Entry("openai-community/gpt2-medium", "GPT-2, 24 layers", _DECODERS),
    Entry("distilbert/distilgpt2", "GPT-2 distilled to 6 layers", _DECODERS),
    Entry("google-t5/t5-small", "T5, 6 + 6 layers", _BOTH),
    Entry("google-t5/t5-base", "T5, 12 + 12 layers", _BOTH),
    Entry("facebook/bart-base", "BART, 6 + 6 layers", _BOTH),
)

_LONGEST = 120
"""Comparing takes time with the square of the length, and no name is as long as this."""


def full_name(bare: str) -> str | None:
    """The catalogue's id of a name without its organisation: “gpt2” is openai-community/gpt2."""
    return next((entry.name for entry in CATALOGUE if entry.name.endswith(f"/{bare}") and bare), None)


def nearest(name: str) -> str | None:
    """The catalogue's name that `name` was probably meant to be, or None."""
    spellings = {entry.name.rpartition("/")[2].lower(): entry.name for entry in CATALOGUE}
    spellings |= {entry.name.lower(): entry.name for entry in CATALOGUE}
    near = difflib.get_close_matches(name[:_LONGEST].lower(), spellings, n=1, cutoff=0.75)
    return spellings[near[0]] if near else None
