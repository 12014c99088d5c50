-- 0014_beginning.sql - how a mail in a body file begins, for the report of its end
--
-- A mail of schema 13 and older has none: a report about it shows no heading.

CREATE TABLE beginning (
	message INTEGER PRIMARY KEY REFERENCES message (key),
	bytes   BLOB    NOT NULL CHECK (length(bytes) BETWEEN 1 AND 8192) -- of the body, from its first one
) STRICT;
