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
            return DownloadError("The download was stopped. What has arrived is kept, and the next one goes on there.")
        case BadTokenError():
            return DownloadError(
                "The access token for the Hub has blanks or other characters that no token has. Copy it again."
            )
        case NotUnderstoodError():
            return DownloadError(
                f"The Hub answered in a way that this app doesn't know ({error}). Try again later; if it stays so, the "
                "app is older than the Hub, or what answers for the Hub here (a proxy, HF_ENDPOINT) is something else."
            )
        case OfflineModeIsEnabled():
            return DownloadError(
                f"{name} is not on this machine, and {_offline()} is set, which forbids asking the Hub. Unset it and "
                "start again, or choose a model that is already here."
            )
        case GatedRepoError():
            return DownloadError(f"{name} is gated: {_gate(name, line)}")
        case RevisionNotFoundError():
            return UnknownModelError(
                f"{name.id} has no revision called “{name.revision}”. Leave out “@{name.revision}” for its main one."
            )
        case DisabledRepoError():
            return DownloadError(f"The Hub has disabled {name.id}. Choose another model.")
        case EntryNotFoundError():
            return DownloadError(f"A file of {name} that the Hub lists is not there. Look the model up again.")
        case RepositoryNotFoundError():
            return _nowhere(name, line)
        case HfHubHTTPError():
            return _status(error.response.status_code, name, line)
        case NoConnectionError() | httpx2.ConnectError() | httpx2.ConnectTimeout():
            return DownloadError(
                f"There is no connection to {line.endpoint}, and {name} is not on this machine. Check the network, or "
                "choose a model that is already here: the bundled one always is."
            )
        case httpx2.TimeoutException():
            return DownloadError(
                f"Nothing has come from the Hub for {line.patience:.0f} seconds. Try again later: what has arrived of "
                "a file is kept."
            )
        case OSError():
            return DownloadError(
                f"{name} can't be written to disk ({error.strerror}). Make room or choose another folder "
                "(HF_HUB_CACHE); what has arrived is kept."
            )
    return DownloadError(
        "The connection to the Hub broke off. Try again: what has arrived of a file is kept, and the next download "
        "goes on there."
    )


def _gate(name: HubName, line: Line) -> str:
    where = f"{line.endpoint}/{name.id}"
    if line.token is None:
        return f"accept its conditions at {where}, then give this app an access token of that account (HF_TOKEN)."
    return f"the account of the access token (HF_TOKEN) has not been let in yet. Ask for access at {where}."


def _nowhere(name: HubName, line: Line) -> ModelError:
    near = nearest(name.id)
    hint = f" Did you mean {near}?" if near and near != name.id else " Check the spelling."
    private = (
        "If it is private, an access token is needed (HF_TOKEN)."
        if line.token is None
        else "If it is private, the access token (HF_TOKEN) is not of an account that may see it."
    )
    return UnknownModelError(f"The Hub has no model called {name.id}.{hint} {private}")


def _status(code: int, name: HubName, line: Line) -> ModelError:
    if code == httpx2.codes.UNAUTHORIZED and line.token is not None:
        return DownloadError(
            "The Hub doesn't accept the access token: it is mistyped, expired or revoked. Correct or remove HF_TOKEN."
        )
    if code in (httpx2.codes.UNAUTHORIZED, httpx2.codes.NOT_FOUND):
        return _nowhere(name, line)
    if code == httpx2.codes.FORBIDDEN:
        return DownloadError(f"The Hub doesn't give {name} to this app: {_gate(name, line)}")
    if code == httpx2.codes.TOO_MANY_REQUESTS:
        return DownloadError("The Hub has had too many requests from here. Try again in a few minutes.")
    if code >= httpx2.codes.INTERNAL_SERVER_ERROR:
        return DownloadError(f"The Hub has trouble at the moment (HTTP {code}). Try again later.")
    return DownloadError(f"The Hub refuses {name} (HTTP {code}). Look the model up again.")
