"""Finding the keyword: the texts, the twins, and what is seen when a word is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from attention_viz.core.errors import ConfigError, TextError
from attention_viz.toy.chance import FIRST_WEIGHTS, generator, initialise
from attention_viz.toy.leave_one_out import leave_one_out, uniform_accuracy
from attention_viz.toy.patterns import uniform_masses
from attention_viz.toy.task import Batch, cross_entropy
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.tasks.keyword import CLASSES, KEYWORDS, Classifier, Keyword, twins
from attention_viz.toy.training import held_out, model_of, train
from tests.sentences import said

TASK = Keyword()
CONFIG = replace(TASK.defaults, width=16)
TEXT = "she said that the rain was new to all"


def untrained() -> Classifier:
    model = Classifier(CONFIG.width)
    initialise(model, generator(0, FIRST_WEIGHTS))
    return model.eval()


def words_of(batch: Batch) -> list[list[str]]:
    """The words of a batch's texts, from examples that the task wrote out itself."""
    numbers: dict[int, str] = {}
    for seed in range(60):
        text, _ = TASK.example(replace(CONFIG, seed=seed))
        numbers.update((token.id, token.text) for token in TASK.read(CONFIG, text).tokens)
    return [[numbers[int(word)] for word in row] for row in batch.inputs]


def test_one_keyword_says_the_class_and_none_says_nothing():
    batch = TASK.batch(CONFIG, generator(0, 0), 300)
    assert set(batch.targets[:, 0].tolist()) == set(range(len(CLASSES)))
    class_of = {word: name for name, words in KEYWORDS.items() for word in words}
    places = set()
    for row, words in enumerate(words_of(batch)):
        assert len(words) == 16
        found = [place for place, word in enumerate(words) if word in class_of]
        assert batch.patterns["keyword"][row, 0].nonzero()[:, 0].tolist() == found
        assert len(found) <= 1
        says = class_of[words[found[0]]] if found else "nothing"
        assert CLASSES[batch.targets[row, 0]] == says
        places.update(found)
    assert places == set(range(16)), "a keyword may stand anywhere"


def test_each_word_is_known_once():
    assert len({word for words in KEYWORDS.values() for word in words}) == 12
    for words in KEYWORDS.values():
        read = TASK.read(CONFIG, " ".join(words))
        assert [token.text for token in read.tokens] == list(words)
    assert not {"nothing"} & set(KEYWORDS)


@torch.no_grad()
def test_the_twin_with_uniform_attention_takes_the_mean():
    model, batch = untrained(), TASK.batch(CONFIG, generator(0, 0), 5)
    logits, weights = model.uniform(batch.inputs)
    states, _ = model.uniform.encoder(model.uniform.embedding(batch.inputs))
    by_hand = sum(states[:, place] for place in range(16)) / 16
    torch.testing.assert_close(logits, model.uniform.head(by_hand))
    torch.testing.assert_close(weights, torch.full((5, 16), 1 / 16))


@torch.no_grad()
def test_the_attention_of_the_other_is_learned_and_counts():
    model, batch = untrained(), TASK.batch(CONFIG, generator(0, 0), 5)
    output = model(batch.inputs)
    (attended,) = output.attended
    assert attended.weights.shape == (5, 1, 1, 16)
    assert attended.weights.std() > 1e-3
    assert uniform_masses(output.attended, batch.patterns) == {"keyword": pytest.approx(1 / 16)}
    states, _ = model.attentive.encoder(model.attentive.embedding(batch.inputs))
    context = torch.einsum("bt,bts->bs", attended.weights[:, 0, 0], states)
    torch.testing.assert_close(output.logits[:, 0], model.attentive.head(context))


def test_each_twin_learns_from_its_own_loss_alone():
    model, batch = untrained(), TASK.batch(CONFIG, generator(0, 0), 20)
    torch.autograd.backward(TASK.loss(model, batch))
    together = {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}
    assert len(together) == len(list(model.parameters()))
    model.zero_grad()
    torch.autograd.backward(cross_entropy(model(batch.inputs).logits, batch))
    for name, weight in model.named_parameters():
        if name.startswith("attentive."):
            assert weight.grad is not None
            torch.testing.assert_close(weight.grad, together[name])
        else:
            assert weight.grad is None
            assert together[name].abs().sum() > 0


