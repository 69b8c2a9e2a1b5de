"""What the Hub says of a model, read with suspicion: every name and number of it may end up in a path or a sum."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from attention_viz.core.errors import DamagedModelError, DownloadError, PickledModelError, UnsupportedModelError
from attention_viz.core.message import say
from attention_viz.core.model_info import ModelInfo
from attention_viz.models.architecture import Architecture, read_config
from attention_viz.models.hub.line import Line
from attention_viz.models.hub.names import HubName

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
CARD = "README.md"
SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
VOCABULARIES = (("tokenizer.json",), ("vocab.txt",), ("vocab.json", "merges.txt"))
"""Files of which one group is enough to make a tokenizer, the best first."""
PICKLES = re.compile(r"[^/]+\.(?:bin|pt|pth|ckpt|pkl|pickle)")

MOST_SHARDS = 64
LARGEST = {CARD: 2_000_000}
"""Files beside the weights may have this many bytes at most; a card that is longer is left out."""
_LARGEST_SMALL = 50_000_000
_LARGEST_ANSWER = 10_000_000
LARGEST_HEADER = 25_000_000
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a model on the Hub.

    size: bytes.
    digest: what its bytes must have: 64 hexadecimal digits are their SHA-256, 40 are git's SHA-1. Empty where the Hub
        announces none, or one of another kind.
    key: the name that its bytes are kept under: the digest, or what no other file has.
    """

    name: str
    size: int
    digest: str
    key: str


@dataclass(frozen=True, slots=True)
class Repository:
    """One revision of a model on the Hub: all of its files that lie at the top."""

    name: HubName
    commit: str
    licence: str
    files: tuple[RemoteFile, ...]

    def file(self, name: str) -> RemoteFile | None:
        return next((file for file in self.files if file.name == name), None)

    @property
    def weights(self) -> tuple[RemoteFile, ...]:
        """Raises UnsupportedModelError when there are none that can be read without running code, and PickledModelError
        when there are others.
        """
        single = self.file(WEIGHTS)
        if single is not None:
            return (single,)
        shards = tuple(file for file in self.files if SHARD.fullmatch(file.name))
        if shards and self.file(INDEX) is not None and len(shards) <= MOST_SHARDS:
            return shards
        if self.pickles:
            raise PickledModelError(
                say(
                    "{name} has its weights only as a pickle ({file}), and a pickle can run code when it is "
                    "opened. Choose a revision or a copy of the model with {wanted}.",
                    name=str(self.name),
                    file=self.pickles[0].name,
                    wanted=WEIGHTS,
                )
            )
        raise UnsupportedModelError(
            say(
                "{name} has no {wanted}, the only form of weights that is read. Choose another model.",
                name=str(self.name),
                wanted=WEIGHTS,
            )
        )

    @property
    def pickles(self) -> tuple[RemoteFile, ...]:
        """Weights that are never fetched."""
        found = (file for file in self.files if PICKLES.fullmatch(file.name))
        return tuple(sorted(found, key=lambda file: file.name))

    @property
    def wanted(self) -> tuple[RemoteFile, ...]:
        """The files to fetch, small ones first. Raises UnsupportedModelError when weights or tokenizer are missing."""
        names = {file.name for file in self.files}
        vocabulary = next((group for group in VOCABULARIES if names.issuperset(group)), None)
        if vocabulary is None:
            raise UnsupportedModelError(
                say(
                    "{name} has no tokenizer that can be used: it would need a tokenizer.json, a vocab.txt, or a "
                    "vocab.json with merges.txt. Choose another model.",
                    name=str(self.name),
                )
            )
        weights = self.weights
        small = {CONFIG, *TOKENIZER, *vocabulary, CARD, *(() if weights[0].name == WEIGHTS else (INDEX,))}
        beside = [file for file in self.files if file.name in small and file.size <= LARGEST.get(file.name, file.size)]
        for file in beside:
            if file.size > _LARGEST_SMALL:
                raise UnsupportedModelError(
                    say(
                        "{name} has a {file} of {size:,} bytes, too long to read.",
                        name=str(self.name),
                        file=file.name,
                        size=file.size,
                    )
                )
        return (*sorted(beside, key=lambda file: file.name), *sorted(weights, key=lambda file: file.name))


def look_up(name: HubName, line: Line) -> Repository:
    """What the Hub has under a name. Raises what `Line.read` raises, and DownloadError."""
    revision = name.revision.replace("/", "%2F").replace("+", "%2B")
    path = f"/api/models/{name.id}/revision/{revision}?blobs=true"
    return read_repository(name, line.read(path, limit=_LARGEST_ANSWER))


def read_repository(name: HubName, answer: bytes) -> Repository:
    """The Hub's answer to /api/models/…?blobs=true. Raises DownloadError when it is none."""
    try:
        said = json.loads(answer)
        commit = said["sha"]
        if not _COMMIT.fullmatch(commit):
            raise ValueError("no commit")
        files = tuple(_file(commit, entry) for entry in said["siblings"] if "/" not in entry["rfilename"])
        return Repository(name, commit, _licence(said), files)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DownloadError(
            say(
                "What the Hub says of {name} can't be understood. Try again; if it stays so, the address "
                "that stands for the Hub here (HF_ENDPOINT) may be something else.",
                name=str(name),
            )
        ) from error


