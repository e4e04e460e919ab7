import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SLOT_MS } from '../../src/core/model/people/report.ts'
import { instant, parseAsn } from '../../src/core/model/units.ts'
import { simulateChecks } from './checks.ts'

const [SHUT, OPEN] = [parseAsn(64_500), parseAsn(64_501)]
const until = instant(Date.UTC(2026, 2, 5, 16))
const since = instant(until - 12 * SLOT_MS)
const history = {
  ...{ seed: 1, since, until, networks: [SHUT, OPEN], services: ['telegram', 'wikipedia'] },
  isRestricted: (service: string, asn: number): boolean => service === 'telegram' && asn === SHUT,
}

describe('simulateChecks()', () => {
  const rows = simulateChecks(history)
  const share = (service: string, asn: number): number => {
    const of = rows.filter((row) => row.service === service && row.asn === asn)
    return of.filter(({ outcome }) => outcome === 'interference' || outcome === 'black-hole').length / of.length
  }

  it('lets a service fail for most where it is restricted, and for nobody elsewhere', () => {
    assert.ok(share('telegram', SHUT) > 0.7 && share('telegram', SHUT) < 0.95)
    for (const [service, asn] of [
      ['wikipedia', SHUT],
      ['telegram', OPEN],
    ] as const)
      assert.equal(share(service, asn), 0)
  })

  it('lets more people check where something fails', () => {
    const of = (asn: number): number => rows.filter((row) => row.asn === asn).length
    assert.ok(of(SHUT) > 3 * of(OPEN) && of(OPEN) > 0)
  })

  it('marks every row as simulated, in its time, once, and the same with the same seed', () => {
    for (const { simulated, slot } of rows) assert.ok(simulated && slot >= since && slot < until)
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
    assert.deepEqual(simulateChecks(history), rows)
    assert.notDeepEqual(simulateChecks({ ...history, seed: 2 }), rows)
  })
})
