"""The steps of Inside a head: each answers the question in its title, with a formula, its numbers and a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Float64

from attention_viz.core.inside import TakenApart, strongest_ordinary, take_apart
from attention_viz.core.token import Piece
from attention_viz.core.trace import Trace
from attention_viz.figures import inside as pictures
from attention_viz.figures.palette import Palette, palette_for
from attention_viz.ui import shell, url
from attention_viz.ui.head_view import told_apart
from attention_viz.ui.plain import aside, markdown
from attention_viz.ui.selection import MEAN, Selection

_NAMED = 3
_ENDS = 2
_ORDERS = {"place": "As in the text", "weight": "By weight"}


@dataclass(frozen=True, eq=False)
class Pair:
    """A weight taken apart, and how its tokens are called.

    queries, keys: the names of all tokens of each side; those that occur more than once have their number.
    """

    apart: TakenApart
    queries: list[str]
    keys: list[str]

    @property
    def query(self) -> str:
        return self.queries[self.apart.query]

    @property
    def key(self) -> str:
        return self.keys[self.apart.key]

    @property
    def head(self) -> str:
        return f"L{self.apart.layer} H{self.apart.head}"

    @property
    def palette(self) -> Palette:
        return palette_for(st.context.theme.type)


def pair(trace: Trace, selection: Selection) -> Pair | None:
    """The weight that is looked at, after widgets to choose another. None where there is none, which is said."""
    if MEAN in (selection.layer, selection.head):
        _offer_a_head(selection)
        return None
    layer, head = selection.layer, selection.head
    queries, keys = (_names(side) for side in (trace.tokens, trace.key_tokens))
    query = _last_ordinary(trace.tokens) if selection.token is None else selection.token
    key = strongest_ordinary(trace, layer, head, query) if selection.key is None else selection.key
    _controls(trace, layer, head, query, key)
    if trace.maps_only:
        st.info(
            f"{markdown(trace.maps_only)} What follows needs both, so there is nothing to take apart here. Its maps "
            "are on Explore; choose another model at the left to see these steps.",
            icon=":material/info:",
        )
        shell.page_link(shell.EXPLORE, label="Back to the map")
        return None
    return Pair(take_apart(trace, layer, head, query, key), queries, keys)


def summary(view: Pair) -> None:
    """The whole in one line."""
    apart = view.apart
    gives = (
        f"can't see {_quoted(view.key)}, so there is no weight between them"
        if apart.hidden
        else f"gives {_quoted(view.key)} **{apart.weight:.1%}** of its attention"
    )
    st.markdown(
        f"In {view.head}, {_quoted(view.query)} {gives}. The steps below lead there, with the model's own numbers."
    )


def vectors(view: Pair) -> None:
    """The two vectors."""
    apart = view.apart
    size = len(apart.query_vector)
    _step(
        1,
        f"What does {_quoted(view.query)} look for, and what does {_quoted(view.key)} offer?",
        f"The head turns every token into a **query**, what it looks for, and a **key**, what it can be found by: two "
        f"lists of {size} numbers, made with weights that the model learned.",
        f"q = {_list(apart.query_vector)}\nk = {_list(apart.key_vector)}",
        pictures.strips([("query", apart.query_vector), ("key", apart.key_vector)], view.palette),
        f"Query and key vector as strips of {size} cells",
    )


def products(view: Pair) -> None:
    """Their product, and how it adds up."""
    apart = view.apart
    largest = apart.largest(_NAMED)
    values = apart.products
    rest = apart.dot - float(values[largest].sum())
    terms = [
        f"dim {at}: {_factor(apart.query_vector[at])} × {_bracketed(_factor(apart.key_vector[at]))} = "
        f"{_number(values[at])}"
        for at in largest
    ]
    others = len(values) - len(largest)
    lines = [*terms, *([f"the other {others} together: {_number(rest)}"] if others else [])]
    _step(
        2,
        "How well do the two fit?",
        "Numbers in the same place are multiplied, and all products are added: the **dot product** q·k. Where both "
        "have the same sign the sum grows, where the signs differ it shrinks. "
        f"{_who_brings(apart)}",
        "\n".join(["q·k = sum of q[i] × k[i]", *lines, f"q·k = {_number(apart.dot)}"]),
        pictures.running_sum(values, largest, view.palette),
        f"The products of query and key, adding up to {apart.dot:.4g}",
    )


def score(view: Pair) -> None:
    """Scale, bias and mask."""
    apart = view.apart
    scaled = apart.dot * apart.scale
    names, values = ["q·k"], [apart.dot]
    if apart.scale != 1:
        names, values = [*names, f"× {apart.scale:.4g}"], [*values, scaled]
    formula = f"score = {_number(apart.dot)} × {apart.scale:.4g}"
    if apart.biases is not None:
        names, values = [*names, "bias"], [*values, apart.bias]
        formula += f" {'−' if apart.bias < 0 else '+'} {_number(abs(apart.bias))}"
    formula += f" = {_number(apart.score)}"
    if apart.hidden:
        formula += "\nhidden by the mask: the score counts as −∞"
    _step(
        3,
        "What happens to the sum before it is compared?",
        f"{_about_scale(apart)} {_about_bias(apart)} {_about_mask(view)}",
        formula,
        pictures.bars(
            [*names, "score"],
            [*values, apart.score],
            [*map(_number, values), "hidden: −∞" if apart.hidden else _number(apart.score)],
            view.palette,
            marked=len(names),
        ),
        f"q·k {apart.dot:.4g}, scaled {scaled:.4g}, score {apart.score:.4g}",
        check="" if apart.hidden else _check(apart, _exact(apart.traced_score), _exact(apart.score)),
    )


def competitors(view: Pair, selection: Selection) -> None:
    """The row's softmax."""
    apart = view.apart
    seen = int(apart.visible.sum())
    if not seen:
        return
    power = float(apart.powers[apart.key])
    formula = (
        f"e^({_number(apart.score)} − {_bracketed(_number(apart.top))}) = {_share(power)}"
        if not apart.hidden
        else "hidden: e^(−∞) = 0"
    )
    with _framed(4, "How strong are its competitors?"):
        words, picture = st.columns([5, 7], gap="medium")
        with words:
            st.markdown(
                f"A score says nothing alone: {_quoted(view.query)} has 100% to give, and {seen:,} "
                f"{'key wants' if seen == 1 else 'keys want'} a share. **Softmax** raises e = 2.718… to each score, so "
                "a score that is higher by 1 counts 2.7 times as much. First the row's largest score is subtracted "
                "from all, which changes no weight and keeps the numbers small."
            )
            _formula(f"{formula}\nsum over {seen:,} keys = {_share(apart.total)}")
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
                    pictures.Panel("score", apart.scores),
                    pictures.Panel("e^(score − largest score)", apart.powers),
                    pictures.Panel("weight", apart.weights),
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
    _step(
        5,
        f"So how much attention does {_quoted(view.key)} get?",
        "Its own part of the sum. All weights of the row are positive and add up to 1, which is why they can be read "
        "as shares.",
        f"weight α = {_share(power)} / {_share(apart.total)} = {_share(apart.weight)}",
        pictures.bars(names, values, [_share(value) for value in values], view.palette, marked=0),
        f"The weight {apart.weight:.6f} beside those of the other keys",
        check=_check(apart, _share(apart.traced_weight), _share(apart.weight)),
    )


