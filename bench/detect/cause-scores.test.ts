import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { costOfRatios, reliability, score } from './cause-scores.ts'
import { loadKinds } from './cause-kinds.ts'
import { drawIncidents, isInterference, makeWorld } from './cause-world.ts'

describe('scores of probabilities', () => {
  it('Brier score and log loss are those written out by hand', () => {
    const found = score([0.9, 0.2], [true, false])
    assert.ok(Math.abs(found.brier - (0.01 + 0.04) / 2) < 1e-12)
    assert.ok(Math.abs(found.logLoss + (Math.log(0.9) + Math.log(0.8)) / 2) < 1e-12)
  })

  it('Cllr is 1 for ratios of 1, 0 for ratios without error, and that by hand between', () => {
    assert.equal(costOfRatios([0, 0], [true, false]).cllr, 1)
    assert.ok(costOfRatios([9, -9], [true, false]).cllr < 1e-8)
    const found = costOfRatios([1, 1], [true, false])
    assert.ok(Math.abs(found.cllr - (Math.log2(1.1) + Math.log2(11)) / 2) < 1e-12)
    assert.deepEqual(found.misleading, { interference: 0, faults: 1 })
  })

  it('bins hold equal counts, and probabilities that are as often true as they say have no calibration error', () => {
    const p = Array.from({ length: 150 }, (_, at) => (at < 75 ? 0.2 : 0.8))
    const real = p.map((one, at) => (one === 0.2 ? at % 5 === 0 : at % 5 !== 0))
    assert.ok(reliability(p, real, 15).every(({ n }) => n === 10))
    assert.ok(score(p, real).ece < 1e-9)
    assert.ok(
      score(
        p,
        real.map((one) => !one),
      ).ece > 0.5,
    )
  })
})

describe('simulated incidents of known cause', () => {
  const kinds = loadKinds()

  it('are of 24 kinds, 17 of them faults, and the shares of the modes of a kind sum to 1', () => {
    assert.equal(kinds.length, 24)
    assert.equal(kinds.filter((kind) => !isInterference(kind)).length, 17)
    for (const { kind, modes } of kinds)
      assert.ok(Math.abs(modes.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9, kind)
  })

  it('repeat from their seed, lack items as told, and name no item twice', () => {
    const world = makeWorld(kinds, { seed: 3, shift: 0.8, concentration: 8 })
    const draw = (missing: readonly [number, number]) => drawIncidents(world, { seed: 9, count: 300, missing })
    assert.deepEqual(draw([0.2, 0.6]), draw([0.2, 0.6]))
    const mean = (missing: readonly [number, number]): number =>
      draw(missing).reduce((sum, { items }) => sum + items.length, 0) / 300
    assert.ok(mean([0, 0]) > mean([0.5, 0.5]) + 5)
    for (const { items } of draw([0, 0])) assert.equal(new Set(items.map(({ item }) => item)).size, items.length)
  })

  it('of a world are half interference, half faults', () => {
    const world = makeWorld(kinds, { seed: 4, shift: 0.8, concentration: 8 })
    const incidents = drawIncidents(world, { seed: 1, count: 4000, missing: [0, 1] })
    const share = incidents.filter(({ kind }) => isInterference(kind)).length / incidents.length
    assert.ok(Math.abs(share - 0.5) < 0.04, String(share))
  })
})
