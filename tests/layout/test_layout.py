"""The house: its rooms, the directions between them, and what an import costs."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FOLDERS = {"ell2a": "ell2a", "providers": "ell2a.providers", "studio": "ell2a.studio", "migrations": "ell2a.migrations"}

VOCABULARY = ("ell2a.messages", "ell2a.calls", "ell2a.errors")
TOP = ("ell2a.studio",)
MAY_IMPORT: list[tuple[str, tuple[str, ...]]] = [
    ("ell2a.messages", ("ell2a.messages", "ell2a.errors")),
    ("ell2a.calls", VOCABULARY),
    ("ell2a.errors", ()),
    ("ell2a.log", (*VOCABULARY, "ell2a.log", "ell2a.migrations")),
    ("ell2a.migrations", (*VOCABULARY, "ell2a.log", "ell2a.migrations")),
    ("ell2a.providers", (*VOCABULARY, "ell2a.providers")),
    ("ell2a.sandbox", ("ell2a.sandbox",)),
]
"""A room, and the rooms that it may know; a room not listed may know all but the studio."""


def modules() -> Iterator[tuple[str, Path]]:
    for folder, package in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            yield ".".join((package, *(p for p in parts if p != "__init__"))), path


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "ell2a":
                yield from (f"ell2a.{alias.name}" for alias in node.names)
            elif node.module:
                yield node.module


def breaches(module: str, source: str) -> list[str]:
    """The imports of a module that go against the directions."""
    allowed = next((rooms for room, rooms in MAY_IMPORT if within(module, room)), None)
    found = [name for name in imports_of(ast.parse(source)) if within(name, "ell2a")]
    if allowed is None:
        return [n for n in found if any(within(n, top) for top in TOP) and not within(module, "ell2a.studio")]
    return [n for n in found if not any(within(n, room) for room in allowed)]


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


def test_imports_run_one_way() -> None:
    """studio -> replay, lmp, calling -> providers, log -> vocabulary, and never back."""
    assert {m: b for m, p in modules() if (b := breaches(m, p.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("ell2a.log.writer", "from ell2a.providers import get"),
        ("ell2a.providers.openai_chat", "import ell2a.log"),
        ("ell2a.messages.blocks", "from ell2a.calls import Usage"),
        ("ell2a.replay", "from ell2a.studio import app"),
        ("ell2a.providers.x", "from ell2a import settings"),
    ],
)
def test_a_planted_breach_is_found(module: str, line: str) -> None:
    """The check above bites."""
    assert breaches(module, line)


def test_every_package_is_shipped() -> None:
    """A folder with an `__init__.py` that the wheel would silently lack is found here."""
    listed = set(CONFIG["tool"]["setuptools"]["packages"])
    there = {name for name, path in modules() if path.name == "__init__.py"} | {"ell2a.static"}
    assert there == listed


def test_import_is_light() -> None:
    """`import ell2a` brings in no SDK, no web framework, no database layer."""
    heavy = (
        "openai",
        "anthropic",
        "fastapi",
        "starlette",
        "sqlmodel",
        "sqlalchemy",
        "genai_prices",
        "alembic",
        "jinja2",
    )
    code = f"import sys, ell2a; print([m for m in {heavy!r} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"


def test_files_are_short() -> None:
    """A file over 400 lines is two things."""
    long = {str(p.relative_to(ROOT)): n for _, p in modules() if (n := p.read_text("utf-8").count("\n")) > 400}
    assert long == {}


def test_constraints_name_no_address() -> None:
    """What pins the versions says where nothing is fetched from."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert lines
    assert not [line for line in lines if "://" in line or "@" in line]
