-- How long the halves of a pair took (docs/methods/readings.md §4). NULL: no pair, or a half failed or was not timed;
-- so are rows of earlier versions until "kuager rebuild".
ALTER TABLE verdicts
    ADD COLUMN IF NOT EXISTS ln_ratio Nullable(Float64),
    ADD COLUMN IF NOT EXISTS ln_control Nullable(Float64)
