import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAsn } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openDemoCanaries } from './canaries.ts'

const AS = parseAsn(64496)

describe('the invented services of a demonstration', () => {
  it('answer any address that a program of this machine asks, and go on', async () => {
    await using canaries = await openDemoCanaries(
      (_, asn) => (asn === AS ? 'broken' : undefined),
      () => systemClock.now(),
    )
    const { document } = canaries.addressOf('youtube', AS)
    await assert.rejects(fetch(document), 'restricted there')
    const { origin } = new URL(document)
    for (const [path, status] of [
      ['/AS9999999999/reach', 200],
      ['/AS4294967295/reach', 200],
      ['/AS007/reach', 404],
      ['/', 404],
      ['/none/reach', 200],
    ] as const)
      assert.equal((await fetch(new URL(path, origin))).status, status, path)
  })
})
