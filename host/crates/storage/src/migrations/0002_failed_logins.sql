-- Failed logins are counted for a user and an address together. A client that guesses then locks its own address only. A name
-- that no user has is counted in the same way, so that the answer does not show which names exist.
CREATE TABLE failed_logins (
    subject         TEXT   NOT NULL, -- a user's id, or the SHA-256 of an unknown name, which may be a mistyped password
    address         TEXT   NOT NULL, -- an IPv4 address, or the /64 block of an IPv6 address
    failures        BIGINT NOT NULL,
    last_failed_ms  BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL, -- 0: not locked so far
    admitted_ms     BIGINT NOT NULL, -- the right password is accepted from then on, whatever fails meanwhile; 0: not promised
    forget_ms       BIGINT NOT NULL, -- the row can be deleted from then on
    PRIMARY KEY (subject, address)
);
CREATE INDEX failed_logins_by_end ON failed_logins (forget_ms);

ALTER TABLE users DROP COLUMN failed_logins;
ALTER TABLE users DROP COLUMN last_failed_ms;
