"""The Hub's own client, huggingface_hub: the second way to a file, for answers that our own line doesn't know.

It keeps up with the Hub, but starts each file from nothing, shows no progress within one, and heeds a stop there once
in 10 MB, or not before its end where the Hub keeps the file in its Xet storage.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled
from huggingface_hub.utils import tqdm

from attention_viz.core.message import say
from attention_viz.models.hub.line import Line, NotUnderstoodError, StoppedError
from attention_viz.models.hub.names import HubName
from attention_viz.models.hub.repository import RemoteFile

_FOLDER = ".client"


def fetch_by_client(
    line: Line, name: HubName, commit: str, file: RemoteFile, target: Path, cancelled: threading.Event
) -> None:
    """Fetches one file of a commit, of no more bytes than were announced, and puts it at `target`.

    Raises StoppedError; NotUnderstoodError when this client doesn't know the answer either; HfHubHTTPError, errors of
    httpx2 and, for the disk, OSError.
    """
    if cancelled.is_set():
        raise StoppedError
    # Beside the target, so that it counts as a part of the cache and moves at once. What an earlier run left goes.
    folder = target.parent / _FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _fetch(line, name, commit, file, folder, cancelled).replace(target)
    except LocalEntryNotFoundError as error:  # Its cause is what really happened.
        if isinstance(error.__cause__, HfHubHTTPError | httpx2.HTTPError | OfflineModeIsEnabled):
            raise error.__cause__ from None
        raise _lost(error.__cause__ or error) from None
    except (StoppedError, NotUnderstoodError, OfflineModeIsEnabled, httpx2.HTTPError):
        raise
    except Exception as error:  # What the client and its storage raise has no common class.
        if isinstance(error, OSError) and error.errno is not None:
            raise  # The disk.
        raise _lost(error) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(line: Line, name: HubName, commit: str, file: RemoteFile, folder: Path, cancelled: threading.Event) -> Path:
    which: dict[str, Any] = {
        "repo_id": name.id,
        "filename": file.name,
        "revision": commit,
        "endpoint": line.endpoint,
        "token": line.token or False,  # None would take whatever token lies around.
        "local_dir": folder,
        "cache_dir": folder / "cache",
    }
    size = hf_hub_download(**which, dry_run=True).file_size
    if size is not None and size != file.size:
        raise NotUnderstoodError(
            say(
                "{file} has {size:,} bytes, and {announced:,} were announced",
                file=file.name,
                size=size,
                announced=file.size,
            )
        )
    return Path(hf_hub_download(**which, tqdm_class=_watching(file, cancelled)))


def _watching(file: RemoteFile, cancelled: threading.Event) -> type[tqdm]:
    """A progress bar that shows nothing, and ends a download that was stopped or brings more than was announced."""

    class Watching(tqdm):
        arrived = 0

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]  # no types

        def update(self, n: int | float | None = 1) -> bool | None:
            self.arrived += int(n or 0)
            if cancelled.is_set():
                raise StoppedError
            if self.arrived > file.size:
                raise NotUnderstoodError(
                    say(
                        "more of {file} than the {announced:,} bytes that were announced",
                        file=file.name,
                        announced=file.size,
                    )
                )
            return None

    return Watching


def _lost(error: BaseException) -> NotUnderstoodError:
    """Without the error's own words: they may quote what was sent."""
    return NotUnderstoodError(say("to the Hub's own client too: {type}", type=type(error).__name__))
