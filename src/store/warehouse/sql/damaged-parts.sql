-- Parts that the engine found broken and put aside when it loaded the tables.
SELECT concat(table, '/', name) AS part
FROM system.detached_parts
WHERE database = currentDatabase()
    AND table IN ('observations', 'verdicts', 'leaves')
LIMIT 1
