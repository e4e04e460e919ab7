-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- One service by bins of time in the home zone, for some networks or for all of them together: verdicts, mechanisms and
-- layers of what was interfered with or unreachable, devices, and how long the service took against its control.
-- PREWHERE as in series.sql.
SELECT
    if({pooled:UInt8} = 1, toUInt32(0), probe_asn) AS asn,
    multiIf(
        {step:String} = 'hour', toUnixTimestamp(toStartOfHour(started_at)),
        {step:String} = 'day', toUnixTimestamp(toStartOfDay(started_at, 'Asia/Almaty')),
        {step:String} = 'week', toUnixTimestamp(toStartOfDay(toDateTime(toMonday(started_at, 'Asia/Almaty'), 'Asia/Almaty'), 'Asia/Almaty')),
        {step:String} = 'day-hour', toUInt32(toHour(started_at, 'Asia/Almaty')),
        toUInt32((toDayOfWeek(started_at, 0, 'Asia/Almaty') - 1) * 24 + toHour(started_at, 'Asia/Almaty'))
    ) AS bin,
    countIf(kind = 'reachable') AS reachable,
    countIf(kind = 'interfered') AS interfered,
    countIf(kind = 'unreachable') AS unreachable,
    countIf(kind = 'inconclusive') AS inconclusive,
    uniqExactIf(device, device != '') AS devices,
    countIf(device = '') AS unnamed,
    sumMap(if(kind IN ('interfered', 'unreachable') AND mechanism IS NOT NULL, map(toString(assumeNotNull(mechanism)), toUInt64(1)), CAST(map(), 'Map(String, UInt64)'))) AS mechanisms,
    sumMap(if(kind IN ('interfered', 'unreachable') AND layer IS NOT NULL, map(toString(assumeNotNull(layer)), toUInt64(1)), CAST(map(), 'Map(String, UInt64)'))) AS layers,
    countIf(verdicts.ln_ratio IS NOT NULL) AS timed,
    quantileExactIf(0.5)(assumeNotNull(verdicts.ln_ratio), verdicts.ln_ratio IS NOT NULL) AS middle
FROM verdicts FINAL
PREWHERE service = {service:String}
    AND ({pooled:UInt8} = 1 OR probe_asn IN {asns:Array(UInt32)})
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND kind != 'not-judged'
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
GROUP BY asn, bin
ORDER BY asn, bin
