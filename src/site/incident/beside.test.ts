import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import type { OoniCount, OthersPart, OthersRecord } from '../../core/model/tables/others.ts'
import type { Order } from '../../core/model/tables/record.ts'
import { parseAsn, parseInstant, type Instant } from '../../core/model/units.ts'
import { actsAbout, othersAround } from './beside.ts'

const { finished } = SAMPLE_KINDS
const DAY = { from: parseInstant('2026-03-05'), until: parseInstant('2026-03-06') }
const count = (change: Partial<OoniCount>): OoniCount => ({
  service: 'youtube',
  asn: finished.asn,
  ...DAY,
  anomaly: 2,
  confirmed: 0,
  failure: 1,
  ok: 3,
  total: 6,
  ...change,
})
const ooni = (counts: readonly OoniCount[], more: object = {}): OthersPart => ({
  kind: 'ooni',
  title: 'An answer',
  retrieved: '2026-03-07',
  ...DAY,
  counts,
  ...more,
})
const record = (...parts: readonly OthersPart[]): OthersRecord => ({ simulated: true, parts })

describe('othersAround()', () => {
  it('adds the rows of its time, its network apart from the others', () => {
    const earlier = { from: parseInstant('2026-03-04'), until: DAY.from }
    const other = parseAsn(64501)
    const { ooni: found } = othersAround(
      finished,
      record(ooni([count({}), count({ total: 1 }), count({ asn: other }), count(earlier), count({ service: 'x' })])),
    )
    assert.equal(found[0]?.own?.total, 7)
    assert.deepEqual([found[0]?.rest?.total, found[0]?.rest?.networks], [6, 1])
    assert.equal(found[0]?.together, undefined)
  })

  it('takes a file that was asked for another time, service or network for no data', () => {
    const parts = [
      ooni([], { from: parseInstant('2026-03-06'), until: parseInstant('2026-03-08') }),
      ooni([], { onlyService: 'telegram' }),
      ooni([], { onlyAsn: parseAsn(64501) }),
    ]
    assert.deepEqual(othersAround(finished, record(...parts)), { ooni: [], ioda: [], radar: [] })
    assert.equal(othersAround(finished, record(ooni([]))).ooni.length, 1)
  })

  it('never mixes what is simulated with what is not', () => {
    assert.deepEqual(othersAround(finished, { ...record(ooni([count({})])), simulated: false }), {
      ooni: [],
      ioda: [],
      radar: [],
    })
  })

  it('shows outages of the country and of its own network that overlap it, also those without an end', () => {
    const at = (clock: string): Instant => parseInstant(`2026-03-05T${clock}Z`)
    const part: OthersPart = {
      kind: 'outages',
      by: 'ioda',
      title: 'IODA',
      retrieved: '2026-03-07',
      ...DAY,
      outages: [
        { entity: { kind: 'country' }, from: at('14:00:00') },
        { entity: { kind: 'network', asn: finished.asn }, from: at('16:00:00'), until: at('16:10:00') },
        { entity: { kind: 'network', asn: parseAsn(64501) }, from: at('16:00:00'), until: at('16:10:00') },
        { entity: { kind: 'country' }, from: at('10:00:00'), until: at('11:00:00') },
      ],
    }
    const [entry] = othersAround(finished, record(part)).ioda
    assert.deepEqual(
      entry?.outages.map(({ entity }) => entity.kind),
      ['country', 'network'],
    )
  })
})

describe('actsAbout()', () => {
  it('finds the acts that name a service by id, name or host, newest first, and no others', () => {
    const words = { kk: 'к', ru: 'р', en: 'e' }
    const order = (id: string, scope: string[], at: string): Order => ({
      id,
      scope,
      at,
      title: words,
      number: id,
      textHeld: false,
      source: { title: 's', checked: true },
    })
    const orders = [
      order('a', ['youtube'], '2020-01-01'),
      order('b', ['YouTube', 'x'], '2021-01-01'),
      order('c', ['telegram'], '2022-01-01'),
      order('d', [], '2022-01-01'),
    ]
    const found = actsAbout('en', { service: 'youtube', name: 'YouTube' }, orders)
    assert.deepEqual(
      found.map(({ number }) => number),
      ['b', 'a'],
    )
    assert.equal(actsAbout('en', { service: 'web:x', name: 'x' }, orders).length, 1)
  })
})
