"""`python -m ell2a.sandbox [--port N] [--pace X]`: a sandbox until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading

from ell2a.sandbox.sandbox import URL_VARIABLE, Sandbox


def main() -> int:
    """Serve until the process is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m ell2a.sandbox", description="A model server on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--pace", type=float, default=1.0, help="0: as fast as it can; 1: at a model's pace")
    options = parser.parse_args()
    with Sandbox(port=options.port, pace=options.pace) as sandbox:
        sys.stdout.write(f"sandbox on {sandbox.url}\nexport {URL_VARIABLE}={sandbox.url}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
