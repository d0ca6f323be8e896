-- An operator can lock a user. A lock, a new password and an operator revoke all tokens of a user, so that they are found by the
-- user.

ALTER TABLE users ADD COLUMN disabled BIGINT NOT NULL DEFAULT 0; -- 1: locked by an operator
CREATE INDEX tokens_by_user ON tokens (user_id);
