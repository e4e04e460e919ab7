import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import type { ShapedTransfers } from '../../../test/kit/net/shaped-child.ts'

const CHILD = fileURLToPath(new URL('../../../test/kit/net/shaped-child.ts', import.meta.url))
const missing = ['unshare', 'ip', 'tc'].filter((name) => !hasProgram(name))
if (process.getuid?.() !== 0) missing.push('root')
const skip = missing.length > 0 ? `needs ${missing.join(', ')}` : false

/** Bits a millisecond: kbit/s. */
const RATE = 400
/** What the line lets through at once before it limits. */
const BURST = 5_000

describe('transferBytes() over a line of a known rate', { skip }, () => {
  it('tells no transfer faster than the line, not even an upload that its limit cuts', () => {
    const printed = execFileSync('unshare', ['-n', process.execPath, CHILD, `${RATE}kbit`], { encoding: 'utf8' })
    // Printed by test/kit/net/shaped-child.ts.
    const { down, up, cut } = JSON.parse(printed) as ShapedTransfers
    assert.equal(down.failure, undefined)
    assert.equal(up.failure, undefined)
    assert.deepEqual([cut.failure?.code, cut.failure?.stage], ['generic_timeout_error', 'request'])
    assert.ok(down.bytes >= 50_000 && up.bytes >= 50_000)
    assert.ok(cut.bytes > 0 && cut.bytes < 1_000_000)
    for (const { bytes, duration, arrivals } of [down, up, cut]) {
      assert.ok((bytes - BURST) * 8 <= RATE * duration, `${bytes} bytes in ${duration} ms`)
      assert.equal(arrivals.at(-1)?.[1], bytes)
      assert.ok(arrivals.length > 1, `${arrivals.length} points`)
    }
  })
})
