INSERT INTO leaves (leaf_index, judged, state)
SELECT
    pair.1,
    {judged:UInt64},
    pair.2
FROM (SELECT arrayJoin(arrayZip({leaves:Array(UInt64)}, {states:Array(String)})) AS pair)
