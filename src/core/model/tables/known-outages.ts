import type { Asn, Instant } from '../units.ts'
import type { OthersRecord } from './others.ts'

/** A time in which a network or the whole country had less connectivity than usual, as others measured it. */
export interface KnownOutage {
  readonly from: Instant
  readonly until: Instant
  /** Source as it is printed. */
  readonly source: string
}

/**
 * Outages that others measured of a network or its country, in the order of time: for masking what they explain, never
 * for the weight of evidence. One without an end is left out, because it would explain everything after it, and one of
 * a region too, because the network may be elsewhere.
 */
export function knownOutages(others: OthersRecord | undefined, asn: Asn): readonly KnownOutage[] {
  const found = (others?.parts ?? []).flatMap((part) =>
    part.kind === 'ooni'
      ? []
      : part.outages.flatMap(({ entity, from, until }): readonly KnownOutage[] => {
          const about = entity.kind === 'country' || (entity.kind === 'network' && entity.asn === asn)
          return about && until !== undefined ? [{ from, until, source: part.title }] : []
        }),
  )
  return found.toSorted((a, b) => a.from - b.from || a.until - b.until)
}
