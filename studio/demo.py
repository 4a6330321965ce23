"""The demo: a sandbox, a store of its own, the studio, and a program that makes calls while one looks.

The program runs in a process of its own, as users' programs do: the studio stays light (no SDK is loaded
in it), and what is shown is what a person sees who opens the studio beside a program at work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from ell2a.sandbox import Sandbox

NOTICE = "Demo: every call here is answered by the sandbox on this machine, by rule. No model, no key, no network."
_PROGRAM = "ell2a.studio.demo_program"


def run_demo(*, port: int, open_browser: bool, store: str | None, tell: Callable[[str], None]) -> None:
    """Serve the studio of a demo until it is stopped. Raises PortTaken, StoreError."""
    import ell2a
    from ell2a.log import CallLog
    from ell2a.studio.app import create_app
    from ell2a.studio.serving import serve

    with ExitStack() as ends:
        sandbox = ends.enter_context(Sandbox(pace=1.0, activate=True))
        used = ends.enter_context(_store(store))
        # Replays that are run from a page go to the store that is looked at.
        ell2a.init(store=used)
        log = ends.enter_context(closing(CallLog.open(used)))

        def listening(url: str) -> None:
            tell(f"the studio of the demo is at {url}, its sandbox at {sandbox.url} (Ctrl-C stops both)")
            # Not before: the first page is not to wait for the SDKs that the program loads.
            ends.enter_context(_program(used, sandbox, tell))

        serve(create_app(log, port=port, demo=NOTICE), port=port, open_browser=open_browser, on_listening=listening)


@contextmanager
def _store(given: str | None) -> Iterator[str]:
    """The store asked for, or a fresh one that goes away with the demo."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="ell2a-demo-", ignore_cleanup_errors=True) as folder:
        yield str(Path(folder) / "calls.db")


@contextmanager
def _program(store: str, sandbox: Sandbox, tell: Callable[[str], None]) -> Iterator[None]:
    """The program that makes the calls. It ends when its input ends, so it never outlives the demo."""
    environment = {**os.environ, **sandbox.environ(), "ELL2A_STORE": store}
    running = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", _PROGRAM], stdin=subprocess.PIPE, env=environment, start_new_session=True
    )
    threading.Thread(target=_report, args=(running, tell), daemon=True).start()
    try:
        yield
    finally:
        if running.stdin is not None:
            running.stdin.close()
        running.terminate()
        running.wait()


def _report(running: subprocess.Popen[bytes], tell: Callable[[str], None]) -> None:
    code = running.wait()
    if code > 0:
        tell(f"the program that makes the demo's calls ended with code {code}; what it said stands above")