def value(view: Pair, selection: Selection) -> None:
    """What the weight lets through."""
    apart = view.apart
    if not apart.visible.any():
        return
    passed, total = float(apart.passed[apart.key]), float(apart.passed.sum())
    norm = float(apart.norms[apart.key])
    with _framed(6, "What does the weight let through?"):
        words, picture = st.columns([5, 7], gap="medium")
        with words:
            st.markdown(
                "Each key token also has a **value** v, what it passes on. The head adds all values, each multiplied "
                "by its weight. So a key with a large weight and a short value may add little: compare the weight α "
                "with the length ‖α·v‖ of what is added."
            )
            _formula(
                f"‖α·v‖ = {_share(apart.weight)} × {_number(norm)} = {_number(passed)}\n"
                f"all keys: Σ‖α·v‖ = {_number(total)}\n"
                f"their sum: ‖Σ α·v‖ = {_number(float(np.linalg.norm(apart.output)))}"
            )
            if apart.hidden:
                st.markdown(f"{_quoted(view.key)} is hidden and so adds nothing.")
            elif total > 0:
                st.markdown(
                    f"{_quoted(view.key)} gets **{apart.weight:.1%}** of the attention and brings "
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
                    pictures.Panel("weight α", apart.weights),
                    pictures.Panel("‖v‖", apart.norms),
                    pictures.Panel("‖α·v‖", apart.passed),
                ],
                selection,
                "Weights, lengths of the values, and lengths of what is added",
            )


