-- Operations of some measurements that follow one another in the order of the table, from the first of them to the last,
-- after a place. Each measurement by the judgement that stands.
SELECT
    leaf_index,
    toUnixTimestamp64Milli(observations.started_at) AS at,
    service,
    probe_asn,
    position,
    kind,
    side,
    hop,
    name,
    address,
    port,
    query_type,
    answers,
    protocol_version,
    alpn,
    chain,
    verified,
    status,
    failure,
    began_s,
    ended_s,
    observations.simulated AS simulated
FROM observations
PREWHERE service >= {first_service:String}
    AND service <= {last_service:String}
    AND observations.started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND observations.started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (service, probe_asn, observations.started_at, leaf_index, position) > ({first_service:String}, {first_asn:UInt32}, fromUnixTimestamp64Milli({first_at:Int64}, 'UTC'), {first_leaf:UInt64}, {after_position:Int64})
    AND (service, probe_asn, observations.started_at, leaf_index) <= ({last_service:String}, {last_asn:UInt32}, fromUnixTimestamp64Milli({last_at:Int64}, 'UTC'), {last_leaf:UInt64})
WHERE (leaf_index, judged) IN (SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({leaves:Array(UInt64)}, {judgements:Array(UInt64)})) AS pair))
ORDER BY service, probe_asn, observations.started_at, leaf_index, position
LIMIT {most:UInt32}
