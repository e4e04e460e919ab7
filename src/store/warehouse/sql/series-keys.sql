-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- Series with rows written after an insertion, rows that took a measurement away (`moved`, or a revoked sender)
-- included. After 0: all series.
SELECT
    service,
    probe_asn,
    verdicts.simulated AS simulated,
    countIf(moved = 0 AND NOT (channel = 'collector' AND startsWith(origin, 'revoked:'))) AS n,
    toUnixTimestamp64Milli(min(started_at)) AS earliest,
    toUnixTimestamp64Milli(max(started_at)) AS latest,
    max(judged) AS insertion,
    countIf(channel = 'collector' AND startsWith(origin, 'revoked:')) AS revoked
FROM verdicts
WHERE judged > {after:UInt64}
    -- A row that took a measurement away has no channel, and counts.
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:') OR startsWith(origin, 'revoked:'))
GROUP BY service, probe_asn, simulated
ORDER BY service, probe_asn, simulated
