-- A document may never expire (decision 8). SQLite can drop `NOT NULL` only with a new table.
CREATE TABLE documents (
    bank_id         TEXT   NOT NULL,
    customer_id     TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    customer_number TEXT   NOT NULL,
    type            TEXT   NOT NULL,
    number          TEXT   NOT NULL,
    issue_ms        BIGINT NOT NULL,
    issue_place     TEXT   NOT NULL,
    expiry_ms       BIGINT,
    written         BIGINT NOT NULL,
    PRIMARY KEY (bank_id, customer_id, id),
    FOREIGN KEY (bank_id, customer_id) REFERENCES customers (bank_id, customer_id)
);
INSERT INTO documents
    (bank_id, customer_id, id, customer_number, type, number, issue_ms, issue_place, expiry_ms, written)
    SELECT bank_id, customer_id, id, customer_number, type, number, issue_ms, issue_place, expiry_ms, written
    FROM kyc_documents;
DROP TABLE kyc_documents;
ALTER TABLE documents RENAME TO kyc_documents;
CREATE UNIQUE INDEX kyc_documents_by_customer ON kyc_documents (customer_id, written);
