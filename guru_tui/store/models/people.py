"""Clients and their scheme memberships."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer
from sqlmodel import Field, SQLModel

from guru_tui.store.models.base import KEPT


class Client(SQLModel, table=True):
    """A person who is seen. `search` holds what lists and quick-add match, folded."""

    __table_args__ = (Index("ix_client_sort_name", "sort_name"), Index("ix_client_email", "email"), KEPT)
    id: int | None = Field(default=None, primary_key=True)
    first_name: str
    last_name: str = ""
    sort_name: str = Field(default="", description="folded `last first`, the order of every list")
    search: str = ""
    mobile: str = Field(default="", index=True, description="E.164 or empty")
    email: str = ""
    address: str = ""
    birth_date: str = ""
    id_number: str = ""
    language: str = Field(default="", description="that messages are written in; empty: the practice's")
    sms_allowed: bool = True
    email_allowed: bool = True
    codes_consent_on: str = Field(default="", description="day the client agreed to mail with diagnostic codes")
    bill_to_name: str = ""
    bill_to_email: str = ""
    bill_to_address: str = ""
    archived_at: str = ""
    created_at: str


class MedicalRecord(SQLModel, table=True):
    """The scheme membership of a client, one row each."""

    __tablename__ = "medical_record"
    __table_args__ = (KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(sa_column=Column(Integer, ForeignKey("client.id"), nullable=False, unique=True))
    scheme: str = ""
    option: str = ""
    membership_number: str = ""
    main_member: str = ""
    dependant_code: str = ""
    patient_id: str = ""
    patient_birth_date: str = ""
    referring_practitioner: str = ""
    authorisation: str = ""