def _offer_a_head(selection: Selection) -> None:
    layer, head = max(0, selection.layer), selection.among[0] if selection.among else 0
    st.info(
        "A mean of heads has no query and no key: each of its heads has its own. Take one of them apart.",
        icon=":material/info:",
    )
    st.button(
        f"Take L{layer} H{head} apart",
        on_click=url.select,
        kwargs={"layer": layer, "head": head},
        icon=":material/arrow_forward:",
    )


def _controls(trace: Trace, layer: int, head: int, query: int, key: int) -> None:
    columns = st.columns([3, 3, 2, 2])
    for column, name, label, side, at in (
        (columns[0], "token", "Query: the token that looks", trace.tokens, query),
        (columns[1], "key", "Key: the token that is looked at", trace.key_tokens, key),
    ):
        widget = url.bound(name)
        url.put(widget["key"], at)
        names = [f"{number} {token.text}" for number, token in enumerate(side)]
        column.selectbox(label, range(len(side)), format_func=names.__getitem__, **widget)
    for column, name, count, at in (
        (columns[2], "layer", len(trace.layers), layer),
        (columns[3], "head", trace.heads, head),
    ):
        widget = url.bound(name)
        url.put(widget["key"], at)
        column.selectbox(name.capitalize(), range(count), **widget)


def _last_ordinary(tokens: Sequence[Piece]) -> int:
    """The token to start from when none is held: the last word of the text, which in a decoder sees all before it."""
    ordinary = [at for at, token in enumerate(tokens) if not token.special]
    words = [at for at in ordinary if any(map(str.isalnum, tokens[at].text))]
    return [len(tokens) - 1, *ordinary[-1:], *words[-1:]][-1]


def _names(side: Sequence[Piece]) -> list[str]:
    """The texts, told apart. Isolated (UAX #9), or one from right to left would turn the numbers around it."""
    return [
        f"\u2068{piece.text}\u2069{name.removeprefix(piece.text)}"
        for piece, name in zip(side, told_apart(side), strict=True)
    ]


def _framed(number: int, title: str) -> st.delta_generator.DeltaGenerator:
    frame = st.container(border=True)
    frame.markdown(f"#### {number}. {title}")
    return frame


def _step(
    number: int,
    title: str,
    sentence: str,
    formula: str,
    picture: pictures.Figure,
    alt: str,
    *,
    check: str = "",
) -> None:
    """A step with its words at the left and its picture at the right; on a narrow screen one below the other."""
    with _framed(number, title):
        words, drawn = st.columns([5, 7], gap="medium")
        with words:
            st.markdown(sentence)
            _formula(formula)
            if check:
                aside(check)
        with drawn:
            _draw(picture, alt, f"step {number}")


def _formula(lines: str) -> None:
    st.code(lines, language=None, wrap_lines=True)


def _draw(figure: pictures.Figure, alt: str, key: str) -> None:
    st.plotly_chart(figure, theme=None, key=key, config={"displayModeBar": False}, alt=alt, width="stretch")


def _row(view: Pair, panels: list[pictures.Panel], selection: Selection, alt: str) -> None:
    apart = view.apart
    order = pictures.shown_keys(apart.weights, apart.key, strongest_first=selection.order == "weight")
    figure = pictures.row(panels, apart.trace.key_tokens, order, apart.key, visible=apart.visible, palette=view.palette)
    _draw(figure, alt, panels[-1].name)
    if len(order) < len(apart.weights):
        left = float(apart.weights.sum() - apart.weights[order].sum())
        which = "strongest" if selection.order == "weight" else "nearest"
        aside(
            f"The {len(order)} {which} keys are drawn; the other {len(apart.weights) - len(order):,} together have a "
            f"weight of {_number(left)}."
        )


