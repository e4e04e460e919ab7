import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryReports } from '../../../test/kit/stores/memory-reports.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { SLOT_MS, type GivenReport } from '../../core/model/people/report.ts'
import { instant, millis, parseAsn } from '../../core/model/units.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import type { FloodGuard } from '../../web/flood/contract.ts'
import { openFloodGuard } from '../../web/flood/open-flood-guard.ts'
import { openReportDesk } from './desk.ts'

const START = Date.UTC(2026, 2, 5, 14)
const REPORT: GivenReport = { service: 'youtube', problem: 'slow', lang: 'ru' }

/** A desk as a site has it, over a clock that is moved by hand. */
function opened() {
  let now = START
  const clock = { now: () => instant(now), monotonic: () => millis(now - START) }
  const senders = openSenders(['127.0.0.1'])
  const store = memoryReports()
  const guard = (): FloodGuard =>
    openFloodGuard({ clock, senderOf: senders, random: () => 0.5, peopleBehind: () => 'many' })
  const desk = openReportDesk({
    store,
    clock,
    senderOf: (from) => senders(from.socket, from.forwardedFor),
    networkOf: () => parseAsn(9198),
    simulated: false,
    guards: { worked: guard(), plain: guard() },
  })
  const send = (address: string, worked: boolean, report: GivenReport = REPORT) =>
    desk.take({ report, ticket: desk.ticket(true), worked }, { socket: '127.0.0.1', forwardedFor: address })
  /** Moves the clock, settling every minute as a site does. */
  const until = async (time: number): Promise<void> => {
    while (now < time) {
      now = Math.min(time, now + 60_000)
      await desk.settle()
    }
  }
  const counted = (): number => store.reports.filter(({ state }) => state === 'counted').length
  return { desk, store, send, until, counted }
}

