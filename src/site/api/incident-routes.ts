import { z } from 'zod'
import { axisWindow } from '../../core/model/incident/bounds.ts'
import { CAUSE_WORDS } from '../../core/model/incident/cause.ts'
import { filedAt, reaches } from '../../core/model/incident/entries.ts'
import { INCIDENT_STATES, type Incident } from '../../core/model/incident/incident.ts'
import { effectiveSince, encodeStandingAct } from '../../core/model/incident/review.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { formatAsn } from '../../core/model/units.ts'
import { apartOf, canonicalIncident } from '../incident/around.ts'
import { correctedRows, NO_REVIEWS, takingActsOf } from '../incident/reviewed.ts'
import type { ReadableIncidents } from '../incident/route.ts'
import { route, type ApiContext, type ApiRoute, type RouteFound, type RouteMissing } from './api-route.ts'
import { cursorOf } from './cursor.ts'
import { correctionsSchema, incidentSchema, incidentsSchema } from './incident-schema.ts'
import { homeDayBounds } from '../../core/text/home-day.ts'
import { cursor, format, incident, limit, network, revision, service, since, until } from './parts.ts'

/** Incidents of one part of a list: by default, and at most. */
const LISTED = { usual: 200, most: 1000 }
const SAMPLE = 'youtube-as64500-20260305T1502Z'

const COLUMNS = [
  ...['id', 'service', 'network', 'state', 'running', 'withdrawn', 'mechanism'],
  ...['start.median_utc', 'start.lo95_utc', 'start.hi95_utc', 'start.open'],
  ...['end.median_utc', 'end.lo95_utc', 'end.hi95_utc', 'end.open'],
  ...['probes', 'probes_failed', 'share', 'share_lo95', 'share_hi95'],
  ...['cause.word', 'cause.log10_lr', 'cause.lo95', 'cause.hi95', 'cause.support', 'cause.rival.cause'],
  ...['revision', 'revised_at_utc', 'reason', 'episode', 'rules_version', 'simulated'],
  ...['cause.quoted.log10_lr', 'cause.quoted.lo95', 'cause.quoted.hi95', 'cause.quoted.against'],
]

/** An incident without the ids of its measurements. */
function encodeListed(one: Incident): Record<string, unknown> {
  const { measurements: _, ...rest } = encodeIncident(one)
  return rest
}

/** The journal; an empty one where this server publishes no incidents. */
const journal = ({ options }: ApiContext): ReadableIncidents =>
  options.incidents ?? {
    current: async () => [],
    revisions: async () => [],
    corrections: async () => [],
    episodes: async () => [],
  }

const places = cursorOf('i', z.tuple([z.int().min(-8.64e15).max(8.64e15), z.string().max(250)]))
type Sorted = readonly { readonly incident: Incident; readonly at: number }[]

/** A part of a list that is sorted by time, the newest first, then by a word that is unique. */
function partOf(
  all: Sorted,
  word: (incident: Incident) => string,
  asked: { readonly cursor?: string | undefined; readonly limit?: string | undefined },
): { readonly part: readonly Incident[]; readonly next: string | null } {
  const most = Number(asked.limit ?? LISTED.usual)
  const sorted = all.toSorted((a, b) => b.at - a.at || (word(a.incident) < word(b.incident) ? -1 : 1))
  const after = asked.cursor === undefined ? undefined : places.decode(asked.cursor)
  const rest =
    after === undefined
      ? sorted
      : sorted.filter(({ at, incident: one }) => at < after[0] || (at === after[0] && word(one) > after[1]))
  const part = rest.slice(0, most)
  const last = part.at(-1)
  const next = rest.length > most && last !== undefined ? places.encode([last.at, word(last.incident)]) : null
  return { part: part.map(({ incident: one }) => one), next }
}

const filterSchema = z.strictObject({
  service: service.optional(),
  network: network.optional(),
  since: since.describe('a day by Astana time, YYYY-MM-DD: incidents that were not over before it').optional(),
  until: until.describe('a day by Astana time, YYYY-MM-DD: incidents that began on it or before').optional(),
  state: z
    .enum(INCIDENT_STATES)
    .describe(`one of ${INCIDENT_STATES.join(', ')}`)
    .optional(),
  word: z
    .enum(CAUSE_WORDS)
    .describe(`what may be concluded about the cause: one of ${CAUSE_WORDS.join(', ')}`)
    .optional(),
})

/** Whether an incident is wanted: by its days as far as its interval may reach. */
function fits(filter: z.infer<typeof filterSchema>): (one: Incident) => boolean {
  const from = filter.since === undefined ? -Infinity : homeDayBounds(filter.since).from
  const until = filter.until === undefined ? Infinity : homeDayBounds(filter.until).until
  return (one) =>
    (filter.service === undefined || one.service === filter.service) &&
    (filter.network === undefined || formatAsn(one.asn) === filter.network.toUpperCase()) &&
    (filter.state === undefined || one.state === filter.state) &&
    (filter.word === undefined || one.cause.word === filter.word) &&
    reaches(one, { from, until })
}

