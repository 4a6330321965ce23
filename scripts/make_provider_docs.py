"""Write the table of shipped providers in `docs/providers.md` from their rows. `--check` says only whether it is up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ell2a.providers.rows import ProviderRow, shipped_rows

PAGE = Path(__file__).resolve().parent.parent / "docs" / "providers.md"
BEGIN, END = "<!-- providers: made by scripts/make_provider_docs.py -->", "<!-- end of providers -->"
SOURCES = """### Where this is known from

Known from the service's own documentation, linked above, unless a line here names another page. `uncertain` says what no
page of the service's says."""


def table() -> str:
    """The shipped providers, a line each."""
    head = "| name | service | wires and addresses | key |\n|---|---|---|---|\n"
    return head + "\n".join(_line(row) for row in shipped_rows().values()) + "\n"


def sources() -> str:
    """What of the shipped rows is known from elsewhere than the service's main page, and what is uncertain."""
    head = "| name | part | known from | uncertain |\n|---|---|---|---|\n"
    lines = [
        f"| `{row.name}` | {known.part} | {known.source} | {known.uncertain or ''} |"
        for row in shipped_rows().values()
        for known in row.known_from()
        if known.source != row.docs or known.uncertain
    ]
    return head + "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n{SOURCES}\n\n{sources()}\n{END}{after}"


def _line(row: ProviderRow) -> str:
    wires = "<br>".join(f"{wire}: `{url}`" for wire, url in row.wires.items())
    key = " or ".join(f"`{name}`" for name in row.key) or "none"
    service = f"[{row.title}]({row.docs})" if row.docs else row.title
    return f"| `{row.name}` | {service} | {wires} | {key}{' (optional)' if row.key_optional else ''} |"


def main() -> int:
    """The exit code: 1 where `--check` finds the page out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    page = PAGE.read_text("utf-8")
    new = with_table(page)
    if not parser.parse_args().check:
        PAGE.write_text(new, "utf-8")
        return 0
    if new != page:
        print("docs/providers.md is out of date: run scripts/make_provider_docs.py", file=sys.stderr)
    return int(new != page)


if __name__ == "__main__":
    sys.exit(main())
