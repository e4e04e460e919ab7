CREATE TABLE registry_version (part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE reports (
         id TEXT PRIMARY KEY, slot INTEGER NOT NULL, service TEXT NOT NULL, problem TEXT NOT NULL,
         since TEXT, asn INTEGER NOT NULL, said INTEGER NOT NULL, region TEXT NOT NULL,
         state TEXT NOT NULL, simulated INTEGER NOT NULL
       ) WITHOUT ROWID, STRICT;
CREATE INDEX reports_by_cell ON reports (slot, service, asn, said, region, problem, state, simulated);
CREATE TABLE checks (
         id TEXT PRIMARY KEY, slot INTEGER NOT NULL, service TEXT NOT NULL, outcome TEXT NOT NULL,
         asn INTEGER NOT NULL, region TEXT NOT NULL, state TEXT NOT NULL, simulated INTEGER NOT NULL
       ) WITHOUT ROWID, STRICT;
CREATE INDEX checks_by_cell ON checks (slot, service, asn, outcome, state, simulated);
CREATE TABLE notes (
         id TEXT PRIMARY KEY, day INTEGER NOT NULL, service TEXT NOT NULL, lang TEXT NOT NULL,
         state TEXT NOT NULL, simulated INTEGER NOT NULL, spacer BLOB NOT NULL DEFAULT (zeroblob(487)), text TEXT NOT NULL, shown TEXT
       ) WITHOUT ROWID, STRICT;
CREATE INDEX notes_by_state ON notes (state, day);
CREATE INDEX simulated_reports ON reports (simulated) WHERE simulated = 1;
CREATE INDEX simulated_checks ON checks (simulated) WHERE simulated = 1;
CREATE INDEX simulated_notes ON notes (simulated) WHERE simulated = 1;
