"""The calendar: series, closed days, travel between places, the waiting list, and what an import is known by"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW = (
    """
CREATE TABLE series (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR NOT NULL,
    client_id INTEGER,
    type_id INTEGER,
    location_id INTEGER,
    title VARCHAR NOT NULL,
    starts_local VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,
    minutes INTEGER NOT NULL,
    rule VARCHAR NOT NULL,
    fee_minor INTEGER NOT NULL,
    currency VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CONSTRAINT ck_series_kind CHECK (kind IN ('appointment', 'block')),
    CONSTRAINT ck_series_client CHECK ((kind = 'appointment') = (client_id IS NOT NULL)),
    CONSTRAINT ck_series_minutes CHECK (minutes > 0),
    CONSTRAINT ck_series_fee CHECK (fee_minor >= 0),
    CONSTRAINT fk_series_client_id FOREIGN KEY(client_id) REFERENCES client (id),
    CONSTRAINT fk_series_type_id FOREIGN KEY(type_id) REFERENCES appointment_type (id),
    CONSTRAINT fk_series_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)""",
    "CREATE INDEX ix_series_client_id ON series (client_id)",
    """
CREATE TABLE closed_day (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    location_id INTEGER,
    first_on VARCHAR NOT NULL,
    last_on VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    CONSTRAINT ck_closed_day_order CHECK (first_on <= last_on),
    CONSTRAINT fk_closed_day_location_id FOREIGN KEY(location_id) REFERENCES location (id)
)""",
    "CREATE INDEX ix_closed_day_last_on ON closed_day (last_on)",
    "CREATE INDEX ix_closed_day_location_id ON closed_day (location_id)",
    """
CREATE TABLE travel_time (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    from_id INTEGER NOT NULL,
    to_id INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    CONSTRAINT ck_travel_time_order CHECK (from_id < to_id),
    CONSTRAINT ck_travel_time_minutes CHECK (minutes > 0),
    CONSTRAINT uq_travel_time_from_id UNIQUE (from_id, to_id),
    CONSTRAINT fk_travel_time_from_id FOREIGN KEY(from_id) REFERENCES location (id),
    CONSTRAINT fk_travel_time_to_id FOREIGN KEY(to_id) REFERENCES location (id)
)""",
    "CREATE INDEX ix_travel_time_from_id ON travel_time (from_id)",
    "CREATE INDEX ix_travel_time_to_id ON travel_time (to_id)",
    """
CREATE TABLE waitlist_entry (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER NOT NULL,
    type_id INTEGER,
    minutes INTEGER NOT NULL,
    weekdays VARCHAR NOT NULL,
    opens INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    first_on VARCHAR NOT NULL,
    last_on VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    offered_start VARCHAR NOT NULL,
    offered_at VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CONSTRAINT ck_waitlist_entry_state CHECK (state IN ('waiting', 'offered', 'booked', 'removed')),
    CONSTRAINT ck_waitlist_entry_minutes CHECK (minutes > 0),
    CONSTRAINT ck_waitlist_entry_order CHECK (opens >= 0 AND opens < closes AND closes <= 1440),
    CONSTRAINT fk_waitlist_entry_client_id FOREIGN KEY(client_id) REFERENCES client (id),
    CONSTRAINT fk_waitlist_entry_type_id FOREIGN KEY(type_id) REFERENCES appointment_type (id)
)""",
    "CREATE INDEX ix_waitlist_entry_client_id ON waitlist_entry (client_id)",
    "CREATE INDEX ix_waitlist_entry_open ON waitlist_entry (state) WHERE state IN ('waiting', 'offered')",
    # The columns, as in the models, behind the others: what is added to a table of SQLite comes last.
    "ALTER TABLE appointment ADD COLUMN charge_minor INTEGER",
    "ALTER TABLE appointment ADD COLUMN series_id INTEGER CONSTRAINT fk_appointment_series_id REFERENCES series (id)",
    "ALTER TABLE appointment ADD COLUMN series_start VARCHAR DEFAULT '' NOT NULL",
    "ALTER TABLE appointment ADD COLUMN uid VARCHAR DEFAULT '' NOT NULL",
    "CREATE INDEX ix_appointment_series_id ON appointment (series_id)",
    "CREATE UNIQUE INDEX uq_appointment_uid ON appointment (uid) WHERE uid <> ''",
    "ALTER TABLE blocked_time ADD COLUMN series_id INTEGER CONSTRAINT fk_blocked_time_series_id REFERENCES series (id)",
    "ALTER TABLE blocked_time ADD COLUMN series_start VARCHAR DEFAULT '' NOT NULL",
    "ALTER TABLE blocked_time ADD COLUMN uid VARCHAR DEFAULT '' NOT NULL",
    "CREATE INDEX ix_blocked_time_series_id ON blocked_time (series_id)",
    "CREATE UNIQUE INDEX uq_blocked_time_uid ON blocked_time (uid) WHERE uid <> ''",
    "ALTER TABLE outbox_message ADD COLUMN series_id INTEGER",
    "CREATE INDEX ix_outbox_message_series ON outbox_message (series_id) WHERE series_id IS NOT NULL",
)
_KINDS = "'agenda', 'alert')"
_MORE_KINDS = "'agenda', 'alert', 'offer')"


def upgrade() -> None:
    """Bring the store to this revision."""
    for table in ("outbox_message", "message_rule", "message_template"):
        _allow_offers(table)
    for statement in NEW:
        op.execute(statement)


def _allow_offers(table: str) -> None:
    """Make a table anew that takes messages of the kind `offer` too (sqlite.org/lang_altertable, 7)."""
    kept = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    look = op.get_bind().exec_driver_sql
    (definition,) = look(kept, (table, "table")).one()
    indexes = [row[0] for row in look(kept, (table, "index"))]
    if _KINDS not in definition:
        raise RuntimeError(f"{table} does not list its kinds as expected")
    body = definition[definition.index("(") :].replace(_KINDS, _MORE_KINDS)
    look(f"CREATE TABLE new_{table} {body}")
    look(f"INSERT INTO new_{table} SELECT * FROM {table}")
    look(f"DROP TABLE {table}")
    look(f"ALTER TABLE new_{table} RENAME TO {table}")
    for index in indexes:
        look(index)
