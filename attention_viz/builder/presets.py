"""Examples to begin with, from the tutorials that people come from, with right numbers.

tests/builder/test_presets.py holds every number of these texts, in its place, against NumPy alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attention_viz.builder.build import Build, Sequence
from attention_viz.builder.cells import Table
from attention_viz.mechanism.learning import TOKENS

_SENTENCE = ("The", "cat", "sat", "on", "the", "mat")
_CAT: Table = (
    (0.1, 0.0, 0.2),
    (0.9, 0.4, 0.1),
    (0.3, 0.8, 0.2),
    (0.0, 0.2, 0.7),
    (0.1, 0.0, 0.2),
    (0.7, 0.1, 0.6),
)
_KEYS: Table = ((0.4, 0.5, 0.6), (0.7, 0.8, 0.9), (0.1, 0.2, 0.3))
_FIRST: Table = ((1.0, 0.0, 1.0, 0.0), (0.0, 1.0, 1.0, 0.0), (1.0, 1.0, 0.0, 0.5), (0.0, 0.5, 0.0, 1.0))
_SECOND: Table = ((0.0, 1.0, 0.5, 0.5), (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
_STUDYING: dict[str, Table] = {"Q": ((0.1, 0.2, 0.3),), "K": _KEYS, "V": _KEYS}
_ROOT = (
    "One prints 0.42 for the first score; 0.1·0.4 + 0.2·0.5 + 0.3·0.6 is 0.32. It then divides by the square "
    "root of the sum of the scores, which gives 0.327, 0.510 and 0.143: together **0.98, not 1**. With scores "
    "ten times as large they would sum to 3.1, and the output would be as much too long. Softmax gives 0.330, "
    "0.395 and 0.275, which sum to 1 for any scores: the output is a mean of the values, no more and no less. "
    "Choose the root under *Weights* and watch the sum."
)


@dataclass(frozen=True, slots=True)
class Preset:
    """An example.

    title: on its button. note: Markdown, what to see. differ: Markdown, where tutorials print something else.
    """

    title: str
    build: Build
    note: str
    differ: str


_HEADS = Build(
    "heads",
    "words",
    ("the", "cat", "sat", "down"),
    ("the", "cat", "sat", "down"),
    {
        "X": _FIRST,
        "W_Q": ((1.0, 0.0, 0.5, 0.0), (0.0, 1.0, 0.0, 0.5), (0.5, 0.0, 1.0, 0.0), (0.0, 0.5, 0.0, 1.0)),
        "W_K": ((0.0, 1.0, 0.0, 0.5), (1.0, 0.0, 0.5, 0.0), (0.0, 0.5, 1.0, 0.0), (0.5, 0.0, 0.0, 1.0)),
        "W_V": ((1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 1.0, 0.0), (1.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 1.0)),
        "W_O": ((1.0, 0.0, 0.5, 0.0), (0.0, 1.0, 0.0, 0.5), (0.5, 0.0, 1.0, 0.0), (0.0, 0.5, 0.0, 1.0)),
    },
    masks=("padding",),
    length=4,
    heads=2,
    other=Sequence(("dogs", "bark", "[PAD]", "[PAD]"), _SECOND, 2),
)

PRESETS: dict[str, Preset] = {
    "studying": Preset(
        "Three words",
        Build("studying", "vectors", ("studying",), ("I", "like", "studying"), _STUDYING, scaled=False),
        "I like studying: the word “studying” asks (its query is 0.1, 0.2, 0.3), all three answer. What each hands "
        "over, its value, is here its key once more. The scores are **0.32, 0.50 and 0.14**.",
        _ROOT,
    ),
    "three": Preset(
        "我 喜欢 学习",
        Build("three", "vectors", ("学习",), ("我", "喜欢", "学习"), _STUDYING, scaled=False),
        "我 喜欢 学习: “I like studying”, with the same numbers. The word 学习 asks (its query is 0.1, 0.2, 0.3), all "
        "three answer. What each hands over, its value, is here its key once more. The scores are **0.32, 0.50 and "
        "0.14**.",
        _ROOT,
    ),
    "vectors": Preset(
        "Two queries, two keys",
        Build(
            "vectors",
            "vectors",
            ("first", "second"),
            ("first", "second"),
            {
                "Q": ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)),
                "K": ((7.0, 8.0, 9.0), (10.0, 11.0, 12.0)),
                "V": ((13.0, 14.0, 15.0), (16.0, 17.0, 18.0)),
            },
        ),
        "The scores are **50, 68 / 122, 167**; divided by √3 they are 28.9, 39.3 / 70.4, 96.4. Softmax gives nearly "
        "all to the second key, **0.99997** for the first query, so both outputs are almost its value: **16, 17, 18**.",
        "A common listing forgets the softmax and multiplies the scaled scores with V: "
        "1,003, 1,072, 1,140 / 2,458, 2,625, 2,792. No mean of 13 and 16 can be 1,003. It also transposes the wrong "
        "matrix: QᵀK is 47, 52, 57 / 64, 71, 78 / 81, 90, 99, three by three, one row for each *dimension*. QKᵀ has "
        "one row for each *query*. *What the listing computes*, above, shows both beside what is right, "
        "with the numbers of your tables.",
    ),
    "additive": Preset(
        "The cat sat on the mat",
        Build(
            "additive",
            "vectors",
            _SENTENCE,
            _SENTENCE,
            {
                "Q": _CAT,
                "K": _CAT,
                "V": _CAT,
                "W_1": ((1.0, 0.5, 0.0), (0.0, 1.0, 0.5), (0.5, 0.0, 1.0)),
                "W_2": ((0.5, 1.0, 0.0), (1.0, 0.0, 0.5), (0.0, 0.5, 1.0)),
                "v": ((1.0, 2.0, -1.0),),
            },
            scoring="additive",
            scaled=False,
            query=2,
        ),
        "Additive attention (Bahdanau 2015) lets a small network score each pair: "
        "$e_{ij} = v^\\top \\tanh(W_1 q_i + W_2 k_j)$. Softmax makes $\\alpha_{ij}$ of it, and the context is "
        "$c_i = \\sum_j \\alpha_{ij} v_j$. For “sat” (i = 3), $e_{32}$ is **2.044** and $\\alpha_{32}$, its "
        "weight for “cat”, "
        "is **0.245**.",
        "Code often calls both “attention weights”: in Hugging Face's models one variable, "
        "attn_weights, first holds $e$ and after the softmax $\\alpha$. But $e_{ij}$ can be negative and has no fixed "
        "sum; $\\alpha_{ij}$ is a share. “The” and “the” have the same vector here, so they get the same weight: "
        "attention itself knows nothing of order.",
    ),
    "heads": Preset(
        "Two heads and padding",
        _HEADS,
        "A batch of two sequences, “the cat sat down” and “dogs bark”. The second is filled up with [PAD] to the "
        "same "
        "length, and a mask hides what was filled in: those columns have weights of **exactly 0**. Each head "
        "works in its "
        "own half of the dimensions; then the halves are joined and multiplied by $W_O$. “dogs” gives “bark” "
        "**0.630** in "
        "head 0 and **0.587** in head 1.",
        "A common slip is to multiply the scores by a mask of ones and zeros. A hidden score "
        "is then 0 and not −∞, e⁰ is 1, and the padding is read after all. The rows of [PAD] as a *query* are computed "
        "here as everywhere, and thrown away afterwards.",
    ),
    "scale": Preset(
        "Why divide by √d?",
        Build(
            "scale",
            "random",
            tuple(f"token {number}" for number in range(1, TOKENS + 1)),
            tuple(f"token {number}" for number in range(1, TOKENS + 1)),
        ),
        "One head that learns, on ten tokens of 50 random features. A teacher, hidden from the head and drawn at "
        "random, says which token each token should read, and what it should find there. Learned by gradient descent "
        "are a map for the queries ($W_Q$, 50 × 50) and one for the values ($W_V$, 50 × 8); the features themselves "
        "are the keys. After 300 steps on fresh features the largest score is on the right token for **nine in ten** "
        "queries, where chance is one in ten. With 0 steps you see the head as it was drawn.\n\n"
        "A score is a sum of $d_k$ = 50 products, which at random spreads like √50 ≈ 7.07. Switch the scale off: at "
        "0 steps one key then has nearly all, by chance, and the gradient of most scores is a thousandth of what it is "
        "with the scale. After as many steps that head is right for **seven to eight in ten**.",
        "Code for several heads often divides by the root of the whole vector's size. It is "
        "√$d_k$, the size of one key **in one head**.",
    ),
}
START = PRESETS["studying"].build


def builds() -> Mapping[str, Build]:
    """Where each example begins."""
    return {name: preset.build for name, preset in PRESETS.items()}
