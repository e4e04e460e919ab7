SELECT upto, whole, any_real, any_simulated, service, probe_asn, simulated, n, earliest, latest, insertion, revoked
FROM kept_series
