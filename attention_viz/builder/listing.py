"""What a common listing of attention computes, from the tables on screen: the two slips, as steps to draw."""

from __future__ import annotations

from dataclasses import replace

from attention_viz.builder.build import Build
from attention_viz.builder.step import Step, numbered, of_product
from attention_viz.core.errors import MechanismError
from attention_viz.core.markdown import markdown
from attention_viz.core.message import Message
from attention_viz.mechanism import terms
from attention_viz.mechanism.mistakes import transposed_queries, without_softmax
from attention_viz.mechanism.recipe import Recipe, work


def belongs(build: Build) -> bool:
    """The example that the listing is from, worked the way it can be compared."""
    return build.preset == "vectors" and build.source == "vectors" and build.heads == 1


def listed(build: Build, recipe: Recipe) -> dict[str, Step | Message]:
    """What the listing has in place of the steps "scores" and "outputs", or why it can't be computed."""
    return {"scores": _scores(recipe), "outputs": _outputs(build, recipe)}


def _scores(recipe: Recipe) -> Step | Message:
    try:
        numbers = transposed_queries(recipe.queries, recipe.keys)
    except MechanismError as error:
        return error.message
    return Step(
        "listing scores",
        "The wrong matrix is transposed",
        r"Q^\top K \quad \text{in place of} \quad Q K^\top",
        "The sums run over the tokens and not over the dimensions: there is a row for each *number of a query* and a "
        "column for each number of a key. No query meets a key.",
        numbers,
        tuple(f"q {place}" for place in numbered(len(numbers))),
        tuple(f"k {place}" for place in numbered(numbers.shape[1])),
        of_product(recipe.queries.T, recipe.keys, numbers),
        by_query=False,
    )


def _outputs(build: Build, recipe: Recipe) -> Step | Message:
    worked = work(replace(recipe, scoring="dot", scaled=True, visible=None, parameters={}))
    if worked.problem is not None:
        return worked.problem
    assert worked.scaled is not None
    scores = worked.scaled[0]
    numbers = without_softmax(scores, recipe.values)
    sums = ", ".join(
        f"{terms.number(float(total))} for “{markdown(name)}”"
        for name, total in zip(build.names, scores.sum(axis=1), strict=True)
    )
    return Step(
        "listing outputs",
        "The softmax is forgotten",
        rf"\frac{{Q K^\top}}{{\sqrt{{{recipe.keys.shape[1]}}}}}\, V",
        f"Scores are no shares. Here they sum to {sums}, where weights sum to 1: the output is no mean of the values.",
        numbers,
        build.names,
        numbered(numbers.shape[1]),
        of_product(scores, recipe.values, numbers),
    )
