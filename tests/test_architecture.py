"""What the layout promises and no tool checks: names, sizes, one home for each kind of thing, true documents."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailguard.i18n import CATALOGUES
from mailguard.model.queue import FINAL, TRANSITIONS, Mover, State
from mailguard.model.verdict import Reason
from tests import diagram

CHECKOUT = Path(__file__).resolve().parents[1]
HOUSE = CHECKOUT / "mailguard"
MODULES = sorted(HOUSE.rglob("*.py"))
FILES_MAX_LINES = 540
FUNCTION_MAX_LINES = 60
TOP_LEVEL = {
    "pyproject.toml", "requirements.lock", "mailguard", "policies", "deploy", "tests", "README.md", "README.ja.md",
    "docker-compose.yml", "LICENSE", "CHANGELOG.md",
}  # fmt: skip
GRAB_BAGS = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc", "core"}
ASKS_THE_CLOCK = {
    "clock.py",
    "cli/own_certificate.py",  # dates of a certificate: the machine's clock is what is judged
    "cli/first_certificate.py",
    "cli/examination.py",
    "store/group_commit.py",  # waits for another process, which no clock of a test moves
    "workers/sweeper.py",  # ages of files, by the file system's clock
}


def name_of(path: Path) -> str:
    """A module as reports name it."""
    return path.relative_to(HOUSE).as_posix()


def tracked() -> list[str]:
    """Every file git knows or would take; nothing it ignores."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, cwd=CHECKOUT, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.decode().split("\0") if name and (CHECKOUT / name).exists()]


def imports_of(path: Path) -> Iterator[str]:
    """The names of the modules a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def names_from_sqlalchemy(path: Path) -> Iterator[str]:
    """What a module takes from SQLAlchemy."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "sqlalchemy")


NOT_FOR_THE_RELAY = {
    "pikepdf", "pypdfium2", "msoffcrypto", "olefile", "py7zr", "python_calamine", "sudachipy", "phonenumbers",
    "pyzipper", "reportlab", "mailguard.inspection", "mailguard.judging.reading", "alembic", "webauthn", "joserfc",
    "httpx2", "ldap3", "dns",
}  # fmt: skip
"""What only another process, a first use or a setting loads."""


def test_state_diagram_in_the_document_is_the_table() -> None:
    """Whoever reads the diagram reads what the code does."""
    assert diagram.drawn() == diagram.in_document()


def test_every_state_is_reached_and_left_unless_final() -> None:
    """No recipient can stand somewhere for ever because a move was forgotten."""
    reached = {State.ACCEPTED} | {target for _, target in TRANSITIONS}
    left = {source for source, _ in TRANSITIONS}
    left_by_work = {source for (source, _), movers in TRANSITIONS.items() if movers != {Mover.PERSON}}

    assert set(State) == reached
    assert set(State) - FINAL == left_by_work
    assert left - left_by_work == {State.CANCELLED}


def test_top_level_holds_only_what_belongs_there() -> None:
    """The checkout's top stays what a newcomer can read in one glance."""
    names = {name.split("/")[0] for name in tracked()}

    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_says_what_it_promises_and_stays_small(path: Path) -> None:
    """A file begins with its charter and can be read in one sitting."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [
        node.name
        for node in functions
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_MAX_LINES and "migrations" not in path.parts
    ]

    assert ast.get_docstring(tree)
    assert len(path.read_text().splitlines()) <= FILES_MAX_LINES
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_names_say_what_holds(path: Path) -> None:
    """Every public class and function has a docstring, apart from what implements a documented protocol."""
    if "migrations" in path.parts:
        return
    tree = ast.parse(path.read_text())
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    """What has no better name has no place yet."""
    assert [name_of(path) for path in MODULES if path.stem in GRAB_BAGS] == []


def test_model_needs_the_standard_library_alone() -> None:
    """The values everything speaks in depend on nothing that could change under them."""
    allowed = sys.stdlib_module_names | {"mailguard"}
    foreign = {
        (name_of(path), name)
        for path in (HOUSE / "model").glob("*.py")
        for name in imports_of(path)
        if name.split(".")[0] not in allowed
        or (name.startswith("mailguard") and not name.startswith("mailguard.model"))
    }

    assert foreign == set()


def test_relay_starts_without_what_other_processes_and_rare_settings_need() -> None:
    """What reads hostile files is not in the relay's process, and nobody waits for what the settings do not ask for."""
    asked = "import sys, mailguard.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, cwd=CHECKOUT, check=True, text=True)

    assert NOT_FOR_THE_RELAY.intersection(done.stdout.split()) == set()


def test_statements_live_in_queries_alone() -> None:
    """SQL has one home in each package that owns tables; elsewhere only the type of a connection is named."""
    elsewhere = {
        (name_of(path), name)
        for path in MODULES
        if path.relative_to(HOUSE).parts[0] != "store" and not path.name.endswith("queries.py")
        for name in names_from_sqlalchemy(path)
        if name not in {"Connection", "Row"}
    }

    assert elsewhere == set()


def test_nobody_asks_for_the_time_but_the_clock() -> None:
    """Time is in the test's hand: a module that looks at the clock by itself cannot be shown to be right."""
    asking = {
        name_of(path)
        for path in MODULES
        if re.search(r"\b(datetime\.now|time\.time|time\.monotonic|utcnow)\(", path.read_text())
    }

    assert asking <= ASKS_THE_CLOCK


def test_layers_name_every_room_of_the_document() -> None:
    """The layers that are checked, those that are drawn and the rooms that are described are the same."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    document = diagram.ARCHITECTURE.read_text()
    block = document.partition("```\n__main__")[2].partition("```")[0]
    drawn = {name.strip() for name in re.split(r"[|;\n]", "__main__" + block) if name.strip()}
    named = re.findall(r"^\| `([^`]+)` \|", document, re.MULTILINE)
    described = {name.removesuffix("/").removesuffix(".py") for name in named}
    checked = {name.strip() for layer in layers for name in layer.split("|")}
    rooms = {path.stem for path in HOUSE.iterdir() if path.name != "__init__.py" and (path / "__init__.py").exists()}
    rooms |= {path.stem for path in HOUSE.glob("*.py") if path.name != "__init__.py"}

    assert rooms == checked
    assert rooms == drawn
    assert rooms == described | {"__main__"}


def test_every_reason_has_words_in_both_languages() -> None:
    """No clerk is ever shown the name of an enum."""
    wanted = {f"reason.{reason.value}" for reason in Reason}

    assert all(wanted <= texts.keys() for texts in CATALOGUES.values())


def test_no_file_names_a_package_registry_or_a_foreign_machine() -> None:
    """Whoever installs takes packages from where they are set up to, and learns nothing of where it was written."""
    unwanted = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|/work/|deb\.debian\.org", re.IGNORECASE)
    here = Path(__file__).relative_to(CHECKOUT).as_posix()
    found = []
    for name in tracked():
        text = (CHECKOUT / name).read_bytes()
        if name != here and unwanted.search(text.decode("utf-8", "replace")):
            found.append(name)

    assert found == []


def test_every_english_guide_has_its_japanese_twin() -> None:
    """An office's administrator reads the same in Japanese."""
    guides = [name for name in tracked() if name.endswith("README.md") and not name.startswith("tests/")]

    assert [name for name in guides if not (CHECKOUT / name.replace("README.md", "README.ja.md")).exists()] == []
