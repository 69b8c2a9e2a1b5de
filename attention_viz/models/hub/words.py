"""What the Hub and the network answer, in sentences. None quotes an answer or a header: a token may be in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from huggingface_hub.errors import (
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from attention_viz.core.errors import DownloadError, ModelError, UnknownModelError
from attention_viz.core.message import Message, say
from attention_viz.models.catalogue import nearest
from attention_viz.models.hub.line import BadTokenError, Line, NoConnectionError, NotUnderstoodError, StoppedError
from attention_viz.models.hub.names import HubName

_OURS = (NoConnectionError, StoppedError, BadTokenError, NotUnderstoodError)


@contextmanager
def in_words(name: HubName, line: Line) -> Iterator[None]:
    """Turns what goes wrong on `line` while it serves `name` into a ModelError."""
    try:
        yield
    except (*_OURS, OfflineModeIsEnabled, OSError, httpx2.HTTPError) as error:
        # Without its cause: a chained error of the network may quote what was sent.
        raise _said(error, name, line) from None


def _offline() -> str:
    """The setting that forbids the network: huggingface_hub heeds the second where the first is empty."""
    first, second = "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"
    return second if os.environ.get(second) and not os.environ.get(first) else first


def _said(error: Exception, name: HubName, line: Line) -> ModelError:
    match error:
        case StoppedError():
            return DownloadError(
                say("The download was stopped. What has arrived is kept, and the next one goes on there.")
            )
        case BadTokenError():
            return DownloadError(
                say("The access token for the Hub has blanks or other characters that no token has. Copy it again.")
            )
        case NotUnderstoodError():
            return DownloadError(
                say(
                    "The Hub answered in a way that this app doesn't know ({arrived}). Try again later; if it "
                    "stays so, the app is older than the Hub, or what answers for the Hub here (a proxy, "
                    "HF_ENDPOINT) is something else.",
                    arrived=error.arrived,
                )
            )
        case OfflineModeIsEnabled():
            return DownloadError(
                say(
                    "{name} is not on this machine, and {setting} is set, which forbids asking the Hub. Unset it and "
                    "start again, or choose a model that is already here.",
                    name=str(name),
                    setting=_offline(),
                )
            )
        case GatedRepoError():
            return DownloadError(say("{name} is gated: {gate}", name=str(name), gate=_gate(name, line)))
        case RevisionNotFoundError():
            return UnknownModelError(
                say(
                    "{name} has no revision called “{revision}”. Leave out “@{revision}” for its main one.",
                    name=name.id,
                    revision=name.revision,
                )
            )
        case DisabledRepoError():
            return DownloadError(say("The Hub has disabled {name}. Choose another model.", name=name.id))
        case EntryNotFoundError():
            return DownloadError(
                say("A file of {name} that the Hub lists is not there. Look the model up again.", name=str(name))
            )
        case RepositoryNotFoundError():
            return _nowhere(name, line)
        case HfHubHTTPError():
            return _status(error.response.status_code, name, line)
        case NoConnectionError() | httpx2.ConnectError() | httpx2.ConnectTimeout():
            return DownloadError(
                say(
                    "There is no connection to {endpoint}, and {name} is not on this machine. Check the network, "
                    "or choose a model that is already here: the bundled one always is.",
                    endpoint=line.endpoint,
                    name=str(name),
                )
            )
        case httpx2.TimeoutException():
            return DownloadError(
                say(
                    "Nothing has come from the Hub for {patience:.0f} seconds. Try again later: what has arrived "
                    "of a file is kept.",
                    patience=line.patience,
                )
            )
        case OSError():
            return DownloadError(
                say(
                    "{name} can't be written to disk ({reason}). Make room or choose another folder "
                    "(HF_HUB_CACHE); what has arrived is kept.",
                    name=str(name),
                    reason=str(error.strerror),
                )
            )
    return DownloadError(
        say(
            "The connection to the Hub broke off. Try again: what has arrived of a file is kept, and the "
            "next download goes on there."
        )
    )


def _gate(name: HubName, line: Line) -> Message:
    where = f"{line.endpoint}/{name.id}"
    if line.token is None:
        return say(
            "accept its conditions at {where}, then give this app an access token of that account (HF_TOKEN).",
            where=where,
        )
    return say(
        "the account of the access token (HF_TOKEN) has not been let in yet. Ask for access at {where}.", where=where
    )


def _nowhere(name: HubName, line: Line) -> ModelError:
    near = nearest(name.id)
    hint = say("Check the spelling.")
    if near and near != name.id:
        hint = say("Did you mean {near}?", near=near)
    private = (
        say("If it is private, an access token is needed (HF_TOKEN).")
        if line.token is None
        else say("If it is private, the access token (HF_TOKEN) is not of an account that may see it.")
    )
    return UnknownModelError(
        say("The Hub has no model called {name}. {hint} {private}", name=name.id, hint=hint, private=private)
    )


def _status(code: int, name: HubName, line: Line) -> ModelError:
    if code == httpx2.codes.UNAUTHORIZED and line.token is not None:
        return DownloadError(
            say(
                "The Hub doesn't accept the access token: it is mistyped, expired or revoked. Correct or "
                "remove HF_TOKEN."
            )
        )
    if code in (httpx2.codes.UNAUTHORIZED, httpx2.codes.NOT_FOUND):
        return _nowhere(name, line)
    if code == httpx2.codes.FORBIDDEN:
        return DownloadError(
            say("The Hub doesn't give {name} to this app: {gate}", name=str(name), gate=_gate(name, line))
        )
    if code == httpx2.codes.TOO_MANY_REQUESTS:
        return DownloadError(say("The Hub has had too many requests from here. Try again in a few minutes."))
    if code >= httpx2.codes.INTERNAL_SERVER_ERROR:
        return DownloadError(say("The Hub has trouble at the moment (HTTP {code}). Try again later.", code=code))
    return DownloadError(
        say("The Hub refuses {name} (HTTP {code}). Look the model up again.", name=str(name), code=code)
    )
