import type { CheckPlan } from '../../../src/core/model/people/crowd-check.ts'
import { formatAsn, type Asn } from '../../../src/core/model/units.ts'
import type { CrowdDesk } from '../../../src/site/check/desk.ts'

const SERVICES = ['YouTube', 'Facebook', 'Instagram', 'WhatsApp', 'Telegram', 'Signal'] as const

/** A plan over hosts that nobody has: for pages that are looked at and not used. */
export const samplePlan = (asn: Asn | undefined, given: Partial<CheckPlan> = {}): CheckPlan => ({
  format: 'kuager-check-plan/1',
  made_at_utc: '2026-03-05T16:10:00Z',
  network: asn === undefined ? null : formatAsn(asn),
  controls: [{ document: 'https://reach.example/reach', image: 'https://reach.example/reach.png' }],
  timeout_ms: 6000,
  between_tries_ms: 10_000,
  targets: SERVICES.map((name) => ({
    service: name.toLowerCase(),
    name,
    document: `https://www.${name.toLowerCase()}.example/robots.txt`,
    image: `https://static.${name.toLowerCase()}.example/favicon.ico`,
    fresh_at_utc: null,
    abroad: null,
  })),
  others: [],
  ...given,
})

/** A desk that takes whatever comes. */
export const sampleCrowd = (plan: CrowdDesk['plan'] = (asn) => Promise.resolve(samplePlan(asn))): CrowdDesk => ({
  plan,
  take: () => Promise.resolve({ wait: 0 }),
})
