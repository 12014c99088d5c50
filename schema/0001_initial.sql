-- 0001_initial.sql - messages, what is still to be done with them, what is known of them
--
-- Which tables are facts is said in README.md. REFERENCES is checked by `mulga db check`
-- and by the tests (PRAGMA foreign_key_check), not while running: every delete of a
-- parent is one function of spool/store.
--
-- Columns called *_ms hold spool time (milliseconds that this spool has been served, by a
-- monotonic clock, over all restarts) unless the comment says walltime (milliseconds
-- since 1970, UTC). Names of neighbors are plain names; '' is this node itself.

-- 'mulg': `file` and store_open() know a spool by it.
PRAGMA application_id = 1836412007;

-- Message ids this spool has to do with, as small numbers in order of arrival. Ids are
-- random, so each index over them costs a page for every message; this is the only one.
CREATE TABLE message_id (
	key INTEGER PRIMARY KEY,
	id  TEXT NOT NULL UNIQUE          -- as message_id.h makes it
) STRICT;

CREATE TABLE message (
	key           INTEGER PRIMARY KEY AUTOINCREMENT, -- names the body file; never used again
	message_id    INTEGER NOT NULL REFERENCES message_id (key), -- several rows: split multicasts
	state         INTEGER NOT NULL CHECK (state IN (0, 1)), -- enum message_state: arriving, accepted
	neighbor      TEXT    NOT NULL,   -- it came from
	size_bytes    INTEGER NOT NULL CHECK (size_bytes >= 0), -- of the whole body
	durable_bytes INTEGER NOT NULL CHECK (durable_bytes BETWEEN 0 AND size_bytes), -- of a body file
	arrived_ms    INTEGER NOT NULL,   -- when its first byte was here
	arrived_wall  INTEGER NOT NULL,   -- the same in walltime, for display
	expires_ms    INTEGER NOT NULL,   -- when its lifetime is over
	heading       BLOB    NOT NULL,   -- envelope.h, the bytes as they came
	transit       BLOB    NOT NULL,   -- transit.h, as it came, less destinations already seen
	body          BLOB,               -- NULL: a file named by key (spool/disk/body_file.h)
	CHECK (body IS NULL OR length(body) = size_bytes)
) STRICT;
CREATE INDEX message_by_id ON message (message_id);
-- What the start looks at: transfers that were cut, and body files that must be there.
CREATE INDEX message_by_file ON message (key) WHERE state = 0 OR body IS NULL;

-- Digests of the durable chunks of a body file: a cut transfer goes on behind them.
CREATE TABLE chunk (
	message INTEGER NOT NULL REFERENCES message (key),
	number  INTEGER NOT NULL CHECK (number >= 0), -- chunk i begins at byte i * 65536
	digest  BLOB    NOT NULL CHECK (length(digest) = 32), -- body_digest_chunk()
	PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;

-- What is still to be done with a message: one row for each next hop or local delivery.
-- A message whose last copy goes is finished.
CREATE TABLE copy (
	key          INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
	message      INTEGER NOT NULL REFERENCES message (key),
	neighbor     TEXT    NOT NULL,    -- next hop; '' = delivery here, or no route yet
	state        INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3), -- enum copy_state
	priority     INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3), -- enum priority, 0 goes first
	size_bytes   INTEGER NOT NULL CHECK (size_bytes >= 0), -- of the message's body: shortest first
	next_try_ms  INTEGER NOT NULL CHECK (next_try_ms >= 0), -- not before; 0 = now
	expires_ms   INTEGER NOT NULL,    -- the message's
	attempts     INTEGER NOT NULL CHECK (attempts >= 0), -- how often it was tried
	reason       TEXT    NOT NULL,    -- stable token for programs: why it waits; '' = no reason
	destinations TEXT    NOT NULL,    -- served by this copy: address.h, canonical, comma-separated
	text         TEXT    NOT NULL     -- the reason in words, for people
) STRICT;
CREATE INDEX copy_by_message ON copy (message);
-- The queue of a neighbor in the order of its rank; the row's key follows in the index.
CREATE INDEX copy_by_rank ON copy (neighbor, priority, size_bytes) WHERE state = 0;
CREATE INDEX copy_by_try ON copy (next_try_ms) WHERE state = 0 AND next_try_ms > 0;
CREATE INDEX copy_by_expiry ON copy (expires_ms);

-- What was taken already, so that a second arrival is known as one.
CREATE TABLE seen (
	message_id  INTEGER NOT NULL REFERENCES message_id (key),
	destination TEXT    NOT NULL,     -- address.h, canonical
	visit       INTEGER NOT NULL CHECK (visit >= 0), -- how often it had been here before (D19)
	forget_ms   INTEGER NOT NULL,     -- when no copy can be under way any more
	PRIMARY KEY (message_id, destination, visit)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_by_forget ON seen (forget_ms);

-- Arrivals, kept after the message went: for trace, sent and rehearsal.
CREATE TABLE passage (
	key          INTEGER PRIMARY KEY, -- in order of arrival
	message_id   INTEGER NOT NULL REFERENCES message_id (key),
	neighbor     TEXT    NOT NULL,    -- it came from
	owner        TEXT    NOT NULL,    -- local user who submitted it; '' = none
	arrived_wall INTEGER NOT NULL,    -- walltime
	left_wall    INTEGER NOT NULL,    -- walltime; 0 = still here
	forget_ms    INTEGER NOT NULL,    -- `retain` of the description
	heading      BLOB    NOT NULL,    -- envelope.h, as it came
	transit      BLOB    NOT NULL     -- transit.h, as it came
) STRICT;
CREATE INDEX passage_by_id ON passage (message_id);
CREATE INDEX passage_by_forget ON passage (forget_ms);

-- How it ended for each destination, once.
CREATE TABLE outcome (
	message_id  INTEGER NOT NULL REFERENCES message_id (key),
	destination TEXT    NOT NULL,     -- address.h, canonical
	outcome     TEXT    NOT NULL CHECK (outcome IN ('delivered', 'returned', 'expired', 'cancelled')),
	at_wall     INTEGER NOT NULL,     -- walltime
	forget_ms   INTEGER NOT NULL,     -- `retain` of the description
	text        TEXT    NOT NULL,     -- for people
	PRIMARY KEY (message_id, destination)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcome_by_forget ON outcome (forget_ms);

-- The topology database: the newest record of each node heard of.
CREATE TABLE record (
	node     TEXT    NOT NULL PRIMARY KEY, -- plain name
	serial   INTEGER NOT NULL,        -- its 64 bits; above 2^63 it shows as negative
	neighbor TEXT    NOT NULL,        -- who brought it
	taken_wall INTEGER NOT NULL,      -- walltime, when it came
	bytes    BLOB    NOT NULL         -- record.h, as they came: the signature is over them
) STRICT;

-- What the node must remember about itself, by name.
CREATE TABLE setting (
	name  TEXT NOT NULL PRIMARY KEY,
	value ANY  NOT NULL               -- an integer or bytes
) STRICT, WITHOUT ROWID;
