"""Texts to begin with, each chosen because a head of the bundled model does something that can be seen."""

from __future__ import annotations

PRONOUN = "The cat didn't cross the street because it was too tired, and the driver who saw it waited."
"""Layer 3, head 1 of the bundled model links "it" to "cat" with a weight of 0.59."""
PRONOUN_LAYER = 3
PRONOUN_HEAD = 1
PRONOUN_TOKEN = 10
