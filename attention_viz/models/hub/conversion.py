"""Weights that the Hub's own converter made of a pickle, as a revision of the same model.

The converter opens a pull request with what it made, and few owners take it in; what is proposed can be read as the
revision refs/pr/N. Anyone can open a pull request on the Hub and give it the converter's title. So what counts is the
account that opened it, and that the pickle beside the new weights is the one of the main revision.

Source: transformers 5, safetensors_conversion.py; huggingface_hub 2, HfApi.get_repo_discussions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attention_viz.core.errors import DownloadError, ModelError, PickledModelError, UnsupportedModelError
from attention_viz.core.message import Message, say
from attention_viz.models.hub.line import Line
from attention_viz.models.hub.names import MAIN, HubName
from attention_viz.models.hub.policy import Policy
from attention_viz.models.hub.repository import Repository, look_up
from attention_viz.models.hub.words import in_words

AUTHOR = "SFconvertbot"
TITLE = "Adding `safetensors` variant of this model"
_BRANCH = "refs/pr/"
_LARGEST_ANSWER = 1_000_000
_MOST_NUMBERS = 10**9  # A number goes into a path.
_MOST = 3  # Conversions that are looked at, the latest first.


def offered(error: PickledModelError, repository: Repository, line: Line, policy: Policy) -> PickledModelError:
    """`error`, with the name of a conversion where there is one that may be downloaded."""
    refused = error.message
    if repository.name.revision != MAIN:
        return error  # What is converted is the main revision, which may hold other weights.
    try:
        with in_words(repository.name, line):
            converted = find_conversion(repository, line)
    except ModelError as trouble:
        return PickledModelError(
            say(
                "{refused} Whether the Hub's converter made one could not be asked: {trouble}",
                refused=refused,
                trouble=trouble.message,
            )
        )
    if converted is None:
        return PickledModelError(
            say(
                "{refused} The Hub's converter ({author}) has made none that is open and up to date.",
                refused=refused,
                author=AUTHOR,
            )
        )
    if forbidden := policy.forbids(converted):
        return PickledModelError(
            say(
                "{refused} The Hub's converter ({author}) made one, which the model's owner has not taken in: "
                "{converted}. {forbidden}",
                refused=refused,
                author=AUTHOR,
                converted=str(converted),
                forbidden=forbidden,
            )
        )
    made = say(
        "{refused} The Hub's converter ({author}) made one, which the model's owner has not taken in: {converted}.",
        refused=refused,
        author=AUTHOR,
        converted=str(converted),
    )
    return PickledModelError(made, str(converted))


def find_conversion(repository: Repository, line: Line) -> HubName | None:
    """The latest open pull request of the converter with the weights of this main revision, or None.

    Raises what `Line.read` raises, and DownloadError for an answer that is none.
    """
    for number in _conversions(repository.name, line)[:_MOST]:
        name = HubName(repository.name.id, f"{_BRANCH}{number}")
        if _is_conversion(look_up(name, line), repository):
            return name
    return None


def origin_of(name: HubName, line: Line) -> Message | None:
    """Who made a revision that is a pull request, in a sentence; None for any other revision."""
    number = name.revision.removeprefix(_BRANCH)
    if number == name.revision or not number.isdecimal():
        return None
    try:
        with in_words(name, line):
            converted = number in map(str, _conversions(name, line))
    except ModelError:
        converted = False  # Nobody vouches for it, and that is what is said.
    if converted:
        return say(
            "Made by the Hub's converter ({author}), in a pull request that the model's owner has not taken in.",
            author=AUTHOR,
        )
    return say(
        "This revision is a pull request, and anyone can open one. Who did stands at "
        "{endpoint}/{name}/discussions/{number}.",
        endpoint=line.endpoint,
        name=name.id,
        number=number,
    )


def _is_conversion(made: Repository, of: Repository) -> bool:
    """True when `made` has weights that can be read, and the pickles of `of` are still those that it was made of."""
    try:
        return bool(made.weights) and made.pickles == of.pickles
    except UnsupportedModelError:
        return False


def _conversions(name: HubName, line: Line) -> list[int]:
    """The numbers of the converter's open pull requests, the latest first, as far as they are on the first page."""
    query = f"type=pull_request&status=open&author={AUTHOR}"
    answer = line.read(f"/api/models/{name.id}/discussions?{query}", limit=_LARGEST_ANSWER)
    try:
        entries = json.loads(answer)["discussions"]
        return sorted((entry["num"] for entry in entries if _is_converters(entry)), reverse=True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DownloadError(
            say("What the Hub says of pull requests to {name} can't be understood.", name=name.id)
        ) from error


def _is_converters(entry: Mapping[str, Any]) -> bool:
    """The Hub is asked for these alone, but a mirror may ignore what it is asked."""
    return (
        entry["isPullRequest"] is True
        and entry["status"] == "open"
        and entry["title"] == TITLE
        and (entry.get("author") or {}).get("name") == AUTHOR
        and type(entry["num"]) is int
        and 0 < entry["num"] < _MOST_NUMBERS
    )
