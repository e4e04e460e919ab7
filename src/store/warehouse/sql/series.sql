-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- PREWHERE: a filter on the key alone may act before FINAL merges, since every row of a measurement that it could
-- replace has the same key. A filter on any other column must stay in WHERE.
SELECT
    lower(hex(id)) AS id,
    toUnixTimestamp64Milli(started_at) AS at,
    kind,
    mechanism,
    layer,
    log10_lr,
    test_name,
    input,
    channel,
    verdicts.simulated AS simulated,
    probe,
    device
FROM verdicts FINAL
PREWHERE service = {service:String}
    AND probe_asn = {asn:UInt32}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
ORDER BY started_at, leaf_index
