-- What was measured of other services on a network and of a service on other networks, inside a window.
-- PREWHERE as in series.sql.
SELECT
    service,
    probe_asn,
    argMax(toString(probe_cc), started_at) AS country,
    countIf(target IN ('ok', 'slow')) AS ok,
    countIf(target = 'fail') AS failed,
    uniqExactIf(probe, probe != '') AS probes
FROM verdicts FINAL
PREWHERE (probe_asn = {asn:UInt32} OR service = {service:String})
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND target IN ('ok', 'slow', 'fail')
GROUP BY service, probe_asn
ORDER BY service, probe_asn
