SELECT
    leaf_index,
    judged,
    service,
    probe_asn,
    toUnixTimestamp64Milli(started_at) AS at,
    toUnixTimestamp64Milli(received_at) AS received,
    channel,
    origin,
    head,
    verdict
FROM verdicts FINAL
WHERE id = toFixedString(unhex({id:String}), 32)
