-- Rows of some leaves as they are read, for the tables that are made again. The keys of the leaves bound what is read.
INSERT INTO next_observations
SELECT * REPLACE ({judged:UInt64} AS judged)
FROM observations
PREWHERE (service, probe_asn, observations.started_at, leaf_index) IN
(
    SELECT service, probe_asn, started_at, leaf_index FROM leaves FINAL
    WHERE leaf_index >= {from:UInt64} AND leaf_index < {until:UInt64} AND state = 'verdict'
)
WHERE (leaf_index, observations.judged) IN
(
    SELECT leaf_index, judged FROM verdicts FINAL
    PREWHERE (service, probe_asn, verdicts.started_at, leaf_index) IN
    (
        SELECT service, probe_asn, started_at, leaf_index FROM leaves FINAL
        WHERE leaf_index >= {from:UInt64} AND leaf_index < {until:UInt64} AND state = 'verdict'
    )
);
INSERT INTO next_verdicts
SELECT * REPLACE ({judged:UInt64} AS judged)
FROM verdicts FINAL
PREWHERE (service, probe_asn, verdicts.started_at, leaf_index) IN
(
    SELECT service, probe_asn, started_at, leaf_index FROM leaves FINAL
    WHERE leaf_index >= {from:UInt64} AND leaf_index < {until:UInt64} AND state = 'verdict'
);
INSERT INTO next_leaves
SELECT * REPLACE ({judged:UInt64} AS judged)
FROM leaves FINAL
WHERE leaf_index >= {from:UInt64} AND leaf_index < {until:UInt64}
