"""The command `ell2a-studio`, also `python -m ell2a.studio`: says what to install where the studio's packages are missing."""

from __future__ import annotations

import gc
import importlib.util
import sys

_NEEDED = ("typer", "rich", "fastapi", "jinja2", "uvicorn", "markdown_it", "nh3", "multipart")
"""What the extra `studio` installs, by import name."""

_COLLECT_AFTER = 50_000
"""New objects after which the collector looks."""


def main() -> None:
    """Run the command line, or name what it lacks and exit with 1."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing and sys.argv[1:3] == ["providers", "check"]:
        # The laws need none of these: whoever writes a wire need not install the studio.
        sys.exit(_check())
    if missing:
        sys.exit(f"ell2a-studio: {', '.join(missing)} not installed: pip install 'ell2a[studio]'")
    # What starting makes lives to the end: at the default of 700 the collector walks all of it again and again,
    # a tenth of the time to the first page.
    gc.set_threshold(_COLLECT_AFTER)
    from ell2a.studio.cli import main as run

    run()


def _check() -> int | str:
    from ell2a.errors import ContractError

    try:
        from ell2a.providers.conformance.__main__ import main as check
    except ContractError as error:
        return str(error)
    return check(sys.argv[3:])


if __name__ == "__main__":
    main()