@pytest.mark.learns
def test_the_twin_is_counted_on_the_same_texts_and_learns_as_well():
    few = replace(TASK.defaults, steps=60, learning_rate=1e-2)
    *_, last = train(TASK, few)
    model, batch = twins(model_of(TASK, few, last.state.weights)), held_out(TASK, few)
    with torch.no_grad():
        right = [
            int(model.uniform(words[None])[0].argmax()) == int(target)
            for words, target in zip(batch.inputs, batch.targets, strict=True)
        ]
    assert uniform_accuracy(TASK, few, model) == pytest.approx(np.mean(right))
    assert min(last.accuracy, sum(right) / len(right)) > 0.5, "of five classes"


@torch.no_grad()
def test_leaving_out_is_reading_the_text_without_the_word():
    model, read = untrained(), TASK.read(CONFIG, TEXT)
    found = leave_one_out(model, read)
    words = TEXT.split()
    for branch, explained in ((model.attentive, found.attentive), (model.uniform, found.uniform)):
        whole = branch(read.ids[None])[0][0].softmax(dim=-1)
        decided = CLASSES.index(explained.decided)
        assert decided == int(whole.argmax())
        assert explained.probability == pytest.approx(float(whole[decided]), rel=1e-4)
        assert len(explained.changes) == len(words)
        for place in range(len(words)):
            shorter = TASK.read(CONFIG, " ".join(words[:place] + words[place + 1 :]))
            without = branch(shorter.ids[None])[0][0].softmax(dim=-1)[decided]
            assert explained.changes[place] == pytest.approx(float(without - whole[decided]), abs=1e-6)
    assert found.uniform.weights == pytest.approx(np.full(len(words), 1 / len(words)))
    assert found.attentive.weights == pytest.approx(model(read.ids[None]).attended[0].weights[0, 0, 0].numpy())
    assert found.attentive.weights.std() > 1e-3


def test_one_word_can_not_be_left_out():
    with pytest.raises(TextError, match="“rain” is one word: nothing is left without it"):
        leave_one_out(untrained(), TASK.read(CONFIG, " rain "))


def test_a_model_without_a_twin_is_named():
    reverse = TASKS["reverse"]
    with pytest.raises(ConfigError, match="A model of the task “keyword” is wanted, and not a Transformer"):
        leave_one_out(reverse.build(reverse.defaults), TASK.read(CONFIG, TEXT))


def test_the_decision_asks():
    model, read = untrained(), TASK.read(CONFIG, TEXT)
    response = TASK.respond(CONFIG, model, read, None)
    (token,) = response.tokens
    decided = CLASSES[int(model(read.ids[None]).logits.argmax())]
    assert (token.text, token.special, token.span, token.segment) == (f"[{decided}]", True, None, 1)
    assert TASK.given_of(response) is None
    assert model(read.ids[None], TASK.given_of(response)).attended[0].weights.shape == (1, 1, 1, len(read.tokens))
    assert not response.notes
    told = TASK.respond(CONFIG, model, read, "music")
    assert told.tokens == response.tokens
    assert said(told.notes) == ("This model decides by itself; the second text is not read.",)


@torch.no_grad()
def test_without_its_head_the_decision_is_the_same_for_every_text():
    model, batch = untrained(), TASK.batch(CONFIG, generator(0, 0), 5)
    off = model(batch.inputs, None, frozenset({(0, 0)})).logits
    torch.testing.assert_close(off, model.attentive.head.bias.expand_as(off))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to read. This model reads rain snow"),
        ("the Rain", "does not know “Rain”"),
        ("rain, snow", "“rain,”"),
    ],
)
def test_words_that_are_not_known_are_named(text: str, sentence: str):
    with pytest.raises(TextError, match=sentence):
        TASK.read(CONFIG, text)


def test_a_text_may_be_shorter_or_longer_than_those_learned_from():
    model = untrained()
    for count in (2, 40):
        read = TASK.read(CONFIG, " ".join(["old", "snow"] * (count // 2)))
        assert leave_one_out(model, read).uniform.weights == pytest.approx(np.full(count, 1 / count))
    read = TASK.read(CONFIG, "old " * 100)
    assert len(read.tokens) == TASK.token_limit
    assert read.notes
