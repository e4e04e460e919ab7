-- Rewrites the parts concerned: when these return, no active part holds a row of these leaves.
ALTER TABLE observations DELETE WHERE leaf_index IN {leaves:Array(UInt64)} SETTINGS mutations_sync = 2;
ALTER TABLE verdicts DELETE WHERE leaf_index IN {leaves:Array(UInt64)} SETTINGS mutations_sync = 2;
ALTER TABLE leaves DELETE WHERE leaf_index IN {leaves:Array(UInt64)} SETTINGS mutations_sync = 2
