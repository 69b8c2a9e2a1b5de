"""What leaves can be read back, by the tools that people use."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

import attention_viz as av
from attention_viz.export.tables import file_name
from tests.conftest import tokens_of


def test_csv_reads_back_exactly(pronoun):
    weights = pronoun.attention(3, 1)
    table = pd.read_csv(io.BytesIO(av.to_csv(weights, pronoun.tokens, pronoun.tokens)), index_col=0)
    np.testing.assert_array_equal(table.to_numpy(dtype=np.float32), weights)
    assert list(table.index) == list(table.columns)
    assert table.loc["10 it", "2 cat"] == np.float64(f"{weights[10, 2]:.9g}")


def test_csv_of_words(pronoun):
    words = av.group_words(pronoun.tokens, pronoun.texts)
    merged = av.merge_words(pronoun.attention(0, 0), words, words)
    table = pd.read_csv(io.BytesIO(av.to_csv(merged, words, words)), index_col=0)
    assert table.columns[3] == "3 didn't"
    np.testing.assert_allclose(table.sum(axis=1), 1, atol=1e-5)


def test_csv_of_odd_tokens():
    tokens = tokens_of(['=HYPERLINK("x")', "a,b", '"', "-1", "@x", "好", "a\nb"])
    weights = np.eye(7, dtype=np.float32)
    data = av.to_csv(weights, tokens, tokens)
    table = pd.read_csv(io.BytesIO(data), index_col=0)
    assert list(table.columns) == [f"{number} {token.text}" for number, token in enumerate(tokens)]
    for line in data.decode().splitlines():
        for cell in line.split(","):
            assert cell.lstrip('"')[:1] not in ("=", "@", "+", "-"), "a spreadsheet would run it"


def test_file_names_are_plain(pronoun):
    assert file_name(pronoun, "L3", "H1", extension="csv") == "all-MiniLM-L6-v2_L3_H1.csv"
    odd = av.Trace(av.ModelInfo("../a b\0/ü", "x", (), 1, 1, 1, 1, "", "", ""), ("",), (), ())
    assert file_name(odd, extension="npz") == "a-b.npz"
