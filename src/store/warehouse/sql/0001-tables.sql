-- Tables of the warehouse. Normative text: docs/formats/warehouse.md.
-- Replaced files are deleted within seconds, so that an erased measurement is gone from the disk; therefore what
-- replaces them is fsynced first.
-- judged: number of the insertion that wrote the row; the highest of a key stands.

CREATE TABLE IF NOT EXISTS verdicts
(
    leaf_index UInt64,
    judged UInt64,
    -- 1: this measurement no longer stands under this service, network and time.
    moved UInt8,
    simulated UInt8,
    service LowCardinality(String),
    probe_asn UInt32,
    probe_cc LowCardinality(String),
    started_at DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    received_at DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    id FixedString(32),
    channel LowCardinality(String),
    origin LowCardinality(String),
    measurement_uid Nullable(String),
    test_name LowCardinality(String),
    test_version LowCardinality(String),
    software_name LowCardinality(String),
    software_version LowCardinality(String),
    input Nullable(String),
    kind LowCardinality(String),
    mechanism LowCardinality(Nullable(String)),
    layer LowCardinality(Nullable(String)),
    rule LowCardinality(String),
    rules_version LowCardinality(String),
    log10_lr Float64,
    endpoints_tested UInt32,
    endpoints_failed UInt32,
    -- MeasurementHead and Verdict of src/core/model, as JSON.
    head String CODEC(ZSTD(1)),
    verdict String CODEC(ZSTD(1)),
    INDEX by_id id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_judged judged TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(judged, moved)
-- By month as claimed; what is claimed outside of these years shares two partitions, so that nobody can make thousands.
PARTITION BY multiIf(started_at < toDateTime64('2012-01-01 00:00:00', 3, 'UTC'), 0, started_at >= toDateTime64('2040-01-01 00:00:00', 3, 'UTC'), 999999, toYYYYMM(started_at))
ORDER BY (service, probe_asn, started_at, leaf_index)
-- A series of months is some thousand rows: small granules let a week of it be read alone.
SETTINGS index_granularity = 512, min_bytes_for_wide_part = 134217728, min_rows_for_wide_part = 4000000, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0;

CREATE TABLE IF NOT EXISTS observations
(
    leaf_index UInt64,
    judged UInt64,
    position UInt32,
    simulated UInt8,
    service LowCardinality(String),
    probe_asn UInt32,
    started_at DateTime64(3, 'UTC') CODEC(Delta, LZ4),
    kind LowCardinality(String),
    source LowCardinality(String),
    side LowCardinality(String),
    hop UInt32,
    part LowCardinality(String),
    began_s Nullable(Float64),
    ended_s Nullable(Float64),
    failure LowCardinality(Nullable(String)),
    failure_raw LowCardinality(Nullable(String)),
    transaction Nullable(Int64),
    name LowCardinality(Nullable(String)),
    address LowCardinality(Nullable(String)),
    port Nullable(UInt16),
    family Nullable(UInt8),
    address_origin LowCardinality(Nullable(String)),
    query_type LowCardinality(Nullable(String)),
    resolver LowCardinality(Nullable(String)),
    resolver_address LowCardinality(Nullable(String)),
    answers Array(String),
    answer_asns Array(UInt32),
    canonical_names Array(String),
    duplicate Nullable(UInt8),
    name_role LowCardinality(Nullable(String)),
    protocol_version LowCardinality(Nullable(String)),
    alpn LowCardinality(Nullable(String)),
    certificates Array(FixedString(32)),
    leaf_subject LowCardinality(Nullable(String)),
    leaf_issuer LowCardinality(Nullable(String)),
    leaf_issuer_organisation LowCardinality(Nullable(String)),
    leaf_not_before Nullable(DateTime64(3, 'UTC')),
    leaf_not_after Nullable(DateTime64(3, 'UTC')),
    chain LowCardinality(Nullable(String)),
    name_matches Nullable(UInt8),
    verified Nullable(UInt8),
    url Nullable(String),
    method LowCardinality(Nullable(String)),
    over_quic Nullable(UInt8),
    status Nullable(UInt32),
    location Nullable(String),
    title Nullable(String),
    body_bytes Nullable(UInt64),
    body_truncated Nullable(UInt8),
    direction LowCardinality(Nullable(String)),
    bytes Nullable(UInt64),
    duration_s Nullable(Float64),
    protocol LowCardinality(Nullable(String)),
    transport LowCardinality(Nullable(String)),
    bootstrap_s Nullable(Float64),
    progress Nullable(Float64)
)
ENGINE = MergeTree
PARTITION BY multiIf(started_at < toDateTime64('2012-01-01 00:00:00', 3, 'UTC'), 0, started_at >= toDateTime64('2040-01-01 00:00:00', 3, 'UTC'), 999999, toYYYYMM(started_at))
ORDER BY (service, probe_asn, started_at, leaf_index, judged, position)
SETTINGS index_granularity = 1024, min_bytes_for_wide_part = 134217728, min_rows_for_wide_part = 4000000, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0;

-- What is known of each leaf of the log; the highest judged of a leaf stands.
-- `erased`, `undecoded` and `entry` leaves (what is logged besides measurements) have no verdict and are not asked for again.
CREATE TABLE IF NOT EXISTS leaves
(
    leaf_index UInt64,
    judged UInt64,
    state LowCardinality(String),
    service LowCardinality(String),
    probe_asn UInt32,
    started_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(judged)
ORDER BY leaf_index
SETTINGS index_granularity = 8192, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0;
