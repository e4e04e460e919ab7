-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- By series and 24 hours from `since`, the hours with judged measurements: bit 0 is the first of them. PREWHERE as in
-- series.sql.
SELECT
    service,
    probe_asn,
    intDiv(hour, 24) AS day,
    groupBitOr(bitShiftLeft(toUInt32(1), hour % 24)) AS measured,
    groupBitOr(if(unreachable > reachable + interfered, bitShiftLeft(toUInt32(1), hour % 24), toUInt32(0))) AS unreached,
    -- Interference alone is no restriction (docs/methods/present.md), and no reaching either.
    groupBitOr(if(unreachable <= reachable + interfered AND interfered >= reachable, bitShiftLeft(toUInt32(1), hour % 24), toUInt32(0))) AS unsettled,
    sum(n) AS measurements,
    toUnixTimestamp64Milli(max(latest_at)) AS latest
FROM
(
    SELECT
        service,
        probe_asn,
        intDiv(toUnixTimestamp64Milli(started_at) - {since:Int64}, 3600000) AS hour,
        countIf(kind = 'unreachable') AS unreachable,
        countIf(kind = 'reachable') AS reachable,
        countIf(kind = 'interfered') AS interfered,
        count() AS n,
        max(started_at) AS latest_at
    FROM verdicts FINAL
    PREWHERE started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    WHERE verdicts.simulated = {simulated:UInt8}
        AND kind != 'not-judged'
        AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    GROUP BY service, probe_asn, hour
)
GROUP BY service, probe_asn, day
ORDER BY service, probe_asn, day
