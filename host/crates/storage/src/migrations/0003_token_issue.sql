-- A token is refused before it was issued: the clock is then wrong. Tokens of earlier versions were valid for four weeks.

ALTER TABLE tokens ADD COLUMN issued_ms BIGINT NOT NULL DEFAULT 0;
UPDATE tokens SET issued_ms = expires_ms - 2419200000;
