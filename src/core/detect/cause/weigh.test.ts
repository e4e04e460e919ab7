import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  CAUSES,
  FAULT_CAUSES,
  INTERFERENCE_CAUSES,
  TABLE_ITEMS,
  type CauseItem,
  type ItemOutcome,
} from '../../model/incident/cause.ts'
import { Fault, InputError } from '../../model/errors.ts'
import { loadCauseFile } from '../../../runtime/tables/cause-files.ts'
import type { ObservedItem } from './cause-input.ts'
import { atPrior, normaliseWeights } from './ratio.ts'
import { ITEMS, makeCauseTable, mapCauses, outcomesOf } from './table.ts'
import { weighCause, weighItems } from './weigh.ts'

const { file, digest } = loadCauseFile()
const table = makeCauseTable(file, digest)

const seen = (item: CauseItem, outcome: ItemOutcome, k = 0, n = k): ObservedItem => ({
  item,
  outcome,
  count: { k, n, probes: 0 },
  source: 'test',
})

/** Any set of items, each with one of its outcomes. */
const anyItems = fc
  .record(
    Object.fromEntries(
      ITEMS.map((item) => [item, fc.option(fc.constantFrom(...outcomesOf(item)), { nil: undefined })]),
    ),
  )
  .map((chosen) => ITEMS.flatMap((item) => (chosen[item] === undefined ? [] : [seen(item, chosen[item], 3, 4)])))

const EVENING = [
  seen('pair', 'fail-pass', 9, 11),
  seen('stage', 'tls-silence-reset', 11, 11),
  seen('owners', 'together', 3, 4),
  seen('unrelated', 'several', 1, 3),
  seen('canary', 'passes', 40, 41),
  seen('abroad', 'passes', 11, 11),
  seen('vpn', 'cures', 2, 2),
  seen('daily', 'same-hours', 6, 10),
  seen('line', 'several', 11, 14),
]

