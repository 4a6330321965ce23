"""The table of what carries over says what the plans say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_is_up_to_date() -> None:
    """docs/replay.md is what its script makes."""
    command = [sys.executable, str(ROOT / "scripts" / "make_replay_docs.py"), "--check"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
