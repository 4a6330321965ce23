"""Reads a store with the log alone: `reading_alone.py STORE`. No provider, no wire and no SDK can be imported here.

Ids come on stdin, one a line; for each, the call's JSON goes to stdout, with its chunks.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

FORBIDDEN = ("ell2a.providers", "ell2a.calling", "ell2a.replay", "ell2a.studio", "openai", "anthropic", "httpx2")


class Forbid:
    """An import that fails, whoever asks for it."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        """Refuse what is forbidden, and leave all else to the others."""
        if name.startswith(FORBIDDEN):
            raise ImportError(f"{name} is out of reach")


def main() -> None:
    """Tell each call."""
    found = find_spec("ell2a")
    assert found is not None
    # Its `__init__` imports the call path: here the package is its folders alone.
    package = ModuleType("ell2a")
    package.__path__ = list(found.submodule_search_locations or ())
    sys.modules["ell2a"] = package
    sys.meta_path.insert(0, Forbid())
    from ell2a.log import CallLog

    log = CallLog.open(sys.argv[1], read_only=True)
    for line in sys.stdin:
        detail = log.call(line.strip())
        sys.stdout.write(json.dumps({**detail.as_json(), "chunks": detail.chunks}, default=str) + "\n")
    log.close()
    assert not [name for name in sys.modules if name.startswith(FORBIDDEN)]


if __name__ == "__main__":
    main()
