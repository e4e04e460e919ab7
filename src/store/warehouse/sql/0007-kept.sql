-- What is known of all rows up to an insertion, so that a start need not ask all of them (write/kept.ts). Derived from the rows;
-- emptied before any of them is taken away.
CREATE TABLE IF NOT EXISTS kept_series
(
    upto UInt64,
    -- Leaves below are all known.
    whole UInt64,
    -- Whether any row up to there is real, and simulated.
    any_real UInt8,
    any_simulated UInt8,
    -- A row of sql/series-keys.sql; an empty service where there is no series.
    service LowCardinality(String),
    probe_asn UInt32,
    simulated UInt8,
    n UInt64,
    earliest UInt64,
    latest UInt64,
    insertion UInt64,
    revoked UInt64
)
ENGINE = MergeTree
ORDER BY (service, probe_asn, simulated)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0;
-- The newest insertions are found without reading the column; in older parts when the engine has made the index.
ALTER TABLE observations ADD INDEX IF NOT EXISTS by_judged judged TYPE minmax GRANULARITY 4;
ALTER TABLE leaves ADD INDEX IF NOT EXISTS by_judged judged TYPE minmax GRANULARITY 1;
ALTER TABLE observations MATERIALIZE INDEX by_judged SETTINGS mutations_sync = 0;
ALTER TABLE leaves MATERIALIZE INDEX by_judged SETTINGS mutations_sync = 0
