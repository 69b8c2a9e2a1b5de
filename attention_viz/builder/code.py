"""What is on the page as a program: one for PyTorch and one for NumPy. The tests run both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_viz.builder.build import Build, table
from attention_viz.mechanism.learning import FEATURES, RATE, SEQUENCES, TOKENS, VALUE_SIZE
from attention_viz.mechanism.normalising import NOTHING
from attention_viz.mechanism.recipe import visible


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a library writes what the programs need. {} stands for what it is applied to.

    pick: of what each row has, the one whose place is said. unless: what it is, or NaN where the first is so.
    """

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
    unless: str
    swap: str
    pick: str


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
    unless="torch.where({}, torch.nan, {})",
    swap="{}.transpose(-1, -2)",
    pick="torch.take_along_dim({}, 1)",
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
    unless="np.where({}, np.nan, {})",
    swap="{}.swapaxes(-1, -2)",
    pick="np.take_along_axis({}, 1)",
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
    imports = ["import numpy as np"] + ([dialect.imports] if dialect is TORCH else [])

    def drawn(name: str, *shape: int, small: bool = True) -> str:
        made = dialect.drawn.format(f"rng.standard_normal({shape})")
        return f"{name} = {made}{f' / {FEATURES}**0.5' if small else ''}"

    lines = [
        *imports,
        "",
        f"rng = np.random.default_rng({build.seed})",
        drawn("X", TOKENS, FEATURES, small=False),
        drawn("W_Q", FEATURES, FEATURES),
        drawn("W_V", FEATURES, VALUE_SIZE),
    ]
    if build.steps:
        lines += [
            "",
            "# The teacher, whom the head never sees: token i should read the j with the largest x_i T x_j,",
            "# and find x_j U there.",
            drawn("T", FEATURES, FEATURES),
            drawn("U", FEATURES, VALUE_SIZE),
            "",
            *_learning(build, dialect, drawn("x", SEQUENCES, TOKENS, FEATURES, small=False)),
            "",
        ]
    return [*lines, "Q, K, V = X @ W_Q, X, X @ W_V"]


def _learning(build: Build, dialect: Dialect, fresh: str) -> list[str]:
    """Gradient descent on the mean squared error, the gradient written out."""
    turned = {name: dialect.swap.format(name) for name in ("x", "V", "A")}
    over = f" / {FEATURES}**0.5" if build.scaled else ""
    total = dialect.total.format("(A * dA)")
    shared = dialect.exp.format(f"S - {dialect.largest.format('S')}")
    body = [
        f"{fresh}  # fresh features",
        f"read = (x @ T @ {turned['x']}).argmax(-1)",
        f"Y = {dialect.pick.format('x @ U, read[..., None]')}",
        "V = x @ W_V",
        f"S = x @ W_Q @ {turned['x']}{over}",
        f"A = {shared}",
        f"A = A / {dialect.total.format('A')}",
        f"dO = 2 * (A @ V - Y) / {SEQUENCES * TOKENS * VALUE_SIZE}",
        f"dA = dO @ {turned['V']}",
        f"dS = A * (dA - {total}){over}",
        f"rows = x.reshape(-1, {FEATURES}).T",
        f"W_Q = W_Q - {RATE:g} * rows @ (dS @ x).reshape(-1, {FEATURES})",
        f"W_V = W_V - {RATE:g} * rows @ ({turned['A']} @ dO).reshape(-1, {VALUE_SIZE})",
    ]
    return [f"for _ in range({build.steps}):", *(f"    {line}" for line in body)]


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
        *((TOKENS,) * 2 if build.source == "random" else (len(build.names), len(build.key_names))),
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
    if build.normaliser in ("sum", "root"):
        return _shares(build, dialect)
    hotter = [] if build.temperature == 1 else [f"scores = scores / {build.temperature!r}"]
    below = f"scores - {dialect.largest.format('scores')}"
    if build.normaliser == "softmax":
        powers = dialect.exp.format(below)
        return [*hotter, f"powers = {powers}", f"weights = powers / {dialect.total.format('powers')}"]
    running = dialect.running.format(f"({dialect.down.format('scores')})")
    return [
        *hotter,
        f"scores = {below}",
        f"sums = {running}",
        f"threshold = {dialect.largest.format(f'((sums - 1) / {dialect.steps})')}",
        f"weights = {dialect.clip.format('(scores - threshold)')}",
    ]


def _shares(build: Build, dialect: Dialect) -> list[str]:
    """Hidden scores don't count in the sum, and get nothing of it."""
    root = build.normaliser == "root"
    least = f"{NOTHING:g} * {dialect.total.format('abs(scores)')}"
    undefined = f"{'total' if root else 'abs(total)'} <= {least}"
    by = dialect.root.format("total") if root else "total"
    return [
        *([f"scores = {dialect.zero.format('scores')}"] if build.masks else []),
        f"total = {dialect.total.format('scores')}",
        f"# Undefined where the sum is {'negative or ' if root else ''}0, but for rounding",
        f"total = {dialect.unless.format(undefined, 'total')}",
        f"weights = scores / {by}",
        *([f"weights = {dialect.zero.format('weights')}"] if build.masks else []),
    ]


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
