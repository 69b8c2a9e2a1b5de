"""The words of "What attention can and cannot tell you", and the number that they are shown on."""

from __future__ import annotations

import streamlit as st

from attention_viz.core.markdown import markdown
from attention_viz.measures import reading_of, special_share_by_norm, special_shares
from attention_viz.ui.app import shell
from attention_viz.ui.app.plain import aside
from attention_viz.ui.server import cache
from attention_viz.ui.state.changes import fit
from attention_viz.ui.state.selection import Selection
from attention_viz.ui.text import reading

CAN = """
An attention weight is a fact about one step of the computation: **how much of a key token's value vector this head adds
to a query token, here, in this layer**. Seen over a text, weights show

- **where a head reads**: the previous token, the same word elsewhere, the end of a sentence, what a pronoun stands for;
- **that heads divide the work**: some follow position, some follow grammar, some mostly rest on one token [1, 2];
- **which routes exist** at all: what gets no weight in any head can't be read in that layer.
"""

CANNOT = """
They do not show why the model decided as it did.

- **Other weights can give the same answer.** In trained classifiers, attention that was shuffled or made up often left
  the prediction as it was [3], and the largest weight is often not the word that matters most when it is taken out [4].
  How much that says is disputed: it depends on what one calls an explanation [5].
- **A large weight can carry little.** What is passed on is weight times value, and special tokens often have short
  values: a head that rests on [CLS] or [SEP] may simply have nothing to do [1, 6].
- **Tokens are no longer words.** From layer 1 on, each position holds a mixture of others, so "it looks at *cat*"
  means: at what has gathered at the position of *cat* [7].
- **Many heads can be switched off** with little loss, also heads with a striking pattern [8].
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
"""


def on_your_text(selection: Selection) -> None:
    """The second point of CANNOT, measured on what is selected."""
    info = cache.describe_model(selection.a.model)
    side, unfit = fit(selection.a, info)
    shell.notice(*unfit)
    trace = reading.read(info, side)
    layer, head = side.place.layer, side.place.head
    if layer is None or head is None:
        aside("Choose a single head on Explore to see this measured: a mean of heads has no values of its own.")
        return
    weights, about = trace.attention(layer, head), reading_of(trace, layer, head)
    by_weight = sum(special_shares(weights, about).values())
    values = trace.values(layer, head)
    if values is None:
        aside(f"This can't be measured here: {markdown(trace.maps_only)}")
        return
    by_norm = special_share_by_norm(weights, values, about)
    st.markdown(
        f"**On your text**, “{markdown(_beginning(side.text))}”: {side.place.name} spends {by_weight:.0%} "
        "of its attention on special tokens. When each weight counts with the length of the value that it lets "
        f"through, their share is {by_norm:.0%}."
    )
    aside("Lengths of the values before the output projection; the idea is that of source 6.")


def _beginning(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
