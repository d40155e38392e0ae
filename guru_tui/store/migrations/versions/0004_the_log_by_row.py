"""The change log by row: how often an entry was changed, and when last, without a walk through the whole log"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision."""
    op.execute("CREATE INDEX ix_change_row ON change (table_name, row_key, action_id)")
