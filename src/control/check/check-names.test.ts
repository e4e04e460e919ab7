import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FailureCode } from '../../core/model/measured/failure.ts'
import type { Controls } from '../../core/model/tables/controls.ts'
import { millis, parseAsn } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { checkControlNames, isUnfit, withLeft, type CheckedName } from './check-names.ts'

const sourced = { source: 'test', checked_at: '2026-11-30' }
const hosting: Controls['hosting'] = [
  {
    provider: 'edge',
    blocks: ['198.18.1.0/24', '2001:db8:1::/48'],
    domains: [],
    embedded: false,
    quic: false,
    ...sourced,
  },
  { provider: 'cache', blocks: ['198.18.2.0/24'], domains: [], embedded: true, quic: false, ...sourced },
]
const asns = new Map([
  ['203.0.113.9', parseAsn(64501)],
  ['203.0.113.10', parseAsn(64510)],
])
const providers = [
  { id: 'edge', asns: [64501], blocks: [], blocks_whole: true, challenges: false, ...sourced },
  { id: 'cache', asns: [64502], blocks: [], blocks_whole: false, challenges: false, ...sourced },
]

type Answer = readonly string[] | FailureCode

async function check(answers: Readonly<Record<string, readonly [provider: string | undefined, answer: Answer]>>) {
  const innocent = Object.entries(answers).map(([host, [provider]]) => ({
    host,
    ...(provider !== undefined && { provider }),
    ...sourced,
  }))
  const checked = await checkControlNames(
    { innocent, hosting },
    {
      resolve: (name) => {
        const answer = answers[name]?.[1] ?? 'dns_nxdomain_error'
        return Promise.resolve(
          typeof answer === 'string'
            ? { addresses: [], failure: { code: answer, stage: 'resolve' as const, detail: '' } }
            : { addresses: answer },
        )
      },
      net: { clock: systemClock, signal: new AbortController().signal, limit: millis(1_000) },
      lookup: (address) => asns.get(address),
      providers,
    },
  )
  return { innocent, checked, found: Object.fromEntries(checked.map(({ host, found }) => [host, found])) }
}

describe('checkControlNames()', () => {
  it('finds names that are where they were, moved, are gone, and those of which it is not known', async () => {
    const { found } = await check({
      'block.example': ['edge', ['198.18.1.7']],
      'six.example': ['edge', ['2001:db8:1::7']],
      'network.example': ['edge', ['203.0.113.9']],
      'one-of-two.example': ['edge', ['203.0.113.10', '198.18.1.7']],
      'elsewhere.example': ['edge', ['203.0.113.10']],
      'other-provider.example': ['edge', ['198.18.2.7']],
      'nowhere.example': ['edge', ['203.0.113.77']],
      'cached.example': ['cache', ['203.0.113.10']],
      'cache-moved.example': ['cache', ['198.18.1.7']],
      'own.example': [undefined, ['203.0.113.10']],
      'own-moved.example': [undefined, ['198.18.1.7']],
      'gone.example': ['edge', 'dns_nxdomain_error'],
      'mute.example': ['edge', 'generic_timeout_error'],
    })
    assert.deepEqual(found, {
      'block.example': 'there',
      'six.example': 'there',
      'network.example': 'there',
      'one-of-two.example': 'there',
      'elsewhere.example': 'moved',
      'other-provider.example': 'moved',
      'nowhere.example': 'unknown',
      'cached.example': 'unknown',
      'cache-moved.example': 'moved',
      'own.example': 'there',
      'own-moved.example': 'moved',
      'gone.example': 'gone',
      'mute.example': 'unresolved',
    })
  })

  it('marks those that moved or are gone with the day, and no others', async () => {
    const { innocent, checked } = await check({
      'there.example': ['edge', ['198.18.1.7']],
      'moved.example': ['edge', ['198.18.2.7']],
      'gone.example': ['edge', 'dns_no_answer'],
      'mute.example': ['edge', 'generic_timeout_error'],
    })
    assert.deepEqual(
      withLeft(innocent, checked, '2026-12-01').map((row) => ('left_at' in row ? row.left_at : undefined)),
      [undefined, '2026-12-01', '2026-12-01', undefined],
    )
  })

  it('draws nothing from a connection on which most names do not resolve', () => {
    const of = (...found: readonly CheckedName['found'][]): readonly CheckedName[] =>
      found.map((one, nth) => ({ host: `${nth}.example`, found: one }))
    assert.equal(isUnfit(of('unresolved', 'gone', 'there')), true)
    assert.equal(isUnfit(of('unresolved', 'moved', 'there')), false)
  })
})
