import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryReports } from '../../test/kit/stores/memory-reports.ts'
import { DAY_MS } from '../core/model/duration.ts'
import { SLOT_MS, type ReportState } from '../core/model/people/report.ts'
import { instant, parseAsn } from '../core/model/units.ts'
import type { ReportRow } from './registry/contract.ts'
import { ShownReports } from './shown-reports.ts'

const START = Date.UTC(2026, 2, 5, 15)

let made = 0
const rows = (slot: number, count: number, change: Partial<ReportRow> = {}): readonly ReportRow[] =>
  Array.from({ length: count }, () => ({
    id: String(made++).padStart(32, '0'),
    slot,
    service: 'youtube',
    problem: 'slow',
    asn: parseAsn(64496),
    state: 'counted',
    simulated: false,
    ...change,
  }))

function opened(reports: readonly ReportRow[]) {
  let now = START
  const store = memoryReports(reports)
  const shown = new ShownReports({ store, clock: { now: () => instant(now) }, simulated: false })
  return { shown, store, at: (time: number) => void (now = time) }
}

const day = { since: instant(START - DAY_MS), until: instant(START + DAY_MS) }

describe('ShownReports', () => {
  it('shows a slot when it is settled, of counted reports alone', async () => {
    const others = (['repeat', 'held'] as const).flatMap((state: ReportState) => rows(START, 50, { state }))
    const { shown, at } = opened([...rows(START, 6), ...others, ...rows(START, 50, { simulated: true })])
    at(START + SLOT_MS + 4 * 60_000)
    assert.deepEqual(await shown.cells(day), [])
    at(START + SLOT_MS + 5 * 60_000)
    assert.deepEqual(
      (await shown.cells(day)).map(({ level, count, released }) => [level, count, released]),
      [['network', 6, false]],
    )
  })

  it('shows what a moderator released as cells of its own', async () => {
    const { shown, store, at } = opened([...rows(START, 6), ...rows(START, 3, { state: 'held', service: 'telegram' })])
    await store.add({ reports: rows(START, 7, { state: 'held' }) })
    at(START + DAY_MS)
    assert.equal(await store.release('youtube', { since: instant(START), until: instant(START + SLOT_MS) }), 7)
    assert.deepEqual(
      (await shown.cells(day)).map(({ count, released }) => [count, released]),
      [
        [7, true],
        [6, false],
      ],
    )
  })

  it('finds signals of a network and of all together, and follows the clock', async () => {
    const { shown, at } = opened([...rows(START, 8), ...rows(START + SLOT_MS, 9, { asn: parseAsn(64497) })])
    at(START)
    assert.deepEqual(await shown.signals(), [])
    at(START + 3 * SLOT_MS)
    const signals = await shown.signals()
    assert.deepEqual(
      signals.map(({ service, asn, reports, kind }) => [service, asn, reports, kind]),
      [
        ['youtube', 64497, 9, 'rising'],
        ['youtube', undefined, 17, 'rising'],
        ['youtube', 64496, 8, 'rising'],
      ],
    )
  })

  it('gives no network a signal of what people said, and says nothing of services of no list', async () => {
    const { shown, at } = opened([...rows(START, 8, { said: true }), ...rows(START, 8, { service: 'other' })])
    at(START + DAY_MS)
    assert.deepEqual(
      (await shown.signals()).map(({ service, asn }) => [service, asn]),
      [['youtube', undefined]],
    )
  })

  it('gives texts of a service as their moderator worded them, and no others', async () => {
    const { shown, store } = opened([])
    const note = { day: START, service: 'youtube', lang: 'ru', text: 'имя', simulated: false } as const
    await store.add({
      notes: [
        { ...note, id: 'a', state: 'published', shown: 'Видео стоит.' },
        { ...note, id: 'b', state: 'waiting' },
        { ...note, id: 'c', state: 'published', shown: 'x', service: 'telegram' },
        { ...note, id: 'd', state: 'published', shown: 'x', simulated: true },
      ],
    })
    assert.deepEqual(await shown.notes('youtube'), [{ day: START, lang: 'ru', text: 'Видео стоит.' }])
  })

  it('asks again as a whole after a store that failed', async () => {
    const { store } = opened(rows(START, 8))
    let broken = true
    const shown = new ShownReports({
      store: {
        ...store,
        counts: (...asked) => (broken ? Promise.reject(new Error('away')) : store.counts(...asked)),
      },
      clock: { now: () => instant(START + DAY_MS) },
      simulated: false,
    })
    await assert.rejects(shown.signals())
    broken = false
    assert.equal((await shown.signals())[0]?.reports, 8)
  })

  it('learns what is usual in an hour from published cells alone: four people of an evening leave no trace', async () => {
    const evenings = (count: number): readonly ReportRow[] =>
      Array.from({ length: 30 }, (_, day) => rows(START - (day + 1) * DAY_MS, count)).flat()
    const until = instant(START + 4 * SLOT_MS)
    const usual = async (reports: readonly ReportRow[]): Promise<unknown> => {
      const { shown, at } = opened(reports)
      at(START + DAY_MS)
      return (await shown.usual({ service: 'youtube' }, until)).hours.at(-1)
    }
    assert.deepEqual(await usual(evenings(4)), { low: 0, high: 0 })
    assert.deepEqual(await usual(evenings(3)), await usual(evenings(4)))
    assert.deepEqual(await usual(evenings(7)), { low: 7, high: 7 })
    // Of another hour, of another service, and held ones are no part of it.
    const others = [...evenings(7).map((row) => ({ ...row, state: 'held' as const })), ...evenings(4)]
    assert.deepEqual(await usual(others), { low: 0, high: 0 })
  })

  it('reads each hour once for what is usual, of a network without reports that only name it', async () => {
    const days = Array.from({ length: 30 }, (_, day) => START - (day + 1) * DAY_MS)
    const { shown, store, at } = opened([
      ...days.flatMap((slot) => rows(slot, 6)),
      ...days.flatMap((slot) => rows(slot, 9, { service: 'telegram' })),
      ...days.flatMap((slot) => rows(slot, 50, { said: true })),
    ])
    at(START + DAY_MS)
    const until = instant(START + 4 * SLOT_MS)
    assert.deepEqual((await shown.usual({ asn: parseAsn(64496) }, until)).hours.at(-1), { low: 15, high: 15 })
    let asked = 0
    const counts = store.counts.bind(store)
    store.counts = (...given) => {
      asked++
      return counts(...given)
    }
    await shown.usual({ service: 'youtube' }, until)
    assert.equal(asked, 0)
  })

  it('counts days from the fifth report on, so that a first one alone is not told', async () => {
    const lone = rows(START - 50 * DAY_MS, 4)
    const { shown, at } = opened([...lone, ...rows(START - 20 * DAY_MS, 1)])
    at(START + DAY_MS)
    assert.equal((await shown.usual({ service: 'youtube' }, instant(START))).days, 19)
  })
})
