-- 0007_forgiven.sql - a copy that was held out of a loop goes on
--
-- The message row keeps the history as it came; of this copy it says nothing any more.

ALTER TABLE copy ADD COLUMN forgiven INTEGER NOT NULL DEFAULT 0 CHECK (forgiven IN (0, 1));
