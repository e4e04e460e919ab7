-- What servers wrote is withheld of what was sent to the collector (docs/formats/public-form.md). Rows judged before that
-- held titles, places and sentences of failures; what is judged from now on never does.
ALTER TABLE observations UPDATE title = NULL, location = NULL, body_bytes = NULL, canonical_names = [],
    url = if(hop = 0, url, NULL), failure_raw = if(match(failure_raw, '^[a-z0-9_-]*$'), failure_raw, failure)
    WHERE side = 'probe' AND leaf_index IN (SELECT leaf_index FROM verdicts WHERE channel = 'collector')
    SETTINGS mutations_sync = 2;
ALTER TABLE verdicts UPDATE verdict = replaceRegexpAll(verdict, '"location":"[^"]*"', '"location":"[withheld]"')
    WHERE channel = 'collector' AND position(verdict, '"location":"') > 0
    SETTINGS mutations_sync = 2
