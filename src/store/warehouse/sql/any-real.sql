-- The second condition is answered first and alone where nothing was ever measured.
SELECT 1 AS found
FROM verdicts FINAL
WHERE simulated = 0
    AND (SELECT count() FROM (SELECT 1 FROM verdicts WHERE simulated = 0 LIMIT 1)) > 0
LIMIT 1
