SELECT
    lower(hex(id)) AS id,
    toUnixTimestamp64Milli(started_at) AS at,
    kind,
    mechanism,
    layer,
    log10_lr,
    test_name,
    input,
    channel,
    simulated
FROM verdicts FINAL
WHERE service = {service:String}
    AND probe_asn = {asn:UInt32}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY started_at, leaf_index
