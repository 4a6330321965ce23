"""The schema's revisions: which one a store has, and how it is brought to the newest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect, text

HEAD = "0003"
"""The newest revision under `migrations/versions`, known here so that a store that is up to date opens without Alembic."""


def revision_of(connection: Connection) -> str | None:
    """The revision of a store; None where it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def is_known(revision: str) -> bool:
    """Whether this ell2a has the revision. One that it has not is a newer ell2a's."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return any(script.revision == revision for script in scripts.walk_revisions())


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the revisions that a store lacks, up to one, in the connection's transaction."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Any:
    from importlib.resources import files

    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("ell2a.migrations")).replace("%", "%%"))
    return config
