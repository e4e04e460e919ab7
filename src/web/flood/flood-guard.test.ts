import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import { instant, millis } from '../../core/model/units.ts'
import type { PeopleBehind } from './limits.ts'
import { openFloodGuard } from './open-flood-guard.ts'

const START = Date.UTC(2026, 2, 5, 10)

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Sender {
  readonly address: string
  readonly forged?: boolean
  /** Acts an hour at a time since the start. */
  readonly perHour: (at: number) => number
}

interface Outcome {
  sent: number
  held: number
  /** Looked at later than 15 minutes after it came. */
  late: number
}

const byTable = (address: string): PeopleBehind => (/^2\.7[2-5]\./.test(address) ? 'many' : 'some')

/** Plays acts of many senders as a letter does: what is ripe is judged every five minutes and settled. */
function play(senders: readonly Sender[], minutes: number, seed: number, peopleBehind = byTable) {
  const random = chance(seed)
  let now = START
  const clock = { now: () => instant(now), monotonic: () => millis(now - START) }
  const guard = openFloodGuard({
    clock,
    senderOf: openSenders(['127.0.0.1']),
    random,
    peopleBehind,
  })
  const outcomes = senders.map((): Outcome => ({ sent: 0, held: 0, late: 0 }))
  const waiting = new Map<string, { readonly who: number; readonly at: number }>()
  let next = 0
  const settle = (): void => {
    const ids = [...waiting.keys()]
    const early = guard.early(ids)
    const ripe = ids.filter((id) => !early.has(id))
    const held = guard.judge(ripe)
    for (const id of ripe) {
      const { who, at } = waiting.get(id)!
      const outcome = outcomes[who]! // both were made here
      if (held.has(id)) outcome.held += 1
      if (now - at > 15 * MINUTE_MS) outcome.late += 1
      waiting.delete(id)
    }
    guard.settle(ripe)
  }
  for (let minute = 0; minute < minutes; minute++) {
    for (const [who, { address, perHour }] of senders.entries()) {
      const mean = perHour(minute * MINUTE_MS) / 60
      for (let left = Math.exp(-mean), p = random(); p > left; p *= random()) {
        const id = `act-${next++}`
        guard.note({ socket: '127.0.0.1', forwardedFor: address }, id)
        waiting.set(id, { who, at: now })
        outcomes[who]!.sent += 1 // one for each sender
      }
    }
    now += MINUTE_MS
    if (minute % 5 === 0) settle()
  }
  now += 13 * HOUR_MS
  settle()
  assert.equal(waiting.size, 0)
  return outcomes
}

const sum = (outcomes: readonly Outcome[], what: keyof Outcome): number =>
  outcomes.reduce((total, one) => total + one[what], 0)
const home = (n: number): string => `95.${56 + (n >> 14)}.${(n >> 6) & 255}.${n & 63}`
const carrier = (n: number): string => `2.${72 + (n % 4)}.${n >> 2}.7`

const lateOf = (outcomes: readonly Outcome[]): number => sum(outcomes, 'late') / sum(outcomes, 'sent')
const heldOf = (outcomes: readonly Outcome[]): number => sum(outcomes, 'held') / sum(outcomes, 'sent')
const homes = Array.from({ length: 1500 }, (_, n): Sender => ({ address: home(n), perHour: () => 0.05 }))
/** Carriers with so many acts an hour, eight addresses of each size. */
const carriers = (rates: readonly number[], perHour: (rate: number) => Sender['perHour']): Sender[] =>
  rates.flatMap((rate, k) =>
    Array.from({ length: 8 }, (_, n) => ({ address: carrier(8 * k + n), perHour: perHour(rate) })),
  )

