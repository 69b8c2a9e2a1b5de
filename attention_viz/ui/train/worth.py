"""What each head of a trained model is worth: one after the other is switched off."""

from __future__ import annotations

import numpy as np
import streamlit as st

from attention_viz.core.markdown import markdown
from attention_viz.figures.cells import cells
from attention_viz.figures.palette import palette_for
from attention_viz.toy.ablation import Ablation, ablate
from attention_viz.toy.leave_one_out import leave_one_out, uniform_accuracy
from attention_viz.toy.run import Run
from attention_viz.toy.tasks.keyword import Keyword
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server.trainings import Training
from attention_viz.ui.train.curves import CONFIG

# What the heads are worth ------------------------------------------------------------------------------------------


def worth_panel(run: Run, training: Training) -> None:
    step = run.steps[-1]
    with st.container(border=True):
        st.markdown("#### What is each head worth?")
        found = _ablated(training.id, step, run)
        words, picture = st.columns([4, 5], vertical_alignment="center")
        with words:
            st.markdown(
                f"One head after the other is switched off in the model after {step:,} steps. With all heads it is "
                f"right in **{found.whole:.1%}** of {run.at(step).places:,} ({run.task.counted}). The table says what "
                "is left without each, and without all heads of a layer."
            )
            layer, head = np.unravel_index(int(found.without.argmin()), found.without.shape)
            lost = found.whole - found.without[layer, head]
            st.markdown(
                f"It misses L{layer} H{head} most: **{lost * 100:.1f} points**."
                if lost > 0.005
                else "It misses none of them."
            )
            aside(
                "A head that can be spared alone may still do something: others may stand in for it. Whether they do, "
                "only switching off several at once can tell; the last column switches off a whole layer."
            )
        with picture:
            _without(run, found)
    if isinstance(run.task, Keyword):
        with st.container(border=True):
            _left_out(run)
    aside(f":material/lightbulb: {run.task.lesson}")


def _without(run: Run, found: Ablation) -> None:
    """What is left without each head, and without each layer where that is more than one head."""
    left, names = found.without, [f"head {head}" for head in range(run.config.heads)]
    off = [[f"L{layer} H{head}" for head in range(run.config.heads)] for layer in range(run.config.layers)]
    if run.config.heads > 1:
        left, names = np.column_stack([left, found.without_layer]), [*names, "all"]
        off = [[*row, f"all heads of layer {layer}"] for layer, row in enumerate(off)]
    figure = cells(
        left,
        [f"layer {layer}" for layer in range(run.config.layers)],
        names,
        texts=[[f"{one:.1%}" for one in row] for row in left],
        palette=palette_for(st.context.theme.type),
        hover=[
            [
                f"without {what}: {one:.1%}, with all heads {found.whole:.1%}"
                for what, one in zip(heads, row, strict=True)
            ]
            for heads, row in zip(off, left, strict=True)
        ],
        share=True,
    )
    st.plotly_chart(
        figure,
        width=figure.layout.width,
        theme=None,
        key="train worth",
        config=CONFIG,
        alt="Accuracy without each head and each layer",
    )


def _left_out(run: Run) -> None:
    """What the decision about the example hangs on, beside the weights: of both twins."""
    assert isinstance(run.task, Keyword)
    st.markdown("#### Do the weights explain the decision?")
    model, step = run.model(run.steps[-1]), run.steps[-1]
    read = run.task.read(run.config, run.task.example(run.config)[0])
    found = leave_one_out(model, read)
    st.markdown(
        f"Beside this model a twin has learned the same with attention that is **frozen and uniform**. After {step:,} "
        f"steps the one is right in {run.at(step).accuracy:.1%} of the texts, the other in "
        f"{uniform_accuracy(run.task, run.config, model):.1%}. Each word of the example is left out in turn: how far "
        "does the probability of the decision fall, and what weight did the word have?"
    )
    palette = palette_for(st.context.theme.type)
    words = [token.text for token in read.tokens]
    for column, (name, one) in zip(
        st.columns(2, gap="medium"),
        (("Learned attention", found.attentive), ("Uniform attention", found.uniform)),
        strict=True,
    ):
        with column:
            st.markdown(f"**{name}**: {markdown(one.decided)}, {one.probability:.2f}")
            fall = np.clip(-one.changes, 0, 1)
            st.plotly_chart(
                cells(
                    np.stack([one.weights, fall], axis=1),
                    words,
                    ["weight", "falls by"],
                    texts=[
                        [f"{weight:.2f}", f"{round(-change, 2) + 0.0:.2f}"]
                        for weight, change in zip(one.weights, one.changes, strict=True)
                    ],
                    palette=palette,
                    share=True,
                ),
                theme=None,
                key=f"train left out {name}",
                config=CONFIG,
                alt=f"{name}: of each word, its weight and how far the probability falls without it",
            )


@st.cache_resource(show_spinner="Switching heads off …", max_entries=100)
def _ablated(training: str, step: int, _run: Run) -> Ablation:  # noqa: ARG001 (training and step name the run)
    return ablate(_run.task, _run.config, _run.model(step))
