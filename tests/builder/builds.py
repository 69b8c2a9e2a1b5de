"""Builds that many tests of the page "Build attention" go through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from attention_viz.builder.build import Build, recipe, swapped
from attention_viz.builder.presets import PRESETS
from attention_viz.mechanism.recipe import work


def computed(build: Build) -> Any:
    """Every step, which has to be there."""
    done = work(recipe(build))
    assert not done.problem
    return done


_PLAIN = {name: preset.build for name, preset in PRESETS.items()}
VARIANTS = {
    **_PLAIN,
    "cosine": replace(_PLAIN["vectors"], scoring="cosine", masks=("causal",)),
    "cosine of heads": replace(_PLAIN["heads"], scoring="cosine", normaliser="sparsemax", temperature=0.3),
    "general": replace(_PLAIN["additive"], scoring="general", masks=("causal", "window"), normaliser="sparsemax"),
    "additive heads": replace(_PLAIN["heads"], scoring="additive", heads=4),
    "sum": replace(_PLAIN["vectors"], normaliser="sum", masks=("causal",)),
    "root": replace(_PLAIN["three"], normaliser="root"),
    "before learning": replace(_PLAIN["scale"], steps=0, seed=5),
    "learned without the scale": replace(_PLAIN["scale"], steps=30, scaled=False),
    "hot": replace(_PLAIN["scale"], temperature=2.5, masks=("window",), radius=2),
    "the other sequence": swapped(_PLAIN["heads"]),
    "padded": replace(_PLAIN["heads"], masks=("causal", "padding"), length=2),
}
