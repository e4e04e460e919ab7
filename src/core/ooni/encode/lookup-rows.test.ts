import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LookupAnswer, LookupOutcome } from '../../model/measured/operation.ts'
import { millis } from '../../model/units.ts'
import { SCRUBBED } from '../publish/erase-address.ts'
import { lateRows, queryRows } from './lookup-rows.ts'
import { Frame } from './moment.ts'

const answer = (address: string): LookupAnswer => ({
  at: millis(20),
  answers: [{ family: 4, address }],
  canonicalNames: [],
  rcode: 0,
})

const asked: LookupOutcome = {
  operation: 'lookup',
  via: 'udp',
  resolver: '9.9.9.9:53',
  name: 'www.example.org',
  queryType: 'A',
  startedAt: millis(0),
  endedAt: millis(20),
  answer: answer('198.51.100.7'),
  late: [answer('192.0.2.1')],
}

describe('rows of lookups', () => {
  it('name no resolver of the line, be it a public one', () => {
    const rows = [...queryRows([asked], new Frame(millis(0))), ...lateRows([asked], new Frame(millis(0)))]
    assert.deepEqual(
      rows.map((row) => row['resolver_address']),
      [SCRUBBED, SCRUBBED],
    )
    assert.ok(!JSON.stringify(rows).includes('9.9.9.9'))
  })

  it('name a resolver of the lists that was asked by packets, also for its second answer', () => {
    const lookups = [{ ...asked, listed: true as const }]
    const rows = [...queryRows(lookups, new Frame(millis(0))), ...lateRows(lookups, new Frame(millis(0)))]
    assert.deepEqual(
      rows.map(({ engine, resolver_address }) => ({ engine, resolver_address })),
      [asked, asked].map(() => ({ engine: 'udp', resolver_address: '9.9.9.9:53' })),
    )
  })
})
