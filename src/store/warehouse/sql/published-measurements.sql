-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- Measurements of a period in the order of the table, so that a part costs no more than its rows, after a place.
-- PREWHERE as in series.sql. The first condition on the service lets the index skip what the tuple would read.
SELECT
    lower(hex(id)) AS measurement_id,
    leaf_index,
    toUnixTimestamp64Milli(started_at) AS at,
    service,
    probe_asn,
    probe_cc,
    test_name,
    input,
    kind,
    mechanism,
    layer,
    rule,
    rules_version,
    log10_lr,
    endpoints_tested,
    endpoints_failed,
    probe,
    channel,
    verdicts.simulated AS simulated,
    judged
FROM verdicts FINAL
PREWHERE service >= {after_service:String}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (service, probe_asn, started_at, leaf_index) > ({after_service:String}, {after_asn:UInt32}, fromUnixTimestamp64Milli({after_at:Int64}, 'UTC'), {after_leaf:Int64})
WHERE verdicts.simulated = {simulated:UInt8}
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
ORDER BY service, probe_asn, started_at, leaf_index
LIMIT {most:UInt32}
