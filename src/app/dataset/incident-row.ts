import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import type { PublishedRow } from '../../store/warehouse/contract.ts'

/** The latest revision of an incident as a row of the files for researchers. */
export const incidentRow = (one: Incident, review: string): PublishedRow => ({
  incident_id: one.id,
  revision: one.revision,
  revised_at_utc: one.revisedAt,
  service: one.service,
  probe_asn: one.asn,
  state: one.state,
  running: one.running,
  withdrawn: one.withdrawn,
  review,
  mechanism: one.mechanism,
  ...edgeOf('start', one.start),
  ...edgeOf('end', one.end),
  probes: one.probes,
  probes_failed: one.probesFailed,
  cause_word: one.cause.word,
  cause_log10_lr: one.cause.log10Lr,
  cause_lo95: one.cause.lo95,
  cause_hi95: one.cause.hi95,
  quoted_log10_lr: one.cause.quoted?.log10Lr,
  quoted_lo95: one.cause.quoted?.lo95,
  quoted_hi95: one.cause.quoted?.hi95,
  simulated: one.simulated,
})

const edgeOf = (side: 'start' | 'end', { median, lo95, hi95, kind }: Edge): PublishedRow => ({
  [`${side}_median_utc`]: median,
  [`${side}_lo95_utc`]: lo95,
  [`${side}_hi95_utc`]: hi95,
  [`${side}_open`]: kind === 'open',
})
