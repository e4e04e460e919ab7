-- One page of the measurements of a service, in the order of the table, so that a page costs no more than its rows: by
-- network, then by time, then by leaf. What comes before (after_asn, after_at, after_leaf) was listed already.
-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- PREWHERE: see series.sql. The first condition on the network lets the index skip what the tuple would read.
SELECT
    lower(hex(id)) AS id,
    leaf_index,
    probe_asn,
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
    AND probe_asn >= {after_asn:UInt32}
    AND probe_asn <= {last_asn:UInt32}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (probe_asn, started_at, leaf_index) > ({after_asn:UInt32}, fromUnixTimestamp64Milli({after_at:Int64}, 'UTC'), {after_leaf:Int64})
WHERE (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    AND (verdicts.simulated = 0 OR {with_simulated:UInt8} = 1)
ORDER BY probe_asn, started_at, leaf_index
LIMIT {most:UInt32}
