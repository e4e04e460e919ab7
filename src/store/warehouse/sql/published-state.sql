-- Number of the last insertion, and how many leaves were erased: while both stay, no file of a month has changed.
SELECT
    (SELECT max(judged) FROM verdicts) AS judged,
    (SELECT countIf(state = 'erased') FROM leaves FINAL) AS erased
