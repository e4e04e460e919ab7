import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HOUR_MS } from '../../core/model/duration.ts'
import { CROWD_OUTCOMES, type CrowdOutcome } from '../../core/model/people/crowd-check.ts'
import { FEWEST_REPORTERS, REPORT_STATES, SETTLE_MS, SLOT_MS } from '../../core/model/people/report.ts'
import { instant, parseAsn, type Instant } from '../../core/model/units.ts'
import type { CrowdCount } from '../registry/contract.ts'
import { shownChecks } from './shown-checks.ts'

const ASN = parseAsn(64_500)
/** Quarter past ten has just been settled. */
const NOW = instant(Date.UTC(2026, 10, 26, 10, 15) + SETTLE_MS)
const slotAt = (hour: number, minute: number): number => Date.UTC(2026, 10, 26, hour, minute)

const counted = (slot: number, outcome: CrowdOutcome, count: number): CrowdCount => ({
  slot,
  service: 'telegram',
  asn: ASN,
  outcome,
  state: 'counted',
  count,
})

describe('shownChecks()', () => {
  it('adds up settled slots of 15 minutes in which at least five counted', () => {
    const list = shownChecks(
      [
        counted(slotAt(10, 0), 'interference', 6),
        counted(slotAt(10, 0), 'black-hole', 3),
        counted(slotAt(9, 45), 'not-the-site', 5),
        counted(slotAt(9, 30), 'interference', 4),
        counted(slotAt(10, 0), 'reachable', 4),
        counted(slotAt(10, 15), 'interference', 50),
        counted(slotAt(10, 0), 'unstable', 90),
        { ...counted(slotAt(10, 0), 'interference', 70), state: 'held' },
        { ...counted(slotAt(10, 0), 'interference', 70), state: 'repeat' },
      ],
      NOW,
    )
    const times = { since: instant(slotAt(9, 45)), until: instant(slotAt(10, 15)) }
    assert.deepEqual(list, [{ service: 'telegram', asn: ASN, ...times, fails: 14, rising: true }])
  })

  it('shows a quiet hour of the clock where none of its quarters reached five', () => {
    const rows = [counted(slotAt(9, 0), 'black-hole', 2), counted(slotAt(9, 15), 'interference', 4)]
    const [shown] = shownChecks(rows, NOW)
    assert.deepEqual([shown?.fails, shown?.since, shown?.until, shown?.rising], [6, slotAt(9, 0), slotAt(10, 0), false])
    const over = [...rows, counted(slotAt(9, 15), 'interference', 1)]
    assert.deepEqual(
      shownChecks([...over], instant(slotAt(10, 45) + SETTLE_MS)),
      [],
      'a quarter of that hour was shown before',
    )
  })

  it('shows a service that opens as it shows one that does not', () => {
    const [shown] = shownChecks([counted(slotAt(10, 0), 'reachable', 8), counted(slotAt(10, 0), 'slow', 2)], NOW)
    assert.deepEqual([shown?.fails, shown?.opens, shown?.rising], [undefined, 10, false])
  })

  it('calls nothing rising that opened for more people, or that was as common in the hour before', () => {
    const now = counted(slotAt(10, 0), 'interference', 6)
    const rising = (...more: readonly CrowdCount[]): boolean | undefined => shownChecks([now, ...more], NOW)[0]?.rising
    assert.equal(rising(), true)
    assert.equal(rising(counted(slotAt(10, 0), 'reachable', 6)), false)
    assert.equal(rising(...[45, 30, 15, 0].map((minute) => counted(slotAt(9, minute), 'black-hole', 4))), false)
  })

  const cell = fc.record({
    slot: fc.integer({ min: 0, max: 15 }).map((nth) => slotAt(10, 30) - nth * SLOT_MS),
    service: fc.constantFrom('telegram', 'youtube'),
    asn: fc.constantFrom(ASN, parseAsn(0)),
    outcome: fc.constantFrom(...CROWD_OUTCOMES),
    state: fc.constantFrom(...REPORT_STATES),
    count: fc.integer({ min: 1, max: 7 }),
  })

  it('shows no number below five, nothing of an unknown network, and nothing that was not counted', () => {
    fc.assert(
      fc.property(fc.array(cell), (counts) => {
        const list = shownChecks(counts, NOW)
        for (const { fails = FEWEST_REPORTERS, opens = FEWEST_REPORTERS, asn } of list)
          assert.ok(fails >= FEWEST_REPORTERS && opens >= FEWEST_REPORTERS && asn === ASN)
        assert.deepEqual(
          shownChecks(
            counts.filter(({ state }) => state === 'counted'),
            NOW,
          ),
          list,
        )
      }),
    )
  })

  it('lets no one who adds and subtracts all that was ever shown learn a number of one to four', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 24, maxLength: 24 }), (people) => {
        const first = slotAt(4, 0)
        const rows = people.flatMap((count, nth) =>
          count === 0 ? [] : [counted(first + nth * SLOT_MS, 'interference', count)],
        )
        // Everything that is shown in turn, as vectors over the quarters it is of.
        const shown: { readonly from: number; readonly to: number; readonly sum: number; readonly parts: number[] }[] =
          []
        for (let nth = 0; nth <= people.length; nth++) {
          const now = instant(first + nth * SLOT_MS + SETTLE_MS)
          const [one] = shownChecks(
            rows.filter(({ slot }) => slot > now - 3 * HOUR_MS),
            now,
          )
          if (one?.fails === undefined) continue
          shown.push({ from: one.since, to: one.until, sum: one.fails, parts: partsOf(one, rows) })
        }
        // Every number shown is a sum of pieces, each of at least five: quarters, or whole hours that hold no such
        // quarter.
        for (const { sum, parts } of shown) {
          assert.equal(
            parts.reduce((a, b) => a + b, 0),
            sum,
          )
          for (const part of parts) assert.ok(part >= FEWEST_REPORTERS)
        }
      }),
    )
  })
})

/** The pieces of what was shown: its quarters of at least five, else the whole. */
function partsOf(
  { since, until }: { readonly since: Instant; readonly until: Instant },
  rows: readonly CrowdCount[],
): number[] {
  const within = rows.filter(({ slot }) => slot >= since && slot < until).map(({ count }) => count)
  const enough = within.filter((count) => count >= FEWEST_REPORTERS)
  return enough.length > 0 ? enough : [within.reduce((a, b) => a + b, 0)]
}
