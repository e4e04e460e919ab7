import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { HOUR_MS } from '../../core/model/duration.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import { keepSchedule } from './keep-schedule.ts'
import { hasRoom, loadReckoning, reckonedBytes, reckonRun } from './reckoning.ts'
import { cadenceFor, CORE_RUN_BYTES, DEFAULT_ALLOWANCE, FULL_RUN_BYTES, type Schedule } from './schedule.ts'
import { addUsage, loadUsage } from './usage.ts'

const start = parseInstant('2026-11-28 00:00:00')

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuager-reckoning-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A chance that always gives the same numbers (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

/**
 * A daemon's life of `length` ms by a clock that waits and runs move, with an allowance that is used up in it. Each run
 * moves so many bytes and takes so long as the line makes it; gives what ran when, by the minute.
 */
async function live(
  length: number,
  allowance: number,
  line: (at: Instant) => { readonly bytes: number; readonly took: number },
): Promise<readonly string[]> {
  let now = start
  let kept: Schedule | undefined
  const ran: string[] = []
  const controller = new AbortController()
  await keepSchedule({
    cadence: cadenceFor(DEFAULT_ALLOWANCE),
    chance: seeded(7),
    now: () => now,
    signal: controller.signal,
    wait: (time) => {
      now = instant(now + time)
      if (now >= start + length) controller.abort()
      return Promise.resolve()
    },
    load: () => Promise.resolve(kept),
    save: (schedule) => Promise.resolve(void (kept = schedule)),
    mayMeasure: async (scope) => hasRoom(await loadReckoning(folder, now), scope, allowance),
    measure: async (scope) => {
      await reckonRun(folder, now, scope)
      ran.push(`${new Date(now).toISOString().slice(0, 13)} ${scope}`)
      const { bytes, took } = line(now)
      now = instant(now + took)
      await addUsage(folder, now, { part: 'measured', scheduled: true, runs: 1, bytes })
    },
    deliver: () => Promise.resolve(),
  })
  return ran
}

describe('the allowance of a month', () => {
  const allowance = 2 * FULL_RUN_BYTES + 60 * CORE_RUN_BYTES

  it('is used by as many runs under any restriction of their bytes, and is there again in the next month', async () => {
    const calm = await live(84 * HOUR_MS, allowance, () => ({ bytes: 50_000, took: 1_000 }))
    await rm(folder, { recursive: true, force: true })
    const restricted = await live(84 * HOUR_MS, allowance, () => ({ bytes: 20_000_000, took: 1_000 }))
    assert.deepEqual(restricted, calm)
    const inNovember = calm.filter((one) => one.startsWith('2026-11'))
    assert.ok(inNovember.filter((one) => one.endsWith('core')).length >= 60)
    assert.ok(!inNovember.some((one) => one.startsWith('2026-11-30')), 'it is used up before the month ends')
    assert.ok(calm.some((one) => one.startsWith('2026-12-01')))
  })

  it('keeps what was really moved apart', async () => {
    await live(2 * HOUR_MS, allowance, () => ({ bytes: 1_000_000, took: 1_000 }))
    const [usage, reckoning] = [await loadUsage(folder, start), await loadReckoning(folder, start)]
    assert.equal(usage.scheduled.bytes, 1_000_000 * (reckoning.core + reckoning.full))
    assert.equal(reckonedBytes(reckoning), reckoning.core * CORE_RUN_BYTES + reckoning.full * FULL_RUN_BYTES)
    assert.ok(reckoning.core >= 6)
  })

  it('leaves out a full run for which it has no room, and still makes core runs', () => {
    const reckoning = { month: '2026-11', core: 60, full: 1 }
    assert.ok(hasRoom(reckoning, 'full', allowance))
    assert.ok(!hasRoom({ ...reckoning, core: 61 }, 'full', allowance))
    assert.ok(hasRoom({ ...reckoning, core: 61 }, 'core', allowance))
  })

  it('counts as unused where its file cannot be read', async () => {
    await writeFile(join(folder, 'usage-reckoned.json'), '{')
    assert.equal(reckonedBytes(await loadReckoning(folder, start)), 0)
  })
})
