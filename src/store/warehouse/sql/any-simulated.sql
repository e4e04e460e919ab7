-- The second condition is answered first and alone where nothing was ever simulated.
SELECT 1 AS found
FROM verdicts FINAL
WHERE simulated = 1
    AND (SELECT count() FROM verdicts WHERE simulated = 1) > 0
LIMIT 1
