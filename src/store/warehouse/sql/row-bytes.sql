-- Bytes of the rows that are read, of those that are made again, and what the disk has free.
SELECT
    sumIf(bytes_on_disk, NOT startsWith(table, 'next_')) AS read,
    sumIf(bytes_on_disk, startsWith(table, 'next_')) AS made,
    (SELECT min(unreserved_space) FROM system.disks) AS free
FROM system.parts
WHERE active
    AND database = currentDatabase()
    AND table IN ('observations', 'verdicts', 'leaves', 'next_observations', 'next_verdicts', 'next_leaves')
