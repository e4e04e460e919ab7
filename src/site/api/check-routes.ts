import { z } from 'zod'
import { formatAsn, formatInstantUtc } from '../../core/model/units.ts'
import type { CrowdSignal } from '../../core/model/people/crowd-check.ts'
import { route, type ApiContext } from './api-route.ts'
import { count, network, service, simulated, time } from './field.ts'
import { format } from './parts.ts'

const people = count.min(5).nullable()
const row = z.strictObject({
  service,
  network,
  since_utc: time.describe('Start of the time that the numbers are of'),
  until_utc: time.describe('Its end'),
  fails: people.describe('People for whose browser it did not open; null below five'),
  opens: people.describe('People for whose browser it opened; null below five'),
  rising: z.boolean().describe('Whether failures are twice what they were in the hour before, and more than openings'),
  simulated,
})
const COLUMNS = ['service', 'network', 'since_utc', 'until_utc', 'fails', 'opens', 'rising', 'simulated']

/** What may be shown now; nothing where no checks are taken. */
async function shown({ options, board }: ApiContext): Promise<{
  readonly simulated: boolean
  readonly rows: readonly z.infer<typeof row>[]
}> {
  const [list, now] = await Promise.all([options.checks?.(), board()])
  return { simulated: now.simulated, rows: (list ?? []).map((one) => encode(one, now.simulated)) }
}

const encode = (one: CrowdSignal, isSimulated: boolean): z.infer<typeof row> => ({
  service: one.service,
  network: formatAsn(one.asn),
  since_utc: formatInstantUtc(one.since),
  until_utc: formatInstantUtc(one.until),
  fails: one.fails ?? null,
  opens: one.opens ?? null,
  rising: one.rising,
  simulated: isSimulated,
})

const CLASS =
  'Class `crowd`: made by readers in their own browsers, by a rule that sees far less than a probe does. It enters no verdict and no incident.'

/** Checks that readers make in their own browsers. */
export const CHECK_ROUTES = [
  route({
    id: 'checks',
    path: '/api/v1/checks',
    summary: 'Checks that readers made in their own browsers',
    about: `How many people of a network found a service open or not, in the last settled hour; at least five, never fewer. ${CLASS}`,
    asks: z.strictObject({ format: format.optional() }),
    answer: { name: 'Checks', schema: z.strictObject({ simulated, checks: z.array(row) }) },
    csv: { rows: 'checks', columns: COLUMNS },
    cost: 1,
    example: '/api/v1/checks',
    file: () => 'checks',
    async find(_, context) {
      const { rows, ...rest } = await shown(context)
      return { kind: 'body', body: { ...rest, checks: rows } }
    },
  }),
  route({
    id: 'leads',
    path: '/api/v1/leads',
    summary: 'Where a measurement is worth making now',
    about: `Services on networks for which at least five people's browsers failed in the last settled 15 minutes, twice what was usual in the hour before and more than it opened for: advice to people who keep a probe there. ${CLASS}`,
    asks: z.strictObject({ format: format.optional() }),
    answer: { name: 'Leads', schema: z.strictObject({ simulated, leads: z.array(row) }) },
    csv: { rows: 'leads', columns: COLUMNS },
    cost: 1,
    example: '/api/v1/leads',
    file: () => 'leads',
    async find(_, context) {
      const { rows, ...rest } = await shown(context)
      return { kind: 'body', body: { ...rest, leads: rows.filter(({ rising }) => rising) } }
    },
  }),
]
