"""Run the tests that hold for every SDK version against each of them, in an environment of its own.

    python scripts/test_sdks.py [NAME...]

A NAME is a folder of `.venvs`, such as `openai-2.0.0`; without one all versions of `test_sdks.toml` are tried. An
environment holds the package, one SDK and pytest, with the other versions as `constraints.txt` says; it is made
with uv where that is there, else with pip, and kept until what it is made of changes.
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from pathlib import Path

from environments import Environment

VERSIONS = Path(__file__).with_suffix(".toml")
TESTS = ("tests/sdks", "tests/providers/test_params_bad.py", "tests/providers/test_params_good.py")
WIRE_TESTS = {
    "openai": ("tests/wires/test_openai_chat_recordings.py",),
    "anthropic": ("tests/wires/test_anthropic_messages_recordings.py",),
}
"""SDK -> what is tried besides: every recorded answer of its wire."""


def environments() -> dict[str, tuple[Environment, str]]:
    """All of them by name, each with the package that is tried, as the data file lists them."""
    listed = tomllib.loads(VERSIONS.read_text())
    found: dict[str, tuple[Environment, str]] = {}
    for package, versions in listed.items():
        for version in versions:
            made = Environment(f"{package}-{version}", (f"{package}=={version}",), (package,))
            found[made.name] = made, package
    return found


def main() -> int:
    """Install and test; 1 where a test failed anywhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = environments()
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    names = parser.parse_args().names
    for name in names:
        if name not in known:
            parser.error(f"no environment is called {name!r}: there are {', '.join(known)}")
    failed = False
    for environment, package in [known[name] for name in names] or known.values():
        began = time.perf_counter()
        environment.install()
        installed = time.perf_counter()
        # The tests hold that this version, and no other, is what they ran with.
        environ = {"ELL2A_TEST_SDK": environment.requirements[0]}
        code, said = environment.test([*TESTS, *WIRE_TESTS[package]], environ)
        failed = failed or code != 0
        seconds = f"{installed - began:5.1f} s to install, {time.perf_counter() - installed:5.1f} s of tests"
        print(f"{environment.name:20} {'FAILED' if code else 'ok':6} {seconds}  {said}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
