-- How many leaves of each chunk of 65,536 are known: a bitmap for each takes 8 KiB, however many leaves there are.
SELECT
    intDiv(leaf_index, 65536) AS chunk,
    groupBitmap(toUInt32(leaf_index % 65536)) AS known
FROM leaves
WHERE leaf_index >= {from:UInt64}
    AND leaf_index < {size:UInt64}
GROUP BY chunk
ORDER BY chunk
