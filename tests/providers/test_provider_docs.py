"""The page about providers says what the code does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ell2a.providers.rows import ProviderRow, Quirks, read_rows, shipped_rows

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "providers.md").read_text("utf-8")


def test_the_table_is_up_to_date() -> None:
    """The table is what the script makes of the rows, and the script says so."""
    script = [sys.executable, str(ROOT / "scripts" / "make_provider_docs.py"), "--check"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f"| `{name}` |" in PAGE for name in shipped_rows())


def test_every_field_and_quirk_is_documented() -> None:
    """A field of a row and a word of the quirks stand on the page."""
    for name in (*(set(ProviderRow.model_fields) - {"name"}), *Quirks.__annotations__):
        assert f"`{name}`" in PAGE, name


def test_the_example_is_a_row() -> None:
    """The file shown on the page is read without a fault."""
    example = PAGE.partition("```toml\n")[2].partition("```")[0]
    assert list(read_rows(example, origin="docs/providers.md")) == ["acme"]
