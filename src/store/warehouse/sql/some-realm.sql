-- Whether some rows of a realm that come first are still there: an answer without reading all, where it is yes.
SELECT 1 AS found
FROM verdicts FINAL
PREWHERE (service, probe_asn, verdicts.started_at, leaf_index) IN
(
    SELECT service, probe_asn, started_at, leaf_index
    FROM verdicts
    WHERE simulated = {simulated:UInt8} AND moved = 0
    LIMIT 100
)
WHERE verdicts.simulated = {simulated:UInt8}
LIMIT 1
