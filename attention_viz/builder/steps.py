"""The chain from the tables to the output as steps to draw: formula, numbers, a sentence, the sum behind each cell.

No Streamlit here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from attention_viz.builder.build import Build, array
from attention_viz.builder.step import Matrix, Step, hover, numbered, of_product, places
from attention_viz.mechanism import terms
from attention_viz.mechanism.recipe import Recipe, Worked


def steps(build: Build, recipe: Recipe, worked: Worked) -> list[Step]:
    """All steps that could be computed, in order."""
    found = [*_projections(build, recipe)] if build.source == "words" else []
    made = (_scores, _scaled, _masked, _weights, _outputs, _joined, _projected)
    return found + [step for make in made if (step := make(build, recipe, worked)) is not None]


def symbols(build: Build) -> tuple[str, str]:
    """What a score and an output are called: e and c in additive attention, s and o elsewhere."""
    return ("e", "c") if build.scoring == "additive" else ("s", "o")


def row_sums(worked: Worked, head: int) -> list[float]:
    """What each query's weights sum to."""
    return [] if worked.weights is None else [float(total) for total in worked.weights[head].sum(axis=-1)]


_PROJECTIONS = {
    "Q": ("Queries: what each token asks", "Each token's vector is multiplied by the table $W_Q$."),
    "K": ("Keys: what each token is found by", "The same vectors, multiplied by another table, $W_K$."),
    "V": ("Values: what each token hands over", "And a third time, by $W_V$."),
}


def _projections(build: Build, recipe: Recipe) -> list[Step]:
    x = array(build, "X")
    made = []
    for letter, numbers in (("Q", recipe.queries), ("K", recipe.keys), ("V", recipe.values)):
        title, sentence = _PROJECTIONS[letter]
        made.append(
            Step(
                letter,
                title,
                f"{letter} = X W_{letter}",
                sentence,
                numbers,
                build.names,
                numbered(numbers.shape[1]),
                of_product(x, array(build, f"W_{letter}"), numbers),
                by_query=False,
            )
        )
    return made


_SCORE_WORDS = {
    "dot": (
        r"s_{ij} = q_i \cdot k_j",
        "Each query is multiplied with each key, number by number, and the products are added up. The better the two "
        "point the same way, the larger the score.",
    ),
    "cosine": (
        r"s_{ij} = \frac{q_i \cdot k_j}{\lVert q_i \rVert\,\lVert k_j \rVert}",
        "The dot product over both lengths: only the direction counts, and no score is above 1.",
    ),
    "general": (
        r"s_{ij} = q_i^\top W k_j",
        "The table W says which number of the query meets which number of the key.",
    ),
    "additive": (
        r"e_{ij} = v^\top \tanh(W_1 q_i + W_2 k_j)",
        "A small network looks at each pair. tanh squeezes what it finds to between −1 and 1, and v weighs it.",
    ),
}


def _scores(build: Build, recipe: Recipe, worked: Worked) -> Step | None:
    if worked.scores is None or worked.queries is None or worked.keys is None:
        return None
    formula, sentence = _SCORE_WORDS[build.scoring]
    numbers = worked.scores[build.head]
    letter = symbols(build)[0]
    line = _score_line(recipe, worked.queries[build.head], worked.keys[build.head], numbers)
    return Step(
        "scores",
        "How well does each key fit each query?",
        formula,
        sentence,
        numbers,
        build.names,
        build.key_names,
        hover(numbers.shape, lambda row, column: f"{letter}{places(row, column)} = {line(row, column)}"),
    )


def _score_line(recipe: Recipe, queries: Matrix, keys: Matrix, scores: Matrix) -> Callable[[int, int], str]:
    if recipe.scoring == "cosine":
        return lambda row, column: terms.cosine(queries[row], keys[column], scores[row, column])
    if recipe.scoring == "additive":
        first, second, direction = (recipe.parameters[name] for name in ("W_1", "W_2", "v"))
        asked, offered = queries @ first, keys @ second
        return lambda row, column: terms.additive(asked[row] + offered[column], direction[0], scores[row, column])
    turned = queries @ recipe.parameters["W"] if recipe.scoring == "general" else queries
    before = "with q W in place of q: " if recipe.scoring == "general" else ""
    return lambda row, column: before + terms.products(turned[row], keys[column], scores[row, column])


def _scaled(build: Build, _: Recipe, worked: Worked) -> Step | None:
    if not build.scaled or worked.scaled is None or worked.scores is None or worked.keys is None:
        return None
    before, numbers, size = worked.scores[build.head], worked.scaled[build.head], worked.keys.shape[-1]
    return Step(
        "scaled",
        "Scale",
        rf"{symbols(build)[0]}_{{ij}} \,/\, \sqrt{{d_k}}, \quad d_k = {size}",
        f"A sum of more products spreads further. Dividing by √{size} ≈ {terms.number(size**0.5, 3)} takes that back, "
        "so that softmax does not jump to one key.",
        numbers,
        build.names,
        build.key_names,
        hover(
            numbers.shape,
            lambda row, column: f"{terms.number(before[row, column])} / √{size} = {terms.number(numbers[row, column])}",
        ),
    )