describe('openFloodGuard() and honest crowds', () => {
  it('holds fewer than one act in a hundred on the first day of people behind carriers of many sizes', () => {
    const people = carriers([1, 2, 5, 10, 15, 20], (rate) => () => rate)
    const outcomes = play([...people, ...homes], 24 * 60, 1)
    assert.ok(sum(outcomes, 'sent') > 10_000)
    assert.ok(heldOf(outcomes) < 0.01, `${heldOf(outcomes)} held`)
    assert.ok(lateOf(outcomes) < 0.15, `${lateOf(outcomes)} late`)
  })

  it('holds fewer than one in a hundred of the first evening, on which all act ten times as often', () => {
    const people = carriers(
      [1, 2, 4, 8, 10],
      (rate) => (at) => (at > 12 * HOUR_MS && at < 15 * HOUR_MS ? 10 : 1) * rate,
    )
    const outcomes = play([...people, ...homes], 18 * 60, 2)
    assert.ok(heldOf(outcomes) < 0.01, `${heldOf(outcomes)} held`)
    assert.ok(lateOf(outcomes) < 0.15, `${lateOf(outcomes)} late`)
  })

  it('holds fewer than one in a hundred where a crowd grew for days and then acts ten times as often', () => {
    const grown = (at: number): number => 2 ** Math.floor(at / DAY_MS) / 4
    const evening = (at: number): number => (at > 2 * DAY_MS + 12 * HOUR_MS && at < 2 * DAY_MS + 15 * HOUR_MS ? 10 : 1)
    const people = carriers([2, 5, 10, 20, 30, 40], (rate) => (at) => rate * grown(at) * evening(at))
    const outcomes = play([...people, ...homes], 3 * 24 * 60, 3)
    assert.ok(heldOf(outcomes) < 0.01, `${heldOf(outcomes)} held`)
    assert.ok(lateOf(outcomes) < 0.15, `${lateOf(outcomes)} late`)
  })
})

describe('openFloodGuard() and floods', () => {
  /** 500 addresses, 25 of them of carriers with people behind them, send 200 forged acts each within minutes. */
  const flood = (minutes: number, since: number, rate: number): Sender[] =>
    Array.from({ length: 500 }, (_, n) => ({
      address: n < 25 ? carrier(n) : `185.${n >> 8}.${n & 255}.9`,
      forged: true,
      perHour: (at) => (at >= since && at < since + minutes * MINUTE_MS ? rate : 0),
    }))
  const real = [...carriers([2, 5, 10, 20], (rate) => () => rate), ...homes]

  for (const minutes of [5, 30, 60])
    it(`holds what 500 addresses forge 200 times each within ${minutes} minutes, and the sum stays as it would be`, () => {
      const forged = flood(minutes, 8 * HOUR_MS, (200 * 60) / minutes)
      const outcomes = play([...real, ...forged], 12 * 60, 4)
      const [honest, made] = [outcomes.slice(0, real.length), outcomes.slice(real.length)]
      assert.ok(sum(made, 'sent') > 98_000)
      assert.ok(heldOf(made) > 0.99, `${heldOf(made)} held`)
      // What counts of the forged takes the place of people of the same addresses, drawn by lot.
      const shift = sum(made, 'sent') - sum(made, 'held') - sum(honest, 'held')
      assert.ok(Math.abs(shift) < sum(honest, 'sent') / 100, `${shift} of ${sum(honest, 'sent')}`)
    })

  it('lets nothing through of a flood of an hour from addresses of carriers that sent nothing before', () => {
    const made = play(flood(60, 8 * HOUR_MS, 200), 12 * 60, 7, () => 'many')
    assert.ok(sum(made, 'sent') > 98_000)
    assert.ok(heldOf(made) > 0.99, `${heldOf(made)} held`)
  })

  it('holds nothing of people whose addresses no forger uses', () => {
    const outcomes = play([...real, ...flood(5, 8 * HOUR_MS, 2400)], 12 * 60, 5)
    const aside = outcomes.slice(25, real.length)
    assert.ok(heldOf(aside) < 0.01, `${heldOf(aside)} held`)
  })

  it('lets through of a slow flood no more than the limits of a day', () => {
    const slow = flood(23 * 60, 30 * MINUTE_MS, 200 / 23).slice(25, 125)
    const made = play(slow, 24 * 60, 6)
    assert.ok(made.every(({ sent, held }) => sent - held <= 120))
    const rented = play(slow, 24 * 60, 6, () => 'few')
    assert.ok(rented.every(({ sent, held }) => sent - held <= 48))
    assert.ok(sum(rented, 'sent') > 15_000)
  })
})
