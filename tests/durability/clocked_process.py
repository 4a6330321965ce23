"""A process that calls while its clock is set: each line on stdin is a prompt, or `exit`. Tells JSON, a line each."""

from __future__ import annotations

import json
import sys
import time

import ell2a


def main() -> None:
    """Call for each line, whole and as a stream."""
    for line in sys.stdin:
        prompt = line.strip()
        if prompt == "exit":
            return
        whole = ell2a.call("sandbox/sandbox-small", prompt)
        stream = ell2a.call("sandbox/sandbox-small", f"{prompt}, streamed", stream=True)
        for _ in stream:
            pass
        told = {"clock": time.time(), "ids": [whole.call_id, stream.call_id]}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
