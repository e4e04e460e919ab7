import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HOUR_MS } from '../../model/duration.ts'
import { FEWEST_REPORTERS, PROBLEMS, SLOT_MS } from '../../model/people/report.ts'
import { parseAsn } from '../../model/units.ts'
import type { ReportCell } from '../../model/people/report-cell.ts'
import { rollUp, type ReportAtom } from './cells.ts'

const DAY = Date.UTC(2026, 2, 5)

const atom = fc.record<ReportAtom>({
  slot: fc.integer({ min: 0, max: 11 }).map((at) => DAY + at * SLOT_MS),
  service: fc.constantFrom('youtube', 'telegram'),
  asn: fc.constantFrom(0, 64496, 64497, 64498).map(parseAsn),
  said: fc.boolean(),
  region: fc.constantFrom('', 'KZ-71', 'KZ-75', 'KZ-79'),
  problem: fc.constantFrom(...PROBLEMS),
  count: fc.integer({ min: 1, max: 4 }),
})
/** Reports that share all that is known of them are one number. */
const evening = fc
  .array(atom, { maxLength: 80 })
  .map((atoms) => [...new Map(atoms.map((one) => [nameOf(one), one])).values()])
const nameOf = ({ slot, service, asn, said, region, problem }: ReportAtom): string =>
  [slot, service, asn, said, region, problem].join(' ')

/** Whether a report falls into a cell by what the cell says of itself. */
const fits = (cell: ReportCell, one: ReportAtom): boolean =>
  cell.service === one.service &&
  one.slot >= cell.from &&
  one.slot < cell.until &&
  (cell.asn === undefined || (cell.asn === one.asn && cell.said === one.said)) &&
  (cell.region === undefined || cell.region === one.region)

/** Cells come finest first, and each holds what no cell before it holds. */
const cellOf = (cells: readonly ReportCell[], one: ReportAtom): ReportCell | undefined =>
  cells.find((cell) => fits(cell, one))

const sum = (atoms: readonly ReportAtom[]): number => atoms.reduce((total, { count }) => total + count, 0)

describe('rollUp()', () => {
  it('shows numbers of at least five, and each report in one cell', () => {
    fc.assert(
      fc.property(evening, (atoms) => {
        const cells = rollUp(atoms, DAY + 12 * SLOT_MS)
        for (const cell of cells) {
          assert.ok(cell.count >= FEWEST_REPORTERS)
          assert.equal(sum(atoms.filter((one) => cellOf(cells, one) === cell)), cell.count)
        }
      }),
    )
  })

  it('lets no one learn of fewer than five by joining everything that was ever published', () => {
    fc.assert(
      fc.property(evening, (atoms) => {
        // Published again at the end of every slot; anyone can keep all of it.
        const editions = Array.from({ length: 13 }, (_, slots) => rollUp(atoms, DAY + slots * SLOT_MS))
        // All that sums and differences of published numbers reveal is the sum of blocks of reports that are in the
        // same published numbers: none of them may be small.
        const blocks = Map.groupBy(atoms, (one) =>
          editions
            .flatMap((cells, edition) => {
              const cell = cellOf(cells, one)
              if (cell === undefined) return []
              const kind = cell.problems.some(({ problem }) => problem === one.problem) ? one.problem : 'another'
              return [`${edition} ${cells.indexOf(cell)}`, `${edition} ${cells.indexOf(cell)} ${kind}`]
            })
            .join(' '),
        )
        for (const [name, block] of blocks) if (name !== '') assert.ok(sum(block) >= FEWEST_REPORTERS)
      }),
      { numRuns: 400 },
    )
  })

  it('never shows a cell differently later', () => {
    fc.assert(
      fc.property(evening, fc.integer({ min: 0, max: 11 }), (atoms, slots) => {
        const before = rollUp(atoms, DAY + slots * SLOT_MS)
        const after = rollUp(atoms, DAY + (slots + 1) * SLOT_MS)
        for (const cell of before) assert.ok(after.some((one) => JSON.stringify(one) === JSON.stringify(cell)))
      }),
    )
  })

  it('does not depend on the order of reports', () => {
    fc.assert(
      fc.property(evening, (atoms) => {
        const names = (list: readonly ReportAtom[]): readonly string[] =>
          rollUp(list, DAY + 12 * SLOT_MS)
            .map((cell) => JSON.stringify(cell))
            .toSorted()
        assert.deepEqual(names(atoms.toReversed()), names(atoms))
      }),
    )
  })

  const report = (slot: number, place: Partial<ReportAtom>, count: number): ReportAtom => ({
    slot: DAY + slot * SLOT_MS,
    service: 'youtube',
    asn: parseAsn(64496),
    said: false,
    region: 'KZ-75',
    problem: 'slow',
    count,
    ...place,
  })
  const levels = (atoms: readonly ReportAtom[], slots = 4): readonly (readonly [string, number])[] =>
    rollUp(atoms, DAY + slots * SLOT_MS).map(({ level, count }) => [level, count] as const)

  it('gives up the region first, then the network, then both, then the 15 minutes', () => {
    assert.deepEqual(levels([report(0, {}, 5)]), [['place', 5]])
    assert.deepEqual(levels([report(0, {}, 3), report(0, { region: 'KZ-71' }, 2)]), [['network', 5]])
    assert.deepEqual(levels([report(0, {}, 3), report(0, { asn: parseAsn(64497) }, 2)]), [['region', 5]])
    assert.deepEqual(levels([report(0, {}, 3), report(0, { asn: parseAsn(64497), region: 'KZ-71' }, 2)]), [['slot', 5]])
    assert.deepEqual(levels([report(0, {}, 3), report(3, { asn: parseAsn(64497), region: 'KZ-71' }, 2)]), [['hour', 5]])
    assert.deepEqual(levels([report(0, {}, 4)]), [])
  })

  it('keeps a network that people said apart from the one that addresses show', () => {
    assert.deepEqual(levels([report(0, {}, 5), report(0, { said: true }, 5)]), [
      ['place', 5],
      ['place', 5],
    ])
    assert.deepEqual(levels([report(0, { region: '' }, 4), report(0, { region: '', said: true }, 4)]), [['slot', 8]])
  })

  it('shows an hour when all of it is settled', () => {
    const atoms = [report(0, {}, 3), report(1, {}, 3)]
    assert.deepEqual([levels(atoms, 3), levels([report(0, {}, 9)], 0)], [[], []])
    assert.deepEqual(levels(atoms, 4), [['hour', 6]])
    assert.equal(rollUp(atoms, DAY + 4 * SLOT_MS)[0]?.until, DAY + HOUR_MS)
  })

  it('names kinds of problem only if those left out reveal no one', () => {
    const of = (atoms: readonly ReportAtom[]): ReportCell['problems'] => rollUp(atoms, DAY + HOUR_MS)[0]?.problems ?? []
    assert.deepEqual(of([report(0, {}, 9)]), [{ problem: 'slow', count: 9 }])
    assert.deepEqual(of([report(0, {}, 9), report(0, { problem: 'calls-fail' }, 1)]), [])
    assert.deepEqual(of([report(0, {}, 9), report(0, { problem: 'calls-fail' }, 5)]).length, 2)
    assert.deepEqual(
      of([report(0, {}, 9), report(0, { problem: 'calls-fail' }, 5), report(0, { problem: 'vpn-fails' }, 1)]),
      [{ problem: 'slow', count: 9 }],
    )
  })
})
