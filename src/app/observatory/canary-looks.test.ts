import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { openLog } from '../../runtime/log.ts'
import { openCanaryLooks, type CanaryLooks } from './canary-looks.ts'

/**
 * Looks over a time that passes as fast as it is waited for; `at` is called with each look, and may ask for a sooner
 * one.
 */
async function minutesOfLooks(
  looks: number,
  {
    whole = true,
    at = () => undefined,
  }: { readonly whole?: boolean; readonly at?: (nth: number, looks: CanaryLooks) => void } = {},
): Promise<readonly number[]> {
  let now = 0
  const seen: number[] = []
  const stop = new AbortController()
  const opened: { looks?: CanaryLooks } = {}
  const watch = {
    look: () => {
      seen.push(now / MINUTE_MS)
      if (seen.length === looks) stop.abort()
      return Promise.resolve(whole)
    },
  }
  opened.looks = openCanaryLooks(watch, openLog({ level: 'silent' }), {
    stop: stop.signal,
    wait: async (ms, signal) => {
      await Promise.resolve()
      if (opened.looks !== undefined && !signal.aborted) at(seen.length, opened.looks)
      if (!signal.aborted) now += ms
    },
  })
  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }))
  await opened.looks[Symbol.asyncDispose]()
  return seen
}

describe('openCanaryLooks()', () => {
  it('looks every 25 minutes, and after 5 where something was not looked at', async () => {
    assert.deepEqual(await minutesOfLooks(4), [0, 25, 50, 75])
    assert.deepEqual(await minutesOfLooks(4, { whole: false }), [0, 5, 10, 15])
  })

  it('looks again after 5 minutes where readers find that something fails, and not sooner however many do', async () => {
    const often = await minutesOfLooks(4, { at: (_, looks) => [1, 2, 3].forEach(() => looks.sooner()) })
    assert.deepEqual(often, [0, 5, 10, 15])
    const once = await minutesOfLooks(4, { at: (nth, looks) => (nth === 2 ? looks.sooner() : undefined) })
    assert.deepEqual(once, [0, 25, 30, 55])
  })
})
