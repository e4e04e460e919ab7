import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { defaultSettings } from './default-settings.ts'
import { createKernel, fillKernel } from './kernel.ts'
import { advance, retreat } from './step.ts'
import { buildChain, createPiece, fillPiece, type Chain } from './transition.ts'

const chain = buildChain(defaultSettings())

const state = fc.nat({ max: chain.size - 1 })
const hour = fc.nat({ max: 24 })
const hours = fc.double({ min: 0, max: 2000, noNaN: true })

function unit(at: number): Float64Array {
  const vector = new Float64Array(chain.size)
  vector[at] = 1
  return vector
}

const piece = (classOfHour: number, length: number): Float64Array => {
  const made = createPiece()
  fillPiece(chain, made, classOfHour, length)
  return made
}

/** Generator of the whole product chain, straight from the rates: no closed form, no lumping. */
function generator(of: Chain): number[][] {
  const q = Array.from({ length: of.size }, () => Array.from({ length: of.size }, () => 0))
  const { rates, onsetHours, loadHours } = defaultSettings()
  const mean = (weights: readonly number[]): number => weights.reduce((sum, weight) => sum + weight, 0) / 24
  const set = (from: number, to: number, rate: number): void => {
    q[from]![to]! += rate // states of the chain
    q[from]![from]! -= rate
  }
  for (let block = 0; block < of.size; block += of.zs)
    for (let level = 1; level <= of.levels; level++) {
      set(block, block + level, (rates.shortOnset * mean(onsetHours)) / of.levels)
      set(block + level, block, rates.shortEnd)
      set(block, block + of.levels + level, rates.longOnset / of.levels)
      set(block + of.levels + level, block, rates.longEnd)
    }
  for (let half = 0; half < of.size; half += of.zs * of.loads)
    for (let z = 0; z < of.zs; z++)
      for (let load = 1; load < of.loads; load++) {
        set(half + z, half + load * of.zs + z, (rates.loadOnset * mean(loadHours)) / (of.loads - 1))
        set(half + load * of.zs + z, half + z, rates.loadEnd)
      }
  for (let k = 0; k < of.size / 2; k++) {
    set(k, of.size / 2 + k, rates.downOnset)
    set(of.size / 2 + k, k, rates.downEnd)
  }
  return q
}

describe('the step of the product chain', () => {
  it('is e^(QΔ) of the whole generator, computed by small steps of a Taylor series', () => {
    const q = generator(chain)
    const steps = 64
    for (const from of [0, 2, 5, 9, 30]) {
      let exact = unit(from)
      for (let step = 0; step < steps; step++) {
        let term = exact
        const sum = exact.slice()
        for (let order = 1; order < 14; order++) {
          const source = term
          term = exact.map(
            (_, to) => source.reduce((total, value, at) => total + value * q[at]![to]!, 0) * (3 / steps / order),
          ) // square
          for (let k = 0; k < sum.length; k++) sum[k]! += term[k]! // equally long
        }
        exact = sum
      }
      const closed = unit(from)
      advance(chain, piece(24, 3), closed)
      closed.forEach((p, k) => assert.ok(Math.abs(p - exact[k]!) < 1e-9, `${from} → ${k}: ${p}, ${exact[k]}`)) // equally long
    }
  })

  it('keeps all probability, and none is negative', () => {
    fc.assert(
      fc.property(state, hour, hours, (from, classOfHour, length) => {
        const vector = unit(from)
        advance(chain, piece(classOfHour, length), vector)
        assert.ok(vector.every((p) => p >= 0))
        assert.ok(Math.abs(vector.reduce((sum, p) => sum + p, 0) - 1) < 1e-9)
      }),
    )
  })

  it('goes over Δ₁ and then Δ₂ where it goes over Δ₁ + Δ₂ at once', () => {
    fc.assert(
      fc.property(state, hour, fc.tuple(hours, hours), (from, classOfHour, [first, second]) => {
        const twice = unit(from)
        advance(chain, piece(classOfHour, first), twice)
        advance(chain, piece(classOfHour, second), twice)
        const once = unit(from)
        advance(chain, piece(classOfHour, first + second), once)
        once.forEach((p, k) => assert.ok(Math.abs(p - twice[k]!) < 1e-9)) // equally long
      }),
    )
  })

  it('is the same matrix forwards, backwards and as a product of small ones', () => {
    fc.assert(
      fc.property(fc.tuple(state, state), hour, hours, ([from, to], classOfHour, length) => {
        const made = piece(classOfHour, length)
        const forward = unit(from)
        advance(chain, made, forward)
        const backward = unit(to)
        retreat(chain, made, backward)
        const kernel = createKernel(chain)
        fillKernel(chain, made, kernel)
        const [zFrom, zTo] = [from % chain.zs, to % chain.zs]
        const [blockFrom, blockTo] = [Math.floor(from / chain.zs), Math.floor(to / chain.zs)]
        const product =
          kernel.z[zFrom * chain.zs + zTo]! *
          kernel.load[(blockFrom % chain.loads) * chain.loads + (blockTo % chain.loads)]! *
          kernel.down[Math.floor(blockFrom / chain.loads) * 2 + Math.floor(blockTo / chain.loads)]! // inside the matrices
        assert.ok(Math.abs(forward[to]! - backward[from]!) < 1e-12)
        assert.ok(Math.abs(forward[to]! - product) < 1e-12)
      }),
    )
  })

  it('leaves the stationary distribution where it is', () => {
    const vector = Float64Array.from(chain.initial)
    advance(chain, piece(24, 50), vector)
    vector.forEach((p, k) => assert.ok(Math.abs(p - chain.initial[k]!) < 1e-9)) // equally long
  })
})
