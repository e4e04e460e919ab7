-- Each leaf that follows a gap, with the leaf before it.
SELECT
    before + 1 AS from,
    leaf_index AS until
FROM
(
    SELECT
        leaf_index,
        lagInFrame(toInt64(leaf_index), 1, toInt64(-1)) OVER (ORDER BY leaf_index ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM (SELECT DISTINCT leaf_index FROM leaves WHERE leaf_index < {size:UInt64})
)
WHERE toInt64(leaf_index) > before + 1
ORDER BY from
