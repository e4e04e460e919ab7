-- Each leaf that follows a gap, with the leaf before it; the end of the range follows the last one.
SELECT
    before + 1 AS from,
    leaf_index AS until
FROM
(
    SELECT
        leaf_index,
        lagInFrame(toInt64(leaf_index), 1, toInt64({from:UInt64}) - 1) OVER (ORDER BY leaf_index ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM
    (
        SELECT DISTINCT leaf_index FROM leaves WHERE leaf_index >= {from:UInt64} AND leaf_index < {size:UInt64}
        UNION ALL
        SELECT {size:UInt64} AS leaf_index
    )
)
WHERE toInt64(leaf_index) > before + 1
ORDER BY from
