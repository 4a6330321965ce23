"""The wheel: what is shipped, and that it runs from a folder that is not the source tree."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALL = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built by way of the sdist's own file lists, from the source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_everything_is_shipped(wheel: Path) -> None:
    """Every module, template, style sheet, table and migration of the tree is in the wheel, under one name."""
    shipped = set(zipfile.ZipFile(wheel).namelist())
    rooms = {"ell2a": "ell2a", **{r: f"ell2a/{r}" for r in ("providers", "studio", "migrations", "static")}}
    listed = subprocess.run(
        ["git", "ls-files", *rooms], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.splitlines()
    assert len(listed) > 50
    wanted = {f"{rooms[room]}/{rest}" for room, _, rest in (f.partition("/") for f in listed)}
    assert wanted - shipped == set()
    assert {name.partition("/")[0] for name in shipped if ".dist-info" not in name} == {"ell2a"}


def test_it_runs_elsewhere(wheel: Path, tmp_path: Path) -> None:
    """Unpacked in an empty folder it imports from there, reads its tables, and its command answers."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environ = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = "import ell2a, ell2a.studio.app; print(ell2a.__file__); print(ell2a.providers.names()[0])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environ
    )
    where, first = told.stdout.split()
    assert Path(where).is_relative_to(tmp_path)
    assert first == "openai"
    command = [sys.executable, "-m", "ell2a.studio.cli", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environ)
    assert "demo" in told.stdout


@pytest.mark.slow
def test_a_bare_install_says_what_is_missing(wheel: Path, tmp_path: Path) -> None:
    """Without any extra ell2a imports and logs; a provider without its SDK names the install command."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([str(python), *INSTALL[1:], "-c", str(ROOT / "constraints.txt"), str(wheel)], check=True)
    code = """
import warnings, ell2a
from ell2a.errors import MissingSdk
ell2a.init(store="log.db")
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    ask = ell2a.simple("openai/gpt-4o", temperature=0.5)(lambda: "x")
assert "pip install 'ell2a[openai]'" in str(seen[0].message), seen
try:
    ask()
except MissingSdk as error:
    assert "pip install 'ell2a[openai]'" in str(error)
    (row,) = ell2a.current_log().calls(ell2a.log.CallFilter()).items
    assert row.error_class == "MissingSdk", row
    print("told")
"""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    told = subprocess.run(
        [str(python), "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environ
    )
    assert told.stdout.strip() == "told"
    studio = tmp_path / "venv" / "bin" / "ell2a-studio"
    refused = subprocess.run([str(studio)], capture_output=True, text=True, check=False, cwd=tmp_path, env=environ)
    assert refused.returncode == 1
    assert "pip install 'ell2a[studio]'" in refused.stderr
