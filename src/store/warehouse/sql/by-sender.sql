-- Leaves of counted submissions received from a time on whose origin names one of these keys or devices
-- (docs/formats/collector.md, "Standing"). Asked for by an act of the operator alone: it reads every origin.
SELECT leaf_index
FROM verdicts FINAL
WHERE channel = 'collector'
    AND (startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
    AND hasAny(splitByChar(':', toString(origin)), {names:Array(String)})
ORDER BY leaf_index