def _strongest(view: Pair) -> None:
    """Who stands first, in words."""
    apart = view.apart
    first = int(np.argmax(apart.weights))
    if first == apart.key:
        st.markdown(f"{_quoted(view.key)} has the largest score of all.")
    elif not apart.hidden:
        ahead = int((apart.weights > apart.weights[apart.key]).sum())
        st.markdown(
            f"{_quoted(view.keys[first])} has the largest score, {_number(apart.top)}; {ahead:,} "
            f"{'key stands' if ahead == 1 else 'keys stand'} before {_quoted(view.key)}."
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


def _who_brings(apart: TakenApart) -> str:
    """“Dimension 17 alone brings 3.2 of 5.1; dimension 4 takes 1.0 away.”"""
    first, *others = apart.largest(_NAMED)
    values = apart.products
    if values[first] == 0:
        return ""
    if values[first] * apart.dot > 0:
        told = f"**Dimension {first} alone brings {_number(values[first])} of {_number(apart.dot)}**"
    else:
        told = f"**Dimension {first} alone brings {_number(values[first])}**, against the rest"
    further = [f"dimension {at}: {_number(values[at])}" for at in others]
    return f"{told} ({', '.join(further)})." if further else f"{told}."


def _about_scale(apart: TakenApart) -> str:
    size = len(apart.query_vector)
    if apart.scale == 1:
        return "This model compares q·k as it is; others divide it by the square root of its length."
    root = f"1/√{size} = " if math.isclose(apart.scale, size**-0.5, rel_tol=1e-6) else ""
    return (
        f"A sum of {size} products tends to be large, and large scores would leave almost everything to one key, so "
        f"this model multiplies it by {root}{apart.scale:.4g}."
    )


def _about_bias(apart: TakenApart) -> str:
    if apart.biases is None:
        return "It adds nothing else."
    return f"Then it adds a **bias** of {_number(apart.bias)}, which depends on how the two positions lie."


def _about_mask(view: Pair) -> str:
    apart = view.apart
    if apart.hidden:
        return f"**{markdown(apart.why_hidden)}** There is no weight then, which is not the same as a small one."
    if apart.visible.all():
        return f"No **mask**: {_quoted(view.query)} sees all {len(apart.visible):,} keys."
    return (
        f"A **mask** hides {int((~apart.visible).sum()):,} of {len(apart.visible):,} keys from {_quoted(view.query)}, "
        f"but not this one."
    )


def _check(apart: TakenApart, traced: str, here: str) -> str:
    if apart.agrees:
        return f":material/check: The Trace says {traced}, this sum gives {here}."
    return (
        f":material/warning: The Trace says {traced}, this sum gives {here}. They should agree to five digits; please "
        "report this with the address."
    )


def _quoted(name: str) -> str:
    return f"“{markdown(name)}”"


def _list(vector: Float64[np.ndarray, " size"]) -> str:
    """The first and last numbers of a vector."""
    if len(vector) <= 2 * _ENDS:
        return f"[ {' '.join(map(_factor, vector))} ]"
    return f"[ {' '.join(map(_factor, vector[:_ENDS]))} … {' '.join(map(_factor, vector[-_ENDS:]))} ]"


def _factor(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def _number(number: float) -> str:
    """Three decimals, or more digits where those would hide it; a real minus."""
    number = float(number)
    if number == 0:
        return "0"
    text = f"{number:.3f}" if 0.01 <= abs(number) < 1e6 else f"{number:.3g}"
    return text.replace("-", "−")


def _exact(number: float) -> str:
    """Six digits."""
    return f"{number:#.6g}".replace("-", "−")


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


def _share(weight: float) -> str:
    """Six decimals; of a smaller weight its first digits."""
    return f"{weight:.6f}" if weight >= 1e-6 or weight == 0 else f"{weight:.3g}".replace("-", "−")
