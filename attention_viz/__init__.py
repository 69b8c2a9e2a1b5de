"""Attention of transformer models, from text to numbers to pictures.

    import attention_viz as av

    model = av.load_model("all-MiniLM-L6-v2")
    trace = av.trace(model, "The cat sat on the mat.")
    trace.attention(layer=2, head=5)        # float32 [query, key], each row sums to 1
    av.MEASURES[0].scores(trace).values     # one number per layer and head

Names are imported when they are used, so `import attention_viz` alone is instant.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attention_viz.core.align import Axis
    from attention_viz.core.compare import SideBySide, side_by_side
    from attention_viz.core.errors import (
        AttentionVizError,
        ConfigError,
        DamagedModelError,
        DivergedError,
        DownloadError,
        FileError,
        MapError,
        ModelError,
        NotDownloadedError,
        PickledModelError,
        RangeError,
        TextError,
        UnknownModelError,
        UnsupportedModelError,
    )
    from attention_viz.core.given import from_arrays
    from attention_viz.core.head_scores import HeadScores
    from attention_viz.core.inside import TakenApart, take_apart
    from attention_viz.core.mean import mean_attention
    from attention_viz.core.model_info import ModelInfo, Stack
    from attention_viz.core.token import Token
    from attention_viz.core.trace import Head, Layer, MapLayer, Trace
    from attention_viz.core.words import Word, group_words, merge_words
    from attention_viz.export.tables import to_csv
    from attention_viz.export.tensors import save, to_npz, to_safetensors
    from attention_viz.figures.comparison import comparison_figure
    from attention_viz.figures.heatmap import heatmap
    from attention_viz.figures.scale import ColourScale
    from attention_viz.imports.tensors import open_tensors
    from attention_viz.measures import MEASURES, Measure, score
    from attention_viz.measures.all_pairs import divergences
    from attention_viz.measures.compare import Alike, Comparison, compare, most_and_least_alike, to_all
    from attention_viz.measures.finding import Finding
    from attention_viz.measures.findings import findings
    from attention_viz.models.library import describe_model, load_model
    from attention_viz.models.tracing import trace
    from attention_viz.models.trained import trained_model
    from attention_viz.toy.ablation import ablate
    from attention_viz.toy.config import Config
    from attention_viz.toy.files import open_run, save_run
    from attention_viz.toy.run import Run
    from attention_viz.toy.tasks import TASKS
    from attention_viz.toy.training import train

_HOMES = {
    "core.align": ("Axis",),
    "core.compare": ("SideBySide", "side_by_side"),
    "core.errors": (
        "AttentionVizError",
        "ConfigError",
        "DamagedModelError",
        "DivergedError",
        "DownloadError",
        "FileError",
        "MapError",
        "ModelError",
        "NotDownloadedError",
        "PickledModelError",
        "RangeError",
        "TextError",
        "UnknownModelError",
        "UnsupportedModelError",
    ),
    "core.given": ("from_arrays",),
    "core.inside": ("TakenApart", "take_apart"),
    "core.mean": ("mean_attention",),
    "core.model_info": ("ModelInfo", "Stack"),
    "core.head_scores": ("HeadScores",),
    "core.token": ("Token",),
    "core.trace": ("Head", "Layer", "MapLayer", "Trace"),
    "core.words": ("Word", "group_words", "merge_words"),
    "export.tables": ("to_csv",),
    "export.tensors": ("save", "to_npz", "to_safetensors"),
    "figures.comparison": ("comparison_figure",),
    "figures.heatmap": ("heatmap",),
    "figures.scale": ("ColourScale",),
    "imports.tensors": ("open_tensors",),
    "measures": ("MEASURES", "Measure", "score"),
    "measures.all_pairs": ("divergences",),
    "measures.compare": ("Alike", "Comparison", "compare", "most_and_least_alike", "to_all"),
    "measures.finding": ("Finding",),
    "measures.findings": ("findings",),
    "models.library": ("describe_model", "load_model"),
    "models.tracing": ("trace",),
    "models.trained": ("trained_model",),
    "toy.ablation": ("ablate",),
    "toy.config": ("Config",),
    "toy.files": ("open_run", "save_run"),
    "toy.run": ("Run",),
    "toy.tasks": ("TASKS",),
    "toy.training": ("train",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "MEASURES",
    "TASKS",
    "Alike",
    "AttentionVizError",
    "Axis",
    "ColourScale",
    "Comparison",
    "Config",
    "ConfigError",
    "DamagedModelError",
    "DivergedError",
    "DownloadError",
    "FileError",
    "Finding",
    "Head",
    "HeadScores",
    "Layer",
    "MapError",
    "MapLayer",
    "Measure",
    "ModelError",
    "ModelInfo",
    "NotDownloadedError",
    "PickledModelError",
    "RangeError",
    "Run",
    "SideBySide",
    "Stack",
    "TakenApart",
    "TextError",
    "Token",
    "Trace",
    "UnknownModelError",
    "UnsupportedModelError",
    "Word",
    "ablate",
    "compare",
    "comparison_figure",
    "describe_model",
    "divergences",
    "findings",
    "from_arrays",
    "group_words",
    "heatmap",
    "load_model",
    "mean_attention",
    "merge_words",
    "most_and_least_alike",
    "open_run",
    "open_tensors",
    "save",
    "save_run",
    "score",
    "side_by_side",
    "take_apart",
    "to_all",
    "to_csv",
    "to_npz",
    "to_safetensors",
    "trace",
    "train",
    "trained_model",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
