SELECT
    leaf_index,
    service,
    probe_asn,
    toUnixTimestamp64Milli(started_at) AS at
FROM leaves FINAL
WHERE leaf_index IN {leaves:Array(UInt64)}
    AND state = 'verdict'
