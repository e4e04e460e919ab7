-- Number of the last insertion that wrote anything, where it is not below one that is known, and one more than the
-- highest leaf known (0: none).
SELECT
    greatest(
        (SELECT max(judged) FROM verdicts WHERE judged >= {from:UInt64}),
        (SELECT max(judged) FROM observations WHERE judged >= {from:UInt64}),
        (SELECT max(judged) FROM leaves WHERE judged >= {from:UInt64})
    ) AS judged,
    (SELECT if(count() = 0, 0, max(leaf_index) + 1) FROM leaves) AS leaves
