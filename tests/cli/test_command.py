"""The command as a whole: its help, its default, and the real process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
import typer
from cli.conftest import Run

from ell2a.studio.cli import app

COMMAND = [sys.executable, "-m", "ell2a.studio.cli"]


def commands(group: typer.core.TyperGroup, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command and group, by the words that call it."""
    found = [path]
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            found += commands(command, (*path, name))
        else:
            found.append((*path, name))
    return found


@pytest.mark.parametrize("words", commands(typer.main.get_group(app)), ids=" ".join)
def test_every_command_has_help_with_an_example(run: Run, words: tuple[str, ...]) -> None:
    """`--help` of a command shows how it is called."""
    ran = run(*words, "--help")
    assert ran.code == 0
    if words and words != ("providers",):
        assert f"Example: ell2a-studio {' '.join(words)}" in ran.out


def test_help_loads_nothing_heavy() -> None:
    """Asking for help imports no web framework, no database and no SDK."""
    program = (
        "import sys\nfrom ell2a.studio.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'fastapi', 'sqlalchemy', 'sqlmodel', 'openai', 'anthropic', 'uvicorn', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_no_command_means_serve(tmp_path: Path) -> None:
    """`ell2a-studio --port 0` prints its address when it listens, serves the user's store, and ends on its signal."""
    environment = {**os.environ, "ELL2A_STORE": str(tmp_path / "calls.db")}
    running = subprocess.Popen(
        [*COMMAND, "--port", "0", "--no-open"], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert running.stdout is not None
    try:
        line = running.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http://"))
        assert httpx2.get(f"{url}/healthz").status_code == 200
        assert httpx2.get(f"{url}/api/calls").json()["items"] == []
    finally:
        running.terminate()
        assert running.wait(10) == 0
        running.stdout.close()


def test_beyond_this_machine_a_token_is_needed(run: Run, tmp_path: Path) -> None:
    """Listening for others without a token is refused, with how to give one."""
    ran = run("serve", "--host", "0.0.0.0", "--no-open", "--store", str(tmp_path / "calls.db"))
    assert ran.code == 1
    assert "ELL2A_STUDIO_TOKEN" in ran.err


def test_a_mistyped_command(run: Run) -> None:
    """It is told as such, with exit code 2."""
    ran = run("cals")
    assert (ran.code, "cals" in ran.err) == (2, True)
