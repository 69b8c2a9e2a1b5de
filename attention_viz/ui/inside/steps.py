"""The steps from two vectors to a weight: each answers the question in its title, with a formula, its numbers and a
picture."""

from __future__ import annotations

import numpy as np
import streamlit as st
from jaxtyping import Float64

from attention_viz.figures import inside as pictures
from attention_viz.figures import keys
from attention_viz.ui.app.plain import aside
from attention_viz.ui.inside.frame import draw, formula, framed, palette, told
from attention_viz.ui.inside.words import (
    NAMED,
    Pair,
    about_bias,
    about_mask,
    about_scale,
    bracketed,
    check,
    exact,
    factor,
    listed,
    number,
    quoted,
    share,
    who_brings,
)
from attention_viz.ui.state import url
from attention_viz.ui.state.selection import Selection

_ORDERS = {"place": "As in the text", "weight": "By weight"}


def summary(view: Pair) -> None:
    """The whole in one line."""
    apart = view.apart
    gives = (
        f"can't see {quoted(view.key)}, so there is no weight between them"
        if apart.hidden
        else f"gives {quoted(view.key)} **{apart.weight:.1%}** of its attention"
    )
    st.markdown(
        f"In {view.head}, {quoted(view.query)} {gives}. The steps below lead there, with the model's own numbers; they "
        "are rounded on screen only. Score and weight are checked against the **Trace**, what was recorded when "
        "the model read the text."
    )


def vectors(view: Pair) -> None:
    """The two vectors."""
    apart = view.apart
    size = len(apart.query_vector)
    told(
        1,
        f"What does {quoted(view.query)} look for, and what does {quoted(view.key)} offer?",
        f"The head turns every token into a **query**, what it looks for, and a **key**, what it can be found by: two "
        f"lists of {size} numbers, made with weights that the model learned.",
        f"q = {listed(apart.query_vector)}\nk = {listed(apart.key_vector)}",
        pictures.strips([("query", apart.query_vector), ("key", apart.key_vector)], palette()),
        f"Query and key vector as strips of {size} cells",
    )


def products(view: Pair) -> None:
    """Their product, and how it adds up."""
    apart = view.apart
    largest = apart.largest(NAMED)
    values = apart.products
    rest = apart.dot - float(values[largest].sum())
    terms = [
        f"dim {at}: {factor(apart.query_vector[at], 3)} × {bracketed(factor(apart.key_vector[at], 3))} = "
        f"{number(values[at])}"
        for at in largest
    ]
    others = len(values) - len(largest)
    lines = [*terms, *([f"the other {others} together: {number(rest)}"] if others else [])]
    told(
        2,
        "How well do the two fit?",
        "Numbers in the same place are multiplied, and all products are added: the **dot product** q·k. Where both "
        "have the same sign the sum grows, where the signs differ it shrinks. "
        f"{who_brings(apart)}",
        "\n".join(["q·k = sum of q[i] × k[i]", *lines, f"q·k = {number(apart.dot)}"]),
        pictures.running_sum(values, largest, palette()),
        f"The products of query and key, adding up to {apart.dot:.4g}",
    )


def score(view: Pair) -> None:
    """Scale, bias and mask."""
    apart = view.apart
    scaled = apart.dot * apart.scale
    names, values = ["q·k"], [apart.dot]
    if apart.scale != 1:
        names, values = [*names, f"× {apart.scale:.4g}"], [*values, scaled]
    lines = f"score = {number(apart.dot)} × {apart.scale:.4g}"
    if apart.biases is not None:
        names, values = [*names, "bias"], [*values, apart.bias]
        lines += f" {'−' if apart.bias < 0 else '+'} {number(abs(apart.bias))}"
    lines += f" = {number(apart.score)}"
    if apart.hidden:
        lines += "\nhidden by the mask: the score counts as −∞"
    told(
        3,
        "What happens to the sum before it is compared?",
        f"{about_scale(apart)} {about_bias(apart)} {about_mask(view)}",
        lines,
        pictures.bars(
            [*names, "score"],
            [*values, 0.0 if apart.hidden else apart.score],  # No bar is long enough for −∞.
            [*map(number, values), "hidden: −∞" if apart.hidden else number(apart.score)],
            palette(),
            marked=len(names),
        ),
        f"q·k {apart.dot:.4g}, scaled {scaled:.4g}, score {apart.score:.4g}",
        check="" if apart.hidden else check(apart, exact(apart.traced_score), exact(apart.score)),
    )


def competitors(view: Pair, selection: Selection) -> None:
    """The row's softmax."""
    apart = view.apart
    seen = int(apart.visible.sum())
    if not seen:
        return
    power = float(apart.powers[apart.key])
    lines = (
        f"e^({number(apart.score)} − {bracketed(number(apart.top))}) = {share(power)}"
        if not apart.hidden
        else "hidden: e^(−∞) = 0"
    )
    with framed(4, "How strong are its competitors?"):
        words, picture = st.columns([5, 7], gap="medium")
        with words:
            st.markdown(
                f"A score says nothing alone: {quoted(view.query)} has 100% to give, and {seen:,} "
                f"{'key wants' if seen == 1 else 'keys want'} a share. **Softmax** raises e = 2.718… to each score, so "
                "a score that is higher by 1 counts 2.7 times as much. First the row's largest score is subtracted "
                "from all, which changes no weight and keeps the numbers small."
            )
            formula(f"{lines}\nsum over {seen:,} keys = {share(apart.total)}")
            st.segmented_control(
                "Order of the keys",
                list(_ORDERS),
                format_func=_ORDERS.__getitem__,
                required=True,
                **url.bound("order"),
            )
            _strongest(view)
        with picture:
            _row(
                view,
                [
                    keys.Panel("score", apart.scores),
                    keys.Panel("e^(score − largest score)", apart.powers),
                    keys.Panel("weight", apart.weights),
                ],
                selection,
                "Scores, powers and weights of the row",
            )
        with st.expander("Every number of this row"):
            _table(view)


