-- Tables of rows that are there, with what their comments say (write/remade.ts).
SELECT name, comment
FROM system.tables
WHERE database = currentDatabase()
    AND name IN ('observations', 'verdicts', 'leaves', 'next_observations', 'next_verdicts', 'next_leaves')
