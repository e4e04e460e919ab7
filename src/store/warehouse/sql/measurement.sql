-- The inner query finds the key by the index over ids, superseded rows included; FINAL then merges that key alone.
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
PREWHERE (service, probe_asn, verdicts.started_at, leaf_index) IN
(
    SELECT service, probe_asn, started_at, leaf_index
    FROM verdicts
    WHERE id = toFixedString(unhex({id:String}), 32)
)
WHERE id = toFixedString(unhex({id:String}), 32)
