SELECT 1 AS found
FROM verdicts FINAL
WHERE simulated = 1
LIMIT 1
