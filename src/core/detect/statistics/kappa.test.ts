import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cohenKappa } from './kappa.ts'

describe('cohenKappa()', () => {
  it('gives the textbook figure for 20, 5, 10 and 15 of 50', () => {
    const pairs = (a: string, b: string, n: number) => Array.from({ length: n }, () => [a, b] as const)
    const found = cohenKappa([
      ...pairs('yes', 'yes', 20),
      ...pairs('yes', 'no', 5),
      ...pairs('no', 'yes', 10),
      ...pairs('no', 'no', 15),
    ])
    assert.ok(Math.abs((found.kappa?.value ?? 0) - 0.4) < 1e-12)
    assert.ok(found.kappa !== undefined && found.kappa.lo95 > 0.1 && found.kappa.hi95 < 0.7)
    assert.equal(found.observed, 0.7)
  })

  it('is 1 for full agreement on two words, and not defined for one word', () => {
    assert.equal(cohenKappa([['a', 'a'], ['b', 'b']]).kappa?.value, 1) // prettier-ignore
    assert.equal(cohenKappa([['a', 'a']]).kappa, undefined)
  })
})
