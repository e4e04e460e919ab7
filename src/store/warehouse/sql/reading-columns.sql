-- The same as readings.sql without ids, as a few long lists: a tenth of the time for a year of measurements.
SELECT
    groupArray(at) AS ats,
    groupArray(probe) AS probes,
    groupArray(packed) AS outcomes,
    groupArray(mechanism) AS mechanisms,
    groupArray(ratio) AS ratios
FROM
(
    SELECT
        toUnixTimestamp64Milli(started_at) AS at,
        toString(probe) AS probe,
        concat(toString(target), ' ', toString(control), ' ', toString(canary), ' ', toString(artefact), ' ', toString(scheduled)) AS packed,
        if(target = 'fail', ifNull(toString(mechanism), ''), '') AS mechanism,
        log10_lr AS ratio
    FROM verdicts FINAL
    PREWHERE service = {service:String}
        AND probe_asn = {asn:UInt32}
        AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    WHERE verdicts.simulated = {simulated:UInt8}
        AND ((target != 'none' AND target != '') OR canary = 'fail')
    ORDER BY started_at, leaf_index
)
