import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { ServiceCheck } from '../../core/model/tables/service-check.ts'
import { instant, millis } from '../../core/model/units.ts'
import type { CheckResult } from './check-services.ts'
import { nextCheck, openWeeklyCheck } from './weekly-check.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-weekly-'))
after(() => rmSync(folder, { recursive: true }))

const checkOf = (day: string): ServiceCheck => ({
  ...{ checked_at: day, from: 'Testland', list_day: '2026-11-25', hosts: 1, alive: 1, unchecked: 0, rows: [] },
})

/** Opens a weekly check on a day, and gives what it did at once. */
async function openOn(day: string, file: string, result: (day: string) => CheckResult | Error) {
  const problems: string[] = []
  const days: string[] = []
  const done = Promise.withResolvers<undefined>()
  const clock = { now: () => instant(Date.parse(`${day}T12:00:00Z`)), monotonic: () => millis(0) }
  const weekly = await openWeeklyCheck({
    file: join(folder, file),
    clock,
    check: async (today) => {
      days.push(today)
      const made = result(today)
      done.resolve(undefined)
      if (made instanceof Error) throw made
      return made
    },
    onProblem: (problem) => void problems.push(problem),
  })
  const settle = async (): Promise<void> => {
    await done.promise
    await weekly[Symbol.asyncDispose]()
  }
  return { weekly, problems, days, settle }
}

describe('openWeeklyCheck()', () => {
  it('checks at once where nothing was checked, keeps it, and not again within the week', async () => {
    const first = await openOn('2026-12-01', 'one.json', (day) => ({ kind: 'checked', check: checkOf(day) }))
    await first.settle()
    assert.deepEqual([first.days, first.weekly.latest()?.checked_at], [['2026-12-01'], '2026-12-01'])
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'one.json'), 'utf8')), checkOf('2026-12-01'))
    const again = await openOn('2026-12-07', 'one.json', () => new Error('not due'))
    await again.weekly[Symbol.asyncDispose]()
    assert.deepEqual([again.days, again.weekly.latest()?.checked_at], [[], '2026-12-01'])
    const later = await openOn('2026-12-08', 'one.json', (day) => ({ kind: 'checked', check: checkOf(day) }))
    await later.settle()
    assert.deepEqual(later.days, ['2026-12-08'])
  })

  it('keeps the former check where one is unfit or breaks, and says so', async () => {
    writeFileSync(join(folder, 'two.json'), JSON.stringify(checkOf('2026-11-01')))
    for (const result of [{ kind: 'unfit', hosts: 9, failed: 8 } as const, new Error('it broke')]) {
      const tried = await openOn('2026-12-01', 'two.json', () => result)
      await tried.settle()
      assert.equal(tried.weekly.latest()?.checked_at, '2026-11-01')
      assert.match(tried.problems.join(), /at fault|it broke/)
    }
  })

  it('takes a file that cannot be read for none', async () => {
    writeFileSync(join(folder, 'three.json'), '{"checked_at":')
    const opened = await openOn('2026-12-01', 'three.json', (day) => ({ kind: 'checked', check: checkOf(day) }))
    await opened.settle()
    assert.deepEqual(opened.days, ['2026-12-01'])
    assert.equal(nextCheck(undefined), 0)
  })
})
