import { judgeClaims } from '../../../src/core/detect/shown/claims.ts'
import type { Statement } from '../../../src/core/model/tables/record.ts'
import { formatAsn, instant, parseAsn } from '../../../src/core/model/units.ts'
import type { createSite } from '../../../src/site/app.ts'
import type { SiteOptions } from '../../../src/site/site-options.ts'
import { HOME_ZONE } from '../../../src/core/text/time.ts'
import { SAMPLE_KINDS, sampleEpisode, sampleRevisions } from './incident-sample.ts'
import { memoryIncidents } from '../stores/memory-incidents.ts'
import { samplePeople } from './people-sample.ts'
import { ERASED, sampleId, sampleSite } from '../site/site-sample.ts'

/** Two measurements of the sample's archive stand behind the evening, and one that was erased; one lies in its window. */
const measurements = [sampleId('youtube', 4, 1), sampleId('youtube', 4, 0), ERASED]
const revisions = sampleRevisions().map((one) => (one.id === SAMPLE_KINDS.finished.id ? { ...one, measurements } : one))

const words = (text: string): { kk: string; ru: string; en: string } => ({ kk: text, ru: text, en: text })
const source = { title: 'sample', checked: true }
const statement: Statement = {
  id: 'sample-statement',
  at: '2026-03-05',
  speaker: 'user',
  who: words('A user'),
  summary: words('YouTube did not open.'),
  source,
  claims: [
    { id: 'sample-claim', text: words('YouTube did not open.'), test: 'service-restricted', services: ['youtube'] },
  ],
}

/** Statements and a demand of the sample; chronicle and acts are given. */
export const sampleClaims = (
  more: Partial<NonNullable<SiteOptions['claims']>['record']> = {},
): NonNullable<SiteOptions['claims']> => ({
  ...claims,
  record: { ...claims.record, ...more },
})

const claims: NonNullable<SiteOptions['claims']> = {
  record: {
    simulated: true,
    statements: [statement],
    chronicle: [],
    orders: [{ id: 'sample-order', scope: [], title: words('An act'), textHeld: false, source }],
    demands: [{ id: 'sample-demand', at: '2026-03-01', who: words('A body'), text: words('A demand.'), source }],
    digest: '',
  },
  coverage: async () => [],
  judge: (statements, measured) =>
    judgeClaims(statements, measured, { zone: HOME_ZONE, owner: formatAsn, vpn: [], simulated: true }),
}

/** Checks of readers: of one network they rise, on another the service opens. */
const checks: NonNullable<SiteOptions['checks']> = async () => {
  const until = instant(Date.UTC(2026, 2, 5, 16, 15))
  const since = instant(until - 1_800_000)
  return [
    { service: 'youtube', asn: parseAsn(64_500), since, until, fails: 14, rising: true },
    { service: 'youtube', asn: parseAsn(64_501), since, until, opens: 9, rising: false },
  ]
}

/** The site that examples of the interface are asked of: everything in it is simulated. */
export const apiSample = (change: Partial<SiteOptions> = {}): Promise<ReturnType<typeof createSite>> =>
  sampleSite({
    simulated: true,
    incidents: memoryIncidents(revisions, [sampleEpisode]),
    claims,
    checks,
    people: samplePeople(),
    ...change,
  })
