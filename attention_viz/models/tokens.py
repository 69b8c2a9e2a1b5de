"""Tokens of a text, with their places, through a tokenizer of the `tokenizers` library.

The tokenizer is used without its own truncation: that is a setting of the shared object, and two threads that change it
meet in the middle. Texts are tokenized whole and cut here, so that what was cut can be counted and said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Literal

from tokenizers import Encoding as Pieces
from tokenizers import Tokenizer

from attention_viz.core.errors import TextError
from attention_viz.core.message import Message, counted, say
from attention_viz.core.model import Encoding
from attention_viz.core.text import clean
from attention_viz.core.token import Token
from attention_viz.core.words import word_numbers
from attention_viz.models.token_notes import Row, nothing_left, shortened, typed_special_note

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
# GPT-2's alphabet: a byte that prints stands for itself, the others follow from U+0100 on.
_PRINTED = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_BYTES = {chr(byte): byte for byte in _PRINTED} | {
    chr(0x100 + place): byte for place, byte in enumerate(sorted(set(range(256)) - set(_PRINTED)))
}
# What can't be seen, as a sign: Unicode's pictures of control characters, but plainer ones for blank, tab and new line.
_SIGNS = {code: 0x2400 + code for code in range(32)} | {ord(" "): "▁", ord("\t"): "⇥", ord("\n"): "↵", 0x7F: "␡"}


@dataclass(frozen=True, slots=True)
class TextTokenizer:
    """Turns one text or a pair into an Encoding.

    backend: made ready by `for_sharing`.
    limit: the most tokens that are read, special ones included.
    limited_by: what sets the limit: the model, or the memory for all maps of a family that has nothing but maps.
    special_ids: ids with a structural role; the unknown token is not one of them.
    unknown_id: the id of everything that is not in the vocabulary, or None where there is no such thing.
    start_id: what a decoder reads before its text; None where no decoder reads the second text.
    byte_level: do the pieces spell bytes, one character each, as GPT-2's do? `spells_bytes` knows.
    """

    backend: Tokenizer
    limit: int
    special_ids: frozenset[int]
    unknown_id: int | None
    start_id: int | None = None
    byte_level: bool = False
    limited_by: Literal["model", "maps"] = "model"

    def encode(self, text: str, second: str | None = None) -> Encoding:
        """Raises TextError when the text is empty, blank, too long to try, or leaves no token.

        A second text that is empty or blank counts as none. Where a decoder reads the second text, and there is none,
        it reads the first.
        """
        typed = (text,) if second is None or not second.strip() else (text, second)
        cleaned = [clean(segment) for segment in typed]
        texts = tuple(segment for segment, _ in cleaned)
        notes = [note for _, said in cleaned for note in said]
        pieces = [self._pieces(segment, number) for number, segment in enumerate(texts)]
        notes += [
            note for piece, segment in zip(pieces, texts, strict=True) for note in self._dropped_note(piece, segment)
        ]
        if self.start_id is None:
            return self._joined(texts, pieces, notes)
        return self._apart(texts, pieces, notes, self.start_id)

    def _joined(self, texts: tuple[str, ...], pieces: list[Pieces], notes: list[Message]) -> Encoding:
        """One row of tokens: a text, or a pair as the tokenizer joins it."""
        rows: tuple[Row, ...] = ("text",) if len(pieces) == 1 else ("first", "second")
        notes += self._cut(pieces, rows, self.limit - self.backend.num_special_tokens_to_add(len(pieces) == 2))
        joined = self.backend.post_process(pieces[0], pieces[1] if len(pieces) == 2 else None)
        owners = _owners(joined, [len(piece) for piece in pieces])
        tokens = self._tokens(joined, owners, pieces, texts)
        if any(pair == (0, 1) for pair in pairwise(owners)):
            notes.append(say("This model knows no pairs: it reads the second text right after the first."))
        notes += typed_special_note(tokens)
        notes += self._unknown_note(tokens)
        return Encoding(texts, tokens, tuple(notes), type_ids=tuple(joined.type_ids))

    def _apart(self, texts: tuple[str, ...], pieces: list[Pieces], notes: list[Message], start_id: int) -> Encoding:
        """Two rows of tokens: the encoder's, and the decoder's with the start token before it, as in training."""
        rows: tuple[Row, Row] = "first", "second"
        repeated = len(texts) == 1
        if repeated:
            rows = "encoder", "decoder"
            texts, pieces = texts * 2, [pieces[0], self._pieces(texts[0], 0)]
            notes.append(
                say(
                    "No second text: the decoder reads the same text as the encoder, as when the model is asked to "
                    "repeat it."
                )
            )
        room = self.limit - self.backend.num_special_tokens_to_add(is_pair=False)
        notes += self._cut(pieces[:1], rows[:1], room)
        notes += self._cut(pieces[1:], rows[1:], room - 1)  # The start token takes a place.
        source, target = (self.backend.post_process(piece) for piece in pieces)
        tokens = self._tokens(source, _owners(source, [len(pieces[0])]), pieces[:1], texts)
        words = 1 + max((token.word for token in tokens if token.word is not None), default=-1)
        second = [None if owner is None else 1 for owner in _owners(target, [len(pieces[1])])]
        read = self._tokens(target, second, pieces[1:], texts, first_word=words, segment=1)
        start = Token(self.backend.id_to_token(start_id) or "", start_id, None, None, 1, special=True)
        # What is learnt is to say each token from those before it, so the last one is said and never read.
        ends = len(read) > 1 and read[-1].special and read[-1].span is None
        shifted = (start, *(read[:-1] if ends else read))
        told = tokens if repeated else (*tokens, *shifted)
        notes += typed_special_note(told)
        notes += self._unknown_note(told)
        return Encoding(texts, tokens, tuple(notes), target=shifted, type_ids=tuple(source.type_ids))

    def _pieces(self, text: str, number: int) -> Pieces:
        if not text:
            raise TextError(say("There is no text yet. Type a word or a sentence, and its attention is drawn here."))
        if not text.strip():
            raise TextError(
                say("The text has only blanks. Type a word or a sentence, and its attention is drawn here.")
            )
        pieces = self.backend.encode(text, add_special_tokens=False)
        if not len(pieces):
            raise TextError(nothing_left(number, len(text)))
        return pieces

    def _cut(self, pieces: list[Pieces], rows: Sequence[Row], room: int) -> list[Message]:
        """Cuts `pieces` in place to the `room` that there is and says what is shown."""
        totals = [len(piece) for piece in pieces]
        notes = []
        for piece, total, keep, row in zip(pieces, totals, _share(totals, room), rows, strict=True):
            if keep < total:
                piece.truncate(keep)
                notes.append(shortened(row, keep, total, self._why_limited()))
        return notes

    def _why_limited(self) -> Message:
        if self.limited_by == "maps":
            return say("all maps of this family are kept, which is done up to {limit:,}", limit=self.limit)
        return say("the model reads {limit:,}", limit=self.limit)

    def _tokens(
        self,
        joined: Pieces,
        owners: Sequence[int | None],
        pieces: Sequence[Pieces],
        texts: Sequence[str],
        first_word: int = 0,
        segment: int | None = None,
    ) -> tuple[Token, ...]:
        """The tokens of `joined`, made of `pieces` and of what the model adds.

        owners: the text of each token, None for one that the model adds; those get `segment`, or else their type.
        """
        # Not the offsets of `joined`: RoBERTa's way of joining takes a character off all those that follow a blank.
        offsets = iter([offset for piece in pieces for offset in piece.offsets])
        spans = {i: _trim(texts[owner], *next(offsets)) for i, owner in enumerate(owners) if owner is not None}
        special = [
            number in self.special_ids or owner is None for number, owner in zip(joined.ids, owners, strict=True)
        ]
        words: list[int | None] = [None] * len(joined)
        used = first_word
        for part, text in enumerate(texts):
            mine = [i for i, owner in enumerate(owners) if owner == part and not special[i]]
            for i, number in zip(mine, word_numbers(text, [spans[i] for i in mine]), strict=True):
                words[i] = used + number
            used = max((number + 1 for number in words if number is not None), default=used)
        types = [min(kind, len(texts) - 1) if segment is None else segment for kind in joined.type_ids]
        segments = [kind if owner is None else owner for owner, kind in zip(owners, types, strict=True)]
        places = [spans.get(i) for i in range(len(joined))]
        names = [
            piece if owner is None or place is None else self._text(piece, number, texts[owner][slice(*place)])
            for piece, number, owner, place in zip(joined.tokens, joined.ids, owners, places, strict=True)
        ]
        columns = zip(names, joined.ids, places, words, segments, special, strict=True)
        return tuple(Token(*column) for column in columns)

    def _text(self, piece: str, number: int, typed: str) -> str:
        """The piece as a person can read it; `typed` is what it stands for.

        A blank is “▁”, SentencePiece's sign, in all families. A piece that is a part of a character's bytes shows the
        whole character.
        """
        if number == self.unknown_id:
            return self._unknown()  # Some tokenizers hand out what was typed.
        if not self.byte_level:
            return typed.translate(_SIGNS) if typed and _BYTE.fullmatch(piece) else piece
        if not all(char in _BYTES for char in piece):
            return piece  # Added to the vocabulary as it is.
        spelled = bytes(_BYTES[char] for char in piece)
        try:
            return spelled.decode("utf-8").translate(_SIGNS)
        except UnicodeDecodeError:
            return ("▁" if spelled.startswith(b" ") else "") + typed if typed else piece

    def _dropped_note(self, pieces: Pieces, text: str) -> list[Message]:
        """Says how many characters left no trace: control characters always, accents and vowel marks in some models."""
        covered = bytearray(len(text))
        inside = 0  # Characters that lie in a token's span without being in its text, as the 0 byte in "a\0b".
        columns = zip(pieces.offsets, pieces.tokens, pieces.ids, strict=True)
        for (start, end), group in groupby(columns, key=itemgetter(0)):
            same = list(group)
            covered[start:end] = b"\1" * (end - start)
            typed = "".join(text[start:end].split())
            if not typed or any(number == self.unknown_id for _, _, number in same):
                continue
            names = (self._text(piece, number, typed).removeprefix("##") for _, piece, number in same)
            # Taken apart, since some tokenizers write a letter and its mark as one character and keep both.
            kept = unicodedata.normalize("NFD", "".join(names).replace("▁", ""))
            inside += max(0, len(typed) - len(kept)) if kept else 0  # None: a blank that was put before the text.
        missed = [char for char, kept in zip(text, covered, strict=True) if not kept and not char.isspace()]
        count = len(missed) + inside
        if not count:
            return []
        hidden = not inside and all(unicodedata.category(char).startswith("C") for char in missed)
        if hidden:
            note = counted(
                count,
                "{count:,} invisible control or format character has no token: this model's tokenizer drops it.",
                "{count:,} invisible control or format characters have no token: this model's tokenizer drops them.",
            )
        else:
            note = counted(
                count,
                "{count:,} mark or control character has no token: this model's tokenizer drops it.",
                "{count:,} mark or control characters have no token: this model's tokenizer drops them.",
            )
        return [note]

    def _unknown_note(self, tokens: Sequence[Token]) -> list[Message]:
        """Says how much of the text the model can't tell apart."""
        unknown = [token for token in tokens if token.id == self.unknown_id]
        if not unknown:
            return []
        return [
            say(
                "Not in this model's vocabulary: {unknown:,} of {tokens:,} tokens. It reads every one of them as the "
                "same {token}.",
                unknown=len(unknown),
                tokens=len(tokens),
                token=self._unknown(),
            )
        ]

    def _unknown(self) -> str:
        return "" if self.unknown_id is None else self.backend.id_to_token(self.unknown_id) or ""


def spells_bytes(backend: Tokenizer) -> bool:
    """Are the pieces of this tokenizer bytes, each written as a character of its own ("Ġ" for a blank)?"""
    parts = (backend.normalizer, backend.pre_tokenizer, backend.decoder)
    return any(b'"ByteLevel"' in part.__getstate__() for part in parts if part is not None)


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


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space that some tokenizers count to a token; all of it where there is nothing else."""
    if start == end and text[start - 1 : start].isspace():
        start -= 1  # A blank of its own, of which nothing is left when blanks are not counted.
    if text[start:end].isspace():
        return start, end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
