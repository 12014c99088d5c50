-- 0005_link_delay.sql - the delay that was measured on a link
--
-- A spool of schema 4 has told of no measured delay: NULL.

ALTER TABLE link ADD COLUMN delay_ms INTEGER; -- as told in our own record; NULL = never measured
