import { z } from 'zod'
import { entriesOf, entryBegan, entryGoesOn, entrySpan, type IncidentEntry } from '../../core/model/incident/entries.ts'
import { CAUSE_WORDS, jointRatio, SUPPORT } from '../../core/model/incident/cause.ts'
import { INCIDENT_STATES, type Incident } from '../../core/model/incident/incident.ts'
import { encodeEdge } from '../../core/model/incident/incident-wire.ts'
import { formatAsn } from '../../core/model/units.ts'
import { route } from './api-route.ts'
import { cursorOf } from './cursor.ts'
import { count, network as networkField, next, service as serviceField, simulated } from './field.ts'
import { edge } from './incident-schema.ts'
import { cursor, episode, limit, network, service } from './parts.ts'

/** Episodes of one part of the list: by default, and at most. */
const LISTED = { usual: 100, most: 500 }

const places = cursorOf('e', z.tuple([z.int().min(-8.64e15).max(8.64e15), z.string().max(250)]))

const conclusion = z.strictObject({
  word: z.enum(CAUSE_WORDS),
  incidents: count.describe('Incidents with that conclusion'),
  support_least: z.enum(SUPPORT).describe('Weakest evidence among them'),
  support_most: z.enum(SUPPORT),
})

const episodesSchema = z.strictObject({
  simulated,
  episodes: z.array(
    z.strictObject({
      id: z.string().describe('Of its earliest incident; changes with it'),
      services: z.array(serviceField),
      networks: z.array(networkField),
      states: z.array(z.enum(INCIDENT_STATES)),
      running: z.boolean(),
      start: edge.describe('Of the earliest incident'),
      end: edge.describe('Of the incident that ends last'),
      conclusions: z.array(conclusion),
      joint_log10_lr: z.number().describe('Mean of the quoted ratios (docs/methods/episodes.md); 0: neither side'),
      incidents: z.array(z.strictObject({ id: z.string(), revision: count })).describe('Earliest start first'),
      simulated,
    }),
  ),
  next,
})

const sorted = <T>(list: Iterable<T>): readonly T[] => [...new Set(list)].toSorted((a, b) => (a < b ? -1 : 1))

/** Conclusions of the incidents, in the order of the words. */
const conclusionsOf = (incidents: readonly Incident[]): readonly z.infer<typeof conclusion>[] =>
  CAUSE_WORDS.flatMap((word) => {
    const steps = incidents
      .filter(({ cause }) => cause.word === word)
      .map(({ cause }) => cause.support)
      .toSorted((a, b) => SUPPORT.indexOf(a) - SUPPORT.indexOf(b))
    const [least, most] = [steps[0], steps.at(-1)]
    return least === undefined || most === undefined
      ? []
      : [{ word, incidents: steps.length, support_least: least, support_most: most }]
  })

function encodeEpisode(entry: IncidentEntry): Record<string, unknown> {
  const { incidents, episode: id } = entry
  const { start, end } = entrySpan(entry)
  return {
    id,
    services: sorted(incidents.map((one) => one.service)),
    networks: [...new Set(incidents.map(({ asn }) => asn))].toSorted((a, b) => a - b).map(formatAsn),
    states: INCIDENT_STATES.filter((state) => incidents.some((one) => one.state === state)),
    running: entryGoesOn(entry),
    start: encodeEdge(start),
    end: encodeEdge(end),
    conclusions: conclusionsOf(incidents),
    joint_log10_lr: jointRatio(incidents.map(({ cause }) => cause.quoted?.log10Lr ?? 0)),
    incidents: incidents.map((one) => ({ id: one.id, revision: one.revision })),
    simulated: incidents.some((one) => one.simulated),
  }
}

const idOf = ({ episode: id = '' }: IncidentEntry): string => id

export const episodes = route({
  id: 'episodes',
  path: '/api/v1/episodes',
  summary: 'Episodes: incidents of one time, over networks and services',
  about:
    'Newest start first. Each has two incidents or more; what is withdrawn or on hold is in none. With service or network: episodes with an incident of it, whole.',
  asks: z.strictObject({
    id: episode.optional(),
    service: service.optional(),
    network: network.optional(),
    cursor: cursor.optional(),
    limit: limit(LISTED.most).optional(),
  }),
  answer: { name: 'Episodes', schema: episodesSchema },
  cost: 1,
  example: '/api/v1/episodes?network=AS64500',
  async find(asked, { options: { incidents } }) {
    const [current, groups] = await Promise.all([incidents?.current() ?? [], incidents?.episodes() ?? []])
    const wanted = entriesOf(current, groups)
      .filter(
        (entry) =>
          entry.episode !== undefined &&
          (asked.id === undefined || entry.episode === asked.id) &&
          (asked.service === undefined || entry.incidents.some((one) => one.service === asked.service)) &&
          (asked.network === undefined ||
            entry.incidents.some((one) => formatAsn(one.asn) === asked.network?.toUpperCase())),
      )
      .toSorted((a, b) => entryBegan(b) - entryBegan(a) || (idOf(a) < idOf(b) ? -1 : 1))
    const after = asked.cursor === undefined ? undefined : places.decode(asked.cursor)
    const rest = wanted.filter(
      (one) =>
        after === undefined || entryBegan(one) < after[0] || (entryBegan(one) === after[0] && idOf(one) > after[1]),
    )
    const part = rest.slice(0, Number(asked.limit ?? LISTED.usual))
    const last = part.at(-1)
    return {
      kind: 'body',
      body: {
        simulated: wanted.some((one) => one.incidents.some((incident) => incident.simulated)),
        episodes: part.map(encodeEpisode),
        next: rest.length > part.length && last !== undefined ? places.encode([entryBegan(last), idOf(last)]) : null,
      },
    }
  },
})
