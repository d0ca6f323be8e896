-- Each status is an entry of its own (decision 8): the same date and verdict may be said again after another entry. The key is the
-- order of writing.
CREATE TABLE timeline (
    bank_id         TEXT   NOT NULL,
    customer_id     TEXT   NOT NULL,
    written         BIGINT NOT NULL,
    date_ms         BIGINT NOT NULL,
    ok              BIGINT NOT NULL,
    customer_number TEXT   NOT NULL,
    PRIMARY KEY (bank_id, customer_id, written),
    FOREIGN KEY (bank_id, customer_id) REFERENCES customers (bank_id, customer_id)
);
INSERT INTO timeline (bank_id, customer_id, written, date_ms, ok, customer_number)
    SELECT bank_id, customer_id, written, date_ms, ok, customer_number FROM kyc_statuses;
DROP TABLE kyc_statuses;
ALTER TABLE timeline RENAME TO kyc_statuses;
CREATE UNIQUE INDEX kyc_statuses_by_customer ON kyc_statuses (customer_id, written);
CREATE INDEX kyc_statuses_by_date ON kyc_statuses (customer_id, date_ms, written);

-- A customer's status follows the timeline of the bank.
UPDATE customers SET kyc_status = (
    SELECT ok FROM kyc_statuses
    WHERE kyc_statuses.bank_id = customers.bank_id AND kyc_statuses.customer_id = customers.customer_id
    ORDER BY date_ms DESC, written DESC LIMIT 1
) WHERE EXISTS (
    SELECT 1 FROM kyc_statuses
    WHERE kyc_statuses.bank_id = customers.bank_id AND kyc_statuses.customer_id = customers.customer_id
);
UPDATE customers SET last_ok_ms = (
    SELECT MAX(date_ms) FROM kyc_statuses
    WHERE kyc_statuses.bank_id = customers.bank_id AND kyc_statuses.customer_id = customers.customer_id AND ok = 1
) WHERE EXISTS (
    SELECT 1 FROM kyc_statuses
    WHERE kyc_statuses.bank_id = customers.bank_id AND kyc_statuses.customer_id = customers.customer_id AND ok = 1
);
