"""The shape of the package: which part may import which, and what `import attention_viz` costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import attention_viz as av

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "attention_viz"

# What a room may import of the others, as docs/decisions.md draws it. Everything may import core.
ALLOWED = {
    "core": set(),
    "mechanism": set(),
    "toy": {"mechanism"},
    "models": {"toy"},
    "measures": set(),
    "figures": set(),
    "export": set(),
    "imports": set(),
    "builder": {"mechanism"},
    "views": {"measures", "figures"},
    "components": {"views"},
}
# What only knows values; the rooms of ui may import all of it.
LIBRARY = set(ALLOWED)
# The rooms of ui that others share, each with those of them that it may import; and one for each page, which may import
# all of these, and no other page's.
SHARED = {
    "ui.server": set(),
    "ui.state": set(),
    "ui.app": {"ui.server", "ui.state"},
    "ui.text": {"ui.server", "ui.state", "ui.app"},
}
PAGES = {"ui.build", "ui.compare", "ui.explore", "ui.inside", "ui.limits", "ui.models", "ui.train"}
# Which parts may import a heavy library. Others may not, whoever else has loaded it already.
HEAVY = {
    "streamlit": {"ui", "components"},
    "torch": {"models", "mechanism", "toy"},
    "transformers": {"models"},
    "plotly": {"figures"},
    "pandas": {"figures", "export", "ui"},
}


def imports_of(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide which way an arrow points"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def room_of(*parts: str) -> str:
    """The room that a module lies in: "core", or "ui.explore"."""
    return ".".join(parts[:2]) if parts[0] == "ui" else parts[0]


def may_import(room: str, other: str) -> bool:
    if other in (room, "core"):
        return True
    if room in LIBRARY:
        return other in ALLOWED[room]
    return other in LIBRARY or other in SHARED.get(room, SHARED)


def test_every_room_has_its_rule():
    rooms = {room_of(*path.relative_to(PACKAGE).with_suffix("").parts) for path in MODULES}
    assert rooms - {"ui.__init__"} == LIBRARY | set(SHARED) | PAGES
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == {room.removeprefix("ui.") for room in PAGES}


@pytest.mark.parametrize("file", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(file: Path):
    room = room_of(*file.relative_to(PACKAGE).with_suffix("").parts)
    for name in imports_of(file):
        root, *rest = name.split(".")
        if root == "attention_viz":
            assert rest, f"{file} imports the public API, which imports everything"
            assert may_import(room, room_of(*rest)), f"{room} may not import {name}"
        elif root in HEAVY:
            assert room.split(".")[0] in HEAVY[root], f"{room} may not import {root}"


def test_only_jobs_begin_threads():
    """And a line to the Hub: one that is silent can only be broken off from another thread."""
    begin = {"Thread", "Timer", "ThreadPoolExecutor", "ProcessPoolExecutor"}
    found = set()
    for file in MODULES:
        called = (
            node.func for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        )
        if begin & {getattr(one, "attr", getattr(one, "id", "")) for one in called}:
            found.add(str(file.relative_to(PACKAGE)))
    assert found == {"ui/server/jobs.py", "models/hub/line.py"}


@pytest.mark.parametrize("room", sorted(LIBRARY))
def test_the_library_is_tested_without_the_ui(room: str):
    files = [*(ROOT / "tests" / room).rglob("test_*.py")]
    assert files, "what has no tests is tested nowhere"
    for file in files:
        for name in imports_of(file):
            assert not name.startswith(("attention_viz.ui", "tests.ui", "tests.pages")), f"{file} imports {name}"


def test_no_import_leads_back_to_where_it_began():
    """Two modules that need each other are one thought cut in two."""
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in MODULES}
    known = set(names.values())
    needs = {}
    for path, name in names.items():
        found = {one for full in imports_of(path) for one in (full, full.rpartition(".")[0]) if one in known}
        needs[name] = found - {name}
    while leaves := {name for name, wanted in needs.items() if not wanted & needs.keys()}:
        for name in leaves:
            del needs[name]
    assert not needs


@pytest.mark.parametrize("file", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_pages_are_thin_and_know_only_the_ui(file: Path):
    for name in imports_of(file):
        assert name.split(".")[0] == "streamlit" or name.startswith(("attention_viz.ui", "attention_viz.views")), name
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize("file", sorted((PACKAGE / "components").rglob("*.py")), ids=lambda path: str(path.parent.name))
def test_of_the_components_only_the_host_of_a_streamlit_page_knows_streamlit(file: Path):
    if file.parent != PACKAGE / "components" / "hosts" / "streamlit":
        for name in imports_of(file):
            assert name.split(".")[0] != "streamlit"
            assert ".hosts." not in name, "a view knows no host"


def test_import_is_light():
    heavy = "torch", "transformers", "plotly", "pandas", "streamlit", "numpy"
    code = f"import sys, attention_viz; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_describing_a_model_does_not_import_torch():
    code = "import sys, attention_viz as av; av.describe_model('all-MiniLM-L6-v2'); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_public_names_and_their_homes_agree():
    assert set(av.__all__) == set(av._HOME), "each exported name has a home, each home an exported name"
    for name in av.__all__:
        assert getattr(av, name) is not None
    assert dir(av) == sorted(av.__all__)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'attention'"):
        av.attention  # noqa: B018 (asking is the test)
