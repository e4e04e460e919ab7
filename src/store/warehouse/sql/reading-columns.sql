-- The same as readings.sql without ids, as a few long lists: a fraction of the time for a year of measurements.
-- The bits of an outcome are those of src/detect/columns.ts; the order of the words is that of src/model/reading.ts.
SELECT
    groupArray(at) AS ats,
    groupArray(probe_name) AS probe_names,
    groupArray(outcome) AS outcomes,
    groupArray(mechanism_name) AS mechanisms,
    groupArray(ratio) AS ratios
FROM
(
    SELECT
        toUnixTimestamp64Milli(started_at) AS at,
        toString(probe) AS probe_name,
        indexOf(['ok', 'slow', 'fail', 'none'], toString(target)) - 1
            + 4 * (indexOf(['ok', 'fail', 'none'], toString(control)) - 1)
            + 16 * (indexOf(['ok', 'fail', 'none'], toString(canary)) - 1)
            + 64 * artefact + 128 * scheduled AS outcome,
        if(target = 'fail', ifNull(toString(mechanism), ''), '') AS mechanism_name,
        log10_lr AS ratio
    FROM verdicts FINAL
    PREWHERE service = {service:String}
        AND probe_asn = {asn:UInt32}
        AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    WHERE verdicts.simulated = {simulated:UInt8}
        AND ((target != 'none' AND target != '') OR canary = 'fail')
    ORDER BY started_at, probe_name, outcome
)
