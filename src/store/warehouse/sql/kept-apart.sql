-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- The newest of a series, each with the number of all. Bounded, because anybody may send any number. PREWHERE as in
-- series.sql.
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
    device,
    origin,
    count() OVER () AS total
FROM verdicts FINAL
PREWHERE service = {service:String}
    AND probe_asn = {asn:UInt32}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE NOT (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
ORDER BY started_at DESC, leaf_index DESC
LIMIT {most:UInt32}
