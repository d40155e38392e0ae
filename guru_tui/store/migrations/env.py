"""Alembic's entry point: always on the connection that `store.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

from guru_tui.store import models  # noqa: F401  (registers the tables)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    transactional_ddl=False,  # the caller's one BEGIN IMMEDIATE spans all migrations and the triggers
)
with context.begin_transaction():
    context.run_migrations()
