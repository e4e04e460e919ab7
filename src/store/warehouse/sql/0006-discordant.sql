-- Which half of the first discordant pair failed (docs/methods/cause.md, "What the pairs show"). Empty: none did, and in
-- rows of earlier versions until "kuager rebuild".
ALTER TABLE verdicts
    ADD COLUMN IF NOT EXISTS discordant LowCardinality(String) DEFAULT ''
