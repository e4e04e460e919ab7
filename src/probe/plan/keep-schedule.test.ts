import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { keepSchedule, type DaemonTools } from './keep-schedule.ts'
import { cadenceFor, DEFAULT_ALLOWANCE, type Schedule } from './schedule.ts'

const start = parseInstant('2026-11-25 03:00:00')

interface Life {
  readonly did: string[]
  readonly saved: Schedule[]
  run(length: number, more?: Partial<DaemonTools>): Promise<void>
}

/** A daemon with a clock that moves only while it waits, and that is ended after `length` ms. */
function life(): Life {
  let now: number = start
  let kept: Schedule | undefined
  const did: string[] = []
  const saved: Schedule[] = []
  return {
    did,
    saved,
    run: (length, more = {}) => {
      const controller = new AbortController()
      const end = now + length
      return keepSchedule({
        cadence: cadenceFor(DEFAULT_ALLOWANCE),
        chance: () => 0.5,
        now: () => instant(now),
        signal: controller.signal,
        wait: (time) => {
          now += time
          if (now >= end) controller.abort()
          return Promise.resolve()
        },
        load: () => Promise.resolve(kept),
        save: (schedule) => {
          kept = schedule
          saved.push(schedule)
          return Promise.resolve()
        },
        mayMeasure: () => Promise.resolve(true),
        measure: (scope) => Promise.resolve(void did.push(scope)),
        deliver: () => Promise.resolve(),
        ...more,
      })
    },
  }
}

describe('a daemon', () => {
  it('measures by the schedule until it has to end', async () => {
    const one = life()
    await one.run(6 * HOUR_MS)
    assert.equal(one.did.filter((scope) => scope === 'full').length, 1)
    assert.equal(one.did.filter((scope) => scope === 'core').length, 24)
  })

  it('goes on with the schedule of the daemon before it', async () => {
    const one = life()
    await one.run(20 * MINUTE_MS)
    const before = one.saved.at(-1)
    await one.run(MINUTE_MS, { chance: () => assert.fail('drawn again') })
    assert.deepEqual(one.saved.at(-1), before)
  })

  it('keeps on disk that a run is done before it begins', async () => {
    const one = life()
    const order: string[] = []
    await one.run(30 * MINUTE_MS, {
      save: () => Promise.resolve(void order.push('save')),
      measure: () => Promise.resolve(void order.push('measure')),
    })
    for (const [index, word] of order.entries()) if (word === 'measure') assert.equal(order[index - 1], 'save')
    assert.ok(order.includes('measure'))
  })

  it('does not measure once the allowance of the month is used, and goes on delivering', async () => {
    const one = life()
    let delivered = 0
    const deliver = (): Promise<void> => Promise.resolve(void (delivered += 1))
    await one.run(HOUR_MS, { mayMeasure: () => Promise.resolve(false), deliver })
    assert.deepEqual(one.did, [])
    assert.ok(delivered > 50)
  })

  it('ends at once where it is ended within a run, and begins nothing more', async () => {
    const one = life()
    const controller = new AbortController()
    const measure = (): Promise<void> => Promise.resolve(controller.abort())
    const deliver = (): Promise<void> => (controller.signal.aborted ? assert.fail('delivered') : Promise.resolve())
    await one.run(HOUR_MS, { signal: controller.signal, measure, deliver })
    assert.ok(controller.signal.aborted)
  })
})
