-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- Readings of several series as a few long lists a series: a fraction of the time of readings.sql for a year of
-- measurements. The bits of an outcome are those of src/core/detect/chain/columns.ts; the order of the words is that of
-- src/core/model/measured/reading.ts. PREWHERE as in series.sql.
SELECT
    service,
    probe_asn,
    groupArray(at) AS ats,
    groupArray(probe_name) AS probe_names,
    groupArray(outcome) AS outcomes,
    groupArray(mechanism_name) AS mechanisms,
    groupArray(ratio) AS ratios,
    -- Of timed pairs alone, which most series do not have: their places, counted from 1, and their times.
    arrayFilter((place, known) -> known, arrayEnumerate(ats), groupArray(isNotNull(pair_ratio))) AS timed_places,
    groupArray(pair_ratio) AS ln_ratios,
    groupArray(pair_control) AS ln_controls
FROM
(
    SELECT
        service,
        probe_asn,
        toUnixTimestamp64Milli(started_at) AS at,
        toString(device) AS probe_name,
        indexOf(['ok', 'slow', 'fail', 'none'], toString(target)) - 1
            + 4 * (indexOf(['ok', 'fail', 'none'], toString(control)) - 1)
            + 16 * (indexOf(['ok', 'fail', 'none'], toString(canary)) - 1)
            + 64 * artefact + 128 * scheduled AS outcome,
        if(target = 'fail', ifNull(toString(mechanism), ''), '') AS mechanism_name,
        log10_lr AS ratio,
        ln_ratio AS pair_ratio,
        ln_control AS pair_control
    FROM verdicts FINAL
    PREWHERE (service, probe_asn) IN (SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {asns:Array(UInt32)})) AS pair))
        AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    WHERE verdicts.simulated = {simulated:UInt8}
        AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
        AND ((target != 'none' AND target != '') OR canary = 'fail')
    ORDER BY service, probe_asn, started_at, probe_name, outcome, leaf_index
)
GROUP BY service, probe_asn
ORDER BY service, probe_asn
