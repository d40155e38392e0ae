"""Messages that can be trusted: rules, texts of one's own, replies, and what the outbox has to remember for them"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OUTBOX_MESSAGE = """
CREATE TABLE outbox_message (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    idempotency_key VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    client_id INTEGER,
    recipient VARCHAR NOT NULL,
    recipient_name VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    appointment_id INTEGER,
    starts_at VARCHAR,
    invoice_id INTEGER,
    invoice_revision INTEGER NOT NULL,
    document_id INTEGER,
    rule_id INTEGER NOT NULL,
    resend_sequence INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    not_before VARCHAR NOT NULL,
    expires_at VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    lease_owner VARCHAR NOT NULL,
    lease_until VARCHAR NOT NULL,
    provider_id VARCHAR NOT NULL,
    action_id INTEGER,
    withdrawn_by INTEGER,
    edited BOOLEAN NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    sent_at VARCHAR NOT NULL,
    delivered_at VARCHAR NOT NULL,
    poll_at VARCHAR NOT NULL,
    polls INTEGER NOT NULL,
    acknowledged_at VARCHAR NOT NULL,
    calendar_sequence INTEGER,
    calendar_facts VARCHAR NOT NULL,
    CONSTRAINT ck_outbox_message_state CHECK (state IN ('held', 'queued', 'claimed', 'sending', 'sent',
        'delivered', 'undelivered', 'failed', 'unknown', 'cancelled', 'expired', 'blocked', 'missed')),
    CONSTRAINT ck_outbox_message_kind CHECK (kind IN ('confirmation', 'reminder', 'reschedule', 'cancellation',
        'invoice', 'payment-reminder', 'payment-receipt', 'agenda', 'alert')),
    CONSTRAINT ck_outbox_message_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT uq_outbox_message_idempotency_key UNIQUE (idempotency_key),
CONSTRAINT uq_outbox_message_once UNIQUE (kind, channel, recipient, appointment_id, starts_at, rule_id, resend_sequence)
)"""

OUTBOX_MESSAGE_INDEXES = (
    "CREATE INDEX ix_outbox_message_action ON outbox_message (action_id) WHERE action_id IS NOT NULL",
    "CREATE INDEX ix_outbox_message_appointment ON outbox_message (appointment_id)",
    "CREATE INDEX ix_outbox_message_client ON outbox_message (client_id) WHERE client_id IS NOT NULL",
    "CREATE INDEX ix_outbox_message_invoice ON outbox_message (invoice_id)",
    "CREATE INDEX ix_outbox_message_open ON outbox_message (state, channel) "
    "WHERE acknowledged_at = '' AND state IN ('failed', 'undelivered', 'unknown', 'missed', 'blocked', 'expired')",
    "CREATE INDEX ix_outbox_message_poll ON outbox_message (poll_at) WHERE poll_at <> ''",
    "CREATE INDEX ix_outbox_message_provider ON outbox_message (provider_id) WHERE provider_id <> ''",
    "CREATE INDEX ix_outbox_message_state ON outbox_message (state)",
    "CREATE INDEX ix_outbox_message_waiting ON outbox_message (not_before) "
    "WHERE state IN ('held', 'queued', 'claimed', 'sending')",
    "CREATE INDEX ix_outbox_message_withdrawn ON outbox_message (withdrawn_by) WHERE withdrawn_by IS NOT NULL",
    "CREATE UNIQUE INDEX uq_outbox_message_invoice_once ON outbox_message (kind, channel, recipient, invoice_id, invoice_revision, resend_sequence) "
    "WHERE invoice_id IS NOT NULL",
)

SENDER_RUN = """
CREATE TABLE sender_run (
    who VARCHAR NOT NULL,
    last_at VARCHAR NOT NULL,
    paused VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    CONSTRAINT pk_sender_run PRIMARY KEY (who)
)"""

NEW = (
    """
CREATE TABLE channel_state (
    channel VARCHAR NOT NULL,
    balance VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    balance_at VARCHAR NOT NULL,
    CONSTRAINT pk_channel_state PRIMARY KEY (channel)
)""",
    """
