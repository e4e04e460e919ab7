-- The second condition is answered first and alone where nothing was ever simulated.
SELECT 1 AS found
FROM verdicts FINAL
WHERE simulated = 1
    AND (SELECT count() FROM (SELECT 1 FROM verdicts WHERE simulated = 1 LIMIT 1)) > 0
LIMIT 1
