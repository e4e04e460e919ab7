-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- Every measurement that says anything of the service or of the line. PREWHERE as in series.sql.
SELECT
    lower(hex(id)) AS id,
    toUnixTimestamp64Milli(started_at) AS at,
    device,
    target,
    control,
    canary,
    artefact,
    scheduled,
    mechanism,
    log10_lr,
    ln_ratio,
    ln_control
FROM verdicts FINAL
PREWHERE service = {service:String}
    AND probe_asn = {asn:UInt32}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    AND ((target != 'none' AND target != '') OR canary = 'fail')
ORDER BY started_at, leaf_index
