"""Run the tests that hold for every SDK version against each of them, in an environment of its own.

    python scripts/test_sdks.py [NAME...]

A NAME is a folder of `.venvs`, such as `openai-2.0.0`; without one all versions of `test_sdks.toml` are tried. An
environment holds the package, one SDK and pytest, with the other versions as `constraints.txt` says; it is made
with uv where that is there, else with pip, and kept until what it is made of changes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = Path(__file__).with_suffix(".toml")
ENVIRONMENTS = ROOT / ".venvs"
CONSTRAINTS = ROOT / "constraints.txt"
NEEDED = ("pytest", "pytest-asyncio")
TESTS = ("tests/sdks", "tests/providers/test_params_bad.py", "tests/providers/test_params_good.py")
WIRE_TESTS = {
    "openai": ("tests/wires/test_openai_chat_recordings.py",),
    "anthropic": ("tests/wires/test_anthropic_messages_recordings.py",),
}
"""SDK -> what is tried besides: every recorded answer of its wire."""


@dataclass(frozen=True)
class Environment:
    """One version of one SDK."""

    package: str
    version: str

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"{self.package}-{self.version}"

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
        constraints = ENVIRONMENTS / f"{self.name}.constraints.txt"
        ENVIRONMENTS.mkdir(exist_ok=True)
        constraints.write_text(self._constraints())
        what = ["-c", str(constraints), "-e", str(ROOT), f"{self.package}=={self.version}", *NEEDED]
        uv = _uv()
        if uv is not None:
            _run(uv, "venv", "--quiet", "--python", sys.executable, str(self.folder))
            _run(uv, "pip", "install", "--quiet", "--python", str(self.python), *what)
        else:
            _run(sys.executable, "-m", "venv", str(self.folder))
            _run(str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)
        stamp.write_text(wanted)

    def test(self) -> tuple[int, str]:
        """Run the tests; the exit code, and pytest's own last line."""
        paths = [*TESTS, *WIRE_TESTS[self.package]]
        # The tests hold that this version, and no other, is what they ran with.
        environ = {**os.environ, "ELL2A_TEST_SDK": f"{self.package}=={self.version}"}
        command = [str(self.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        lines = done.stdout.strip().splitlines()
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n")
        return done.returncode, lines[-1] if lines else done.stderr.strip()

    def _constraints(self) -> str:
        """The project's constraints, but for the SDK."""
        lines = CONSTRAINTS.read_text().splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(f"{self.package}=="))

    def _made_of(self) -> str:
        made_of = [(ROOT / "pyproject.toml").read_text(), self._constraints(), self.name, *NEEDED, sys.version]
        return hashlib.sha256("\n".join(made_of).encode()).hexdigest()


def environments() -> list[Environment]:
    """All of them, as the data file lists them."""
    listed = tomllib.loads(VERSIONS.read_text())
    return [Environment(package, version) for package, versions in listed.items() for version in versions]


def main() -> int:
    """Install and test; 1 where a test failed anywhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = {environment.name: environment for environment in environments()}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    names = parser.parse_args().names
    for name in names:
        if name not in known:
            parser.error(f"no environment is called {name!r}: there are {', '.join(known)}")
    failed = False
    for environment in [known[name] for name in names] or known.values():
        began = time.perf_counter()
        environment.install()
        installed = time.perf_counter()
        code, said = environment.test()
        failed = failed or code != 0
        seconds = f"{installed - began:5.1f} s to install, {time.perf_counter() - installed:5.1f} s of tests"
        print(f"{environment.name:20} {'FAILED' if code else 'ok':6} {seconds}  {said}", flush=True)
    return int(failed)


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
