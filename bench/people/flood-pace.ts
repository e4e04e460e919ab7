import { MINUTE_MS } from '../../src/core/model/duration.ts'
import { openFloodGuard } from '../../src/web/flood/open-flood-guard.ts'
import type { PeopleBehind } from '../../src/web/flood/limits.ts'
import { instant, millis } from '../../src/core/model/units.ts'
import { openSenders } from '../../src/runtime/sender/sender.ts'

/** Longer than any act waits. */
const WAIT_MINUTES = 13 * 60
const START = Date.UTC(2026, 2, 5, 1)

export interface Pace {
  readonly people: PeopleBehind
  /** How long the flood lasts. */
  readonly minutes: number
  /** Forged acts of one address that count, on the average. */
  readonly perAddress: number
}

/**
 * What a flood of `each` acts from each of `addresses` addresses that sent nothing before lets through, spread evenly over
 * some minutes: the guard alone, judged once a minute as a letter does.
 */
export function floodAtPace(people: PeopleBehind, minutes: number, addresses = 100, each = 200): Pace {
  let now = START
  const guard = openFloodGuard({
    clock: { now: () => instant(now), monotonic: () => millis(now - START) },
    senderOf: openSenders(['127.0.0.1']),
    peopleBehind: () => people,
  })
  const waiting = new Set<string>()
  let through = 0
  for (let minute = 0; minute < minutes + WAIT_MINUTES; minute++) {
    if (minute < minutes)
      for (let n = 0; n < addresses; n++) {
        const [before, after] = [minute, minute + 1].map((m) => Math.floor((m * each) / minutes))
        for (let k = before!; k < after!; k++) {
          const id = `${n}-${k}`
          guard.note({ socket: '127.0.0.1', forwardedFor: `185.${n}.7.9` }, id)
          waiting.add(id)
        }
      }
    now += MINUTE_MS
    const early = guard.early([...waiting])
    const ripe = [...waiting].filter((id) => !early.has(id))
    through += ripe.length - guard.judge(ripe).size
    guard.settle(ripe)
    for (const id of ripe) waiting.delete(id)
  }
  return { people, minutes, perAddress: through / addresses }
}
