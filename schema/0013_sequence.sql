-- 0013_sequence.sql - what an origin sent last to an address, for services that want things in order
--
-- A spool of schema 12 has sent nothing: the first message to each address follows none.

CREATE TABLE sequence (
    service    TEXT    NOT NULL,                        -- of the message; never mail, never control
    address    TEXT    NOT NULL,                        -- all its destinations, as it was submitted
    message    TEXT    NOT NULL,                        -- the id of the last one that was accepted here
    expires_ms INTEGER NOT NULL CHECK (expires_ms > 0), -- spool time when that one has ended everywhere
    PRIMARY KEY (service, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX sequence_by_expiry ON sequence (expires_ms);
