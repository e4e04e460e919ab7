-- Months of Astana (UTC+5 since 2024, UTC+6 before) in which something was measured. Rows that were replaced count here
-- too: a month without any that counts is found empty when it is read.
SELECT DISTINCT formatDateTime(started_at, '%Y-%m', 'Asia/Almaty') AS month
FROM verdicts
WHERE moved = 0
    AND verdicts.simulated = {simulated:UInt8}
    AND started_at >= toDateTime64('2012-01-01 00:00:00', 3, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY month
