-- What a verdict tells the detector, and who measured (docs/methods/readings.md). Rows of earlier versions hold '' and
-- say nothing there until "kuager rebuild".
ALTER TABLE verdicts
    ADD COLUMN IF NOT EXISTS target LowCardinality(String),
    ADD COLUMN IF NOT EXISTS control LowCardinality(String),
    ADD COLUMN IF NOT EXISTS canary LowCardinality(String),
    ADD COLUMN IF NOT EXISTS artefact UInt8,
    ADD COLUMN IF NOT EXISTS scheduled UInt8,
    ADD COLUMN IF NOT EXISTS probe LowCardinality(String)
