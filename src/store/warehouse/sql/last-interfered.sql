-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- When each series was last seen interfered with. PREWHERE as in series.sql.
SELECT
    service,
    probe_asn,
    toUnixTimestamp64Milli(max(started_at)) AS latest
FROM verdicts FINAL
PREWHERE started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND kind = 'interfered'
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
GROUP BY service, probe_asn
ORDER BY service, probe_asn
