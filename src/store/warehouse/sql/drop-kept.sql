TRUNCATE TABLE kept_series
