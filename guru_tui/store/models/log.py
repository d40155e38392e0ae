"""The change log."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, String
from sqlmodel import Field, SQLModel

from guru_tui.store.models.base import KEPT, refers


class Action(SQLModel, table=True):
    """One use case the practitioner ran: the unit of undo and of the audit trail."""

    __table_args__ = (KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    summary: str
    at: str
    origin: str = ""
    undoable: bool = True
    undoes: int | None = None
    undone_by: int | None = None


class Change(SQLModel, table=True):
    """One changed row's images before and after, as JSON; written by triggers only."""

    __table_args__ = (Index("ix_change_row", "table_name", "row_key", "action_id"), KEPT)
    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(sa_column=refers("action.id"))
    table_name: str = Field(sa_column=Column(String, nullable=False))
    row_key: str
    before: str | None = None
    after: str | None = None


class ActionContext(SQLModel, table=True):
    """The action under which the present transaction writes; empty between transactions."""

    __tablename__ = "action_context"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: int = Field(primary_key=True)
    action_id: int
