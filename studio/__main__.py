"""The command `ell2a-studio`, also `python -m ell2a.studio`: says what to install where the studio's packages are missing."""

from __future__ import annotations

import importlib.util
import sys

_NEEDED = ("typer", "rich", "fastapi", "jinja2", "uvicorn", "markdown_it", "nh3", "multipart")
"""What the extra `studio` installs, by import name."""


def main() -> None:
    """Run the command line, or name what it lacks and exit with 1."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"ell2a-studio: {', '.join(missing)} not installed: pip install 'ell2a[studio]'")
    from ell2a.studio.cli import main as run

    run()


if __name__ == "__main__":
    main()