CREATE TABLE message_rule (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR NOT NULL,
    type_id INTEGER,
    client_id INTEGER,
    appointment_id INTEGER,
    channels VARCHAR NOT NULL,
    lead_days INTEGER,
    lead_hours INTEGER,
    at_time VARCHAR NOT NULL,
    since VARCHAR NOT NULL,
    CONSTRAINT ck_message_rule_kind CHECK (kind IN ('confirmation', 'reminder', 'reschedule', 'cancellation',
        'invoice', 'payment-reminder', 'payment-receipt', 'agenda', 'alert')),
    CONSTRAINT ck_message_rule_lead CHECK (lead_days IS NULL OR lead_hours IS NULL),
    CONSTRAINT ck_message_rule_for CHECK ((type_id IS NOT NULL) + (client_id IS NOT NULL) + (appointment_id IS NOT NULL) < 2),
    CONSTRAINT fk_message_rule_type_id FOREIGN KEY(type_id) REFERENCES appointment_type (id),
    CONSTRAINT fk_message_rule_client_id FOREIGN KEY(client_id) REFERENCES client (id)
)""",
    "CREATE INDEX ix_message_rule_appointment_id ON message_rule (appointment_id)",
    "CREATE INDEX ix_message_rule_client_id ON message_rule (client_id)",
    "CREATE INDEX ix_message_rule_type_id ON message_rule (type_id)",
    """
CREATE TABLE message_template (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    CONSTRAINT ck_message_template_kind CHECK (kind IN ('confirmation', 'reminder', 'reschedule',
        'cancellation', 'invoice', 'payment-reminder', 'payment-receipt', 'agenda', 'alert')),
    CONSTRAINT ck_message_template_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT uq_message_template_kind UNIQUE (kind, channel, language)
)""",
    """
CREATE TABLE mailbox (
    account VARCHAR NOT NULL,
    uid_validity INTEGER NOT NULL,
    last_uid INTEGER NOT NULL,
    checked_at VARCHAR NOT NULL,
    problem VARCHAR NOT NULL,
    retry_at VARCHAR NOT NULL,
    CONSTRAINT pk_mailbox PRIMARY KEY (account)
)""",
    """
CREATE TABLE client_reply (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    mail_id VARCHAR NOT NULL,
    message_id INTEGER,
    appointment_id INTEGER,
    client_id INTEGER,
    sender VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    received_at VARCHAR NOT NULL,
    reading VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    done_at VARCHAR NOT NULL,
    CONSTRAINT ck_client_reply_reading CHECK (reading IN ('yes', 'no', 'unclear', 'bounce', 'auto')),
    CONSTRAINT uq_client_reply_mail_id UNIQUE (mail_id),
    CONSTRAINT fk_client_reply_message_id FOREIGN KEY(message_id) REFERENCES outbox_message (id)
)""",
    "CREATE INDEX ix_client_reply_message_id ON client_reply (message_id)",
    "CREATE INDEX ix_client_reply_open ON client_reply (done_at) WHERE done_at = ''",
)


def upgrade() -> None:
    """Bring the store to this revision."""
    _rebuild(
        "outbox_message",
        OUTBOX_MESSAGE,
        {
            "rule_id": "0",
            # Until now the action that withdrew a message stood in its lease.
            "withdrawn_by": "CASE WHEN lease_owner LIKE 'action %' THEN CAST(substr(lease_owner, 8) AS INTEGER) END",
            "lease_owner": "CASE WHEN lease_owner LIKE 'action %' THEN '' ELSE lease_owner END",
            "edited": "0",
            "delivered_at": "''",
            "poll_at": "''",
            "polls": "0",
            "acknowledged_at": "''",
            "calendar_sequence": "NULL",
            "calendar_facts": "''",
        },
    )
    for statement in OUTBOX_MESSAGE_INDEXES:
        op.execute(statement)
    _rebuild("sender_run", SENDER_RUN, {"place": "''"})
    for statement in NEW:
        op.execute(statement)


def _rebuild(table: str, definition: str, values: dict[str, str]) -> None:
    """Make a table anew with its rows (sqlite.org/lang_altertable, 7); `values` are those of columns that differ."""
    former = [row[1] for row in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")]
    columns = {**{name: name for name in former}, **values}
    op.execute(definition.replace(f"CREATE TABLE {table}", f"CREATE TABLE new_{table}", 1))
    op.execute(f"INSERT INTO new_{table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE new_{table} RENAME TO {table}")
