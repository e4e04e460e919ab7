import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import type { PairsShown } from '../model/incident/cause.ts'
import { readerSeesChange } from './reader-sees.ts'

describe('readerSeesChange()', () => {
  const withPairs = (pairs?: PairsShown) => {
    const sample = sampleIncident()
    const { pairs: _, ...cause } = sample.cause
    return { ...sample, cause: pairs === undefined ? cause : { ...cause, pairs } }
  }
  const shown = (log10E: number): PairsShown => ({ discordant: 12, named: 11, log10E })
  const seen = (before?: PairsShown, after?: PairsShown): boolean =>
    readerSeesChange(withPairs(before), withPairs(after), 'running')

  it('sees that the pairs came or went, crossed 20 or show another figure, and not each further pair', () => {
    assert.equal(seen(undefined, undefined), false)
    assert.equal(seen(undefined, shown(0.4)), true)
    assert.equal(seen(shown(2), undefined), true)
    assert.equal(seen(shown(1.25), shown(1.35)), true)
    assert.equal(seen(shown(1.35), shown(1.25)), true)
    assert.equal(seen(shown(2), shown(2.31)), true)
    assert.equal(seen(shown(2), shown(2.25)), false)
    assert.equal(seen(shown(-1), shown(1)), false)
    assert.equal(seen(shown(9.1), shown(30)), false)
  })
})