def _masked(build: Build, recipe: Recipe, worked: Worked) -> Step | None:
    seen = recipe.visible
    if seen is None or worked.masked is None:
        return None
    numbers = worked.masked[build.head]
    return Step(
        "masked",
        f"Mask: {' and '.join(build.masks)}",
        # No longer than this, or a phone cuts it off.
        rf"{symbols(build)[0]}_{{ij}} = -\infty \text{{ where }} i \text{{ may not see }} j",
        "What a query may not see gets −∞ for a score, which becomes a weight of exactly 0."
        + (" Here nothing is hidden." if seen.all() else ""),
        numbers,
        build.names,
        build.key_names,
        hover(
            numbers.shape,
            lambda row, column: f"stays {terms.number(numbers[row, column])}" if seen[row, column] else "hidden: −∞",
        ),
        hidden=~seen,
    )


_WEIGHT_WORDS = {
    "softmax": (
        r"\alpha_{{ij}} = \frac{{\exp({s}_{{ij}})}}{{\sum_l \exp({s}_{{il}})}}",
        "Softmax turns the scores of a row into shares (exp x is eˣ, with e ≈ 2.72): none is negative, together they "
        "are 1, and a larger score always gets a larger share.",
    ),
    "sparsemax": (
        r"\alpha_{{ij}} = \max(0,\ {s}_{{ij}} - \tau_i)",
        "Sparsemax takes one number τ off all scores of a row and cuts at 0, with the τ for which the rest sums to 1. "
        "Weak keys get exactly nothing.",
    ),
    "sum": (
        r"\alpha_{{ij}} = \frac{{{s}_{{ij}}}}{{\sum_l {s}_{{il}}}}",
        "**Wrong as weights.** Negative scores become negative weights, and a sum near 0 blows them up.",
    ),
    "root": (
        r"\alpha_{{ij}} = \frac{{{s}_{{ij}}}}{{\sqrt{{\sum_l {s}_{{il}}}}}}",
        "**Wrong as weights.** They do not sum to 1, so the output grows with the scores; the root of a negative sum "
        "is undefined.",
    ),
}


def _weights(build: Build, recipe: Recipe, worked: Worked) -> Step | None:
    if worked.weights is None or worked.masked is None:
        return None
    formula, sentence = _WEIGHT_WORDS[build.normaliser]
    hot = build.temperature != 1 and build.normaliser in ("softmax", "sparsemax")
    name = symbols(build)[0]
    written = formula.format(s=name)
    if hot:
        written += rf"\quad \text{{with }} {name} / T,\ T = {build.temperature:g}"
    numbers, scores = worked.weights[build.head], worked.masked[build.head]
    line = _weight_line(recipe, scores, numbers)
    return Step(
        "weights",
        "From scores to weights",
        written,
        sentence,
        numbers,
        build.names,
        build.key_names,
        hover(numbers.shape, lambda row, column: f"α{places(row, column)} = {line(row, column)}"),
        share=True,
        hidden=None if recipe.visible is None else ~recipe.visible,
    )


def _weight_line(recipe: Recipe, scores: Matrix, weights: Matrix) -> Callable[[int, int], str]:
    temperature = recipe.temperature

    def line(row: int, column: int) -> str:
        weight = float(weights[row, column])
        if recipe.normaliser == "softmax":
            return terms.softmax(scores[row], column, temperature, weight)
        if recipe.normaliser == "sparsemax":
            best = int(np.argmax(scores[row]))  # The best key is never cut off, so τ can be read from its weight.
            threshold = float(scores[row, best]) / temperature - float(weights[row, best])
            return terms.sparsemax(scores[row], column, temperature, weight, threshold)
        return terms.share(scores[row], column, weight, root=recipe.normaliser == "root")

    return line


def _outputs(build: Build, _: Recipe, worked: Worked) -> Step | None:
    if worked.head_outputs is None or worked.weights is None or worked.values is None:
        return None
    numbers = worked.head_outputs[build.head]
    name = symbols(build)[1]
    return Step(
        "outputs",
        "The output: a mix of the values"
        if build.heads == 1
        else f"What head {build.head} hands on: a mix of its values",
        rf"{name}_i = \sum_j \alpha_{{ij}} v_j",
        "Each query takes from every value as much as its weight says, and adds it up.",
        numbers,
        build.names,
        numbered(numbers.shape[1]),
        of_product(worked.weights[build.head], worked.values[build.head], numbers),
    )


def _joined(build: Build, _: Recipe, worked: Worked) -> Step | None:
    if build.heads == 1 or worked.joined is None:
        return None
    numbers, size = worked.joined, worked.joined.shape[1] // build.heads
    places = [f"H{column // size}·{column % size + 1}" for column in range(numbers.shape[1])]
    return Step(
        "joined",
        f"The {build.heads} heads side by side",
        r"\text{Concat}(\text{head}_0, \dots)",
        "The outputs of all heads are written behind each other.",
        numbers,
        build.names,
        tuple(places),
        hover(numbers.shape, lambda _, column: f"number {column % size + 1} of head {column // size}"),
        by_query=False,
    )


def _projected(build: Build, recipe: Recipe, worked: Worked) -> Step | None:
    if recipe.output_weight is None or worked.output is None or worked.joined is None:
        return None
    return Step(
        "output",
        "The output",
        r"\text{Concat}(\text{head}_0, \dots)\, W_O",
        "A last table lets the heads' findings mix.",
        worked.output,
        build.names,
        numbered(worked.output.shape[1]),
        of_product(worked.joined, recipe.output_weight, worked.output),
    )
