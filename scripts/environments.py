"""Virtual environments that tests run in beside the project's own: made with uv where that is there, else with pip."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".venvs"
CONSTRAINTS = ROOT / "constraints.txt"
NEEDED = ("pytest", "pytest-asyncio")


@dataclass(frozen=True)
class Environment:
    """One environment under `.venvs`: the project, what is tried with it, and pytest."""

    name: str
    requirements: tuple[str, ...]
    loosened: tuple[str, ...] = ()
    """Packages to which the project's own constraints do not apply; `*`: none does."""

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        return ENVIRONMENTS / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def install(self) -> None:
        """Make it, unless it stands as it would be made."""
        wanted = self._made_of()
        stamp = self.folder / ".made-of"
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        ENVIRONMENTS.mkdir(exist_ok=True)
        constraints = ENVIRONMENTS / f"{self.name}.constraints.txt"
        constraints.write_text(self._constraints())
        what = ["-c", str(constraints), "-e", str(ROOT), *self.requirements, *NEEDED]
        uv = _uv()
        if uv is not None:
            _run(uv, "venv", "--quiet", "--python", sys.executable, str(self.folder))
            _run(uv, "pip", "install", "--quiet", "--python", str(self.python), *what)
        else:
            _run(sys.executable, "-m", "venv", str(self.folder))
            _run(str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)
        stamp.write_text(wanted)

    def test(self, paths: Sequence[str], environ: dict[str, str]) -> tuple[int, str]:
        """Run tests; the exit code, and pytest's own last line."""
        command = [str(self.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False
        )
        lines = done.stdout.strip().splitlines()
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n")
        return done.returncode, lines[-1] if lines else done.stderr.strip()

    def _constraints(self) -> str:
        if "*" in self.loosened:
            return ""
        lines = CONSTRAINTS.read_text().splitlines(keepends=True)
        return "".join(line for line in lines if line.partition("==")[0] not in self.loosened)

    def _made_of(self) -> str:
        made_of = [(ROOT / "pyproject.toml").read_text(), self._constraints(), self.name, *self.requirements, *NEEDED]
        return hashlib.sha256("\n".join([*made_of, sys.version]).encode()).hexdigest()


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)
