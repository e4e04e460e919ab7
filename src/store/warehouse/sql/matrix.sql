-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- Counts first by mechanism, then by kind: the commonest mechanism of a cell comes exactly, ties by name.
-- PREWHERE as in series.sql.
SELECT
    service,
    probe_asn,
    sumIf(n, kind = 'reachable') AS reachable,
    sumIf(n, kind = 'interfered') AS interfered,
    sumIf(n, kind = 'unreachable') AS unreachable,
    sumIf(n, kind = 'inconclusive') AS inconclusive,
    sumIf(n, kind = 'not-judged') AS not_judged,
    uniqExactMerge(probe_names) AS probes,
    max(any_simulated) AS simulated,
    toUnixTimestamp64Milli(max(latest_at)) AS latest,
    nullIf(argMaxIf(ifNull(mechanism, ''), (n, ifNull(mechanism, '')), kind = 'interfered' AND mechanism IS NOT NULL), '') AS mechanism
FROM
(
    SELECT
        service,
        probe_asn,
        kind,
        mechanism,
        count() AS n,
        -- Devices, where they are known: a label is of one network.
        uniqExactState(nullIf(toString(device), '')) AS probe_names,
        max(verdicts.simulated) AS any_simulated,
        max(started_at) AS latest_at
    FROM verdicts FINAL
    PREWHERE started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    WHERE (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    GROUP BY service, probe_asn, kind, mechanism
)
GROUP BY service, probe_asn
ORDER BY service, probe_asn
