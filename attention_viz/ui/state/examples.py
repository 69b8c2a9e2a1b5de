"""Texts to begin with, each chosen because a head of the bundled model does something with it that can be seen.

A hint says what is so in its text, and more only where it was tried on others; tests/ui/state/test_examples.py measures
each number, and what is said beyond the text, on the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from attention_viz.core.model import Encoding
from attention_viz.core.model_info import Kind
from attention_viz.core.place import Place

PRONOUN = "The cat didn't cross the street because it was too tired, and the driver who saw it waited."
PRONOUN_PLACE = Place(3, 1)
PRONOUN_QUERY = 10
OTHER_PLACE = Place(5, 11)
"""Another head that links “it” to “cat” in PRONOUN: Compare opens on the two."""

_HARBOUR = (
    "The harbour had been quiet since the ferry stopped. In summer the children still jumped from the old pier, and "
    "the fishermen who mended their nets beside it told them, as they told everybody, that the water was deeper than "
    "it looked. Nobody believed them. One evening a stranger came along the coast road with a heavy case, asked for a "
    "room, and paid for a month. She wrote letters that she did not send, and every morning she walked to the end of "
    "the pier, looked at the water, and walked back."
)


@dataclass(frozen=True, slots=True)
class Example:
    """A text with a head and a query token that show something.

    looks_at: the token that the query token looks at most, special tokens and itself aside, and with what weight.
    also: other queries, keys and weights that the hint speaks of.
    hint: one line on what to look for.
    """

    name: str
    text: str
    second: str
    place: Place
    query: int
    looks_at: tuple[int, float]
    hint: str
    also: tuple[tuple[int, int, float], ...] = ()


EXAMPLES = (
    Example(
        name="What does “it” mean?",
        text=PRONOUN,
        second="",
        place=PRONOUN_PLACE,
        query=PRONOUN_QUERY,
        looks_at=(2, 0.59),
        hint="In this sentence L3 H1 links “it” to “cat” with 0.59, the later “it” with 0.42. Others may go otherwise.",
        also=((20, 2, 0.42),),
    ),
    Example(
        name="Question and answer",
        text="Who wrote the play Hamlet?",
        second="Hamlet was written by William Shakespeare in London.",
        place=Place(5, 11),
        query=5,
        looks_at=(8, 0.39),
        hint="Here L5 H11 links “Hamlet” to its twin with 0.39. “Who” gives “Shakespeare” 0.27, and “Hamlet” more.",
        also=((1, 13, 0.27),),
    ),
    Example(
        name="Repeated words",
        text="The red car passed the blue car, and then the red car stopped.",
        second="",
        place=Place(2, 9),
        query=12,
        looks_at=(2, 0.87),
        hint="L2 H9 mostly looks for the same word elsewhere: each “red” looks at the other one, with 0.75 and 0.87.",
        also=((2, 12, 0.75),),
    ),
    Example(
        name="Long paragraph",
        text=_HARBOUR,
        second="",
        place=Place(3, 1),
        query=33,
        looks_at=(14, 0.74),
        hint="L3 H1 again: in this text it links “them”, in the second sentence, to “children” with 0.74.",
    ),
    Example(
        name="Another script",
        text="Кошка не перешла улицу, потому что она устала.",
        second="",
        place=Place(2, 9),
        query=11,
        looks_at=(3, 0.98),
        hint="An English model reads this letter by letter, nearly. L2 H9 links each ш to the other: 0.96 and 0.98.",
        also=((3, 11, 0.96),),
    ),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A text for models of which nothing else is known.

    letters: that a token stands for on average in a model of this language; where it is fewer, the tokenizer spells it.
    """

    name: str
    text: str
    letters: float
    second: str = ""

    def is_for(self, kinds: Sequence[Kind], encode: Callable[[str], Encoding] | None) -> bool:
        """Is it in the language of a model, for one of its kind? encode: of the model, None before it is loaded."""
        if self.second and "cross" not in kinds:
            return False
        if encode is None:
            return True
        pieces = [token.text for token in encode(self.text).tokens if not token.special]
        return not _UNKNOWN & {*pieces} and len(self.text) >= self.letters * len(pieces)


_UNKNOWN = {"[UNK]", "<unk>"}
SAMPLES = (
    Sample("What does “it” mean?", PRONOUN, 3.3),
    Sample("Repeated words", "The red car passed the blue car, and then the red car stopped.", 3.3),
    Sample("English and German", "The house is old, but it is beautiful.", 3.0, "Das Haus ist alt, aber es ist schön."),
    Sample("Deutsch", "Die Katze überquerte die Straße nicht, weil sie zu müde war.", 3.3),
    Sample("Français", "Le chat n'a pas traversé la rue parce qu'il était trop fatigué.", 3.6),
    Sample("Español", "El gato no cruzó la calle porque estaba demasiado cansado.", 3.3),
    Sample("中文", "那只猫没有过马路，因为它太累了。", 0.9),
    Sample("العربية", "لم تعبر القطة الشارع لأنها كانت متعبة جدا.", 2.2),
)


def samples_for(kinds: Sequence[Kind], encode: Callable[[str], Encoding] | None) -> tuple[Sample, ...]:
    """Those in the model's language; all of its kind where it reads none of them well."""
    of_kind = tuple(sample for sample in SAMPLES if sample.is_for(kinds, None))
    return tuple(sample for sample in of_kind if sample.is_for(kinds, encode)) or of_kind
