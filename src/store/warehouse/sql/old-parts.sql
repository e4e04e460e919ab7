-- Files that were replaced and are not yet deleted.
SELECT concat(table, '/', name) AS part
FROM system.parts
WHERE database = currentDatabase()
    AND table IN ('observations', 'verdicts', 'leaves')
    AND NOT active
