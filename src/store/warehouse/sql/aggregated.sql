-- Counts by up to two axes in the shape of OONI's aggregation: an axis that is not asked for is an empty text.
-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- Times are UTC, as OONI's are. An empty list of a filter means all.
WITH
    ifNull(input, '') AS asked_input,
    domain(asked_input) AS asked_domain,
    multiIf(
        {grain:String} = 'hour', formatDateTime(started_at, '%Y-%m-%dT%H:00:00Z', 'UTC'),
        {grain:String} = 'week', toString(toMonday(started_at, 'UTC')),
        {grain:String} = 'month', toString(toStartOfMonth(started_at, 'UTC')),
        {grain:String} = 'year', toString(toStartOfYear(started_at, 'UTC')),
        toString(toDate(started_at, 'UTC'))
    ) AS time_bin
SELECT
    multiIf(
        {axis_x:String} = 'measurement_start_day', time_bin,
        {axis_x:String} = 'probe_cc', toString(probe_cc),
        {axis_x:String} = 'probe_asn', toString(probe_asn),
        {axis_x:String} = 'test_name', toString(test_name),
        {axis_x:String} = 'input', asked_input,
        {axis_x:String} = 'domain', asked_domain,
        ''
    ) AS x,
    multiIf(
        {axis_y:String} = 'measurement_start_day', time_bin,
        {axis_y:String} = 'probe_cc', toString(probe_cc),
        {axis_y:String} = 'probe_asn', toString(probe_asn),
        {axis_y:String} = 'test_name', toString(test_name),
        {axis_y:String} = 'input', asked_input,
        {axis_y:String} = 'domain', asked_domain,
        ''
    ) AS y,
    countIf(kind = 'reachable') AS ok,
    countIf(kind = 'interfered' AND ifNull(toString(mechanism), '') IN {confirmed:Array(String)}) AS confirmed,
    countIf(kind = 'interfered' AND ifNull(toString(mechanism), '') NOT IN {confirmed:Array(String)}) AS anomaly,
    countIf(kind IN ('unreachable', 'inconclusive')) AS failure
FROM verdicts FINAL
PREWHERE started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND kind != 'not-judged'
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    AND (empty({countries:Array(String)}) OR probe_cc IN {countries:Array(String)})
    AND (empty({asns:Array(UInt32)}) OR probe_asn IN {asns:Array(UInt32)})
    AND (empty({tests:Array(String)}) OR test_name IN {tests:Array(String)})
    AND (empty({inputs:Array(String)}) OR asked_input IN {inputs:Array(String)})
    AND (empty({domains:Array(String)}) OR asked_domain IN {domains:Array(String)})
GROUP BY x, y
ORDER BY x, y
LIMIT {most:UInt32}
