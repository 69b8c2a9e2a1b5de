"""What is on the page as a program: one for PyTorch and one for NumPy. The tests run both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_viz.mechanism.recipe import visible
from attention_viz.ui.build_state import RANDOM_SIZE, Build, table


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a library writes what the programs need. {} stands for what it is applied to."""

    imports: str
    matrix: str
    drawn: str
    mask: str
    hide: str
    zero: str
    exp: str
    largest: str
    total: str
    tanh: str
    root: str
    length: str
    down: str
    steps: str
    running: str
    clip: str
    swap: str


TORCH = Dialect(
    imports="import torch",
    matrix="torch.tensor({}, dtype=torch.float64)",
    drawn="torch.from_numpy({})",
    mask="torch.tensor({})",
    hide='{}.masked_fill(~visible, float("-inf"))',
    zero="{}.masked_fill(~visible, 0)",
    exp="torch.exp({})",
    largest="{}.amax(dim=-1, keepdim=True)",
    total="{}.sum(dim=-1, keepdim=True)",
    tanh="torch.tanh({})",
    root="{}.sqrt()",
    length="{}.norm(dim=-1, keepdim=True)",
    down="{}.sort(dim=-1, descending=True).values",
    steps="torch.arange(1, scores.shape[-1] + 1)",
    running="{}.cumsum(dim=-1)",
    clip="{}.clamp(min=0)",
    swap="{}.transpose(-1, -2)",
)
NUMPY = Dialect(
    imports="import numpy as np",
    matrix="np.array({})",
    drawn="{}",
    mask="np.array({})",
    hide="np.where(visible, {}, -np.inf)",
    zero="np.where(visible, {}, 0)",
    exp="np.exp({})",
    largest="{}.max(axis=-1, keepdims=True)",
    total="{}.sum(axis=-1, keepdims=True)",
    tanh="np.tanh({})",
    root="np.sqrt({})",
    length="np.linalg.norm({}, axis=-1, keepdims=True)",
    down="-np.sort(-{}, axis=-1)",
    steps="np.arange(1, scores.shape[-1] + 1)",
    running="{}.cumsum(axis=-1)",
    clip="np.maximum({}, 0)",
    swap="{}.swapaxes(-1, -2)",
)


def program(build: Build, dialect: Dialect) -> str:
    """A program that prints the weights and the output on the page. The build has no faults."""
    parts = [_inputs(build, dialect), _heads(build), _scores(build, dialect), _mask(build, dialect)]
    parts += [_weights(build, dialect), _output(build), ["print(weights)", "print(output)"]]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _inputs(build: Build, dialect: Dialect) -> list[str]:
    if build.source == "random":
        return _random(build, dialect)
    lines = [dialect.imports, ""]
    for name in build.shown:
        rows = table(build, name)
        written = _matrix(rows) if name != "v" else _row(rows[0])
        lines.append(f"{name} = {dialect.matrix.format(written)}")
    if build.source == "words":
        lines += ["Q, K, V = X @ W_Q, X @ W_K, X @ W_V"]
    return lines


def _random(build: Build, dialect: Dialect) -> list[str]:
    tokens, features, size = RANDOM_SIZE
    imports = ["import numpy as np"] + ([dialect.imports] if dialect is TORCH else [])
    drawn = [
        f"X = rng.standard_normal(({tokens}, {features}))",
        f"W_Q = rng.standard_normal(({features}, {features})) / {features}**0.5",
        f"W_V = rng.standard_normal(({features}, {size})) / {features}**0.5",
    ]
    if dialect is TORCH:
        drawn.append("X, W_Q, W_V = (torch.from_numpy(drawn) for drawn in (X, W_Q, W_V))")
    return [*imports, "", f"rng = np.random.default_rng({build.seed})", *drawn, "Q, K, V = X @ W_Q, X, X @ W_V"]


def _heads(build: Build) -> list[str]:
    if build.heads == 1:
        return []
    return [
        f"# [token, size] → [head, token, size / {build.heads}]",
        f"Q, K, V = (rows.reshape(len(rows), {build.heads}, -1).swapaxes(0, 1) for rows in (Q, K, V))",
    ]


def _scores(build: Build, dialect: Dialect) -> list[str]:
    turned = dialect.swap.format("K") if build.heads > 1 else "K.T"
    if build.scoring == "dot":
        lines = [f"scores = Q @ {turned}"]
    elif build.scoring == "general":
        lines = [f"scores = Q @ W @ {turned}"]
    elif build.scoring == "cosine":
        lengths = " * ".join((dialect.length.format("Q"), dialect.swap.format(dialect.length.format("K"))))
        lines = [f"scores = Q @ {turned} / ({lengths})"]
    else:
        pairs = "(Q @ W_1)[..., :, None, :] + (K @ W_2)[..., None, :, :]"
        lines = [f"scores = {dialect.tanh.format(pairs)} @ v"]
    return [*lines, "scores = scores / K.shape[-1] ** 0.5"] if build.scaled else lines


def _mask(build: Build, dialect: Dialect) -> list[str]:
    seen = visible(
        *((RANDOM_SIZE[0],) * 2 if build.source == "random" else (len(build.names), len(build.key_names))),
        build.masks,
        length=build.length,
        radius=build.radius,
    )
    if seen is None:
        return []
    return [
        "# True where a query may see a key",
        f"visible = {dialect.mask.format(_matrix(seen.tolist()))}",
        f"scores = {dialect.hide.format('scores')}",
    ]


def _weights(build: Build, dialect: Dialect) -> list[str]:
    hotter = [] if build.temperature == 1 else [f"scores = scores / {build.temperature!r}"]
    if build.normaliser == "softmax":
        powers = dialect.exp.format(f"scores - {dialect.largest.format('scores')}")
        return [*hotter, f"powers = {powers}", f"weights = powers / {dialect.total.format('powers')}"]
    if build.normaliser == "sparsemax":
        running = dialect.running.format(f"({dialect.down.format('scores')})")
        return [
            *hotter,
            f"sums = {running}",
            f"threshold = {dialect.largest.format(f'((sums - 1) / {dialect.steps})')}",
            f"weights = {dialect.clip.format('(scores - threshold)')}",
        ]
    # Hidden scores don't count in the sum, and get nothing of it.
    seen = [f"scores = {dialect.zero.format('scores')}"] if build.masks else []
    total = dialect.total.format("scores")
    return [*seen, f"weights = scores / {total if build.normaliser == 'sum' else dialect.root.format(total)}"]


def _output(build: Build) -> list[str]:
    if build.heads == 1:
        return ["output = weights @ V"]
    lines = ["output = weights @ V", "output = output.swapaxes(0, 1).reshape(output.shape[1], -1)"]
    return [*lines, "output = output @ W_O"] if "W_O" in build.shown else lines


def _matrix(rows: Sequence[Sequence[object]]) -> str:
    if len(rows) == 1:
        return f"[{_row(rows[0])}]"
    return "[\n" + "".join(f"    {_row(row)},\n" for row in rows) + "]"


def _row(row: Sequence[object]) -> str:
    return "[" + ", ".join(repr(cell) for cell in row) + "]"
