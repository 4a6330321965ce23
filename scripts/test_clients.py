"""Try the libraries that take an SDK's client with one that `ell2a.trace` made, each in an environment of its own.

    python scripts/test_clients.py [NAME...]

A NAME is a library of `test_clients.toml`, such as `pydantic-ai`; without one all are tried. They talk to the sandbox on
this machine. An environment is made with uv where that is there, else with pip, and kept until what it is made of changes.
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from pathlib import Path

from environments import Environment

LIBRARIES = Path(__file__).with_suffix(".toml")


def main() -> int:
    """Install and test; 1 where a test failed anywhere."""
    known = tomllib.loads(LIBRARIES.read_text())
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    names = parser.parse_args().names
    for name in names:
        if name not in known:
            parser.error(f"no library is called {name!r}: there are {', '.join(known)}")
    failed = False
    for number, name in enumerate(names or known, 1):
        print(f"[{number}/{len(names or known)}] {name:20}", end=" ", flush=True)
        # The library decides which versions it works with: the project's own constraints would say otherwise.
        environment = Environment(f"client-{name}", tuple(known[name]["requirements"]), ("*",))
        began = time.perf_counter()
        environment.install()
        installed = time.perf_counter()
        # The tests are collected where their library is named, and nowhere else.
        code, said = environment.test([f"tests/clients/{known[name]['tests']}"], {"ELL2A_TEST_CLIENT": name})
        failed = failed or code != 0
        seconds = f"{installed - began:5.1f} s to install, {time.perf_counter() - installed:5.1f} s of tests"
        print(f"{'FAILED' if code else 'ok':6} {seconds}  {said}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
