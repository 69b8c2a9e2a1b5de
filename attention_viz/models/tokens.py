"""Tokens of a text, with their places, through a tokenizer of the `tokenizers` library.

The tokenizer is used without its own truncation: that is a setting of the shared object, and two threads that change it
meet in the middle. Texts are tokenized whole and cut here, so that what was cut can be counted and said.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding as Pieces
from tokenizers import Tokenizer

from attention_viz.core.errors import TextError
from attention_viz.core.text import clean
from attention_viz.core.token import Token
from attention_viz.core.words import word_numbers
from attention_viz.models.base import Encoding


@dataclass(frozen=True, slots=True)
class TextTokenizer:
    """Turns one text or a pair into an Encoding.

    backend: made ready by `for_sharing`.
    limit: the most tokens that the model takes, special ones included.
    special_ids: ids with a structural role; the unknown token is not one of them.
    unknown_id: the id of everything that is not in the vocabulary, or None where there is no such thing.
    """

    backend: Tokenizer
    limit: int
    special_ids: frozenset[int]
    unknown_id: int | None

    def encode(self, text: str, second: str | None = None) -> Encoding:
        """Raises TextError when the text is empty, blank, too long to try, or leaves no token.

        A second text that is empty or blank counts as none.
        """
        typed = (text,) if second is None or not second.strip() else (text, second)
        cleaned = [clean(segment) for segment in typed]
        texts = tuple(segment for segment, _ in cleaned)
        notes = [note for _, said in cleaned for note in said]
        pieces = [self._pieces(segment, number) for number, segment in enumerate(texts)]
        dropped = (_dropped_note(segment, piece, self.unknown_id) for segment, piece in zip(texts, pieces, strict=True))
        notes += [note for note in dropped if note]
        notes += self._cut(pieces)
        joined = self.backend.post_process(pieces[0], pieces[1] if len(pieces) == 2 else None)
        owners = _owners(joined, [len(piece) for piece in pieces])
        tokens = self._tokens(joined, owners, texts)
        notes += _typed_special_note(tokens)
        notes += self._unknown_note(tokens)
        return Encoding(texts, tokens, tuple(notes))

    def _pieces(self, text: str, number: int) -> Pieces:
        which = "text" if number == 0 else "second text"
        if not text.strip():
            what = "There is no text yet" if not text else "The text has only blanks"
            raise TextError(f"{what}. Type a word or a sentence, and its attention is drawn here.")
        pieces = self.backend.encode(text, add_special_tokens=False)
        if not len(pieces):
            raise TextError(
                f"Nothing of the {which} is left after tokenizing: its {_characters(len(text))} mean nothing to this "
                f"model. Type a word or a sentence."
            )
        return pieces

    def _cut(self, pieces: list[Pieces]) -> list[str]:
        """Cuts `pieces` in place to what fits and says what is shown."""
        room = self.limit - self.backend.num_special_tokens_to_add(len(pieces) == 2)
        totals = [len(piece) for piece in pieces]
        kept = _share(totals, room)
        notes = []
        for piece, total, keep, name in zip(pieces, totals, kept, _names(len(pieces)), strict=True):
            if keep < total:
                piece.truncate(keep)
                notes.append(f"The first {keep:,} of {total:,} tokens{name} are shown: the model reads {self.limit:,}.")
        return notes

    def _tokens(self, pieces: Pieces, owners: Sequence[int | None], texts: Sequence[str]) -> tuple[Token, ...]:
        offsets = pieces.offsets  # A property that makes the whole list anew each time.
        spans = {i: _trim(texts[owner], *offsets[i]) for i, owner in enumerate(owners) if owner is not None}
        special = [number in self.special_ids for number in pieces.ids]
        words: list[int | None] = [None] * len(pieces)
        used = 0
        for segment, text in enumerate(texts):
            mine = [i for i, owner in enumerate(owners) if owner == segment and not special[i]]
            for i, number in zip(mine, word_numbers(text, [spans[i] for i in mine]), strict=True):
                words[i] = used + number
            used = 1 + max((number for number in words if number is not None), default=-1)
        segments = [kind if owner is None else owner for owner, kind in zip(owners, pieces.type_ids, strict=True)]
        places = map(spans.get, range(len(pieces)))
        columns = zip(pieces.tokens, pieces.ids, places, words, segments, special, strict=True)
        return tuple(Token(*column) for column in columns)

    def _unknown_note(self, tokens: Sequence[Token]) -> list[str]:
        """Says how much of the text the model can't tell apart."""
        unknown = [token for token in tokens if token.id == self.unknown_id]
        if not unknown:
            return []
        return [
            f"Not in this model's vocabulary: {len(unknown):,} of {len(tokens):,} tokens. It reads every one of them "
            f"as the same {unknown[0].text}."
        ]


def for_sharing(backend: Tokenizer) -> Tokenizer:
    """The same tokenizer without truncation and padding, after which nothing needs to change it any more."""
    backend.no_truncation()
    backend.no_padding()
    return backend


def _owners(joined: Pieces, lengths: Sequence[int]) -> list[int | None]:
    """The text that each token comes from; None for those that the model adds.

    `joined.sequence_ids` should say the same, but forgets the first of two texts that were tokenized on their own.
    """
    content = iter([text for text, length in enumerate(lengths) for _ in range(length)])
    return [None if added else next(content) for added in joined.special_tokens_mask]


def _share(totals: Sequence[int], room: int) -> list[int]:
    """How many tokens of each text fit into `room`: the longer of two gives way first, down to equal halves."""
    if sum(totals) <= room:
        return list(totals)
    if len(totals) == 1:
        return [room]
    first, second = totals
    if first <= room // 2:
        return [first, room - first]
    second = min(second, room // 2)
    return [room - second, second]


def _names(count: int) -> tuple[str, ...]:
    return ("",) if count == 1 else (" of the first text", " of the second text")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space that some tokenizers count to a token."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count:,} characters"


def _dropped_note(text: str, pieces: Pieces, unknown_id: int | None) -> str | None:
    """Says how many characters left no trace: control characters always, accents and vowel marks in some models."""
    covered = bytearray(len(text))
    inside = 0  # Characters that lie in a token's span without being in its text, as the 0 byte in "a\0b".
    last = (0, 0)
    for span, piece, number in zip(pieces.offsets, pieces.tokens, pieces.ids, strict=True):
        start, end = span
        covered[start:end] = b"\1" * (end - start)
        if number != unknown_id and span != last:
            inside += max(0, end - start - len(piece.removeprefix("##")))
        last = span
    missed = [char for char, kept in zip(text, covered, strict=True) if not kept and not char.isspace()]
    count = len(missed) + inside
    if not count:
        return None
    hidden = not inside and all(unicodedata.category(char).startswith("C") for char in missed)
    kind = "invisible control or format" if hidden else "mark or control"
    plural = f"1 {kind} character has" if count == 1 else f"{count:,} {kind} characters have"
    return f"{plural} no token: this model's tokenizer drops {'it' if count == 1 else 'them'}."


def _typed_special_note(tokens: Sequence[Token]) -> list[str]:
    """Says that what a person typed is read as one of the model's own tokens."""
    typed = sorted({token.text for token in tokens if token.special and token.span is not None})
    if not typed:
        return []
    what = "a special token" if len(typed) == 1 else "special tokens"
    return [f"The model reads {' and '.join(typed)} in your text as {what} of its own, not as letters."]
