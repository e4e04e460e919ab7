-- Whether insertions after a number wrote anything real, and anything simulated, of any sender.
SELECT
    max(verdicts.simulated = 0) AS real,
    max(verdicts.simulated = 1) AS simulated
FROM verdicts
WHERE judged > {after:UInt64}
    AND moved = 0
