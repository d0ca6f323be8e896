-- Tokens are made when a meeting is read (decision 7). Those that earlier versions stored have expired.

ALTER TABLE meetings DROP COLUMN staff_token;
ALTER TABLE meetings DROP COLUMN customer_token;