describe('weighCause()', () => {
  it('names blocking where the name alone fails on lines of several owners, and faults where everything fails', () => {
    const blocked = weighCause(EVENING, table)
    assert.equal(blocked.word, 'blocking')
    assert.equal(blocked.leading, 'name-block')
    assert.equal(blocked.rival.cause, 'one-name-at-edge')
    assert.deepEqual(blocked.grounds, ['discordant-pair'])
    const down = weighCause(
      [
        seen('pair', 'fail-fail', 8, 8),
        seen('abroad', 'fails', 8, 8),
        seen('other-countries', 'fails', 5, 5),
        seen('vpn', 'no', 1, 1),
      ],
      table,
    )
    assert.equal(down.word, 'fault')
    assert.equal(down.rival.cause, 'platform-down')
    assert.ok(down.rival.log10Lr < 0)
  })

  it('contributions sum to the total, for any evidence that was checked', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const found = weighCause(items, table, { draws: 0 })
        const sum = found.items.reduce((total, { log10Lr }) => total + log10Lr, 0)
        assert.ok(Math.abs(sum - found.log10Lr) < 1e-9)
        assert.deepEqual(
          found.items.map(({ item }) => item),
          items.map(({ item }) => item),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('seen and unseen items are together all items but those of tables, and what an unseen one would do is what it then does', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const found = weighCause(items, table, { draws: 0 })
        const names = [...found.items, ...found.unseen].map(({ item }) => item)
        assert.equal(new Set(names).size, names.length)
        for (const item of ITEMS) assert.ok(names.includes(item) || TABLE_ITEMS.has(item), item)
        const [first] = found.unseen
        for (const after of first?.after ?? []) {
          const then = weighItems([...items, seen(first!.item, after.outcome)], table) // the loop has one
          assert.ok(Math.abs(then.quoted.log10Lr - after.log10Lr) < 1e-9)
          assert.equal(then.word, after.word)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('the order in which items were gathered changes nothing', () => {
    assert.deepEqual(weighCause(EVENING.toReversed(), table), weighCause(EVENING, table))
  })

  it('gives the same finding for the same seed and other intervals for another', () => {
    assert.deepEqual(weighCause(EVENING, table, { seed: 5 }), weighCause(EVENING, table, { seed: 5 }))
    assert.notEqual(weighCause(EVENING, table, { seed: 5 }).lo95, weighCause(EVENING, table, { seed: 6 }).lo95)
  })

  it('equals the sum over causes written out by hand', () => {
    const p = (cause: (typeof CAUSES)[number]): number =>
      [seen('vpn', 'cures'), seen('abroad', 'passes')].reduce(
        (product, { item, outcome }) => product * (table.p[item].get(outcome)?.[CAUSES.indexOf(cause)] ?? Number.NaN),
        1,
      )
    const mean = (side: readonly (typeof CAUSES)[number][]): number =>
      side.reduce((sum, cause) => sum + p(cause), 0) / side.length
    const found = weighCause([seen('vpn', 'cures'), seen('abroad', 'passes')], table)
    const expected = Math.log10(mean(INTERFERENCE_CAUSES) / mean(FAULT_CAUSES))
    assert.ok(Math.abs(found.log10Lr - expected) < 1e-12)
    const all = Object.values(found.posterior).reduce((sum, value) => sum + value, 0)
    assert.ok(Math.abs(all - 1) < 1e-12)
  })

  it('quotes the mean of one side over the best of all that speak against it, an unlisted cause included', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const { log10Lr, quoted, likelihood } = weighItems(items, table)
        const unlisted = items.reduce((product, { item }) => product / outcomesOf(item).length, 1)
        const of = (side: readonly (typeof CAUSES)[number][]): readonly number[] =>
          side.map((cause) => likelihood[CAUSES.indexOf(cause)]!) // an entry for every cause
        const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length
        const [interference, faults] = [of(INTERFERENCE_CAUSES), of(FAULT_CAUSES)]
        const [up, down] = [
          mean(interference) / Math.max(unlisted, ...faults),
          mean(faults) / Math.max(...interference),
        ]
        const expected = up > 1 ? Math.log10(up) : down > 1 ? -Math.log10(down) : 0
        assert.ok(Math.abs(quoted.log10Lr - expected) < 1e-9)
        // It never says more than the ratio of the means, and never points to the other side.
        assert.ok(
          quoted.log10Lr >= 0 ? quoted.log10Lr <= Math.max(0, log10Lr) + 1e-9 : quoted.log10Lr >= log10Lr - 1e-9,
        )
      }),
      { numRuns: 200 },
    )
  })

  it('quotes a ratio whose mean is at most 1 under every fault, so that 1 in 10 at most reaches 10', () => {
    const two = ['pair', 'stage', 'vpn', 'line'] as const
    const all = two.reduce<readonly (readonly ObservedItem[])[]>(
      (sets, item) => sets.flatMap((set) => outcomesOf(item).map((outcome) => [...set, seen(item, outcome)])),
      [[]],
    )
    for (const fault of FAULT_CAUSES) {
      const at = CAUSES.indexOf(fault)
      const expected = all.reduce((sum, items) => {
        const { quoted, likelihood } = weighItems(items, table)
        return sum + likelihood[at]! * (quoted.log10Lr > 0 ? 10 ** quoted.log10Lr : 0) // an entry for every cause
      }, 0)
      assert.ok(expected <= 1 + 1e-9, `${fault}: ${expected}`)
    }
  })

  it('quotes against an unlisted cause where no listed fault fits, and not against one of weight 0', () => {
    const odd = [seen('artefact', 'seen'), seen('ttl', 'in-country'), seen('other-name', 'cures')]
    assert.equal(weighCause(odd, table).quoted?.against, 'unlisted')
    assert.equal(weighCause(EVENING, table).quoted?.against, 'one-name-at-edge')
    const without = mapCauses((cause) => (cause === 'one-name-at-edge' ? 0 : 1))
    assert.notEqual(weighCause(EVENING, table, { weights: without }).quoted?.against, 'one-name-at-edge')
  })

  it('an interval holds its ratio, and fewer observations make it wider', () => {
    const many = weighCause(EVENING, table)
    const few = weighCause(
      EVENING.map((item) => ({ ...item, count: { k: 1, n: 1, probes: 1 } })),
      table,
    )
    assert.ok(many.lo95 < many.log10Lr && many.log10Lr < many.hi95)
    assert.ok(few.lo95 < many.lo95, `${few.lo95} ${many.lo95}`)
    const { lo95, log10Lr, hi95 } = many.quoted!
    assert.ok(lo95 < log10Lr && log10Lr <= hi95)
    for (const { alone } of many.items) assert.ok(alone.lo95 <= alone.log10Lr && alone.log10Lr <= alone.hi95)
  })

  it('observations of one device make a wider interval than as many of several', () => {
    const by = (probes: number) =>
      weighCause(
        EVENING.map((item) => ({ ...item, count: { k: 14, n: 20, probes } })),
        table,
      )
    assert.ok(by(1).lo95 < by(20).lo95, `${by(1).lo95} ${by(20).lo95}`)
  })

  it('an interval holds its ratio for any outcome, and for any two that are seen', () => {
    const all = ITEMS.flatMap((item) => outcomesOf(item).map((outcome) => seen(item, outcome)))
    const rare = [seen('artefact', 'seen'), seen('dns', 'odd')]
    for (const items of [...all.map((one) => [one]), rare]) {
      const { lo95, log10Lr, hi95, items: weighed } = weighCause(items, table, { draws: 100 })
      const said = items.map(({ item, outcome }) => `${item} ${outcome}`).join()
      assert.ok(lo95 <= log10Lr && log10Lr <= hi95, `${said}: ${lo95} ${log10Lr} ${hi95}`)
      for (const { alone } of weighed) assert.ok(alone.lo95 <= alone.log10Lr && alone.log10Lr <= alone.hi95, said)
    }
  })

  it('is insufficient if the floor was not reached or nothing was checked, at any ratio', () => {
    const found = weighCause(EVENING, table, { insufficient: true })
    assert.equal(found.word, 'insufficient')
    assert.ok(found.unseen.every(({ after }) => after.every(({ word }) => word === 'insufficient')))
    assert.equal(weighCause([], table).word, 'insufficient')
    assert.ok(Math.abs(weighCause([], table).log10Lr) < 1e-12)
  })

  it('refuses an outcome of another item and an item that stands twice', () => {
    assert.throws(() => weighCause([seen('vpn', 'together')], table), InputError)
    assert.throws(() => weighCause([seen('vpn', 'cures'), seen('vpn', 'no')], table), Fault)
  })

  it('a cause of weight 0 leaves its side; weights that leave a side empty are refused', () => {
    const without = weighCause(EVENING, table, {
      weights: mapCauses((cause) => (cause === 'one-name-at-edge' ? 0 : 1)),
    })
    assert.ok(without.log10Lr > weighCause(EVENING, table).log10Lr)
    assert.equal(without.posterior['one-name-at-edge'], 0)
    assert.throws(() => normaliseWeights(mapCauses((cause) => (cause === 'transit' ? -1 : 1))), InputError)
    assert.throws(
      () => normaliseWeights(mapCauses((cause) => (FAULT_CAUSES.some((one) => one === cause) ? 0 : 1))),
      InputError,
    )
  })
})

describe('atPrior()', () => {
  it('multiplies the odds of the reader by the ratio, and refuses odds of 0', () => {
    assert.ok(Math.abs(atPrior(2, 1 / 20) - 5) < 1e-12)
    assert.equal(atPrior(0, 1), 1)
    assert.throws(() => atPrior(1, 0), InputError)
    assert.throws(() => atPrior(1, Number.NaN), InputError)
  })
})
