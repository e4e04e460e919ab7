import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { SeenValues, Sighting } from './contract.ts'
import { openSeenReader, openSeenValues } from './open.ts'

const keyOf = (nth: number): Uint8Array => Buffer.alloc(16, nth)
const sighting = (key: number, device: string, day: number, leafIndex = 0): Sighting => ({
  keys: [keyOf(key)],
  ...{ device, day, leafIndex },
})

/** What the rule says, counted over everything that was noted. */
const isCommon = (noted: readonly Sighting[]): boolean =>
  new Set(noted.map(({ device }) => device)).size >= 3 && new Set(noted.map(({ day }) => day)).size >= 2

const brought = fc.array(
  fc.record({ device: fc.constantFrom('a', 'b', 'c', 'd'), day: fc.integer({ min: 1, max: 4 }) }),
  { maxLength: 10 },
)

function inFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-seen-'))
  try {
    run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('openSeenValues()', () => {
  it('calls a value common when three devices brought it on two days, in any order, and keeps no row too many', () => {
    fc.assert(
      fc.property(brought, (some) => {
        using seen: SeenValues = openSeenValues(':memory:')
        const noted: Sighting[] = []
        for (const [nth, { device, day }] of some.entries()) {
          const one = sighting(1, device, day, nth)
          noted.push(one)
          seen.note([one])
          assert.equal(seen.isCommon(keyOf(1)), isCommon(noted))
          assert.equal(seen.isCommon(keyOf(2)), false)
        }
      }),
    )
  })

  it('calls nothing common of which what is left after erasures is not', () => {
    fc.assert(
      fc.property(brought, fc.uniqueArray(fc.integer({ min: 0, max: 9 })), (some, erased) => {
        using seen = openSeenValues(':memory:')
        const noted = some.map(({ device, day }, nth) => sighting(1, device, day, nth))
        seen.note(noted)
        seen.forget(erased)
        const left = noted.filter(({ leafIndex }) => !erased.includes(leafIndex))
        assert.ok(!seen.isCommon(keyOf(1)) || isCommon(left))
      }),
    )
  })

  it('is the same after a restart, and for a reader in another thread; noted again, it has another key', () =>
    inFolder((folder) => {
      const secret = (): string => {
        using seen = openSeenValues(folder)
        seen.note([sighting(1, 'a', 1), sighting(1, 'b', 2), sighting(1, 'c', 2)])
        return Buffer.from(seen.secret).toString('hex')
      }
      const first = secret()
      assert.equal(secret(), first)
      using seen = openSeenValues(folder)
      const reader = openSeenReader(folder)
      assert.equal(reader.isCommon(keyOf(1)), true)
      assert.equal(Buffer.from(reader.secret).toString('hex'), first)
      const again = seen.again(false)
      again.note([sighting(2, 'a', 1)])
      assert.equal(reader.isCommon(keyOf(1)), true, 'until it is adopted')
      again.adopt()
      assert.equal(reader.isCommon(keyOf(1)), false)
      assert.notEqual(Buffer.from(seen.secret).toString('hex'), first)
      assert.deepEqual(Buffer.from(reader.secret), Buffer.from(seen.secret))
    }))

  it('notes everything again through a restart, without what is erased meanwhile', () =>
    inFolder((folder) => {
      const key = (() => {
        using seen = openSeenValues(folder)
        const again = seen.again(false)
        again.note([{ ...sighting(1, 'a', 1), leafIndex: 7 }, sighting(1, 'b', 2)])
        return Buffer.from(again.secret)
      })()
      using seen = openSeenValues(folder)
      seen.forget([7])
      const again = seen.again(true)
      assert.deepEqual(Buffer.from(again.secret), key)
      again.note([sighting(1, 'c', 2)])
      again.adopt()
      assert.equal(seen.isCommon(keyOf(1)), false, 'two devices are left')
      seen.note([sighting(1, 'd', 3)])
      assert.equal(seen.isCommon(keyOf(1)), true)
      // After the exchange the rest is noted where it is asked.
      const rest = seen.again(true)
      assert.deepEqual(Buffer.from(rest.secret), key)
      rest.note([sighting(5, 'a', 1), sighting(5, 'b', 2), sighting(5, 'c', 2)])
      assert.equal(seen.isCommon(keyOf(5)), true)
    }))

  it('forgets after a hundred days what did not become common, and nothing else', () => {
    using seen = openSeenValues(':memory:')
    seen.note([sighting(1, 'a', 1), sighting(1, 'b', 2), sighting(1, 'c', 2), sighting(2, 'a', 1), sighting(2, 'b', 2)])
    seen.note([sighting(3, 'a', 150)])
    seen.note([sighting(2, 'c', 150)])
    assert.deepEqual([seen.isCommon(keyOf(1)), seen.isCommon(keyOf(2))], [true, false])
  })

  it('takes no new value beyond its bound, and no more than 500 of one measurement', () => {
    using seen = openSeenValues(':memory:', 4)
    seen.note([sighting(1, 'a', 1), sighting(2, 'a', 1), sighting(3, 'a', 1), sighting(4, 'a', 1)])
    seen.note([sighting(5, 'a', 1), sighting(5, 'b', 2), sighting(5, 'c', 2)])
    seen.note([sighting(1, 'b', 2), sighting(1, 'c', 2)])
    assert.deepEqual([seen.isCommon(keyOf(5)), seen.isCommon(keyOf(1))], [false, true])
    using other = openSeenValues(':memory:')
    const many = Array.from({ length: 501 }, (_, nth) => Buffer.from(String(nth).padStart(16, '0')))
    other.note(['a', 'b', 'c'].map((device, nth) => ({ keys: many, device, day: nth, leafIndex: nth })))
    assert.deepEqual([other.isCommon(many[499]!), other.isCommon(many[500]!)], [true, false])
  })
})
