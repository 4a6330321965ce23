"""`python -m ell2a.providers.conformance`: what `ell2a-studio providers check` does, without the studio's packages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ell2a.providers.conformance import telling


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the arguments name; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="ell2a-studio providers check",
        description="Hold the seven laws for a provider: no key, no network. Ends with 0 where every law is held, with 1"
        " where one is broken, with 2 where there is nothing to check.",
        epilog="Example: ell2a-studio providers check mine.py:MyProvider",
    )
    parser.add_argument("name", help="FILE.py:CLASS, module:Class, or a provider's name")
    parser.add_argument("--wire", help="on this wire")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")
    given = parser.parse_args(arguments)
    return telling.run(given.name, wire=given.wire, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
