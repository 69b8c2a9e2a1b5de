"""What the operator of a server lets people download."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from attention_viz.core.message import Message, say
from attention_viz.models.catalogue import CATALOGUE
from attention_viz.models.hub.names import HubName

DOWNLOADS = "ATTENTION_VIZ_DOWNLOADS"
DISK = "ATTENTION_VIZ_DISK_GB"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may download what. A setting that can't be understood forbids: a slip must not open a server.

    downloads: “any” id of the Hub, only the “catalogue”, or “none”.
    disk: gigabytes that the cache may take in all, as written; empty for no bound but the disk's.
    """

    downloads: str = "any"
    disk: str = ""

    @staticmethod
    def from_environment() -> Policy:
        return Policy(os.environ.get(DOWNLOADS, "").strip().lower() or "any", os.environ.get(DISK, "").strip())

    def forbids(self, name: HubName) -> Message | None:
        """Why this model may not be downloaded, in a sentence; None when it may."""
        match self.downloads:
            case "any":
                return None
            case "catalogue":
                if any(entry.name == name.id for entry in CATALOGUE) and name.revision == HubName(name.id).revision:
                    return None
                return say(
                    "The operator of this server lets only the main revisions of the catalogue's models be downloaded, "
                    "and {name} is not one. Choose one from the catalogue, or run the app on your own machine.",
                    name=str(name),
                )
            case "none":
                return say(
                    "The operator of this server doesn't let models be downloaded, and {name} is not here. Choose one "
                    "that is, or run the app on your own machine.",
                    name=str(name),
                )
        return say(
            "Nothing can be downloaded: {setting} is neither any, catalogue nor none. The operator of this server has "
            "to correct it.",
            setting=DOWNLOADS,
        )

    @property
    def bound(self) -> int | None:
        """Bytes that the cache may take in all; None for no bound. A number that can't be read is 0."""
        if not self.disk:
            return None
        try:
            gigabytes = float(self.disk)
        except ValueError:
            return 0
        return int(gigabytes * 1e9) if math.isfinite(gigabytes) and gigabytes > 0 else 0
