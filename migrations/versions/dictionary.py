"""Short bodies are packed with a dictionary, which an older ell2a does not have. Those that are here stay as they are."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes: the revision says that the store may hold what only those who know it can read."""
