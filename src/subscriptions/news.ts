import { z } from 'zod'
import { goesOn } from '../core/model/incident/bounds.ts'
import { INCIDENT_STATES, type Incident } from '../core/model/incident/incident.ts'
import type { NewsKind, Topics } from '../core/model/people/subscription.ts'
import type { Asn, Instant } from '../core/model/units.ts'

/** What a revision concludes: the part of it whose change a person who read an earlier one must hear of. */
export const conclusionSchema = z.strictObject({
  revision: z.int().min(1),
  state: z.enum(INCIDENT_STATES),
  /** Whether it fits interference, a fault, or too little is known. */
  word: z.string().max(40),
  running: z.boolean(),
  withdrawn: z.boolean(),
  /** Whether its end is dated; absent in news of earlier versions. */
  dated: z.boolean().optional(),
  /** The 95 % interval of its start, milliseconds; null where there is none. */
  start: z.tuple([z.number(), z.number()]).nullable(),
})
export type NewsConclusion = z.infer<typeof conclusionSchema>

/** The conclusion of an incident as lists have it: with what people did to it. */
export const conclusionOf = (incident: Incident): NewsConclusion => ({
  revision: incident.revision,
  state: incident.state,
  word: incident.cause.word,
  running: goesOn(incident),
  withdrawn: incident.withdrawn,
  dated: incident.end.median !== undefined,
  start:
    incident.start.lo95 === undefined || incident.start.hi95 === undefined
      ? null
      : [incident.start.lo95, incident.start.hi95],
})

/**
 * What a receiver is to hear now who last heard `told`; undefined where nothing. Who heard nothing yet hears of an
 * incident that is enough to publish and was not withdrawn since; who heard of it hears each change of its conclusion:
 * state, cause, a start outside the interval that was given, its end, its withdrawal. More data, other digits and later
 * revisions of the same conclusion are no news.
 */
export function newsOf(told: NewsConclusion | undefined, now: NewsConclusion): NewsKind | undefined {
  if (told === undefined) {
    if (now.withdrawn || now.state === 'insufficient') return undefined
    return now.running ? 'started' : 'found'
  }
  if (now.withdrawn) return told.withdrawn ? undefined : 'withdrawn'
  if (told.withdrawn) return 'restored'
  if (told.state !== now.state || told.word !== now.word || !areNear(told.start, now.start)) return 'changed'
  if (told.running !== now.running) return now.running ? 'changed' : now.dated === true ? 'ended' : 'unseen'
  // The news before said that there are no data; now its end is known.
  if (!now.running && told.dated === false && now.dated === true) return 'ended'
  return undefined
}

/** Whether two intervals of a start have a time in common. */
const areNear = (one: NewsConclusion['start'], other: NewsConclusion['start']): boolean =>
  one === null || other === null ? one === other : one[0] <= other[1] && other[0] <= one[1]

/** An incident as it may be sent. */
export interface TellableIncident {
  readonly id: string
  readonly service: string
  readonly asn: Asn
  /** When its first revision was published. */
  readonly publishedAt: Instant
  readonly conclusion: NewsConclusion
}

/** Reports of people from one region about one service in the last hours, as they are published. */
export interface RegionReports {
  readonly region: Topics['regions'][number]
  readonly service: string
  readonly count: number
}

/** All that can be sent now. */
export interface Tellable {
  readonly incidents: readonly TellableIncident[]
  /** Those with enough reports for a mail. */
  readonly reports: readonly RegionReports[]
}

/** Whether incidents are wanted of this service on this network. */
export function wantsIncident(
  { services, networks, regions }: Topics,
  { service, asn }: Pick<TellableIncident, 'service' | 'asn'>,
): boolean {
  // Who chose regions and nothing else asked for reports, not for every incident of the country.
  if (services.length === 0 && networks.length === 0) return regions.length === 0
  return (services.length === 0 || services.includes(service)) && (networks.length === 0 || networks.includes(asn))
}

/** Whether reports are wanted from this region about this service. */
export const wantsReports = (
  { services, regions }: Topics,
  { region, service }: Pick<RegionReports, 'region' | 'service'>,
): boolean => regions.includes(region) && (services.length === 0 || services.includes(service))

/** One thing that a mail or a post says. */
export type NewsItem =
  | { readonly kind: NewsKind; readonly incident: TellableIncident }
  | { readonly kind: 'reports'; readonly reports: RegionReports }
