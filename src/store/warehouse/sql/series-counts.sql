-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- What was measured of each of some series inside a window. They are named, since the key begins with the service: a
-- question by network alone would read everything.
-- PREWHERE as in series.sql.
SELECT
    service,
    probe_asn,
    argMax(toString(probe_cc), (started_at, leaf_index)) AS country,
    countIf(target IN ('ok', 'slow')) AS ok,
    countIf(target = 'fail') AS failed,
    uniqExactIf(device, device != '') AS probes
FROM verdicts FINAL
PREWHERE (service, probe_asn) IN (SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {asns:Array(UInt32)})) AS pair))
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    AND target IN ('ok', 'slow', 'fail')
GROUP BY service, probe_asn
ORDER BY service, probe_asn
