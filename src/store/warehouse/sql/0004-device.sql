-- Which device counts as the witness: the label of the collector, else the probe (docs/formats/warehouse.md). Rows of
-- earlier versions carry no label.
ALTER TABLE verdicts
    ADD COLUMN IF NOT EXISTS device LowCardinality(String) DEFAULT probe
