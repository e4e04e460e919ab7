import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { SLOT_MS } from '../../src/core/model/people/report.ts'
import { instant, parseAsn } from '../../src/core/model/units.ts'
import { simulateReports } from './reports.ts'

const SINCE = instant(Date.UTC(2026, 2, 4))
const EVENING = SINCE + 15 * 3_600_000
const asns = [64496, 64497].map(parseAsn)
const options = {
  seed: 1,
  since: SINCE,
  until: instant(SINCE + DAY_MS),
  networks: asns,
  services: ['youtube', 'telegram'],
  seen: (service: string, asn: number, at: number) =>
    service === 'youtube' && asn === 64496 && at >= EVENING && at < EVENING + 8 * SLOT_MS
      ? ('shut' as const)
      : undefined,
}

describe('simulateReports()', () => {
  it('gives the same reports for the same options, each once, all of them simulated', () => {
    const rows = simulateReports(options)
    assert.deepEqual(simulateReports(options), rows)
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
    assert.ok(rows.every(({ simulated, slot }) => simulated && slot % SLOT_MS === 0))
  })

  it('has many write where a service is restricted, a little later, and few elsewhere', () => {
    const rows = simulateReports(options)
    const inside = rows.filter(
      (one) => one.service === 'youtube' && one.slot >= EVENING && one.slot < EVENING + 8 * SLOT_MS,
    )
    assert.ok(inside.length > 30 && rows.length - inside.length < 30, `${inside.length} of ${rows.length}`)
    const of = (slot: number): number => inside.filter((one) => one.slot === EVENING + slot * SLOT_MS).length
    assert.ok(of(0) < of(3), `${of(0)} ${of(3)}`)
  })
})
