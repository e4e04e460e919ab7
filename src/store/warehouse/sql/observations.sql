SELECT
    * EXCEPT (judged, started_at, leaf_not_before, leaf_not_after, certificates),
    toUnixTimestamp64Milli(started_at) AS started_at,
    toUnixTimestamp64Milli(leaf_not_before) AS leaf_not_before,
    toUnixTimestamp64Milli(leaf_not_after) AS leaf_not_after,
    arrayMap(digest -> lower(hex(digest)), certificates) AS certificates
FROM observations
WHERE service = {service:String}
    AND probe_asn = {asn:UInt32}
    AND observations.started_at = fromUnixTimestamp64Milli({at:Int64}, 'UTC')
    AND leaf_index = {leaf:UInt64}
    AND judged = {judged:UInt64}
ORDER BY position
LIMIT {most:UInt32}