def _file(commit: str, entry: Mapping[str, Any]) -> RemoteFile:
    large, name = entry.get("lfs"), str(entry["rfilename"])
    size, digest = (large["size"], large.get("sha256")) if large else (entry["size"], entry.get("blobId"))
    if type(size) is not int or size < 0:
        raise ValueError("a file without a size")
    if isinstance(digest, str) and (_SHA256 if large else _COMMIT).fullmatch(digest):
        return RemoteFile(name, size, digest, digest)
    # Hashed, since it is a part of a path.
    return RemoteFile(name, size, "", hashlib.sha256(f"{commit}/{name}".encode("utf-8", "surrogatepass")).hexdigest())


def _licence(said: Mapping[str, Any]) -> str:
    tags = [tag.removeprefix("license:") for tag in said.get("tags") or () if str(tag).startswith("license:")]
    return tags[0][:80] if tags and tags[0].isprintable() else "unknown"


def read_architecture(repository: Repository, config: bytes) -> tuple[Architecture, Mapping[str, Any]]:
    """What config.json describes. Raises UnsupportedModelError when it is nothing whose attention can be shown."""
    try:
        said = json.loads(config)
        if not isinstance(said, dict):
            raise ValueError("not an object")
    except (ValueError, RecursionError) as error:
        raise DamagedModelError(
            say(
                "The {file} of {name} is no JSON that describes a model. Choose another model or revision.",
                file=CONFIG,
                name=str(repository.name),
            )
        ) from error
    names = {file.name for file in repository.files}
    readable = any(names.issuperset(group) for group in VOCABULARIES)
    if not readable and "vocab_size" not in said:
        kind = said.get("model_type")
        if isinstance(kind, str) and kind.isprintable():
            raise UnsupportedModelError(
                say(
                    "{name} doesn't read text (it is a {kind}): it has no vocabulary. Choose a model for text.",
                    name=str(repository.name),
                    kind=kind[:40],
                )
            )
        raise UnsupportedModelError(
            say("{name} doesn't read text: it has no vocabulary. Choose a model for text.", name=str(repository.name))
        )
    try:
        return read_config(said), said
    except UnsupportedModelError as error:
        if "auto_map" not in said:
            raise
        raise UnsupportedModelError(
            say(
                "{name} needs Python code from its own repository, and code from the Hub is not run "
                "here. Choose a model of a family that transformers knows.",
                name=str(repository.name),
            )
        ) from error


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a safetensors header says of one tensor."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def numbers(self) -> int:
        """How many weights it has; 0 for what isn't a weight, as positions."""
        return math.prod(self.shape) if self.dtype.startswith(("F", "BF")) else 0


def read_header(name: HubName, file: RemoteFile, header: bytes) -> tuple[Tensor, ...]:
    """The tensors that a safetensors file announces. Raises DamagedModelError when they don't fill the file."""
    try:
        entries = {key: entry for key, entry in json.loads(header).items() if key != "__metadata__"}
        tensors = tuple(Tensor(entry["dtype"], tuple(entry["shape"])) for entry in entries.values())
        ends = [entry["data_offsets"][1] for entry in entries.values()]
        whole = all(type(size) is int and size >= 0 for tensor in tensors for size in tensor.shape)
        if not whole or 8 + len(header) + max(ends, default=0) != file.size:
            raise ValueError("tensors that don't fill the file")
        return tensors
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise damaged_weights(name, file) from error


def damaged_weights(name: HubName, file: RemoteFile) -> DamagedModelError:
    return DamagedModelError(
        say(
            "{file} of {name} is damaged on the Hub: its {size:,} bytes are not what their own header "
            "announces. Choose another revision or model.",
            file=file.name,
            name=str(name),
            size=file.size,
        )
    )


def check_agreement(
    name: HubName, architecture: Architecture, config: Mapping[str, Any], tensors: Iterable[Tensor]
) -> None:
    """Raises DamagedModelError when the weights can't be those of config.json: each model that reads text has a table
    with one row for each entry of its vocabulary, and tensors as wide as its tokens."""
    shapes = {tensor.shape for tensor in tensors}
    vocabulary = config.get("vocab_size")
    if isinstance(vocabulary, int) and not any(len(shape) == 2 and shape[0] == vocabulary for shape in shapes):
        announced = say("{tokens:,} tokens in its vocabulary", tokens=vocabulary)
    elif not any(architecture.width in shape for shape in shapes):
        announced = say("vectors of {width:,} numbers", width=architecture.width)
    else:
        return
    raise DamagedModelError(
        say(
            "The {file} of {name} and its weights don't belong together: it announces {announced}, and no weight has "
            "that size. Choose another revision or model.",
            file=CONFIG,
            name=str(name),
            announced=announced,
        )
    )


def describe(repository: Repository, architecture: Architecture, parameters: int, origin: str) -> ModelInfo:
    return ModelInfo(
        name=str(repository.name),
        family=architecture.family,
        stacks=architecture.stacks,
        head_size=architecture.head_size,
        width=architecture.width,
        parameters=parameters,
        token_limit=architecture.token_limit,
        revision=repository.commit,
        licence=repository.licence,
        origin=origin,
    )
