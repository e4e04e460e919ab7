import { z } from 'zod'
import { encodeStandingAct, REVIEW_ACTS, REVIEW_ROLES, REVIEW_STATES } from '../../core/model/incident/review.ts'
import { LANGS } from '../../core/text/lang.ts'
import { NO_REVIEWS } from '../incident/reviewed.ts'
import { route } from './api-route.ts'
import { simulated, time } from './field.ts'
import { incident } from './parts.ts'

export const actSchema = z.strictObject({
  id: z.string().describe('Of the custody event'),
  incident: z.string(),
  revision: z.number().int().positive().describe('Newest revision at the time of the act'),
  act: z.enum(REVIEW_ACTS),
  state: z.enum(REVIEW_STATES),
  role: z.enum(REVIEW_ROLES),
  actor: z.string().describe('Pseudonym'),
  reason: z.string(),
  lang: z.enum(LANGS).describe('Language of the reason'),
  at_utc: time,
  until_utc: time.nullable().describe('Of a hold: when it ends'),
  ends_utc: time.nullable().describe('When the act ends or lapses if nothing else happens'),
  of: z.string().nullable().describe('Id of the act that is confirmed or lifted'),
  confirmed: z.strictObject({ actor: z.string(), role: z.enum(REVIEW_ROLES), at_utc: time }).nullable(),
})

const reviewsSchema = z.strictObject({
  simulated,
  reviews: z.array(
    z.strictObject({
      incident: z.string(),
      standing: z.enum(['none', 'disputed', 'held', 'withdrawn']).describe('What is in force now'),
      simulated,
      acts: z.array(actSchema).describe('Oldest first'),
    }),
  ),
})

/** What people did with incidents: the revisions and the weight never contain it. */
export const reviews = route({
  id: 'reviews',
  path: '/api/v1/reviews',
  summary: 'Acts of people on incidents: notes, disputes, holds, withdrawals',
  about:
    'Incidents in the order of their first act. /api/v1/incidents leaves out those on hold and gives `withdrawn: true`, reason `review` for those that people withdrew; /api/v1/incident/{id} stays the revision of the program (docs/formats/review.md).',
  asks: z.strictObject({ incident: incident.optional() }),
  answer: { name: 'Reviews', schema: reviewsSchema },
  cost: 1,
  example: '/api/v1/reviews',
  async find(asked, { options: { reviews: given = NO_REVIEWS, incidents } }) {
    const rows: z.infer<typeof reviewsSchema>['reviews'] = []
    for (const { incident: id, review } of given.all()) {
      if (asked.incident !== undefined && id !== asked.incident) continue
      // A public server shows no simulated incident, and no act on one.
      const newest = (await incidents?.revisions(id))?.at(-1)
      if (newest === undefined) continue
      const acts = review.acts.map(encodeStandingAct)
      rows.push({ incident: id, standing: review.standing, simulated: newest.simulated, acts })
    }
    return { kind: 'body', body: { simulated: rows.some((one) => one.simulated), reviews: rows } }
  },
})
