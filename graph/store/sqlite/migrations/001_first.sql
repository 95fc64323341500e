-- What can be read without Weft: open the file with any SQLite tool.
-- Fields are JSON; the columns after them are computed from it when they are
-- read. Those two tables are not STRICT, which would compute them at every write.

CREATE TABLE migration (
	number     INTEGER PRIMARY KEY,
	name       TEXT NOT NULL,
	applied_at TEXT NOT NULL
) STRICT;

CREATE TABLE node (
	id         TEXT NOT NULL PRIMARY KEY,
	kind       TEXT NOT NULL,
	fields     TEXT NOT NULL,
	name       TEXT    GENERATED ALWAYS AS (fields ->> 'name') VIRTUAL,
	visibility TEXT    GENERATED ALWAYS AS (fields ->> 'visibility') VIRTUAL,
	version    INTEGER GENERATED ALWAYS AS (fields ->> 'version') VIRTUAL
) WITHOUT ROWID;

-- The ends are checked at commit, so that one change may write and delete in
-- whatever order; a link in clear always has both ends in clear.
CREATE TABLE link (
	id         TEXT NOT NULL PRIMARY KEY,
	kind       TEXT NOT NULL,
	from_id    TEXT NOT NULL REFERENCES node (id) DEFERRABLE INITIALLY DEFERRED,
	to_id      TEXT NOT NULL REFERENCES node (id) DEFERRABLE INITIALLY DEFERRED,
	fields     TEXT NOT NULL,
	since      TEXT    GENERATED ALWAYS AS (fields ->> 'since') VIRTUAL,
	until      TEXT    GENERATED ALWAYS AS (fields ->> 'until') VIRTUAL,
	state      TEXT    GENERATED ALWAYS AS (fields ->> 'state') VIRTUAL,
	visibility TEXT    GENERATED ALWAYS AS (fields ->> 'visibility') VIRTUAL,
	version    INTEGER GENERATED ALWAYS AS (fields ->> 'version') VIRTUAL
) WITHOUT ROWID;

CREATE INDEX link_from ON link (from_id);
CREATE INDEX link_to   ON link (to_id);

CREATE TABLE record (
	id     TEXT NOT NULL PRIMARY KEY,
	kind   TEXT NOT NULL,
	fields TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Sealed rows of any class: nothing about them can be read without the key.
CREATE TABLE box (
	id  TEXT NOT NULL PRIMARY KEY,
	box BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
	revision   INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	at         INTEGER NOT NULL, -- milliseconds since 1970 in UTC
	author     TEXT NOT NULL,
	key        TEXT NOT NULL,
	input_hash BLOB NOT NULL,
	prev       BLOB NOT NULL,
	hash       BLOB NOT NULL,
	UNIQUE (author, key)
) STRICT;

CREATE TABLE op (
	revision   INTEGER NOT NULL,
	idx        INTEGER NOT NULL,
	row_id     TEXT NOT NULL,
	sealed     INTEGER NOT NULL,
	erased     INTEGER NOT NULL,
	payload    BLOB,
	salt       BLOB,
	commitment BLOB NOT NULL,
	PRIMARY KEY (revision, idx)
) STRICT, WITHOUT ROWID;

CREATE INDEX op_row ON op (row_id);

CREATE VIEW log AS
	SELECT op.revision, strftime('%Y-%m-%dT%H:%M:%fZ', change.at / 1000.0, 'unixepoch') AS at, change.author, op.idx, op.row_id, op.sealed, op.erased,
		CASE WHEN op.sealed THEN NULL ELSE CAST(op.payload AS TEXT) END AS payload
	FROM op JOIN change ON change.revision = op.revision;

PRAGMA application_id = 1464157780; -- "WEFT"
PRAGMA user_version = 1;
