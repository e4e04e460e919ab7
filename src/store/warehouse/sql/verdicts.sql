-- Submissions of senders whom the collector does not know are kept apart (docs/formats/collector.md, "Standing").
-- Verdicts of a series with their grounds; of more than `most`, those whose ids come first: an id is a
-- digest, so that they are an even sample, and whoever has the measurements takes the same.
SELECT * FROM
(
    SELECT
        lower(hex(id)) AS id_hex,
        leaf_index,
        judged,
        service,
        probe_asn,
        toUnixTimestamp64Milli(started_at) AS at,
        toUnixTimestamp64Milli(received_at) AS received,
        channel,
        origin,
        head,
        verdict,
        discordant
    FROM verdicts FINAL
    PREWHERE service = {service:String}
        AND probe_asn = {asn:UInt32}
        AND verdicts.started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND verdicts.started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    WHERE verdicts.simulated = {simulated:UInt8}
        AND (channel != 'collector' OR startsWith(origin, 'enrolled:') OR startsWith(origin, 'known:'))
    ORDER BY id
    LIMIT {most:UInt32}
)
ORDER BY at, leaf_index
