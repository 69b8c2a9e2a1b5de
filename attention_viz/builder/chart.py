"""The chain from the tables to the output as a flow chart."""

from __future__ import annotations

from itertools import pairwise

from attention_viz.builder.build import Build, array
from attention_viz.mechanism.recipe import Recipe

_MERMAID = '%%{init: {"flowchart": {"nodeSpacing": 24, "rankSpacing": 14, "padding": 6}}}%%'


def flow_chart(build: Build, recipe: Recipe) -> str:
    """The whole in Mermaid, with the current shapes on the arrows."""
    heads = f"{build.heads} × " if build.heads > 1 else ""

    def shape(rows: int, columns: int) -> str:
        return f"{heads}{rows} × {columns}"

    asked, keys = len(recipe.queries), len(recipe.keys)
    square = shape(asked, keys)
    lines = [_MERMAID, "flowchart TB"]
    if build.source != "vectors":
        size = f"{asked} × {array(build, 'X').shape[1] if build.source == 'words' else recipe.keys.shape[1]}"
        lines.append(f'X(["{"words" if build.source == "words" else "features"} X"])')
        for letter in "QKV":
            fixed = letter == "K" and build.source == "random"
            lines.append(f'X -->|"{size}"| {letter}["{letter} = X{"" if fixed else f" W_{letter}"}"]')
    else:
        lines += [
            f'{letter}(["{word} {letter}"])' for letter, word in (("Q", "queries"), ("K", "keys"), ("V", "values"))
        ]
    names = {"dot": "Q · Kᵀ", "cosine": "cosine of Q and K", "general": "Q W Kᵀ", "additive": "v · tanh(W₁q + W₂k)"}
    weigh = {"softmax": "softmax", "sparsemax": "sparsemax", "sum": "÷ sum", "root": "÷ √sum"}
    lines.append(
        f'Q -->|"{shape(len(recipe.queries), recipe.queries.shape[1] // build.heads)}"| S["{names[build.scoring]}"]'
    )
    lines.append(f'K -->|"{shape(len(recipe.keys), recipe.keys.shape[1] // build.heads)}"| S')
    chain = [("S", "")]
    if build.scaled:
        chain.append(("C", f"÷ √{recipe.keys.shape[1] // build.heads}"))
    if recipe.visible is not None:
        chain.append(("M", "mask"))
    chain += [("N", weigh[build.normaliser]), ("O", "× V")]
    for (one, _), (other, word) in pairwise(chain):
        lines.append(f'{one} -->|"{square}"| {other}["{word}"]')
    lines.append(f'V -->|"{shape(len(recipe.values), recipe.values.shape[1] // build.heads)}"| O')
    last, out = "O", f"{asked} × {recipe.values.shape[1]}"
    joins = ["join heads"] * (build.heads > 1) + ["× W_O"] * (recipe.output_weight is not None)
    if joins:
        lines.append(f'O -->|"{shape(asked, recipe.values.shape[1] // build.heads)}"| J["{", ".join(joins)}"]')
        last = "J"
    lines.append(f'{last} -->|"{out}"| Y(["output"])')
    return "\n".join(lines)
