"""What all tables share: names of constraints, ids that are never used twice."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

KEPT = {"sqlite_autoincrement": True}
"""Ids of such a table are never used twice, which the change log and the outbox's keys rely on."""


def one_of(column: str, *values: str) -> CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def refers(target: str, *, optional: bool = False) -> Column[int]:
    """A column with an indexed foreign key to `target`."""
    return Column(Integer, ForeignKey(target), nullable=optional, index=True)
