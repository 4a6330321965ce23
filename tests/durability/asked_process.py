"""A process that calls when it is told to: each line on stdin is a prompt, each line on stdout what became of it.

The answer is JSON: `id`, `ms` (how long the call took), `warnings` (category and message of each, in order) and
`place`, the line of each warning. A line `exit` ends the process in order.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

import ell2a


def main() -> None:
    """Call for each line."""
    for line in sys.stdin:
        prompt = line.rstrip("\n")
        if prompt == "exit":
            return
        with warnings.catch_warnings(record=True) as told:
            # As it is where nobody changed it: once a place.
            warnings.simplefilter("always")
            began = time.monotonic()
            answer = ell2a.call("sandbox/sandbox-small", prompt)
            took = time.monotonic() - began
        found = {
            "id": answer.call_id,
            "ms": took * 1000,
            "warnings": [f"{w.category.__name__}: {w.message}" for w in told],
            "files": [w.filename for w in told],
        }
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
