"""Models of the transformers library, loaded from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer, PreTrainedModel
from transformers.utils import logging

from attention_viz.core.errors import ModelError
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.base import Encoding, Pass
from attention_viz.models.capture import ATTENTION, packed, record
from attention_viz.models.tokens import TextTokenizer, for_sharing


@dataclass(frozen=True, eq=False)
class HuggingFaceModel:
    """A transformers encoder and its tokenizer. Safe to share between threads."""

    info: ModelInfo
    network: PreTrainedModel
    tokenizer: TextTokenizer

    def encode(self, text: str, second: str | None = None) -> Encoding:
        """See `Model.encode`."""
        return self.tokenizer.encode(text, second)

    def forward(self, encoding: Encoding) -> Pass:
        """See `Model.forward`. Raises ModelError when the network is in training mode, whose dropout is random."""
        if self.network.training:
            raise ModelError("The model is in training mode, where dropout changes its attention. Call eval() on it.")
        ids = torch.tensor([[token.id for token in encoding.tokens]])
        inputs = {"input_ids": ids}
        if getattr(self.network.config, "type_vocab_size", 0) > 1:
            inputs["token_type_ids"] = torch.tensor([[token.segment for token in encoding.tokens]])
        with torch.inference_mode(), record() as layers:
            self.network(**inputs)
        return Pass({"encoder": packed(layers)})


def load_folder(folder: Path, info: ModelInfo) -> HuggingFaceModel:
    """The model in `folder`: safetensors only, no code from the folder, float32, evaluation mode."""
    with _quiet():
        network = AutoModel.from_pretrained(
            folder,
            attn_implementation=ATTENTION,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
        ).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    unknown = tokenizer.unk_token_id
    text_tokenizer = TextTokenizer(
        backend=for_sharing(tokenizer.backend_tokenizer),
        limit=info.token_limit,
        special_ids=frozenset(tokenizer.all_special_ids) - {unknown},
        unknown_id=unknown,
    )
    return HuggingFaceModel(info, network, text_tokenizer)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the progress bar that transformers draws on standard error."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
