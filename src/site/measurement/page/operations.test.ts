import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Layer } from '../../../core/model/measured/mechanism.ts'
import { drawnOperations, MOST_OPERATIONS, timedOperations } from '../../charts/timeline.ts'
import type { OperationEntry } from '../../parts/operation-entry.ts'
import { renderOperations } from './operations.ts'

const FAILING = 41
const ROUNDS = 10

/** A measurement of 60 endpoints with ten pairs each, of which those of one fail under the name. */
const operations = Array.from({ length: 60 }, (_, nth) =>
  Array.from({ length: ROUNDS }, (_, round) => {
    const entry = (layer: Layer, name: string, place: number): OperationEntry => ({
      layer,
      side: 'probe',
      target: `${name} (192.0.2.${nth}:443)`,
      source: `/test_keys/endpoints/${nth}/${layer}/${place}`,
      hop: 0,
      began: round,
      ended: round + 0.2,
    })
    const target = entry('tls', `host-${nth}.example`, 2 * round)
    const innocent: OperationEntry = { ...entry('tls', 'innocent.example', 2 * round + 1), half: 'innocent' }
    const failed: OperationEntry = { ...target, failure: 'generic_timeout_error' }
    return [entry('tcp', `host-${nth}.example`, round), innocent, nth === FAILING ? failed : target]
  }).flat(),
).flat()

const textOf = async (list: readonly OperationEntry[], hasAllOperations = true): Promise<string> =>
  String(await renderOperations('en', list, { simulated: false, hasAllOperations }))

describe('renderOperations()', () => {
  it('folds the table by endpoint, the failing one first', async () => {
    const summaries = (await textOf(operations)).match(/<summary>[^<]+/g) ?? []
    assert.equal(summaries.length, 1 + 60)
    assert.equal(summaries[1], `<summary>host-${FAILING}.example · Operations: 30. Failed: 10.`)
    assert.match(summaries[2] ?? '', /host-0\.example · Operations: 30\. Failed: 0\./)
  })

  it('says where a page has not read all operations', async () => {
    assert.match(await textOf(operations, false), /This page reads only the first 1[\s,]?800 operations\./)
    assert.doesNotMatch(await textOf(operations), /reads only/)
  })

  it('has one plain table where there are no endpoints', async () => {
    const plain = operations.slice(0, 3).map((one, nth) => ({ ...one, source: `/test_keys/queries/${nth}` }))
    const text = await textOf(plain)
    assert.equal(text.match(/<summary>/g)?.length, 1)
    assert.equal(text.match(/<tr>/g)?.length, 1 + 3)
  })

  it('bounds the rows of a page and says what it leaves out', async () => {
    const text = await textOf([...operations, ...operations])
    assert.equal(text.match(/<th scope="row">/g)?.length, 2000)
    assert.match(text, /Operations shown: 2000 of 3600\./)
  })
})

describe('drawnOperations()', () => {
  it('draws failures with what they are compared with', () => {
    const drawn = drawnOperations(timedOperations(operations))
    assert.equal(drawn.length, MOST_OPERATIONS)
    assert.equal(drawn.filter(({ failure }) => failure !== undefined).length, ROUNDS)
    const beside = drawn.filter(({ half, source }) => half === 'innocent' && source.includes(`/${FAILING}/`))
    assert.equal(beside.length, ROUNDS)
  })

  it('leaves room for the comparison where failures alone would fill it', () => {
    const many = Array.from({ length: 8 }, () => operations.filter(({ source }) => source.includes(`/${FAILING}/`)))
    const drawn = drawnOperations(timedOperations(many.flat()))
    assert.equal(drawn.length, MOST_OPERATIONS)
    assert.equal(drawn.filter(({ half }) => half === 'innocent').length, MOST_OPERATIONS / 4)
  })
})
