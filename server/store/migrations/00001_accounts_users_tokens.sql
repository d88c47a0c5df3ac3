-- +goose Up
-- Times are microseconds since 1970 in UTC.
CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    email      TEXT    NOT NULL,
    type       TEXT    NOT NULL CHECK (type IN ('admin', 'user', 'service')),
    state      TEXT    NOT NULL CHECK (state IN ('enabled', 'disabled', 'deleting')),
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    real_name     TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('invited', 'active', 'inactive')),
    admin         INTEGER NOT NULL CHECK (admin IN (0, 1)),
    password_hash TEXT    NOT NULL, -- empty: none chosen yet
    last_seen_us  INTEGER,
    created_us    INTEGER NOT NULL,
    updated_us    INTEGER NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    CHECK (state <> 'active' OR password_hash <> '')
) STRICT;
CREATE INDEX users_by_account ON users (account_id);
CREATE INDEX admins ON users (account_id) WHERE admin = 1;

CREATE TABLE tokens (
    id           INTEGER PRIMARY KEY,
    prefix       TEXT    NOT NULL UNIQUE,
    sum          BLOB    NOT NULL, -- SHA-256 of the whole token
    kind         TEXT    NOT NULL CHECK (kind IN ('access', 'registration', 'session')),
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    description  TEXT    NOT NULL,
    max_age_s    INTEGER NOT NULL, -- 0: does not expire
    extend       INTEGER NOT NULL CHECK (extend IN (0, 1)),
    created_us   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    expires_us   INTEGER,
    cap_us       INTEGER, -- use never moves expires_us beyond it
    revoked_us   INTEGER,
    revoked_by   TEXT    NOT NULL DEFAULT '',
    last_used_us INTEGER,
    last_ip      TEXT    NOT NULL DEFAULT '',
    last_agent   TEXT    NOT NULL DEFAULT '',
    version      INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user_id, kind, revoked_us, expires_us);
CREATE INDEX tokens_by_kind_created ON tokens (kind, created_us, id);

-- The audit log. Each hash covers the row and the hash before it.
CREATE TABLE events (
    id           INTEGER PRIMARY KEY,
    time_us      INTEGER NOT NULL,
    verb         TEXT    NOT NULL,
    result       TEXT    NOT NULL CHECK (result IN ('done', 'refused')),
    actor        TEXT    NOT NULL,
    actor_token  TEXT    NOT NULL,
    ip           TEXT    NOT NULL,
    agent        TEXT    NOT NULL,
    target_kind  TEXT    NOT NULL,
    target       TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    user_name    TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    before_json  TEXT    NOT NULL,
    after_json   TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    hash         BLOB    NOT NULL
) STRICT;
CREATE INDEX events_by_time ON events (time_us, id);
CREATE INDEX events_by_user ON events (user_name, id);
CREATE INDEX events_by_actor ON events (actor, id);
-- +goose StatementBegin
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd

-- Answers to requests with an Idempotency-Key, without their secrets.
CREATE TABLE answers (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key        TEXT    NOT NULL,
    request    BLOB    NOT NULL, -- SHA-256 of route and body
    answer     TEXT    NOT NULL,
    created_us INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;
CREATE INDEX answers_by_age ON answers (created_us);
