-- The second condition is answered first and alone where nothing was ever measured.
SELECT 1 AS found
FROM verdicts FINAL
WHERE simulated = 0
    AND (SELECT count() FROM verdicts WHERE simulated = 0) > 0
LIMIT 1
