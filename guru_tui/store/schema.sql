-- The store at its newest revision. Made by `make schema` from the migrations; do not edit.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE action (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	undoable BOOLEAN NOT NULL, 
	undoes INTEGER, 
	undone_by INTEGER
);
CREATE TABLE action_context (
	id INTEGER NOT NULL, 
	action_id INTEGER NOT NULL, 
	CONSTRAINT pk_action_context PRIMARY KEY (id), 
	CONSTRAINT ck_action_context_single CHECK (id = 1)
);
CREATE TABLE blocked_time (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	title VARCHAR NOT NULL, 
	starts_local VARCHAR NOT NULL, 
	zone VARCHAR NOT NULL, 
	starts_at VARCHAR NOT NULL, 
	ends_at VARCHAR NOT NULL, 
	minutes INTEGER NOT NULL, 
	created_at VARCHAR NOT NULL, series_id INTEGER CONSTRAINT fk_blocked_time_series_id REFERENCES series (id), series_start VARCHAR DEFAULT '' NOT NULL, uid VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT ck_blocked_time_order CHECK (starts_at < ends_at)
);
CREATE TABLE client (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	first_name VARCHAR NOT NULL, 
	last_name VARCHAR NOT NULL, 
	sort_name VARCHAR NOT NULL, 
	search VARCHAR NOT NULL, 
	mobile VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	birth_date VARCHAR NOT NULL, 
	id_number VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	sms_allowed BOOLEAN NOT NULL, 
	email_allowed BOOLEAN NOT NULL, 
	codes_consent_on VARCHAR NOT NULL, 
	bill_to_name VARCHAR NOT NULL, 
	bill_to_email VARCHAR NOT NULL, 
	bill_to_address VARCHAR NOT NULL, 
	archived_at VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL
);
CREATE TABLE location (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	instructions VARCHAR NOT NULL, 
	video_link VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	active BOOLEAN NOT NULL
);
CREATE TABLE setting (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY ("key")
);
CREATE TABLE appointment_type (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	minutes INTEGER NOT NULL, 
	fee_minor INTEGER NOT NULL, 
	location_id INTEGER, 
	minutes_before INTEGER NOT NULL, 
	minutes_after INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	CONSTRAINT ck_appointment_type_fee CHECK (fee_minor >= 0), 
	CONSTRAINT ck_appointment_type_minutes CHECK (minutes > 0), 
	CONSTRAINT fk_appointment_type_location_id FOREIGN KEY(location_id) REFERENCES location (id)
);
CREATE TABLE change (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	action_id INTEGER NOT NULL, 
	table_name VARCHAR NOT NULL, 
	row_key VARCHAR NOT NULL, 
	"before" VARCHAR, 
	"after" VARCHAR, 
	CONSTRAINT fk_change_action_id FOREIGN KEY(action_id) REFERENCES action (id)
);
CREATE TABLE invoice (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	client_id INTEGER NOT NULL, 
	status VARCHAR NOT NULL, 
	number VARCHAR, 
	sequence INTEGER, 
	issued_on VARCHAR NOT NULL, 
	due_on VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	letterhead VARCHAR NOT NULL, 
	bill_to VARCHAR NOT NULL, 
	subtotal_minor INTEGER NOT NULL, 
	tax_minor INTEGER NOT NULL, 
	total_minor INTEGER NOT NULL, 
	note VARCHAR NOT NULL, 
	issued_at VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT ck_invoice_numbered CHECK ((status = 'draft') = (sequence IS NULL)), 
	CONSTRAINT ck_invoice_status CHECK (status IN ('draft', 'sent', 'paid', 'void')), 
	CONSTRAINT fk_invoice_client_id FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_invoice_number UNIQUE (number), 
	CONSTRAINT uq_invoice_sequence UNIQUE (sequence)
);
CREATE TABLE medical_record (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	client_id INTEGER NOT NULL, 
	scheme VARCHAR NOT NULL, 
	option VARCHAR NOT NULL, 
	membership_number VARCHAR NOT NULL, 
	main_member VARCHAR NOT NULL, 
	dependant_code VARCHAR NOT NULL, 
	patient_id VARCHAR NOT NULL, 
	patient_birth_date VARCHAR NOT NULL, 
	referring_practitioner VARCHAR NOT NULL, 
	authorisation VARCHAR NOT NULL, 
	CONSTRAINT fk_medical_record_client_id FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_medical_record_client_id UNIQUE (client_id)
);
CREATE TABLE operating_interval (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	location_id INTEGER, 
	weekday INTEGER NOT NULL, 
	opens INTEGER NOT NULL, 
	closes INTEGER NOT NULL, 
	CONSTRAINT ck_operating_interval_order CHECK (opens >= 0 AND opens < closes AND closes <= 1440), 
	CONSTRAINT ck_operating_interval_weekday CHECK (weekday BETWEEN 0 AND 6), 
	CONSTRAINT fk_operating_interval_location_id FOREIGN KEY(location_id) REFERENCES location (id)
);
CREATE TABLE outbox_attempt (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	message_id INTEGER NOT NULL, 
	started_at VARCHAR NOT NULL, 
	ended_at VARCHAR NOT NULL, 
	result VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT fk_outbox_attempt_message_id FOREIGN KEY(message_id) REFERENCES outbox_message (id)
);
CREATE TABLE payment (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	client_id INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	currency VARCHAR NOT NULL, 
	method VARCHAR NOT NULL, 
	received_on VARCHAR NOT NULL, 
	reference VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT ck_payment_method CHECK (method IN ('EFT', 'cash', 'card', 'medical aid', 'SnapScan', 'voucher', 'gift', 'write-off', 'other')), 
	CONSTRAINT ck_payment_amount CHECK (amount_minor > 0), 
	CONSTRAINT fk_payment_client_id FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_payment_token UNIQUE (token)
);
CREATE TABLE appointment (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	client_id INTEGER NOT NULL, 
	type_id INTEGER, 
	location_id INTEGER, 
	title VARCHAR NOT NULL, 
	starts_local VARCHAR NOT NULL, 
	zone VARCHAR NOT NULL, 
	starts_at VARCHAR NOT NULL, 
	ends_at VARCHAR NOT NULL, 
	minutes INTEGER NOT NULL, 
	fee_minor INTEGER NOT NULL, 
	currency VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	status_at VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	sequence INTEGER NOT NULL, 
	invoice_id INTEGER, 
	created_at VARCHAR NOT NULL, charge_minor INTEGER, series_id INTEGER CONSTRAINT fk_appointment_series_id REFERENCES series (id), series_start VARCHAR DEFAULT '' NOT NULL, uid VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT ck_appointment_status CHECK (status IN ('booked', 'confirmed', 'attended', 'no-show', 'late-cancelled', 'cancelled')), 
	CONSTRAINT ck_appointment_fee CHECK (fee_minor >= 0), 
	CONSTRAINT ck_appointment_minutes CHECK (minutes > 0), 
	CONSTRAINT ck_appointment_order CHECK (starts_at < ends_at), 
	CONSTRAINT fk_appointment_client_id FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT fk_appointment_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id), 
	CONSTRAINT fk_appointment_location_id FOREIGN KEY(location_id) REFERENCES location (id), 
	CONSTRAINT fk_appointment_type_id FOREIGN KEY(type_id) REFERENCES appointment_type (id)
);
CREATE TABLE document (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	invoice_id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	file_name VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	content BLOB NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT fk_document_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id), 
	CONSTRAINT uq_document_invoice_id UNIQUE (invoice_id, revision)
);
CREATE TABLE payment_allocation (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	payment_id INTEGER NOT NULL, 
	invoice_id INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	CONSTRAINT ck_payment_allocation_amount CHECK (amount_minor > 0), 
	CONSTRAINT fk_payment_allocation_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id), 
	CONSTRAINT fk_payment_allocation_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id), 
	CONSTRAINT uq_payment_allocation_payment_id UNIQUE (payment_id, invoice_id)
);
CREATE TABLE line_item (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	invoice_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	appointment_id INTEGER, 
	service_at VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	code_kind VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	quantity_milli INTEGER NOT NULL, 
	unit_price_minor INTEGER NOT NULL, 
	discount_minor INTEGER NOT NULL, 
	tax_basis_points INTEGER NOT NULL, 
	tax_minor INTEGER NOT NULL, 
	total_minor INTEGER NOT NULL, 
	CONSTRAINT ck_line_item_code_kind CHECK (code_kind IN ('', 'icd10', 'tariff', 'nappi', 'product', 'other')), 
	CONSTRAINT fk_line_item_appointment_id FOREIGN KEY(appointment_id) REFERENCES appointment (id), 
	CONSTRAINT fk_line_item_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id), 
	CONSTRAINT uq_line_item_invoice_id UNIQUE (invoice_id, position)
);
CREATE TABLE "sender_run" (
    who VARCHAR NOT NULL,
    last_at VARCHAR NOT NULL,
    paused VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    CONSTRAINT pk_sender_run PRIMARY KEY (who)
);
CREATE TABLE channel_state (
    channel VARCHAR NOT NULL,
    balance VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    balance_at VARCHAR NOT NULL,
    CONSTRAINT pk_channel_state PRIMARY KEY (channel)
);
CREATE TABLE mailbox (
    account VARCHAR NOT NULL,
    uid_validity INTEGER NOT NULL,
    last_uid INTEGER NOT NULL,
    checked_at VARCHAR NOT NULL,
    problem VARCHAR NOT NULL,
    retry_at VARCHAR NOT NULL,
    CONSTRAINT pk_mailbox PRIMARY KEY (account)
);
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
);
CREATE TABLE "outbox_message" (
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
    calendar_facts VARCHAR NOT NULL, series_id INTEGER,
    CONSTRAINT ck_outbox_message_state CHECK (state IN ('held', 'queued', 'claimed', 'sending', 'sent',
        'delivered', 'undelivered', 'failed', 'unknown', 'cancelled', 'expired', 'blocked', 'missed')),
    CONSTRAINT ck_outbox_message_kind CHECK (kind IN ('confirmation', 'reminder', 'reschedule', 'cancellation',
        'invoice', 'payment-reminder', 'payment-receipt', 'agenda', 'alert', 'offer')),
    CONSTRAINT ck_outbox_message_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT uq_outbox_message_idempotency_key UNIQUE (idempotency_key),
CONSTRAINT uq_outbox_message_once UNIQUE (kind, channel, recipient, appointment_id, starts_at, rule_id, resend_sequence)
);
CREATE TABLE "message_rule" (
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
        'invoice', 'payment-reminder', 'payment-receipt', 'agenda', 'alert', 'offer')),
    CONSTRAINT ck_message_rule_lead CHECK (lead_days IS NULL OR lead_hours IS NULL),
    CONSTRAINT ck_message_rule_for CHECK ((type_id IS NOT NULL) + (client_id IS NOT NULL) + (appointment_id IS NOT NULL) < 2),
    CONSTRAINT fk_message_rule_type_id FOREIGN KEY(type_id) REFERENCES appointment_type (id),
    CONSTRAINT fk_message_rule_client_id FOREIGN KEY(client_id) REFERENCES client (id)
);
CREATE TABLE "message_template" (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    CONSTRAINT ck_message_template_kind CHECK (kind IN ('confirmation', 'reminder', 'reschedule',
        'cancellation', 'invoice', 'payment-reminder', 'payment-receipt', 'agenda', 'alert', 'offer')),
    CONSTRAINT ck_message_template_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT uq_message_template_kind UNIQUE (kind, channel, language)
);
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
);
CREATE TABLE closed_day (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    location_id INTEGER,
    first_on VARCHAR NOT NULL,
    last_on VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    CONSTRAINT ck_closed_day_order CHECK (first_on <= last_on),
    CONSTRAINT fk_closed_day_location_id FOREIGN KEY(location_id) REFERENCES location (id)
);
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
);
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
);
CREATE INDEX ix_blocked_time_starts_at ON blocked_time (starts_at);
CREATE INDEX ix_client_email ON client (email);
CREATE INDEX ix_client_mobile ON client (mobile);
CREATE INDEX ix_client_sort_name ON client (sort_name);
CREATE INDEX ix_appointment_type_location_id ON appointment_type (location_id);
CREATE INDEX ix_change_action_id ON change (action_id);
CREATE INDEX ix_invoice_client_id ON invoice (client_id);
CREATE INDEX ix_invoice_status_due ON invoice (status, due_on);
CREATE INDEX ix_operating_interval_location_id ON operating_interval (location_id);
CREATE INDEX ix_outbox_attempt_message_id ON outbox_attempt (message_id);
CREATE INDEX ix_payment_client_id ON payment (client_id);
CREATE INDEX ix_payment_received_on ON payment (received_on);
CREATE INDEX ix_appointment_billing ON appointment (status, invoice_id, starts_at);
CREATE INDEX ix_appointment_client_starts ON appointment (client_id, starts_at);
CREATE INDEX ix_appointment_invoice_id ON appointment (invoice_id);
CREATE INDEX ix_appointment_starts_at ON appointment (starts_at);
CREATE INDEX ix_payment_allocation_invoice_id ON payment_allocation (invoice_id);
CREATE INDEX ix_line_item_appointment_id ON line_item (appointment_id);
CREATE INDEX ix_client_reply_message_id ON client_reply (message_id);
CREATE INDEX ix_client_reply_open ON client_reply (done_at) WHERE done_at = '';
CREATE INDEX ix_outbox_message_action ON outbox_message (action_id) WHERE action_id IS NOT NULL;
CREATE INDEX ix_outbox_message_appointment ON outbox_message (appointment_id);
CREATE INDEX ix_outbox_message_client ON outbox_message (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX ix_outbox_message_invoice ON outbox_message (invoice_id);
CREATE INDEX ix_outbox_message_open ON outbox_message (state, channel) WHERE acknowledged_at = '' AND state IN ('failed', 'undelivered', 'unknown', 'missed', 'blocked', 'expired');
CREATE INDEX ix_outbox_message_poll ON outbox_message (poll_at) WHERE poll_at <> '';
CREATE INDEX ix_outbox_message_provider ON outbox_message (provider_id) WHERE provider_id <> '';
CREATE INDEX ix_outbox_message_state ON outbox_message (state);
CREATE INDEX ix_outbox_message_waiting ON outbox_message (not_before) WHERE state IN ('held', 'queued', 'claimed', 'sending');
CREATE INDEX ix_outbox_message_withdrawn ON outbox_message (withdrawn_by) WHERE withdrawn_by IS NOT NULL;
CREATE UNIQUE INDEX uq_outbox_message_invoice_once ON outbox_message (kind, channel, recipient, invoice_id, invoice_revision, resend_sequence) WHERE invoice_id IS NOT NULL;
CREATE INDEX ix_message_rule_appointment_id ON message_rule (appointment_id);
CREATE INDEX ix_message_rule_client_id ON message_rule (client_id);
CREATE INDEX ix_message_rule_type_id ON message_rule (type_id);
CREATE INDEX ix_series_client_id ON series (client_id);
CREATE INDEX ix_closed_day_last_on ON closed_day (last_on);
CREATE INDEX ix_closed_day_location_id ON closed_day (location_id);
CREATE INDEX ix_travel_time_from_id ON travel_time (from_id);
CREATE INDEX ix_travel_time_to_id ON travel_time (to_id);
CREATE INDEX ix_waitlist_entry_client_id ON waitlist_entry (client_id);
CREATE INDEX ix_waitlist_entry_open ON waitlist_entry (state) WHERE state IN ('waiting', 'offered');
CREATE INDEX ix_appointment_series_id ON appointment (series_id);
CREATE UNIQUE INDEX uq_appointment_uid ON appointment (uid) WHERE uid <> '';
CREATE INDEX ix_blocked_time_series_id ON blocked_time (series_id);
CREATE UNIQUE INDEX uq_blocked_time_uid ON blocked_time (uid) WHERE uid <> '';
CREATE INDEX ix_outbox_message_series ON outbox_message (series_id) WHERE series_id IS NOT NULL;
CREATE INDEX ix_change_row ON change (table_name, row_key, action_id);
CREATE TRIGGER log_setting_insert AFTER INSERT ON "setting"  BEGIN SELECT RAISE(ABORT, 'setting written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'setting', NEW."key", NULL, json_object('key', NEW."key", 'value', NEW."value") FROM action_context; END;
CREATE TRIGGER log_setting_update AFTER UPDATE ON "setting" WHEN OLD."key" IS NOT NEW."key" OR OLD."value" IS NOT NEW."value" BEGIN SELECT RAISE(ABORT, 'setting written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'setting', NEW."key", json_object('key', OLD."key", 'value', OLD."value"), json_object('key', NEW."key", 'value', NEW."value") FROM action_context; END;
CREATE TRIGGER log_setting_delete AFTER DELETE ON "setting"  BEGIN SELECT RAISE(ABORT, 'setting written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'setting', OLD."key", json_object('key', OLD."key", 'value', OLD."value"), NULL FROM action_context; END;
CREATE TRIGGER log_location_insert AFTER INSERT ON "location"  BEGIN SELECT RAISE(ABORT, 'location written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'location', NEW."id", NULL, json_object('id', NEW."id", 'name', NEW."name", 'address', NEW."address", 'phone', NEW."phone", 'instructions', NEW."instructions", 'video_link', NEW."video_link", 'position', NEW."position", 'active', NEW."active") FROM action_context; END;
CREATE TRIGGER log_location_update AFTER UPDATE ON "location" WHEN OLD."id" IS NOT NEW."id" OR OLD."name" IS NOT NEW."name" OR OLD."address" IS NOT NEW."address" OR OLD."phone" IS NOT NEW."phone" OR OLD."instructions" IS NOT NEW."instructions" OR OLD."video_link" IS NOT NEW."video_link" OR OLD."position" IS NOT NEW."position" OR OLD."active" IS NOT NEW."active" BEGIN SELECT RAISE(ABORT, 'location written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'location', NEW."id", json_object('id', OLD."id", 'name', OLD."name", 'address', OLD."address", 'phone', OLD."phone", 'instructions', OLD."instructions", 'video_link', OLD."video_link", 'position', OLD."position", 'active', OLD."active"), json_object('id', NEW."id", 'name', NEW."name", 'address', NEW."address", 'phone', NEW."phone", 'instructions', NEW."instructions", 'video_link', NEW."video_link", 'position', NEW."position", 'active', NEW."active") FROM action_context; END;
CREATE TRIGGER log_location_delete AFTER DELETE ON "location"  BEGIN SELECT RAISE(ABORT, 'location written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'location', OLD."id", json_object('id', OLD."id", 'name', OLD."name", 'address', OLD."address", 'phone', OLD."phone", 'instructions', OLD."instructions", 'video_link', OLD."video_link", 'position', OLD."position", 'active', OLD."active"), NULL FROM action_context; END;
CREATE TRIGGER log_operating_interval_insert AFTER INSERT ON "operating_interval"  BEGIN SELECT RAISE(ABORT, 'operating_interval written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'operating_interval', NEW."id", NULL, json_object('id', NEW."id", 'location_id', NEW."location_id", 'weekday', NEW."weekday", 'opens', NEW."opens", 'closes', NEW."closes") FROM action_context; END;
CREATE TRIGGER log_operating_interval_update AFTER UPDATE ON "operating_interval" WHEN OLD."id" IS NOT NEW."id" OR OLD."location_id" IS NOT NEW."location_id" OR OLD."weekday" IS NOT NEW."weekday" OR OLD."opens" IS NOT NEW."opens" OR OLD."closes" IS NOT NEW."closes" BEGIN SELECT RAISE(ABORT, 'operating_interval written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'operating_interval', NEW."id", json_object('id', OLD."id", 'location_id', OLD."location_id", 'weekday', OLD."weekday", 'opens', OLD."opens", 'closes', OLD."closes"), json_object('id', NEW."id", 'location_id', NEW."location_id", 'weekday', NEW."weekday", 'opens', NEW."opens", 'closes', NEW."closes") FROM action_context; END;
CREATE TRIGGER log_operating_interval_delete AFTER DELETE ON "operating_interval"  BEGIN SELECT RAISE(ABORT, 'operating_interval written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'operating_interval', OLD."id", json_object('id', OLD."id", 'location_id', OLD."location_id", 'weekday', OLD."weekday", 'opens', OLD."opens", 'closes', OLD."closes"), NULL FROM action_context; END;
CREATE TRIGGER log_appointment_type_insert AFTER INSERT ON "appointment_type"  BEGIN SELECT RAISE(ABORT, 'appointment_type written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'appointment_type', NEW."id", NULL, json_object('id', NEW."id", 'name', NEW."name", 'minutes', NEW."minutes", 'fee_minor', NEW."fee_minor", 'location_id', NEW."location_id", 'minutes_before', NEW."minutes_before", 'minutes_after', NEW."minutes_after", 'position', NEW."position", 'active', NEW."active") FROM action_context; END;
CREATE TRIGGER log_appointment_type_update AFTER UPDATE ON "appointment_type" WHEN OLD."id" IS NOT NEW."id" OR OLD."name" IS NOT NEW."name" OR OLD."minutes" IS NOT NEW."minutes" OR OLD."fee_minor" IS NOT NEW."fee_minor" OR OLD."location_id" IS NOT NEW."location_id" OR OLD."minutes_before" IS NOT NEW."minutes_before" OR OLD."minutes_after" IS NOT NEW."minutes_after" OR OLD."position" IS NOT NEW."position" OR OLD."active" IS NOT NEW."active" BEGIN SELECT RAISE(ABORT, 'appointment_type written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'appointment_type', NEW."id", json_object('id', OLD."id", 'name', OLD."name", 'minutes', OLD."minutes", 'fee_minor', OLD."fee_minor", 'location_id', OLD."location_id", 'minutes_before', OLD."minutes_before", 'minutes_after', OLD."minutes_after", 'position', OLD."position", 'active', OLD."active"), json_object('id', NEW."id", 'name', NEW."name", 'minutes', NEW."minutes", 'fee_minor', NEW."fee_minor", 'location_id', NEW."location_id", 'minutes_before', NEW."minutes_before", 'minutes_after', NEW."minutes_after", 'position', NEW."position", 'active', NEW."active") FROM action_context; END;
CREATE TRIGGER log_appointment_type_delete AFTER DELETE ON "appointment_type"  BEGIN SELECT RAISE(ABORT, 'appointment_type written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'appointment_type', OLD."id", json_object('id', OLD."id", 'name', OLD."name", 'minutes', OLD."minutes", 'fee_minor', OLD."fee_minor", 'location_id', OLD."location_id", 'minutes_before', OLD."minutes_before", 'minutes_after', OLD."minutes_after", 'position', OLD."position", 'active', OLD."active"), NULL FROM action_context; END;
CREATE TRIGGER log_client_insert AFTER INSERT ON "client"  BEGIN SELECT RAISE(ABORT, 'client written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'client', NEW."id", NULL, json_object('id', NEW."id", 'first_name', NEW."first_name", 'last_name', NEW."last_name", 'sort_name', NEW."sort_name", 'search', NEW."search", 'mobile', NEW."mobile", 'email', NEW."email", 'address', NEW."address", 'birth_date', NEW."birth_date", 'id_number', NEW."id_number", 'language', NEW."language", 'sms_allowed', NEW."sms_allowed", 'email_allowed', NEW."email_allowed", 'codes_consent_on', NEW."codes_consent_on", 'bill_to_name', NEW."bill_to_name", 'bill_to_email', NEW."bill_to_email", 'bill_to_address', NEW."bill_to_address", 'archived_at', NEW."archived_at", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_client_update AFTER UPDATE ON "client" WHEN OLD."id" IS NOT NEW."id" OR OLD."first_name" IS NOT NEW."first_name" OR OLD."last_name" IS NOT NEW."last_name" OR OLD."sort_name" IS NOT NEW."sort_name" OR OLD."search" IS NOT NEW."search" OR OLD."mobile" IS NOT NEW."mobile" OR OLD."email" IS NOT NEW."email" OR OLD."address" IS NOT NEW."address" OR OLD."birth_date" IS NOT NEW."birth_date" OR OLD."id_number" IS NOT NEW."id_number" OR OLD."language" IS NOT NEW."language" OR OLD."sms_allowed" IS NOT NEW."sms_allowed" OR OLD."email_allowed" IS NOT NEW."email_allowed" OR OLD."codes_consent_on" IS NOT NEW."codes_consent_on" OR OLD."bill_to_name" IS NOT NEW."bill_to_name" OR OLD."bill_to_email" IS NOT NEW."bill_to_email" OR OLD."bill_to_address" IS NOT NEW."bill_to_address" OR OLD."archived_at" IS NOT NEW."archived_at" OR OLD."created_at" IS NOT NEW."created_at" BEGIN SELECT RAISE(ABORT, 'client written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'client', NEW."id", json_object('id', OLD."id", 'first_name', OLD."first_name", 'last_name', OLD."last_name", 'sort_name', OLD."sort_name", 'search', OLD."search", 'mobile', OLD."mobile", 'email', OLD."email", 'address', OLD."address", 'birth_date', OLD."birth_date", 'id_number', OLD."id_number", 'language', OLD."language", 'sms_allowed', OLD."sms_allowed", 'email_allowed', OLD."email_allowed", 'codes_consent_on', OLD."codes_consent_on", 'bill_to_name', OLD."bill_to_name", 'bill_to_email', OLD."bill_to_email", 'bill_to_address', OLD."bill_to_address", 'archived_at', OLD."archived_at", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'first_name', NEW."first_name", 'last_name', NEW."last_name", 'sort_name', NEW."sort_name", 'search', NEW."search", 'mobile', NEW."mobile", 'email', NEW."email", 'address', NEW."address", 'birth_date', NEW."birth_date", 'id_number', NEW."id_number", 'language', NEW."language", 'sms_allowed', NEW."sms_allowed", 'email_allowed', NEW."email_allowed", 'codes_consent_on', NEW."codes_consent_on", 'bill_to_name', NEW."bill_to_name", 'bill_to_email', NEW."bill_to_email", 'bill_to_address', NEW."bill_to_address", 'archived_at', NEW."archived_at", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_client_delete AFTER DELETE ON "client"  BEGIN SELECT RAISE(ABORT, 'client written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'client', OLD."id", json_object('id', OLD."id", 'first_name', OLD."first_name", 'last_name', OLD."last_name", 'sort_name', OLD."sort_name", 'search', OLD."search", 'mobile', OLD."mobile", 'email', OLD."email", 'address', OLD."address", 'birth_date', OLD."birth_date", 'id_number', OLD."id_number", 'language', OLD."language", 'sms_allowed', OLD."sms_allowed", 'email_allowed', OLD."email_allowed", 'codes_consent_on', OLD."codes_consent_on", 'bill_to_name', OLD."bill_to_name", 'bill_to_email', OLD."bill_to_email", 'bill_to_address', OLD."bill_to_address", 'archived_at', OLD."archived_at", 'created_at', OLD."created_at"), NULL FROM action_context; END;
CREATE TRIGGER log_medical_record_insert AFTER INSERT ON "medical_record"  BEGIN SELECT RAISE(ABORT, 'medical_record written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'medical_record', NEW."id", NULL, json_object('id', NEW."id", 'client_id', NEW."client_id", 'scheme', NEW."scheme", 'option', NEW."option", 'membership_number', NEW."membership_number", 'main_member', NEW."main_member", 'dependant_code', NEW."dependant_code", 'patient_id', NEW."patient_id", 'patient_birth_date', NEW."patient_birth_date", 'referring_practitioner', NEW."referring_practitioner", 'authorisation', NEW."authorisation") FROM action_context; END;
CREATE TRIGGER log_medical_record_update AFTER UPDATE ON "medical_record" WHEN OLD."id" IS NOT NEW."id" OR OLD."client_id" IS NOT NEW."client_id" OR OLD."scheme" IS NOT NEW."scheme" OR OLD."option" IS NOT NEW."option" OR OLD."membership_number" IS NOT NEW."membership_number" OR OLD."main_member" IS NOT NEW."main_member" OR OLD."dependant_code" IS NOT NEW."dependant_code" OR OLD."patient_id" IS NOT NEW."patient_id" OR OLD."patient_birth_date" IS NOT NEW."patient_birth_date" OR OLD."referring_practitioner" IS NOT NEW."referring_practitioner" OR OLD."authorisation" IS NOT NEW."authorisation" BEGIN SELECT RAISE(ABORT, 'medical_record written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'medical_record', NEW."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'scheme', OLD."scheme", 'option', OLD."option", 'membership_number', OLD."membership_number", 'main_member', OLD."main_member", 'dependant_code', OLD."dependant_code", 'patient_id', OLD."patient_id", 'patient_birth_date', OLD."patient_birth_date", 'referring_practitioner', OLD."referring_practitioner", 'authorisation', OLD."authorisation"), json_object('id', NEW."id", 'client_id', NEW."client_id", 'scheme', NEW."scheme", 'option', NEW."option", 'membership_number', NEW."membership_number", 'main_member', NEW."main_member", 'dependant_code', NEW."dependant_code", 'patient_id', NEW."patient_id", 'patient_birth_date', NEW."patient_birth_date", 'referring_practitioner', NEW."referring_practitioner", 'authorisation', NEW."authorisation") FROM action_context; END;
CREATE TRIGGER log_medical_record_delete AFTER DELETE ON "medical_record"  BEGIN SELECT RAISE(ABORT, 'medical_record written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'medical_record', OLD."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'scheme', OLD."scheme", 'option', OLD."option", 'membership_number', OLD."membership_number", 'main_member', OLD."main_member", 'dependant_code', OLD."dependant_code", 'patient_id', OLD."patient_id", 'patient_birth_date', OLD."patient_birth_date", 'referring_practitioner', OLD."referring_practitioner", 'authorisation', OLD."authorisation"), NULL FROM action_context; END;
CREATE TRIGGER log_closed_day_insert AFTER INSERT ON "closed_day"  BEGIN SELECT RAISE(ABORT, 'closed_day written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'closed_day', NEW."id", NULL, json_object('id', NEW."id", 'location_id', NEW."location_id", 'first_on', NEW."first_on", 'last_on', NEW."last_on", 'title', NEW."title") FROM action_context; END;
CREATE TRIGGER log_closed_day_update AFTER UPDATE ON "closed_day" WHEN OLD."id" IS NOT NEW."id" OR OLD."location_id" IS NOT NEW."location_id" OR OLD."first_on" IS NOT NEW."first_on" OR OLD."last_on" IS NOT NEW."last_on" OR OLD."title" IS NOT NEW."title" BEGIN SELECT RAISE(ABORT, 'closed_day written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'closed_day', NEW."id", json_object('id', OLD."id", 'location_id', OLD."location_id", 'first_on', OLD."first_on", 'last_on', OLD."last_on", 'title', OLD."title"), json_object('id', NEW."id", 'location_id', NEW."location_id", 'first_on', NEW."first_on", 'last_on', NEW."last_on", 'title', NEW."title") FROM action_context; END;
CREATE TRIGGER log_closed_day_delete AFTER DELETE ON "closed_day"  BEGIN SELECT RAISE(ABORT, 'closed_day written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'closed_day', OLD."id", json_object('id', OLD."id", 'location_id', OLD."location_id", 'first_on', OLD."first_on", 'last_on', OLD."last_on", 'title', OLD."title"), NULL FROM action_context; END;
CREATE TRIGGER log_travel_time_insert AFTER INSERT ON "travel_time"  BEGIN SELECT RAISE(ABORT, 'travel_time written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'travel_time', NEW."id", NULL, json_object('id', NEW."id", 'from_id', NEW."from_id", 'to_id', NEW."to_id", 'minutes', NEW."minutes") FROM action_context; END;
CREATE TRIGGER log_travel_time_update AFTER UPDATE ON "travel_time" WHEN OLD."id" IS NOT NEW."id" OR OLD."from_id" IS NOT NEW."from_id" OR OLD."to_id" IS NOT NEW."to_id" OR OLD."minutes" IS NOT NEW."minutes" BEGIN SELECT RAISE(ABORT, 'travel_time written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'travel_time', NEW."id", json_object('id', OLD."id", 'from_id', OLD."from_id", 'to_id', OLD."to_id", 'minutes', OLD."minutes"), json_object('id', NEW."id", 'from_id', NEW."from_id", 'to_id', NEW."to_id", 'minutes', NEW."minutes") FROM action_context; END;
CREATE TRIGGER log_travel_time_delete AFTER DELETE ON "travel_time"  BEGIN SELECT RAISE(ABORT, 'travel_time written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'travel_time', OLD."id", json_object('id', OLD."id", 'from_id', OLD."from_id", 'to_id', OLD."to_id", 'minutes', OLD."minutes"), NULL FROM action_context; END;
CREATE TRIGGER log_series_insert AFTER INSERT ON "series"  BEGIN SELECT RAISE(ABORT, 'series written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'series', NEW."id", NULL, json_object('id', NEW."id", 'kind', NEW."kind", 'client_id', NEW."client_id", 'type_id', NEW."type_id", 'location_id', NEW."location_id", 'title', NEW."title", 'starts_local', NEW."starts_local", 'zone', NEW."zone", 'minutes', NEW."minutes", 'rule', NEW."rule", 'fee_minor', NEW."fee_minor", 'currency', NEW."currency", 'note', NEW."note", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_series_update AFTER UPDATE ON "series" WHEN OLD."id" IS NOT NEW."id" OR OLD."kind" IS NOT NEW."kind" OR OLD."client_id" IS NOT NEW."client_id" OR OLD."type_id" IS NOT NEW."type_id" OR OLD."location_id" IS NOT NEW."location_id" OR OLD."title" IS NOT NEW."title" OR OLD."starts_local" IS NOT NEW."starts_local" OR OLD."zone" IS NOT NEW."zone" OR OLD."minutes" IS NOT NEW."minutes" OR OLD."rule" IS NOT NEW."rule" OR OLD."fee_minor" IS NOT NEW."fee_minor" OR OLD."currency" IS NOT NEW."currency" OR OLD."note" IS NOT NEW."note" OR OLD."created_at" IS NOT NEW."created_at" BEGIN SELECT RAISE(ABORT, 'series written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'series', NEW."id", json_object('id', OLD."id", 'kind', OLD."kind", 'client_id', OLD."client_id", 'type_id', OLD."type_id", 'location_id', OLD."location_id", 'title', OLD."title", 'starts_local', OLD."starts_local", 'zone', OLD."zone", 'minutes', OLD."minutes", 'rule', OLD."rule", 'fee_minor', OLD."fee_minor", 'currency', OLD."currency", 'note', OLD."note", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'kind', NEW."kind", 'client_id', NEW."client_id", 'type_id', NEW."type_id", 'location_id', NEW."location_id", 'title', NEW."title", 'starts_local', NEW."starts_local", 'zone', NEW."zone", 'minutes', NEW."minutes", 'rule', NEW."rule", 'fee_minor', NEW."fee_minor", 'currency', NEW."currency", 'note', NEW."note", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_series_delete AFTER DELETE ON "series"  BEGIN SELECT RAISE(ABORT, 'series written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'series', OLD."id", json_object('id', OLD."id", 'kind', OLD."kind", 'client_id', OLD."client_id", 'type_id', OLD."type_id", 'location_id', OLD."location_id", 'title', OLD."title", 'starts_local', OLD."starts_local", 'zone', OLD."zone", 'minutes', OLD."minutes", 'rule', OLD."rule", 'fee_minor', OLD."fee_minor", 'currency', OLD."currency", 'note', OLD."note", 'created_at', OLD."created_at"), NULL FROM action_context; END;
CREATE TRIGGER log_appointment_insert AFTER INSERT ON "appointment"  BEGIN SELECT RAISE(ABORT, 'appointment written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'appointment', NEW."id", NULL, json_object('id', NEW."id", 'client_id', NEW."client_id", 'type_id', NEW."type_id", 'location_id', NEW."location_id", 'title', NEW."title", 'starts_local', NEW."starts_local", 'zone', NEW."zone", 'starts_at', NEW."starts_at", 'ends_at', NEW."ends_at", 'minutes', NEW."minutes", 'fee_minor', NEW."fee_minor", 'currency', NEW."currency", 'status', NEW."status", 'status_at', NEW."status_at", 'reason', NEW."reason", 'note', NEW."note", 'sequence', NEW."sequence", 'invoice_id', NEW."invoice_id", 'created_at', NEW."created_at", 'charge_minor', NEW."charge_minor", 'series_id', NEW."series_id", 'series_start', NEW."series_start", 'uid', NEW."uid") FROM action_context; END;
CREATE TRIGGER log_appointment_update AFTER UPDATE ON "appointment" WHEN OLD."id" IS NOT NEW."id" OR OLD."client_id" IS NOT NEW."client_id" OR OLD."type_id" IS NOT NEW."type_id" OR OLD."location_id" IS NOT NEW."location_id" OR OLD."title" IS NOT NEW."title" OR OLD."starts_local" IS NOT NEW."starts_local" OR OLD."zone" IS NOT NEW."zone" OR OLD."starts_at" IS NOT NEW."starts_at" OR OLD."ends_at" IS NOT NEW."ends_at" OR OLD."minutes" IS NOT NEW."minutes" OR OLD."fee_minor" IS NOT NEW."fee_minor" OR OLD."currency" IS NOT NEW."currency" OR OLD."status" IS NOT NEW."status" OR OLD."status_at" IS NOT NEW."status_at" OR OLD."reason" IS NOT NEW."reason" OR OLD."note" IS NOT NEW."note" OR OLD."sequence" IS NOT NEW."sequence" OR OLD."invoice_id" IS NOT NEW."invoice_id" OR OLD."created_at" IS NOT NEW."created_at" OR OLD."charge_minor" IS NOT NEW."charge_minor" OR OLD."series_id" IS NOT NEW."series_id" OR OLD."series_start" IS NOT NEW."series_start" OR OLD."uid" IS NOT NEW."uid" BEGIN SELECT RAISE(ABORT, 'appointment written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'appointment', NEW."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'type_id', OLD."type_id", 'location_id', OLD."location_id", 'title', OLD."title", 'starts_local', OLD."starts_local", 'zone', OLD."zone", 'starts_at', OLD."starts_at", 'ends_at', OLD."ends_at", 'minutes', OLD."minutes", 'fee_minor', OLD."fee_minor", 'currency', OLD."currency", 'status', OLD."status", 'status_at', OLD."status_at", 'reason', OLD."reason", 'note', OLD."note", 'sequence', OLD."sequence", 'invoice_id', OLD."invoice_id", 'created_at', OLD."created_at", 'charge_minor', OLD."charge_minor", 'series_id', OLD."series_id", 'series_start', OLD."series_start", 'uid', OLD."uid"), json_object('id', NEW."id", 'client_id', NEW."client_id", 'type_id', NEW."type_id", 'location_id', NEW."location_id", 'title', NEW."title", 'starts_local', NEW."starts_local", 'zone', NEW."zone", 'starts_at', NEW."starts_at", 'ends_at', NEW."ends_at", 'minutes', NEW."minutes", 'fee_minor', NEW."fee_minor", 'currency', NEW."currency", 'status', NEW."status", 'status_at', NEW."status_at", 'reason', NEW."reason", 'note', NEW."note", 'sequence', NEW."sequence", 'invoice_id', NEW."invoice_id", 'created_at', NEW."created_at", 'charge_minor', NEW."charge_minor", 'series_id', NEW."series_id", 'series_start', NEW."series_start", 'uid', NEW."uid") FROM action_context; END;
CREATE TRIGGER log_appointment_delete AFTER DELETE ON "appointment"  BEGIN SELECT RAISE(ABORT, 'appointment written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'appointment', OLD."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'type_id', OLD."type_id", 'location_id', OLD."location_id", 'title', OLD."title", 'starts_local', OLD."starts_local", 'zone', OLD."zone", 'starts_at', OLD."starts_at", 'ends_at', OLD."ends_at", 'minutes', OLD."minutes", 'fee_minor', OLD."fee_minor", 'currency', OLD."currency", 'status', OLD."status", 'status_at', OLD."status_at", 'reason', OLD."reason", 'note', OLD."note", 'sequence', OLD."sequence", 'invoice_id', OLD."invoice_id", 'created_at', OLD."created_at", 'charge_minor', OLD."charge_minor", 'series_id', OLD."series_id", 'series_start', OLD."series_start", 'uid', OLD."uid"), NULL FROM action_context; END;
CREATE TRIGGER log_blocked_time_insert AFTER INSERT ON "blocked_time"  BEGIN SELECT RAISE(ABORT, 'blocked_time written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'blocked_time', NEW."id", NULL, json_object('id', NEW."id", 'title', NEW."title", 'starts_local', NEW."starts_local", 'zone', NEW."zone", 'starts_at', NEW."starts_at", 'ends_at', NEW."ends_at", 'minutes', NEW."minutes", 'created_at', NEW."created_at", 'series_id', NEW."series_id", 'series_start', NEW."series_start", 'uid', NEW."uid") FROM action_context; END;
CREATE TRIGGER log_blocked_time_update AFTER UPDATE ON "blocked_time" WHEN OLD."id" IS NOT NEW."id" OR OLD."title" IS NOT NEW."title" OR OLD."starts_local" IS NOT NEW."starts_local" OR OLD."zone" IS NOT NEW."zone" OR OLD."starts_at" IS NOT NEW."starts_at" OR OLD."ends_at" IS NOT NEW."ends_at" OR OLD."minutes" IS NOT NEW."minutes" OR OLD."created_at" IS NOT NEW."created_at" OR OLD."series_id" IS NOT NEW."series_id" OR OLD."series_start" IS NOT NEW."series_start" OR OLD."uid" IS NOT NEW."uid" BEGIN SELECT RAISE(ABORT, 'blocked_time written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'blocked_time', NEW."id", json_object('id', OLD."id", 'title', OLD."title", 'starts_local', OLD."starts_local", 'zone', OLD."zone", 'starts_at', OLD."starts_at", 'ends_at', OLD."ends_at", 'minutes', OLD."minutes", 'created_at', OLD."created_at", 'series_id', OLD."series_id", 'series_start', OLD."series_start", 'uid', OLD."uid"), json_object('id', NEW."id", 'title', NEW."title", 'starts_local', NEW."starts_local", 'zone', NEW."zone", 'starts_at', NEW."starts_at", 'ends_at', NEW."ends_at", 'minutes', NEW."minutes", 'created_at', NEW."created_at", 'series_id', NEW."series_id", 'series_start', NEW."series_start", 'uid', NEW."uid") FROM action_context; END;
CREATE TRIGGER log_blocked_time_delete AFTER DELETE ON "blocked_time"  BEGIN SELECT RAISE(ABORT, 'blocked_time written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'blocked_time', OLD."id", json_object('id', OLD."id", 'title', OLD."title", 'starts_local', OLD."starts_local", 'zone', OLD."zone", 'starts_at', OLD."starts_at", 'ends_at', OLD."ends_at", 'minutes', OLD."minutes", 'created_at', OLD."created_at", 'series_id', OLD."series_id", 'series_start', OLD."series_start", 'uid', OLD."uid"), NULL FROM action_context; END;
CREATE TRIGGER log_waitlist_entry_insert AFTER INSERT ON "waitlist_entry"  BEGIN SELECT RAISE(ABORT, 'waitlist_entry written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'waitlist_entry', NEW."id", NULL, json_object('id', NEW."id", 'client_id', NEW."client_id", 'type_id', NEW."type_id", 'minutes', NEW."minutes", 'weekdays', NEW."weekdays", 'opens', NEW."opens", 'closes', NEW."closes", 'first_on', NEW."first_on", 'last_on', NEW."last_on", 'note', NEW."note", 'state', NEW."state", 'offered_start', NEW."offered_start", 'offered_at', NEW."offered_at", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_waitlist_entry_update AFTER UPDATE ON "waitlist_entry" WHEN OLD."id" IS NOT NEW."id" OR OLD."client_id" IS NOT NEW."client_id" OR OLD."type_id" IS NOT NEW."type_id" OR OLD."minutes" IS NOT NEW."minutes" OR OLD."weekdays" IS NOT NEW."weekdays" OR OLD."opens" IS NOT NEW."opens" OR OLD."closes" IS NOT NEW."closes" OR OLD."first_on" IS NOT NEW."first_on" OR OLD."last_on" IS NOT NEW."last_on" OR OLD."note" IS NOT NEW."note" OR OLD."state" IS NOT NEW."state" OR OLD."offered_start" IS NOT NEW."offered_start" OR OLD."offered_at" IS NOT NEW."offered_at" OR OLD."created_at" IS NOT NEW."created_at" BEGIN SELECT RAISE(ABORT, 'waitlist_entry written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'waitlist_entry', NEW."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'type_id', OLD."type_id", 'minutes', OLD."minutes", 'weekdays', OLD."weekdays", 'opens', OLD."opens", 'closes', OLD."closes", 'first_on', OLD."first_on", 'last_on', OLD."last_on", 'note', OLD."note", 'state', OLD."state", 'offered_start', OLD."offered_start", 'offered_at', OLD."offered_at", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'client_id', NEW."client_id", 'type_id', NEW."type_id", 'minutes', NEW."minutes", 'weekdays', NEW."weekdays", 'opens', NEW."opens", 'closes', NEW."closes", 'first_on', NEW."first_on", 'last_on', NEW."last_on", 'note', NEW."note", 'state', NEW."state", 'offered_start', NEW."offered_start", 'offered_at', NEW."offered_at", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_waitlist_entry_delete AFTER DELETE ON "waitlist_entry"  BEGIN SELECT RAISE(ABORT, 'waitlist_entry written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'waitlist_entry', OLD."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'type_id', OLD."type_id", 'minutes', OLD."minutes", 'weekdays', OLD."weekdays", 'opens', OLD."opens", 'closes', OLD."closes", 'first_on', OLD."first_on", 'last_on', OLD."last_on", 'note', OLD."note", 'state', OLD."state", 'offered_start', OLD."offered_start", 'offered_at', OLD."offered_at", 'created_at', OLD."created_at"), NULL FROM action_context; END;
CREATE TRIGGER log_invoice_insert AFTER INSERT ON "invoice"  BEGIN SELECT RAISE(ABORT, 'invoice written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'invoice', NEW."id", NULL, json_object('id', NEW."id", 'client_id', NEW."client_id", 'status', NEW."status", 'number', NEW."number", 'sequence', NEW."sequence", 'issued_on', NEW."issued_on", 'due_on', NEW."due_on", 'currency', NEW."currency", 'letterhead', NEW."letterhead", 'bill_to', NEW."bill_to", 'subtotal_minor', NEW."subtotal_minor", 'tax_minor', NEW."tax_minor", 'total_minor', NEW."total_minor", 'note', NEW."note", 'issued_at', NEW."issued_at", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_invoice_update AFTER UPDATE ON "invoice" WHEN OLD."id" IS NOT NEW."id" OR OLD."client_id" IS NOT NEW."client_id" OR OLD."status" IS NOT NEW."status" OR OLD."number" IS NOT NEW."number" OR OLD."sequence" IS NOT NEW."sequence" OR OLD."issued_on" IS NOT NEW."issued_on" OR OLD."due_on" IS NOT NEW."due_on" OR OLD."currency" IS NOT NEW."currency" OR OLD."letterhead" IS NOT NEW."letterhead" OR OLD."bill_to" IS NOT NEW."bill_to" OR OLD."subtotal_minor" IS NOT NEW."subtotal_minor" OR OLD."tax_minor" IS NOT NEW."tax_minor" OR OLD."total_minor" IS NOT NEW."total_minor" OR OLD."note" IS NOT NEW."note" OR OLD."issued_at" IS NOT NEW."issued_at" OR OLD."created_at" IS NOT NEW."created_at" BEGIN SELECT RAISE(ABORT, 'invoice written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'invoice', NEW."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'status', OLD."status", 'number', OLD."number", 'sequence', OLD."sequence", 'issued_on', OLD."issued_on", 'due_on', OLD."due_on", 'currency', OLD."currency", 'letterhead', OLD."letterhead", 'bill_to', OLD."bill_to", 'subtotal_minor', OLD."subtotal_minor", 'tax_minor', OLD."tax_minor", 'total_minor', OLD."total_minor", 'note', OLD."note", 'issued_at', OLD."issued_at", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'client_id', NEW."client_id", 'status', NEW."status", 'number', NEW."number", 'sequence', NEW."sequence", 'issued_on', NEW."issued_on", 'due_on', NEW."due_on", 'currency', NEW."currency", 'letterhead', NEW."letterhead", 'bill_to', NEW."bill_to", 'subtotal_minor', NEW."subtotal_minor", 'tax_minor', NEW."tax_minor", 'total_minor', NEW."total_minor", 'note', NEW."note", 'issued_at', NEW."issued_at", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_invoice_delete AFTER DELETE ON "invoice"  BEGIN SELECT RAISE(ABORT, 'invoice written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'invoice', OLD."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'status', OLD."status", 'number', OLD."number", 'sequence', OLD."sequence", 'issued_on', OLD."issued_on", 'due_on', OLD."due_on", 'currency', OLD."currency", 'letterhead', OLD."letterhead", 'bill_to', OLD."bill_to", 'subtotal_minor', OLD."subtotal_minor", 'tax_minor', OLD."tax_minor", 'total_minor', OLD."total_minor", 'note', OLD."note", 'issued_at', OLD."issued_at", 'created_at', OLD."created_at"), NULL FROM action_context; END;
CREATE TRIGGER log_line_item_insert AFTER INSERT ON "line_item"  BEGIN SELECT RAISE(ABORT, 'line_item written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'line_item', NEW."id", NULL, json_object('id', NEW."id", 'invoice_id', NEW."invoice_id", 'position', NEW."position", 'appointment_id', NEW."appointment_id", 'service_at', NEW."service_at", 'description', NEW."description", 'code_kind', NEW."code_kind", 'code', NEW."code", 'quantity_milli', NEW."quantity_milli", 'unit_price_minor', NEW."unit_price_minor", 'discount_minor', NEW."discount_minor", 'tax_basis_points', NEW."tax_basis_points", 'tax_minor', NEW."tax_minor", 'total_minor', NEW."total_minor") FROM action_context; END;
CREATE TRIGGER log_line_item_update AFTER UPDATE ON "line_item" WHEN OLD."id" IS NOT NEW."id" OR OLD."invoice_id" IS NOT NEW."invoice_id" OR OLD."position" IS NOT NEW."position" OR OLD."appointment_id" IS NOT NEW."appointment_id" OR OLD."service_at" IS NOT NEW."service_at" OR OLD."description" IS NOT NEW."description" OR OLD."code_kind" IS NOT NEW."code_kind" OR OLD."code" IS NOT NEW."code" OR OLD."quantity_milli" IS NOT NEW."quantity_milli" OR OLD."unit_price_minor" IS NOT NEW."unit_price_minor" OR OLD."discount_minor" IS NOT NEW."discount_minor" OR OLD."tax_basis_points" IS NOT NEW."tax_basis_points" OR OLD."tax_minor" IS NOT NEW."tax_minor" OR OLD."total_minor" IS NOT NEW."total_minor" BEGIN SELECT RAISE(ABORT, 'line_item written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'line_item', NEW."id", json_object('id', OLD."id", 'invoice_id', OLD."invoice_id", 'position', OLD."position", 'appointment_id', OLD."appointment_id", 'service_at', OLD."service_at", 'description', OLD."description", 'code_kind', OLD."code_kind", 'code', OLD."code", 'quantity_milli', OLD."quantity_milli", 'unit_price_minor', OLD."unit_price_minor", 'discount_minor', OLD."discount_minor", 'tax_basis_points', OLD."tax_basis_points", 'tax_minor', OLD."tax_minor", 'total_minor', OLD."total_minor"), json_object('id', NEW."id", 'invoice_id', NEW."invoice_id", 'position', NEW."position", 'appointment_id', NEW."appointment_id", 'service_at', NEW."service_at", 'description', NEW."description", 'code_kind', NEW."code_kind", 'code', NEW."code", 'quantity_milli', NEW."quantity_milli", 'unit_price_minor', NEW."unit_price_minor", 'discount_minor', NEW."discount_minor", 'tax_basis_points', NEW."tax_basis_points", 'tax_minor', NEW."tax_minor", 'total_minor', NEW."total_minor") FROM action_context; END;
CREATE TRIGGER log_line_item_delete AFTER DELETE ON "line_item"  BEGIN SELECT RAISE(ABORT, 'line_item written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'line_item', OLD."id", json_object('id', OLD."id", 'invoice_id', OLD."invoice_id", 'position', OLD."position", 'appointment_id', OLD."appointment_id", 'service_at', OLD."service_at", 'description', OLD."description", 'code_kind', OLD."code_kind", 'code', OLD."code", 'quantity_milli', OLD."quantity_milli", 'unit_price_minor', OLD."unit_price_minor", 'discount_minor', OLD."discount_minor", 'tax_basis_points', OLD."tax_basis_points", 'tax_minor', OLD."tax_minor", 'total_minor', OLD."total_minor"), NULL FROM action_context; END;
CREATE TRIGGER log_payment_insert AFTER INSERT ON "payment"  BEGIN SELECT RAISE(ABORT, 'payment written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'payment', NEW."id", NULL, json_object('id', NEW."id", 'client_id', NEW."client_id", 'amount_minor', NEW."amount_minor", 'currency', NEW."currency", 'method', NEW."method", 'received_on', NEW."received_on", 'reference', NEW."reference", 'token', NEW."token", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_payment_update AFTER UPDATE ON "payment" WHEN OLD."id" IS NOT NEW."id" OR OLD."client_id" IS NOT NEW."client_id" OR OLD."amount_minor" IS NOT NEW."amount_minor" OR OLD."currency" IS NOT NEW."currency" OR OLD."method" IS NOT NEW."method" OR OLD."received_on" IS NOT NEW."received_on" OR OLD."reference" IS NOT NEW."reference" OR OLD."token" IS NOT NEW."token" OR OLD."created_at" IS NOT NEW."created_at" BEGIN SELECT RAISE(ABORT, 'payment written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'payment', NEW."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'amount_minor', OLD."amount_minor", 'currency', OLD."currency", 'method', OLD."method", 'received_on', OLD."received_on", 'reference', OLD."reference", 'token', OLD."token", 'created_at', OLD."created_at"), json_object('id', NEW."id", 'client_id', NEW."client_id", 'amount_minor', NEW."amount_minor", 'currency', NEW."currency", 'method', NEW."method", 'received_on', NEW."received_on", 'reference', NEW."reference", 'token', NEW."token", 'created_at', NEW."created_at") FROM action_context; END;
CREATE TRIGGER log_payment_delete AFTER DELETE ON "payment"  BEGIN SELECT RAISE(ABORT, 'payment written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'payment', OLD."id", json_object('id', OLD."id", 'client_id', OLD."client_id", 'amount_minor', OLD."amount_minor", 'currency', OLD."currency", 'method', OLD."method", 'received_on', OLD."received_on", 'reference', OLD."reference", 'token', OLD."token", 'created_at', OLD."created_at"), NULL FROM action_context; END;
CREATE TRIGGER log_payment_allocation_insert AFTER INSERT ON "payment_allocation"  BEGIN SELECT RAISE(ABORT, 'payment_allocation written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'payment_allocation', NEW."id", NULL, json_object('id', NEW."id", 'payment_id', NEW."payment_id", 'invoice_id', NEW."invoice_id", 'amount_minor', NEW."amount_minor") FROM action_context; END;
CREATE TRIGGER log_payment_allocation_update AFTER UPDATE ON "payment_allocation" WHEN OLD."id" IS NOT NEW."id" OR OLD."payment_id" IS NOT NEW."payment_id" OR OLD."invoice_id" IS NOT NEW."invoice_id" OR OLD."amount_minor" IS NOT NEW."amount_minor" BEGIN SELECT RAISE(ABORT, 'payment_allocation written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'payment_allocation', NEW."id", json_object('id', OLD."id", 'payment_id', OLD."payment_id", 'invoice_id', OLD."invoice_id", 'amount_minor', OLD."amount_minor"), json_object('id', NEW."id", 'payment_id', NEW."payment_id", 'invoice_id', NEW."invoice_id", 'amount_minor', NEW."amount_minor") FROM action_context; END;
CREATE TRIGGER log_payment_allocation_delete AFTER DELETE ON "payment_allocation"  BEGIN SELECT RAISE(ABORT, 'payment_allocation written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'payment_allocation', OLD."id", json_object('id', OLD."id", 'payment_id', OLD."payment_id", 'invoice_id', OLD."invoice_id", 'amount_minor', OLD."amount_minor"), NULL FROM action_context; END;
CREATE TRIGGER log_message_rule_insert AFTER INSERT ON "message_rule"  BEGIN SELECT RAISE(ABORT, 'message_rule written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'message_rule', NEW."id", NULL, json_object('id', NEW."id", 'kind', NEW."kind", 'type_id', NEW."type_id", 'client_id', NEW."client_id", 'appointment_id', NEW."appointment_id", 'channels', NEW."channels", 'lead_days', NEW."lead_days", 'lead_hours', NEW."lead_hours", 'at_time', NEW."at_time", 'since', NEW."since") FROM action_context; END;
CREATE TRIGGER log_message_rule_update AFTER UPDATE ON "message_rule" WHEN OLD."id" IS NOT NEW."id" OR OLD."kind" IS NOT NEW."kind" OR OLD."type_id" IS NOT NEW."type_id" OR OLD."client_id" IS NOT NEW."client_id" OR OLD."appointment_id" IS NOT NEW."appointment_id" OR OLD."channels" IS NOT NEW."channels" OR OLD."lead_days" IS NOT NEW."lead_days" OR OLD."lead_hours" IS NOT NEW."lead_hours" OR OLD."at_time" IS NOT NEW."at_time" OR OLD."since" IS NOT NEW."since" BEGIN SELECT RAISE(ABORT, 'message_rule written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'message_rule', NEW."id", json_object('id', OLD."id", 'kind', OLD."kind", 'type_id', OLD."type_id", 'client_id', OLD."client_id", 'appointment_id', OLD."appointment_id", 'channels', OLD."channels", 'lead_days', OLD."lead_days", 'lead_hours', OLD."lead_hours", 'at_time', OLD."at_time", 'since', OLD."since"), json_object('id', NEW."id", 'kind', NEW."kind", 'type_id', NEW."type_id", 'client_id', NEW."client_id", 'appointment_id', NEW."appointment_id", 'channels', NEW."channels", 'lead_days', NEW."lead_days", 'lead_hours', NEW."lead_hours", 'at_time', NEW."at_time", 'since', NEW."since") FROM action_context; END;
CREATE TRIGGER log_message_rule_delete AFTER DELETE ON "message_rule"  BEGIN SELECT RAISE(ABORT, 'message_rule written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'message_rule', OLD."id", json_object('id', OLD."id", 'kind', OLD."kind", 'type_id', OLD."type_id", 'client_id', OLD."client_id", 'appointment_id', OLD."appointment_id", 'channels', OLD."channels", 'lead_days', OLD."lead_days", 'lead_hours', OLD."lead_hours", 'at_time', OLD."at_time", 'since', OLD."since"), NULL FROM action_context; END;
CREATE TRIGGER log_message_template_insert AFTER INSERT ON "message_template"  BEGIN SELECT RAISE(ABORT, 'message_template written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'message_template', NEW."id", NULL, json_object('id', NEW."id", 'kind', NEW."kind", 'channel', NEW."channel", 'language', NEW."language", 'subject', NEW."subject", 'body', NEW."body") FROM action_context; END;
CREATE TRIGGER log_message_template_update AFTER UPDATE ON "message_template" WHEN OLD."id" IS NOT NEW."id" OR OLD."kind" IS NOT NEW."kind" OR OLD."channel" IS NOT NEW."channel" OR OLD."language" IS NOT NEW."language" OR OLD."subject" IS NOT NEW."subject" OR OLD."body" IS NOT NEW."body" BEGIN SELECT RAISE(ABORT, 'message_template written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'message_template', NEW."id", json_object('id', OLD."id", 'kind', OLD."kind", 'channel', OLD."channel", 'language', OLD."language", 'subject', OLD."subject", 'body', OLD."body"), json_object('id', NEW."id", 'kind', NEW."kind", 'channel', NEW."channel", 'language', NEW."language", 'subject', NEW."subject", 'body', NEW."body") FROM action_context; END;
CREATE TRIGGER log_message_template_delete AFTER DELETE ON "message_template"  BEGIN SELECT RAISE(ABORT, 'message_template written outside a named action') WHERE NOT EXISTS (SELECT 1 FROM action_context); INSERT INTO change (action_id, table_name, row_key, before, after) SELECT action_id, 'message_template', OLD."id", json_object('id', OLD."id", 'kind', OLD."kind", 'channel', OLD."channel", 'language', OLD."language", 'subject', OLD."subject", 'body', OLD."body"), NULL FROM action_context; END;
