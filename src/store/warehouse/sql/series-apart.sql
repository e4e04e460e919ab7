-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- How many of a series say anything of the service. PREWHERE as in series.sql.
SELECT count() AS measurements
FROM verdicts FINAL
PREWHERE service = {service:String}
    AND probe_asn = {asn:UInt32}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND NOT (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    AND target IN ('ok', 'slow', 'fail')
