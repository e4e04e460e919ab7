import assert from 'node:assert/strict'
import { it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { wholeNumber } from './option.ts'

it('wholeNumber() takes both bounds and nothing beyond them', () => {
  const at = { name: 'n', world: testWorld('/nowhere', () => undefined) }
  const read = wholeNumber(1, 16)
  assert.deepEqual([read('1', at), read('16', at)], [1, 16])
  for (const text of ['0', '17', '', ' 1', '1.0', '0x1', '9999999999']) assert.throws(() => read(text, at))
})
