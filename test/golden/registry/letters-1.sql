CREATE TABLE registry_version (part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE letters (
         letter TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, state TEXT NOT NULL,
         PRIMARY KEY (letter, version)
       ) WITHOUT ROWID, STRICT;
CREATE TABLE signatures (
         ct TEXT PRIMARY KEY, letter TEXT NOT NULL, version INTEGER NOT NULL, tier TEXT NOT NULL,
         state TEXT NOT NULL, region TEXT NOT NULL, hour INTEGER, receipt TEXT, mailbox TEXT,
         leaf INTEGER, reason TEXT, held TEXT
       ) WITHOUT ROWID, STRICT;
CREATE INDEX signatures_by_state ON signatures (letter, state, ct);
CREATE INDEX signatures_to_count ON signatures (letter, state, tier, region, reason);
CREATE INDEX signatures_by_receipt ON signatures (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX signatures_by_mailbox ON signatures (letter, mailbox) WHERE mailbox IS NOT NULL;
CREATE INDEX signatures_awaiting ON signatures (hour) WHERE state = 'awaiting';
CREATE UNIQUE INDEX one_of_a_mailbox ON signatures (letter, mailbox)
         WHERE mailbox IS NOT NULL AND state IN ('pending', 'held', 'counted');
CREATE TABLE sealed (
         ct TEXT PRIMARY KEY REFERENCES signatures (ct) ON DELETE CASCADE, spacer BLOB NOT NULL DEFAULT (zeroblob(487)), bytes BLOB NOT NULL
       ) WITHOUT ROWID, STRICT;
CREATE TABLE tokens (
         token TEXT PRIMARY KEY, ct TEXT NOT NULL REFERENCES signatures (ct) ON DELETE CASCADE,
         expires_at INTEGER NOT NULL
       ) WITHOUT ROWID, STRICT;
CREATE INDEX tokens_by_signature ON tokens (ct);
CREATE TABLE leaves (nth INTEGER PRIMARY KEY, leaf BLOB NOT NULL);