def weight(view: Pair) -> None:
    """The weight itself."""
    apart = view.apart
    if not apart.visible.any():
        return
    power = float(apart.powers[apart.key])
    others = [int(at) for at in np.argsort(-apart.weights, kind="stable") if at != apart.key and apart.visible[at]]
    names, values = [view.key], [apart.weight]
    if others:
        names, values = [*names, view.keys[others[0]]], [*values, float(apart.weights[others[0]])]
    if len(others) > 1:
        names.append(f"{len(others) - 1:,} other{'s' if len(others) > 2 else ''}")
        values.append(float(apart.weights[others[1:]].sum()))
    told(
        5,
        f"So how much attention does {quoted(view.key)} get?",
        "Its own part of the sum. No weight of the row is negative and together they are 1, which is why they can be "
        "read as shares.",
        f"weight α = {share(power)} / {share(apart.total)} = {share(apart.weight)}",
        pictures.bars(names, values, [share(value) for value in values], palette(), marked=0),
        f"The weight {apart.weight:.6f} beside those of the other keys",
        check=check(apart, share(apart.traced_weight), share(apart.weight)),
    )


def value(view: Pair, selection: Selection) -> None:
    """What the weight lets through."""
    apart = view.apart
    if not apart.visible.any():
        return
    passed, total = float(apart.passed[apart.key]), float(apart.passed.sum())
    norm = float(apart.norms[apart.key])
    with framed(6, "What does the weight let through?"):
        words, picture = st.columns([5, 7], gap="medium")
        with words:
            st.markdown(
                "Each key token also has a **value** v, what it passes on. The head adds all values, each multiplied "
                "by its weight. So a key with a large weight and a short value may add little: compare the weight α "
                "with the length ‖α·v‖ of what is added."
            )
            formula(
                f"‖α·v‖ = {share(apart.weight)} × {number(norm)} = {number(passed)}\n"
                f"all keys: Σ‖α·v‖ = {number(total)}\n"
                f"their sum: ‖Σ α·v‖ = {number(float(np.linalg.norm(apart.output)))}"
            )
            if apart.hidden:
                st.markdown(f"{quoted(view.key)} is hidden and so adds nothing.")
            elif total > 0:
                st.markdown(
                    f"{quoted(view.key)} gets **{apart.weight:.1%}** of the attention and brings "
                    f"**{passed / total:.1%}** of the lengths that are added."
                )
            aside(
                "Lengths before the output projection. Values that point in different directions partly cancel, so the "
                "length of the sum is at most the sum of the lengths. The idea is that of Kobayashi et al. 2020."
            )
        with picture:
            _row(
                view,
                [
                    keys.Panel("weight α", apart.weights),
                    keys.Panel("‖v‖", apart.norms),
                    keys.Panel("‖α·v‖", apart.passed),
                ],
                selection,
                "Weights, lengths of the values, and lengths of what is added",
            )


def _row(view: Pair, panels: list[keys.Panel], selection: Selection, alt: str) -> None:
    apart = view.apart
    order = keys.shown_keys(apart.weights, apart.key, strongest_first=selection.order == "weight")
    figure = keys.row(panels, apart.trace.key_tokens, order, apart.key, visible=apart.visible, palette=palette())
    draw(figure, alt, panels[-1].name)
    if len(order) < len(apart.weights):
        left = float(apart.weights.sum() - apart.weights[order].sum())
        which = "strongest" if selection.order == "weight" else "nearest"
        aside(
            f"The {len(order)} {which} keys are drawn; the other {len(apart.weights) - len(order):,} together have a "
            f"weight of {number(left)}."
        )


def _strongest(view: Pair) -> None:
    """Who stands first, in words."""
    apart = view.apart
    first = int(np.argmax(apart.weights))
    if first == apart.key:
        st.markdown(f"{quoted(view.key)} has the largest score of all.")
    elif not apart.hidden:
        ahead = int((apart.weights > apart.weights[apart.key]).sum())
        st.markdown(
            f"{quoted(view.keys[first])} has the largest score, {number(apart.top)}; {ahead:,} "
            f"{'key stands' if ahead == 1 else 'keys stand'} before {quoted(view.key)}."
        )


def _table(view: Pair) -> None:
    apart = view.apart
    columns = {
        "key": [f"{at} {token.text}" for at, token in enumerate(apart.trace.key_tokens)],
        "q·k": apart.dots,
        "score": _or_nothing(apart.scores),
        "e^(score − largest)": apart.powers,
        "weight": apart.weights,
        "‖v‖": apart.norms,
        "‖α·v‖": apart.passed,
    }
    st.dataframe(
        columns,
        column_config={name: st.column_config.NumberColumn(format="%.6f") for name in columns if name != "key"},
        hide_index=True,
    )


def _or_nothing(values: Float64[np.ndarray, " key"]) -> Float64[np.ndarray, " key"]:
    return np.where(np.isfinite(values), values, np.nan)
