-- Number of the last insertion that wrote anything, and one more than the highest leaf known (0: none).
SELECT
    greatest(
        (SELECT max(judged) FROM verdicts),
        (SELECT max(judged) FROM observations),
        (SELECT max(judged) FROM leaves)
    ) AS judged,
    (SELECT if(count() = 0, 0, max(leaf_index) + 1) FROM leaves) AS leaves
