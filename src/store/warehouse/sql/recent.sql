-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- By series, devices by the newest of their verdicts that settled anything; a measurement of nobody known counts as a
-- device of its own here, and not in `devices`. PREWHERE as in series.sql.
SELECT
    service,
    probe_asn,
    countIf(newest = 'reachable') AS reachable,
    countIf(newest = 'interfered') AS interfered,
    countIf(newest = 'unreachable') AS unreachable,
    countIf(newest = '') AS inconclusive,
    countIf(device != '') AS devices,
    sum(n) AS measurements,
    toUnixTimestamp64Milli(max(latest_at)) AS latest
FROM
(
    SELECT
        service,
        probe_asn,
        toString(verdicts.device) AS device,
        argMaxIf(toString(kind), (started_at, leaf_index), kind != 'inconclusive') AS newest,
        count() AS n,
        max(started_at) AS latest_at
    FROM verdicts FINAL
    PREWHERE started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    WHERE verdicts.simulated = {simulated:UInt8}
        AND kind != 'not-judged'
        AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    GROUP BY service, probe_asn, device, if(device = '', leaf_index, 0)
)
GROUP BY service, probe_asn
ORDER BY service, probe_asn
