-- 0012_copy_own.sql - what nodes tell each other takes no room of a limited queue
--
-- Older rows count as messages of people: they leave within a week, or end.

ALTER TABLE copy ADD COLUMN own INTEGER NOT NULL DEFAULT 0 CHECK (own IN (0, 1)); -- of service control