export const incidents = route({
  id: 'incidents',
  path: '/api/v1/incidents',
  summary: 'Published incidents',
  about:
    'The latest revision of each, newest start first, withdrawn ones included. Ids of measurements are in the answer for each incident.',
  asks: z.strictObject({
    ...filterSchema.shape,
    cursor: cursor.optional(),
    limit: limit(LISTED.most).optional(),
    format: format.optional(),
  }),
  answer: { name: 'Incidents', schema: incidentsSchema },
  csv: { rows: 'incidents', columns: COLUMNS },
  cost: 1,
  example: '/api/v1/incidents?service=youtube&word=blocking',
  file: () => 'incidents',
  async find(asked, context) {
    const wanted = (await journal(context).current()).filter(fits(asked))
    const listed = wanted.map((one) => ({ incident: one, at: filedAt(one) }))
    const { part, next } = partOf(listed, ({ id }) => id, asked)
    return {
      kind: 'body',
      body: { simulated: wanted.some((one) => one.simulated), incidents: part.map(encodeListed), next },
    }
  },
})

/** A revision of an incident; the latest where none is named. */
export async function findIncident(
  asked: { readonly id: string; readonly revision?: string | undefined },
  context: ApiContext,
): Promise<Incident | RouteMissing> {
  const revisions = await journal(context).revisions(asked.id)
  const wanted = asked.revision
  const found = wanted === undefined ? revisions.at(-1) : revisions.find((one) => one.revision === Number(wanted))
  if (found !== undefined) return found
  const known = revisions.length > 0
  return {
    kind: 'missing',
    status: 404,
    code: known ? 'revision.unknown' : 'incident.unknown',
    path: known ? 'revision' : 'id',
    expected: known
      ? `a revision from 1 to ${revisions.length}`
      : 'the id of an incident, as /api/v1/incidents lists it',
    message: known ? 'The incident has no such revision' : 'There is no incident of this id here',
  }
}

export const oneIncident = route({
  id: 'incident',
  path: '/api/v1/incident/{id}',
  summary: 'One incident',
  about:
    'Its latest revision, or the one that is named, as canonical JSON (RFC 8785): the SHA-256 of these bytes is what its page cites. In the header x-kuager-kept-apart: measurements around it from unknown senders. In x-kuager-review: disputed, held or withdrawn by people.',
  asks: z.strictObject({ id: incident, revision: revision.optional() }),
  answer: { name: 'Incident', schema: incidentSchema },
  cost: 1,
  example: `/api/v1/incident/${SAMPLE}`,
  async find(asked, context): Promise<RouteFound> {
    const found = await findIncident(asked, context)
    if ('kind' in found) return found
    const window = axisWindow(found)
    const apart = window === undefined ? 0 : await apartOf(found, window, context.options.warehouse)
    const { standing } = (context.options.reviews ?? NO_REVIEWS).of(found.id)
    return {
      kind: 'body',
      body: encodeIncident(found),
      text: canonicalIncident(found),
      headers: {
        ...(window === undefined ? {} : { 'x-kuager-kept-apart': String(apart) }),
        ...(standing === 'none' ? {} : { 'x-kuager-review': standing }),
      },
    }
  },
})

const revisionWord = ({ id, revision: number }: Incident): string => `${id} ${number}`

export const corrections = route({
  id: 'corrections',
  path: '/api/v1/corrections',
  summary: 'Revisions after the first, holds and withdrawals by people, corrections of the record',
  about:
    'Newest first, each revision with the one before it and the reason. An incident on hold is only in `acts`. CSV has the revisions only.',
  asks: z.strictObject({ cursor: cursor.optional(), limit: limit(LISTED.most).optional(), format: format.optional() }),
  answer: { name: 'Corrections', schema: correctionsSchema },
  csv: { rows: 'corrections', columns: [...COLUMNS, 'note'] },
  cost: 1,
  example: '/api/v1/corrections?limit=1',
  file: () => 'corrections',
  async find(asked, context) {
    const all = await journal(context).corrections()
    const listed = all.map((one) => ({ incident: one, at: one.revisedAt }))
    const { part, next } = partOf(listed, revisionWord, asked)
    const rows = part.map(async (one) => {
      const before = (await journal(context).revisions(one.id)).find((other) => other.revision === one.revision - 1)
      return { ...encodeListed(one), before: before === undefined ? null : encodeListed(before) }
    })
    const isFirst = asked.cursor === undefined
    const acts = isFirst ? await takingActsOf(journal(context), context.options.reviews ?? NO_REVIEWS) : []
    const rowsOfRecord = isFirst ? correctedRows(context.options.record) : []
    return {
      kind: 'body',
      body: {
        simulated: [...all, ...acts.map(({ newest }) => newest), ...rowsOfRecord].some((one) => one.simulated),
        corrections: await Promise.all(rows),
        acts: acts
          .map(({ act }) => act)
          .toSorted((a, b) => effectiveSince(b) - effectiveSince(a))
          .map(encodeStandingAct),
        record: rowsOfRecord
          .toSorted((a, b) => b.at - a.at)
          .map(({ kind, row: { id }, correction, simulated }) => ({ kind, id, simulated, ...correction })),
        next,
      },
    }
  },
})

export const INCIDENT_ROUTES: readonly ApiRoute[] = [incidents, oneIncident, corrections]
