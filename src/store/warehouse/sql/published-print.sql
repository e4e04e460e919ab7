-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- What a period holds, as numbers that change with any row that is published: how many measurements, which ones, and by
-- which judgement. PREWHERE as in series.sql.
SELECT
    count() AS measurements,
    toString(sum(cityHash64(id))) AS ids,
    toString(sum(cityHash64(id, judged))) AS judgements
FROM verdicts FINAL
PREWHERE started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
