"""The words of "What attention can and cannot tell you", and the number that they are shown on."""

from __future__ import annotations

import numpy as np
import streamlit as st
from jaxtyping import Float32

from attention_viz.core.markdown import markdown
from attention_viz.core.trace import Trace
from attention_viz.measures import reading_of, share_by_norm
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache
from attention_viz.ui.state.changes import fit
from attention_viz.ui.state.selection import Selection
from attention_viz.ui.text import reading

CAN = """
An attention weight is a fact about one step of the computation: **how much of a key token's value vector this head adds
to a query token, here, in this layer**. Seen over a text, weights show

- **where a head reads**: the previous token, the same word elsewhere, the end of a sentence; in some heads and texts,
  what a pronoun stands for [1];
- **that heads divide the work**: some follow position, some follow grammar, some mostly rest on one token [1, 2];
- **which routes exist** at all: what gets no weight in any head can't be read in that layer.
"""

CANNOT = """
They do not show why the model decided as it did.

- **Other weights can give the same answer.** In classifiers built on recurrent networks, attention that was shuffled or
  made up often left the prediction nearly as it was [3]. When weights were set to zero, the largest were often not
  those that the decision hung on, and gradients told better which were [4]. How much that says is disputed: it depends
  on what one calls an explanation, and weights made up for one text are no trained model [5].
- **A large weight can carry little.** What is passed on is weight times value, and special tokens often have short
  values: a head that rests on [CLS] or [SEP] may simply have nothing to do [1, 6].
- **Attention has to go somewhere.** Each row adds up to 1. Many decoders put much of it on the first tokens of a text,
  whatever these are: attention sinks [9].
- **Tokens are no longer words.** From layer 1 on, each position holds a mixture of others, so "it looks at *cat*"
  means: at what has gathered at the position of *cat* [7].
- **Many heads can be switched off** with little loss when a trained model is used, in some layers all but one [8].
  In a translation model that was pruned, heads whose role could be named were the last to go [2].
"""

SO_READ_IT_LIKE_THIS = """
### So read it like this

1. Say "this head reads from", not "the model thinks".
2. Compare with a baseline: each measure here stands beside the same measure of a head that spreads evenly.
3. Try other texts before you give a head a name. One sentence shows one sentence.
4. To claim a cause, change something: take the word out, or the head, and see what the model does.
"""

SOURCES = """
### Sources

1. Clark, Khandelwal, Levy, Manning 2019. [What Does BERT Look At?](https://aclanthology.org/W19-4828)
2. Voita, Talbot, Moiseev, Sennrich, Titov 2019.
   [Analyzing Multi-Head Self-Attention](https://aclanthology.org/P19-1580)
3. Jain, Wallace 2019. [Attention is not Explanation](https://aclanthology.org/N19-1357)
4. Serrano, Smith 2019. [Is Attention Interpretable?](https://aclanthology.org/P19-1282)
5. Wiegreffe, Pinter 2019. [Attention is not not Explanation](https://aclanthology.org/D19-1002)
6. Kobayashi, Kuribayashi, Yokoi, Inui 2020.
   [Attention is Not Only a Weight](https://aclanthology.org/2020.emnlp-main.574)
7. Abnar, Zuidema 2020. [Quantifying Attention Flow in Transformers](https://aclanthology.org/2020.acl-main.385)
8. Michel, Levy, Neubig 2019. [Are Sixteen Heads Really Better than One?](https://arxiv.org/abs/1905.10650)
9. Xiao, Tian, Chen, Han, Lewis 2023.
   [Efficient Streaming Language Models with Attention Sinks](https://arxiv.org/abs/2309.17453)
"""


def on_your_text(selection: Selection) -> None:
    """The second and the third point of CANNOT, measured on what is selected."""
    info = cache.describe_model(selection.a.model)
    side, unfit = fit(selection.a, info)
    shell.notice(*unfit)
    trace = reading.read(info, side)
    layer, head = side.place.layer, side.place.head
    if layer is None or head is None:
        aside("Choose a single head on Explore to see this measured: a mean of heads has no values of its own.")
        return
    values = trace.values(layer, head)
    if values is None:
        aside(f"This can't be measured here: {markdown(trace.maps_only or '')}")
        return
    st.markdown(
        f"**On your text**, “{markdown(_beginning(side.text))}”: " + " ".join(resting(trace, layer, head, values))
    )
    aside("Lengths of the values before the output projection; the idea is that of source 6.")


def resting(trace: Trace, layer: int, head: int, values: Float32[np.ndarray, "key size"]) -> list[str]:
    """A sentence on how much of a head's attention rests on special tokens, where there are some; and one on the first
    token, where that is no special one. Each beside an even head, and by the lengths of the values too."""
    special = np.array([token.special for token in trace.key_tokens])
    first = np.arange(len(special)) == 0
    weights, even = trace.attention(layer, head), reading_of(trace, layer, head).uniform()
    sentences = []
    first_token = f"the first token, “{markdown(trace.key_tokens[0].text)}”"
    for name, keys in (("special tokens", special), (first_token, first & ~special)):
        if not keys.any():
            continue
        share, evenly = (float(one[:, keys].sum(axis=-1).mean()) for one in (weights, even))
        sentences.append(
            f"L{layer} H{head} spends {share:.0%} of its attention on {name}; a head that spreads evenly, "
            f"{evenly:.0%}. When each weight counts with the length of the value that it lets through, the share is "
            f"{share_by_norm(weights, values, keys):.0%}."
        )
    return sentences


def _beginning(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
