"""Models of the transformers library, loaded from a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel
from transformers.utils import logging

from attention_viz.core.errors import DamagedModelError, ModelError, UnsupportedModelError
from attention_viz.core.message import Message, counted, say
from attention_viz.core.model import Encoding, Pass
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.architecture import title
from attention_viz.models.capture import ATTENTION
from attention_viz.models.routes import by_capture, by_maps, choose_route, most_tokens
from attention_viz.models.tokens import TextTokenizer, for_sharing, spells_bytes
from attention_viz.models.weights import weight_bytes
from attention_viz.models.windows import doubts

# Families that number segments without a table of embeddings for them, so that config.json does not count them.
_COUNTLESS_SEGMENTS = frozenset({"xlnet"})
# Weights that come after all attention; files made for another task lack them.
_AFTER_ATTENTION = ("pooler.",)
_ROOM_BYTES = 200_000_000
"""What a network may need beside the weights in its files: tables that are computed, such as positions."""


@dataclass(frozen=True, eq=False)
class HuggingFaceModel:
    """A transformers model and its tokenizer. Safe to share between threads.

    maps_only: why it can only show maps, in one sentence; None where queries and keys are captured.
    """

    info: ModelInfo
    network: PreTrainedModel
    tokenizer: TextTokenizer
    maps_only: Message | None = None

    def encode(self, text: str, second: str | None = None) -> Encoding:
        """See `Model.encode`."""
        return self.tokenizer.encode(text, second)

    def forward(self, encoding: Encoding) -> Pass:
        """See `Model.forward`. Raises ModelError when the network is in training mode, whose dropout is random."""
        if self.network.training:
            raise ModelError(
                say("The model is in training mode, where dropout changes its attention. Call eval() on it.")
            )
        inputs = self._inputs(encoding)
        if self.maps_only:
            stacks = by_maps(self.network, inputs, self.info.stacks)
            notes = {kind: doubts(self.network.config, kind, layers) for kind, layers in stacks.items()}
            return Pass(stacks, self.maps_only, notes)
        return Pass(by_capture(self.network, inputs, self.info.stacks))

    def _inputs(self, encoding: Encoding) -> dict[str, torch.Tensor]:
        ids = [token.id for token in encoding.tokens]
        rows = [ids]
        inputs = {"input_ids": torch.tensor([ids])}
        if encoding.target:
            rows.append([token.id for token in encoding.target])
            inputs["decoder_input_ids"] = torch.tensor([rows[1]])
        config = self.network.config
        if getattr(config, "type_vocab_size", 0) > 1 or config.model_type in _COUNTLESS_SEGMENTS:
            segments = encoding.type_ids or [token.segment for token in encoding.tokens]
            inputs["token_type_ids"] = torch.tensor([segments])
        known = self.network.config.vocab_size
        if (highest := max(map(max, rows))) >= known:
            raise DamagedModelError(
                say(
                    "The tokenizer of {model} gives a token the number {number:,}, but the weights know "
                    "{known:,} tokens: its files don't belong together.",
                    model=self.info.name,
                    number=highest,
                    known=known,
                )
            )
        return inputs


def load_folder(folder: Path, info: ModelInfo) -> HuggingFaceModel:
    """The model in `folder`: safetensors only, no code from the folder, float32, evaluation mode.

    info: what `describe_folder` says of it. Raises DamagedModelError when config.json, weights and tokenizer disagree,
    UnsupportedModelError when what the model computes can't be shown: a short pass over a few tokens tells.
    """
    with _quiet():
        network = _network(folder, info)
        tokenizer = _tokenizer(folder, network, info)
        maps_only = choose_route(network, info)
    if maps_only and (room := most_tokens(info.stacks)) < tokenizer.limit:
        tokenizer = replace(tokenizer, limit=room, limited_by="maps")
    return HuggingFaceModel(info, network, tokenizer, maps_only)


def _network(folder: Path, info: ModelInfo) -> PreTrainedModel:
    with _library_errors(say("its weights can't be loaded")):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        config.transformers_weights = None  # It could name other weights than those that were looked at.
        config.use_cache = False
        _check_size(config, folder)
        try:
            network, report = _load(folder, config, ATTENTION)
        except KeyError:  # GPT-J, GPT-Neo and Falcon choose from a list of their own, which has only known names.
            network, report = _load(folder, config, "eager")
    _check_report(report, info)
    if network.main_input_name != "input_ids":
        raise UnsupportedModelError(
            say(
                "{family} reads {input}. Only models that read text alone can be shown.",
                family=title(info.family),
                input=network.main_input_name,
            )
        )
    return network.eval()


def _load(folder: Path, config: Any, attention: str) -> tuple[PreTrainedModel, Mapping[str, Any]]:
    """The network with what was missing or did not fit; transformers fills such weights with random numbers."""
    return AutoModel.from_pretrained(
        folder,
        config=config,
        attn_implementation=attention,
        dtype=torch.float32,
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
        ignore_mismatched_sizes=True,
    )


def _check_size(config: Any, folder: Path) -> None:
    """Raises DamagedModelError when config.json asks for more memory than the files account for."""
    with torch.device("meta"):
        empty = AutoModel.from_config(config, attn_implementation="eager", trust_remote_code=False)
    needed = sum(4 * tensor.numel() for tensor in (*empty.parameters(), *empty.buffers()))
    if needed > (held := weight_bytes(folder)) + _ROOM_BYTES:
        raise DamagedModelError(
            say(
                "The model's config.json describes weights of {needed:,} bytes, and its files hold {held:,}: "
                "they don't belong together.",
                needed=needed,
                held=held,
            )
        )


def _check_report(report: Mapping[str, Any], info: ModelInfo) -> None:
    """Raises DamagedModelError when weights that attention depends on were not in the files."""
    missing = sorted(name for name in report["missing_keys"] if not name.startswith(_AFTER_ATTENTION))
    wrong = sorted(name for name, *_ in report["mismatched_keys"])
    if missing:
        raise DamagedModelError(
            say(
                "The files of {model} lack {missing:,} of its weights ({first}): they don't belong together.",
                model=info.name,
                missing=len(missing),
                first=missing[0][:80],
            )
        )
    if wrong:
        raise DamagedModelError(
            counted(
                len(wrong),
                "The files of {model} hold {count:,} weight in another shape than config.json says ({first}): they "
                "don't belong together.",
                "The files of {model} hold {count:,} weights in another shape than config.json says ({first}): they "
                "don't belong together.",
                model=info.name,
                first=wrong[0][:80],
            )
        )


def _tokenizer(folder: Path, network: PreTrainedModel, info: ModelInfo) -> TextTokenizer:
    with _library_errors(say("its tokenizer can't be loaded")):
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise UnsupportedModelError(
            say(
                "The tokenizer of this {family} can't tell where its tokens stand in the text (it has no "
                "tokenizer.json).",
                family=title(info.family),
            )
        )
    marks = {number for number, token in backend.get_added_tokens_decoder().items() if token.special}
    roles = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id)
    # GPT-2 names its end of text as the unknown token too; it spells bytes and so knows every text.
    unknown = None if tokenizer.unk_token_id in roles else tokenizer.unk_token_id
    return TextTokenizer(
        backend=for_sharing(backend),
        limit=info.token_limit,
        special_ids=frozenset(marks | set(tokenizer.all_special_ids)) - {unknown},
        unknown_id=unknown,
        start_id=_start(network.config, tokenizer) if "cross" in info.kinds else None,
        byte_level=spells_bytes(backend),
    )


def _start(config: Any, tokenizer: Any) -> int:
    """The number of the token that the decoder begins with."""
    candidates = (getattr(config, "decoder_start_token_id", None), tokenizer.bos_token_id, tokenizer.pad_token_id)
    start = next((number for number in candidates if isinstance(number, int)), None)
    if start is None:
        raise UnsupportedModelError(say("The model's config.json doesn't say which token its decoder starts with."))
    return start


@contextmanager
def _library_errors(what: Message) -> Iterator[None]:
    """Anything that transformers raises over foreign files, as a DamagedModelError."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # What a foreign file makes the library raise has no common class.
        said = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise DamagedModelError(
            say("The model's files don't belong together: {what} ({said}).", what=what, said=said)
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the progress bar and the warnings that transformers writes to standard error; what matters is raised."""
    shown, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()
