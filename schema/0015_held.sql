-- 0015_held.sql - what is held, by its reason: files that wait for their users, parts for the rest

CREATE INDEX copy_held ON copy (reason) WHERE state = 3;
