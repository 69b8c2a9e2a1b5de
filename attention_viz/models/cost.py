"""What reading a text takes, told before it is read: memory and time grow with the square of its tokens."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viz.core.errors import TextError
from attention_viz.core.message import say
from attention_viz.core.model_info import ModelInfo
from attention_viz.core.sizes import size_in_words
from attention_viz.models.memory import available_memory

SMALL = 1024
"""Up to so many tokens a text costs so little that nobody asks."""
RATE = 80e9
"""Floating-point operations a second of one thread, until a pass was timed: a laptop's, and rather low."""
_FLOAT = 4
_WORKING = 16
"""Vectors of a token that a layer holds at once, besides what is kept: measured on BERT and ModernBERT."""
_PICTURES = 4
"""Maps that are in memory at once while one is looked at."""


@dataclass(frozen=True, slots=True)
class Cost:
    """operations: floating-point operations of one forward pass. memory: bytes, of the pass and of looking at a map."""

    operations: float
    memory: int


def cost_of(info: ModelInfo, tokens: int) -> Cost:
    """What a text of so many tokens takes, roughly.

    Each weight takes part in one multiplication and one addition a token, each pair of tokens in two of the width of a
    layer. Queries, keys and values are kept twice for a moment, as they are computed and side by side.
    """
    layers = sum(stack.layers for stack in info.stacks)
    kept = 3 * layers * info.width * tokens
    working = (_WORKING * info.width + _PICTURES * tokens) * tokens
    return Cost(
        operations=2.0 * info.parameters * tokens + 4.0 * layers * info.width * tokens**2,
        memory=_FLOAT * (2 * kept + working),
    )


def check_room(info: ModelInfo, tokens: int, free: int | None = None) -> None:
    """Raises TextError when a text would take more memory than there is, with the number of tokens that fit.

    free: bytes; None asks the machine.
    """
    if tokens <= SMALL:
        return
    free = available_memory() if free is None else free
    needed = cost_of(info, tokens).memory
    if free is None or needed <= free:
        return
    fits = tokens
    while fits > 1 and cost_of(info, fits).memory > free:
        fits = fits * 9 // 10
    raise TextError(
        say(
            "The text has {tokens:,} tokens. To read them with {model} takes about {needed} of memory, "
            "and {free} are free. About {fits:,} tokens would fit: shorten the text.",
            tokens=tokens,
            model=info.name,
            needed=size_in_words(needed),
            free=size_in_words(free),
            fits=fits,
        )
    )
