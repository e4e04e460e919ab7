-- Measurements of a series that were taken out of it by an insertion after a number: their key was revoked
-- (docs/formats/collector.md, "Revocation"). PREWHERE as in series.sql.
SELECT count() AS measurements
FROM verdicts FINAL
PREWHERE service = {service:String}
    AND probe_asn = {asn:UInt32}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
WHERE verdicts.simulated = {simulated:UInt8}
    AND judged > {after:UInt64}
    AND channel = 'collector'
    AND startsWith(origin, 'revoked:')
