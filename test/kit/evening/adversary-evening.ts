import { createRandom, type Random } from '../../../src/core/detect/chain/random.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/core/model/duration.ts'
import type { Reading } from '../../../src/core/model/measured/reading.ts'
import { instant } from '../../../src/core/model/units.ts'

/** Noon in Almaty. */
const NOON = Date.UTC(2026, 2, 10, 7)

/** A day of one service on one network as its honest devices see it, and when it was restricted, if it was. */
export interface Evening {
  readonly from: number
  readonly until: number
  readonly restricted: readonly [from: number, until: number] | undefined
  readonly readings: readonly Reading[]
}

/** What an evening is like. */
export interface EveningOptions {
  readonly devices: number
  readonly restricted: boolean
}

/**
 * Eighteen hours of honest devices that test every quarter of an hour: a tenth of the tests missing, chance failures of both
 * halves, more of them in the evening, now and then a device with troubles of its own. A restriction begins about 20:00,
 * lasts one to four hours and lets up to a tenth of the exchanges pass.
 */
export function makeEvening(seed: number, { devices, restricted }: EveningOptions): Evening {
  const random = createRandom(seed)
  const uniform = (low: number, high: number): number => low + (high - low) * random.next()
  const begin = NOON + uniform(7, 9) * HOUR_MS
  const block = [begin, begin + uniform(1, 4) * HOUR_MS] as const
  const passes = uniform(0, 0.1)
  const until = NOON + 18 * HOUR_MS
  const readings: Reading[] = []
  for (let device = 0; device < devices; device++) {
    const troubled = NOON + uniform(0, 18) * HOUR_MS
    const trouble = random.next() < 0.04 ? ([troubled, troubled + uniform(0.3, 1.5) * HOUR_MS] as const) : undefined
    for (let at = NOON + uniform(0, 15) * MINUTE_MS; at < until; at += uniform(13, 17) * MINUTE_MS) {
      if (random.next() < 0.1) continue
      const load = at > NOON + 7 * HOUR_MS && at < NOON + 11 * HOUR_MS ? 0.04 : 0.015
      const hit =
        (restricted && within(block, at) && random.next() >= passes) || (trouble !== undefined && within(trouble, at))
      const fails = hit || random.next() < load
      readings.push(
        reading(`honest${device}`, at, {
          target: fails ? 'fail' : 'ok',
          control: random.next() < load ? 'fail' : 'ok',
        }),
      )
    }
  }
  return { from: NOON, until, restricted: restricted ? block : undefined, readings }
}

const within = ([from, until]: readonly [number, number], at: number): boolean => from <= at && at < until

const reading = (probe: string, at: number, said: Partial<Reading>): Reading => ({
  at: instant(Math.round(at)),
  probe,
  target: 'ok',
  control: 'ok',
  canary: 'ok',
  artefact: false,
  scheduled: true,
  ...(said.target === 'fail' && said.control !== 'fail' ? { mechanism: 'tls.timeout.sni' as const } : {}),
  ...said,
})

/** What one device of an adversary sends in an evening. */
export type Strategy = (probe: string, evening: Evening, random: Random) => readonly Reading[]

const every =
  (
    minutes: number,
    [from, until]: readonly [number, number],
    said: (at: number, k: number) => Partial<Reading>,
  ): ((probe: string, random: Random) => readonly Reading[]) =>
  (probe, random) => {
    const made: Reading[] = []
    for (let at = from + random.next() * minutes * MINUTE_MS, k = 0; at < until; at += minutes * MINUTE_MS, k++)
      made.push(reading(probe, at, said(at, k)))
    return made
  }

const whole = ({ from, until }: Evening): readonly [number, number] => [from, until]
/** Where a restriction lies, or where a forged one would. */
const blockOf = ({ from, restricted }: Evening): readonly [number, number] =>
  restricted ?? [from + 8 * HOUR_MS, from + 10 * HOUR_MS]

/** What adversaries try; each device of one does the same. */
export const STRATEGIES: Readonly<Record<string, Strategy>> = {
  'fails all evening': (probe, evening, random) =>
    every(15, whole(evening), (at) => ({
      target: within(blockOf(evening), at - HOUR_MS) || at > evening.from + 6 * HOUR_MS ? 'fail' : 'ok',
    }))(probe, random),
  'fails every minute': (probe, evening, random) =>
    every(1, whole(evening), (at) => ({ target: at > evening.from + 6 * HOUR_MS ? 'fail' : 'ok', scheduled: false }))(
      probe,
      random,
    ),
  'passes on schedule': (probe, evening, random) => every(15, whole(evening), () => ({}))(probe, random),
  'passes twice a minute': (probe, evening, random) =>
    every(0.5, whole(evening), () => ({ scheduled: false }))(probe, random),
  'passes at the edges, fails beyond them': (probe, evening, random) => {
    const [from, until] = blockOf(evening)
    const near = (at: number): boolean => Math.abs(at - from) < HOUR_MS / 2 || Math.abs(at - until) < HOUR_MS / 2
    const beyond = (at: number): boolean => at > until + HOUR_MS || (at < from - HOUR_MS && at > from - 3 * HOUR_MS)
    return every(5.2, whole(evening), (at) => ({ target: !near(at) && beyond(at) ? 'fail' : 'ok' }))(probe, random)
  },
  'begins early, ends late': (probe, evening, random) => {
    const [from, until] = blockOf(evening)
    return every(7, whole(evening), (at) => ({
      target: within([from - 3 * HOUR_MS, until + 3 * HOUR_MS], at) ? 'fail' : 'ok',
    }))(probe, random)
  },
  'controls fail': (probe, evening, random) =>
    every(2, whole(evening), (_, k) => ({ target: k % 2 === 0 ? 'none' : 'ok', control: 'fail', scheduled: false }))(
      probe,
      random,
    ),
  'the line is down': (probe, evening, random) =>
    every(1, whole(evening), () => ({ target: 'fail', control: 'fail', canary: 'fail', scheduled: false }))(
      probe,
      random,
    ),
  'a block page': (probe, evening, random) =>
    every(5, blockOf(evening), () => ({
      target: 'fail',
      control: 'none',
      artefact: true,
      mechanism: 'http.blockpage',
    }))(probe, random),
  slow: (probe, evening, random) => every(6, blockOf(evening), () => ({ target: 'slow' }))(probe, random),
  'alternates by hand': (probe, evening, random) =>
    every(0.7, blockOf(evening), (_, k) => ({ target: k % 2 === 0 ? 'fail' : 'ok', scheduled: false }))(probe, random),
  'ratios at their cap': (probe, evening, random) =>
    every(10.1, whole(evening), (at) => ({ target: 'ok', log10Lr: within(blockOf(evening), at) ? -2 : 2 }))(
      probe,
      random,
    ),
  'sees what the others see': (probe, evening, random) =>
    every(10.1, whole(evening), (at) => ({
      target: evening.restricted !== undefined && within(evening.restricted, at) ? 'fail' : 'ok',
    }))(probe, random),
}

/** The evening with `devices` of an adversary among the honest ones. */
export function withAdversary(
  evening: Evening,
  strategy: Strategy,
  { devices, seed }: { readonly devices: number; readonly seed: number },
): readonly Reading[] {
  const random = createRandom(seed)
  const forged = Array.from({ length: devices }, (_, k) => strategy(`forged${k}`, evening, random)).flat()
  return [...evening.readings, ...forged]
}
