-- The schema, in SQL that SQLite and PostgreSQL both accept. Ids and texts are TEXT, points in time are BIGINT milliseconds
-- since 1970 (…_ms), truth values are BIGINT 0 or 1. `written` orders the rows of a list by the time of writing. It is no
-- time, because a clock can stand still or jump: it is one more than the highest so far. It is unique, so that two
-- simultaneous writers cannot leave the order open.

CREATE TABLE users (
    user_id        TEXT   NOT NULL PRIMARY KEY,
    email          TEXT   NOT NULL,
    provider       TEXT   NOT NULL,
    provider_id    TEXT   NOT NULL,
    username       TEXT   NOT NULL UNIQUE,
    first_name     TEXT   NOT NULL,
    last_name      TEXT   NOT NULL,
    password_hash  TEXT   NOT NULL,
    failed_logins  BIGINT NOT NULL DEFAULT 0,
    last_failed_ms BIGINT NOT NULL DEFAULT 0,
    UNIQUE (provider, provider_id)
);

-- By name, so that an operator can name a user before that user registers.
CREATE TABLE super_admins (
    username TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE consumers (
    consumer_id        TEXT   NOT NULL PRIMARY KEY,
    consumer_key       TEXT   NOT NULL UNIQUE,
    secret_digest      TEXT   NOT NULL,
    app_name           TEXT   NOT NULL,
    app_type           TEXT   NOT NULL,
    description        TEXT   NOT NULL,
    developer_email    TEXT   NOT NULL,
    redirect_url       TEXT   NOT NULL,
    created_by_user_id TEXT REFERENCES users (user_id), -- none: made by the operator
    enabled            BIGINT NOT NULL,
    created_ms         BIGINT NOT NULL,
    written            BIGINT NOT NULL
);
CREATE UNIQUE INDEX consumers_by_creation ON consumers (written);
CREATE INDEX consumers_by_user ON consumers (created_by_user_id, written);

-- A token itself is never stored, only its SHA-256.
CREATE TABLE tokens (
    token_digest TEXT   NOT NULL PRIMARY KEY,
    user_id      TEXT   NOT NULL REFERENCES users (user_id),
    consumer_id  TEXT   NOT NULL REFERENCES consumers (consumer_id),
    expires_ms   BIGINT NOT NULL
);
CREATE INDEX tokens_by_expiry ON tokens (expires_ms);

CREATE TABLE banks (
    bank_id             TEXT NOT NULL PRIMARY KEY,
    short_name          TEXT NOT NULL,
    full_name           TEXT NOT NULL,
    logo_url            TEXT NOT NULL,
    website_url         TEXT NOT NULL,
    swift_bic           TEXT NOT NULL,
    national_identifier TEXT NOT NULL,
    routing_scheme      TEXT NOT NULL,
    routing_address     TEXT NOT NULL
);

CREATE TABLE entitlements (
    entitlement_id TEXT NOT NULL PRIMARY KEY,
    user_id        TEXT NOT NULL REFERENCES users (user_id),
    role_name      TEXT NOT NULL,
    bank_id        TEXT NOT NULL, -- empty: a system role
    UNIQUE (user_id, role_name, bank_id)
);
CREATE INDEX entitlements_by_role ON entitlements (role_name);

CREATE TABLE entitlement_requests (
    entitlement_request_id TEXT   NOT NULL PRIMARY KEY,
    user_id                TEXT   NOT NULL REFERENCES users (user_id),
    role_name              TEXT   NOT NULL,
    bank_id                TEXT   NOT NULL, -- empty: a system role
    created_ms             BIGINT NOT NULL,
    written                BIGINT NOT NULL,
    UNIQUE (user_id, role_name, bank_id)
);
CREATE UNIQUE INDEX entitlement_requests_by_creation ON entitlement_requests (written);

CREATE TABLE customers (
    bank_id                    TEXT   NOT NULL REFERENCES banks (bank_id),
    customer_id                TEXT   NOT NULL,
    customer_number            TEXT   NOT NULL,
    legal_name                 TEXT   NOT NULL,
    mobile_phone_number        TEXT   NOT NULL,
    email                      TEXT   NOT NULL,
    face_image_url             TEXT   NOT NULL,
    face_image_ms              BIGINT NOT NULL,
    date_of_birth_ms           BIGINT NOT NULL,
    relationship_status        TEXT   NOT NULL,
    dependants                 BIGINT NOT NULL,
    dob_of_dependants_ms       TEXT   NOT NULL, -- milliseconds, separated by commas
    credit_rating              TEXT   NOT NULL,
    credit_rating_source       TEXT   NOT NULL,
    credit_limit_currency      TEXT   NOT NULL,
    credit_limit_amount        TEXT   NOT NULL,
    highest_education_attained TEXT   NOT NULL,
    employment_status          TEXT   NOT NULL,
    kyc_status                 BIGINT NOT NULL,
    last_ok_ms                 BIGINT NOT NULL,
    title                      TEXT   NOT NULL,
    branch_id                  TEXT   NOT NULL,
    name_suffix                TEXT   NOT NULL,
    PRIMARY KEY (bank_id, customer_id),
    UNIQUE (bank_id, customer_number)
);
CREATE INDEX customers_by_id ON customers (customer_id);

CREATE TABLE user_customer_links (
    user_customer_link_id TEXT   NOT NULL PRIMARY KEY,
    bank_id               TEXT   NOT NULL,
    customer_id           TEXT   NOT NULL,
    user_id               TEXT   NOT NULL REFERENCES users (user_id),
    inserted_ms           BIGINT NOT NULL,
    is_active             BIGINT NOT NULL,
    written               BIGINT NOT NULL,
    UNIQUE (user_id, bank_id),
    FOREIGN KEY (bank_id, customer_id) REFERENCES customers (bank_id, customer_id)
);
CREATE UNIQUE INDEX user_customer_links_by_user ON user_customer_links (user_id, written);

CREATE TABLE accounts (
    bank_id         TEXT NOT NULL REFERENCES banks (bank_id),
    account_id      TEXT NOT NULL,
    number          TEXT NOT NULL,
    user_id         TEXT NOT NULL REFERENCES users (user_id),
    label           TEXT NOT NULL,
    type            TEXT NOT NULL,
    currency        TEXT NOT NULL,
    amount          TEXT NOT NULL,
    branch_id       TEXT NOT NULL,
    routing_scheme  TEXT NOT NULL,
    routing_address TEXT NOT NULL,
    PRIMARY KEY (bank_id, account_id),
    UNIQUE (bank_id, number)
);
CREATE INDEX accounts_by_holder ON accounts (user_id, bank_id, account_id);

CREATE TABLE view_grants (
    user_id    TEXT NOT NULL REFERENCES users (user_id),
    bank_id    TEXT NOT NULL,
    account_id TEXT NOT NULL,
    view_id    TEXT NOT NULL,
    PRIMARY KEY (user_id, bank_id, account_id, view_id),
    FOREIGN KEY (bank_id, account_id) REFERENCES accounts (bank_id, account_id)
);

-- Decision 8: a record's key is (bank, customer, id); the same id elsewhere is another record.
CREATE TABLE kyc_checks (
    bank_id         TEXT   NOT NULL,
    customer_id     TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    customer_number TEXT   NOT NULL,
    date_ms         BIGINT NOT NULL,
    how             TEXT   NOT NULL,
    staff_user_id   TEXT   NOT NULL,
    staff_name      TEXT   NOT NULL,
    satisfied       BIGINT NOT NULL,
    comments        TEXT   NOT NULL,
    written         BIGINT NOT NULL,
    PRIMARY KEY (bank_id, customer_id, id),
    FOREIGN KEY (bank_id, customer_id) REFERENCES customers (bank_id, customer_id)
);
CREATE UNIQUE INDEX kyc_checks_by_customer ON kyc_checks (customer_id, written);

CREATE TABLE kyc_documents (
    bank_id         TEXT   NOT NULL,
    customer_id     TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    customer_number TEXT   NOT NULL,
    type            TEXT   NOT NULL,
    number          TEXT   NOT NULL,
    issue_ms        BIGINT NOT NULL,
    issue_place     TEXT   NOT NULL,
    expiry_ms       BIGINT NOT NULL,
    written         BIGINT NOT NULL,
    PRIMARY KEY (bank_id, customer_id, id),
    FOREIGN KEY (bank_id, customer_id) REFERENCES customers (bank_id, customer_id)
);
CREATE UNIQUE INDEX kyc_documents_by_customer ON kyc_documents (customer_id, written);

CREATE TABLE kyc_media (
    bank_id                    TEXT   NOT NULL,
    customer_id                TEXT   NOT NULL,
    id                         TEXT   NOT NULL,
    customer_number            TEXT   NOT NULL,
    type                       TEXT   NOT NULL,
    url                        TEXT   NOT NULL,
    date_ms                    BIGINT NOT NULL,
    relates_to_kyc_document_id TEXT   NOT NULL,
    relates_to_kyc_check_id    TEXT   NOT NULL,
    written                    BIGINT NOT NULL,
    PRIMARY KEY (bank_id, customer_id, id),
    FOREIGN KEY (bank_id, customer_id) REFERENCES customers (bank_id, customer_id)
);
CREATE UNIQUE INDEX kyc_media_by_customer ON kyc_media (customer_id, written);

-- A timeline: repeating the identical entry (customer, bank, date, ok) changes nothing.
CREATE TABLE kyc_statuses (
    bank_id         TEXT   NOT NULL,
    customer_id     TEXT   NOT NULL,
    date_ms         BIGINT NOT NULL,
    ok              BIGINT NOT NULL,
    customer_number TEXT   NOT NULL,
    written         BIGINT NOT NULL,
    PRIMARY KEY (bank_id, customer_id, date_ms, ok),
    FOREIGN KEY (bank_id, customer_id) REFERENCES customers (bank_id, customer_id)
);
CREATE UNIQUE INDEX kyc_statuses_by_customer ON kyc_statuses (customer_id, written);

CREATE TABLE meetings (
    bank_id          TEXT   NOT NULL REFERENCES banks (bank_id),
    meeting_id       TEXT   NOT NULL,
    provider_id      TEXT   NOT NULL,
    purpose_id       TEXT   NOT NULL,
    staff_user_id    TEXT   NOT NULL, -- empty until a member of staff joins
    customer_user_id TEXT   NOT NULL REFERENCES users (user_id),
    session_id       TEXT   NOT NULL,
    staff_token      TEXT   NOT NULL,
    customer_token   TEXT   NOT NULL,
    when_ms          BIGINT NOT NULL,
    written          BIGINT NOT NULL,
    PRIMARY KEY (bank_id, meeting_id)
);
CREATE UNIQUE INDEX meetings_by_bank ON meetings (bank_id, written);

CREATE TABLE screening_notes (
    bank_id    TEXT   NOT NULL, -- empty: the subject belongs to no bank
    operation  TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    when_ms    BIGINT NOT NULL
);
CREATE INDEX screening_notes_by_subject ON screening_notes (bank_id, operation, subject_id);
