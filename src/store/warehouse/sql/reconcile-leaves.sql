-- A crash between the verdicts of an insertion and its leaves leaves the verdicts standing: they are the truth. All
-- insertions up to `from` are whole.
INSERT INTO leaves (leaf_index, judged, state, service, probe_asn, started_at)
SELECT leaf_index, judged, 'verdict', service, probe_asn, started_at
FROM verdicts
WHERE moved = 0
    AND judged > greatest((SELECT max(judged) FROM leaves WHERE judged >= {from:UInt64}), {from:UInt64})