/** Numbers in [0, 1) that are the same in every run. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const household = (nth: number): string => `2.72.${nth >> 8}.${nth & 255}`
const attacker = (nth: number): string => `2.76.${nth >> 8}.${nth & 255}`
const CARRIER = '2.74.1.1'

describe('the desk of reports', () => {
  it('counts a thousand people behind one address of a carrier within a day, while others report too', async () => {
    const { send, until, store } = opened()
    const random = chance(1)
    for (let slot = 0; slot < 48; slot++) {
      for (let nth = 0; nth < 20 + 10 * random(); nth++) await send(household(Math.floor(random() * 900)), true)
      for (let nth = 0; nth < 21; nth++) await send(CARRIER, true, { ...REPORT, service: 'telegram' })
      for (let nth = 0; nth < 25; nth++)
        await send(household(1000 + Math.floor(random() * 900)), true, { ...REPORT, service: 'telegram' })
      await until(START + (slot + 1) * SLOT_MS)
    }
    await until(START + 50 * SLOT_MS)
    const all = store.reports.filter(({ service }) => service === 'telegram')
    const held = all.filter(({ state }) => state !== 'counted').length
    assert.ok(all.length > 2000 && held / all.length < 0.02, `${held} of ${all.length} do not count`)
  })

  for (const worked of [false, true])
    it(`is moved by less than one in a hundred by 100,000 forged reports of 500 addresses, ${worked ? 'each with work' : 'without work'}`, async () => {
      const shown = async (
        flood: boolean,
      ): Promise<{ readonly honest: number; readonly forged: number; readonly behind: number }> => {
        const { send, until, store } = opened()
        const random = chance(2)
        for (let slot = 0; slot < 8; slot++) {
          for (let nth = 0; nth < 100; nth++) await send(household(Math.floor(random() * 2000)), random() < 0.95)
          // Ten people behind an address from which the flood comes too; half of them have what it lacks.
          if (slot % 2 === 0)
            for (let nth = 0; nth < 10; nth++)
              assert.equal((await send(attacker(nth), !worked, { ...REPORT, problem: 'calls-fail' })).kind, 'taken')
          if (flood && slot < 3)
            for (let nth = 0; nth < 33_334; nth++)
              await send(attacker(nth % 500), worked, { ...REPORT, problem: 'vpn-fails' })
          await until(START + (slot + 1) * SLOT_MS)
        }
        await until(START + 10 * SLOT_MS)
        const of = (problem: string): number =>
          store.reports.filter((one) => one.problem === problem && one.state === 'counted').length
        return { honest: of('slow'), forged: of('vpn-fails'), behind: of('calls-fail') }
      }
      const [quiet, flooded] = [await shown(false), await shown(true)]
      const total = quiet.honest + quiet.behind
      const shift = Math.abs(flooded.honest + flooded.forged + flooded.behind - total) / total
      assert.ok(shift < 0.01, JSON.stringify({ quiet, flooded, shift }))
    })

  it('holds what it counted before it knew of a flood, and counts again an hour after it', async () => {
    const { send, until, counted, store } = opened()
    for (let nth = 0; nth < 20; nth++) await send(household(nth), true)
    for (let nth = 0; nth < 20; nth++) await send(CARRIER, false)
    assert.equal(counted(), 40)
    await send(CARRIER, false)
    assert.equal(counted(), 20, 'the twenty-first without work in an hour')
    await send(CARRIER, true)
    assert.equal(counted(), 21, 'a sender who brings work is not held with them')
    await until(START + HOUR_MS + SLOT_MS)
    await send(CARRIER, false)
    assert.equal(store.reports.at(-1)?.state, 'counted')
  })

  it('lets no one make a number that is shown on their own', async () => {
    const { send, until, counted } = opened()
    for (let nth = 0; nth < 19; nth++) await send(household(1), nth % 2 === 0)
    await until(START + 2 * SLOT_MS)
    assert.equal(counted(), 4)
  })

  it('holds a part that sends far more than the others of its network, however slowly', async () => {
    const { send, until, store } = opened()
    for (let slot = 0; slot < 20; slot++) {
      for (let nth = 0; nth < 12; nth++) await send(household(nth * 20 + slot), true)
      for (let nth = 0; nth < 5; nth++) await send(CARRIER, false, { ...REPORT, problem: 'vpn-fails' })
      await until(START + (slot + 1) * SLOT_MS)
    }
    await until(START + 22 * SLOT_MS)
    const forged = store.reports.filter(({ problem }) => problem === 'vpn-fails')
    const late = forged.slice(30)
    assert.ok(
      late.every(({ state }) => state === 'held'),
      JSON.stringify(late.map(({ state }) => state)),
    )
    assert.ok(store.reports.filter(({ problem, state }) => problem === 'slow' && state === 'counted').length === 240)
  })

  it('says when to come back where one address sends thousands, and still takes those with work', async () => {
    const { send } = opened()
    let [later, waits] = [0, 0]
    for (let nth = 0; nth < 1100; nth++) {
      const taken = await send(CARRIER, false)
      if (taken.kind === 'later') [later, waits] = [later + 1, taken.wait]
    }
    assert.deepEqual([later, waits], [100, 1])
    assert.equal((await send(CARRIER, true)).kind, 'taken')
  })

  it('takes three times as many of those who come through the onion service, who cannot be distinguished', async () => {
    const { send } = opened()
    let later = 0
    for (let nth = 0; nth < 3100; nth++) if ((await send('127.0.0.1', false)).kind === 'later') later++
    assert.equal(later, 100)
    assert.equal((await send(CARRIER, false)).kind, 'taken')
  })

  it('keeps nothing that leads to a sender or joins two reports', async () => {
    const { send, store } = opened()
    for (const address of ['2.72.9.99', '2a00:1fa0:4780:1200::9']) await send(address, true, { ...REPORT, note: 'x' })
    const text = JSON.stringify([store.reports, store.kept])
    assert.ok(!text.includes('2.72.9.99') && !text.includes('2a00'))
    const [first, second] = store.reports
    assert.deepEqual(Object.keys(first ?? {}).toSorted(), [
      'asn',
      'id',
      'problem',
      'service',
      'simulated',
      'slot',
      'state',
    ])
    assert.notEqual(first?.id, second?.id)
    assert.ok(!store.reports.some(({ id }) => store.kept.some((note) => note.id === id)))
    assert.ok(store.kept.every(({ day }) => day % 86_400_000 === 0))
  })
})
