"""Running the studio: the port, the address it tells, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ell2a.log import CallLog
from ell2a.studio.app import create_app
from ell2a.studio.serving import PortTaken, serve

PROGRAM = """
import sys
from ell2a.log import CallLog
from ell2a.studio.app import create_app
from ell2a.studio.serving import serve
log = CallLog.open(sys.argv[1])
serve(create_app(log, port=0), port=0, on_listening=lambda url: print(url, flush=True))
print("ended", flush=True)
"""


def test_it_listens_tells_its_address_and_ends(tmp_path: Path) -> None:
    """Port 0 takes a free one, the address told is answered at once, its Host alone is ours, and SIGINT ends it in good order."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "calls.db")], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        with urllib.request.urlopen(f"{url}/healthz") as answer:
            assert answer.status == 200
            assert "server" not in {k.lower() for k in answer.headers}
        with urllib.request.urlopen(f"{url}/calls") as answer:
            assert b"No calls yet" in answer.read()
        foreign = urllib.request.Request(f"{url}/calls", headers={"Host": "127.0.0.1:1"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(foreign)
        assert refused.value.code == 403
        refused.value.close()
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=20)
        # uvicorn raises the signal again once it has closed everything; a process started in the background of a
        # script ignores it then, and goes on to its own end.
        ended = {-signal.SIGINT, 128 + signal.SIGINT, 1}
        assert running.returncode in ended or (running.returncode == 0 and said.endswith("ended\n"))
    finally:
        if running.poll() is None:
            running.kill()
        running.wait()


def test_a_taken_port_is_told_at_once(tmp_path: Path) -> None:
    """A port that is in use is an error with its number, before anything is served."""
    log = CallLog.open(tmp_path / "calls.db")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(PortTaken, match=str(port)):
            serve(create_app(log, port=port), port=port)
        assert time.monotonic() - started < 5
    log.close()
