import type { TimedPairs } from '../../src/core/detect/throttling/rounds.ts'
import { DAY_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { createDraw, type Draw } from './draw.ts'

const QUARTER = 15 * MINUTE_MS

const START = Date.UTC(2025, 0, 1)
/** Pairs a round, and the time in seconds at which a handshake is given up. */
const PAIRS = 3
const TIMEOUT = 10

/** A made-up line and target: handshake times with loss, load of the evening, lasting and passing differences. */
export interface ThrottleWorld {
  readonly seed: number
  readonly probes: number
  readonly days: number
  /** Share of mobile lines: slower and lossier. */
  readonly mobile?: number
  /** Spread of the lasting ratio of the two names on a line, and of its change from day to day (ln). */
  readonly lastingSpread?: number
  readonly dayDrift?: number
  /** The target slower by `factor` between two rounds; on `share` of the lines. */
  readonly slow?: readonly { readonly from: number; readonly until: number; readonly factor: number }[]
  readonly share?: number
}

/** The made-up pairs, one row a round (the median of its three pairs), and the truth: times in milliseconds. */
export interface MadePairs {
  readonly pairs: TimedPairs
  readonly slow: readonly { readonly from: number; readonly until: number }[]
  readonly years: number
  readonly hit: readonly boolean[]
}

/** Gamma law with shape a and scale 1 (Marsaglia and Tsang 2000). */
function gamma(draw: Draw, a: number): number {
  if (a < 1) return gamma(draw, a + 1) * draw.uniform(0, 1) ** (1 / a)
  const d = a - 1 / 3
  for (;;) {
    const x = draw.normal(0, 1)
    const v = (1 + x / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(1 - draw.uniform(0, 1)) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}

const beta = (draw: Draw, a: number, b: number): number => {
  const first = gamma(draw, a)
  return first / (first + gamma(draw, b))
}

const eveningLoad = (round: number): number => 1.5 * Math.exp(-0.5 * (((round % 96) / 4 - 21) / 1.8) ** 2)

/** A load that follows itself from round to round: autoregressive with coefficient .9 and unit variance. */
function following(draw: Draw): () => number {
  let value = 0
  return () => (value = 0.9 * value + Math.sqrt(1 - 0.81) * draw.normal(0, 1))
}

interface Line {
  readonly seconds: number
  readonly loss: number
  readonly lasting: number
  readonly load: () => number
  readonly offset: number
}

function makeLine(draw: Draw, world: ThrottleWorld): Line {
  const mobile = draw.hit(world.mobile ?? 0.5)
  return {
    seconds: mobile ? draw.logNormal(0.25, 0.4) : draw.logNormal(0.12, 0.3),
    loss: mobile ? beta(draw, 1.2, 20) : beta(draw, 1, 80),
    lasting: draw.normal(0, world.lastingSpread ?? 0.15),
    load: following(draw),
    offset: draw.uniform(0, QUARTER - 30_000),
  }
}

/** Seconds of one handshake: the line, load, and lost packets sent again after one second, doubled. */
function handshake(draw: Draw, { seconds, loss }: Line, { load, factor }: { load: number; factor: number }): number {
  const busy = 1 + load * gamma(draw, 1.2)
  const p = Math.min(0.6, loss * (1 + 4 * load))
  let lost = 0
  for (let packet = 0; packet < 4; packet++) if (draw.hit(p)) lost++
  return Math.min(TIMEOUT, seconds * factor * Math.exp(draw.normal(0, 0.25)) * busy + (2 ** lost - 1))
}

const middleOfThree = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[1]! // three pairs a round

/** Makes one target on one network. A fifth of the rounds is missing. */
export function makePairs(world: ThrottleWorld): MadePairs {
  const draw = createDraw(world.seed)
  const lines = Array.from({ length: world.probes }, () => makeLine(draw, world))
  const hit = lines.map(() => draw.hit(world.share ?? 1))
  const common = following(draw)
  const drift = lines.map(() => 0)
  const rows: { readonly at: number; readonly probe: number; readonly ratio: number; readonly control: number }[] = []
  for (let round = 0; round < world.days * 96; round++) {
    const evening = eveningLoad(round)
    const shared = evening * Math.exp(0.6 * common()) * 0.5
    const slow = world.slow?.find(({ from, until }) => round >= from && round < until)?.factor ?? 1
    lines.forEach((line, probe) => {
      if (round % 96 === 0) drift[probe] = draw.normal(0, world.dayDrift ?? 0)
      const load = shared + evening * Math.exp(0.7 * line.load()) * 0.5
      const factor = Math.exp(line.lasting + drift[probe]!) * (hit[probe] === true ? slow : 1) // one drift a line
      if (draw.hit(0.2)) return
      const pairs = Array.from({ length: PAIRS }, () => ({
        target: handshake(draw, line, { load, factor }),
        control: handshake(draw, line, { load, factor: 1 }),
      }))
      rows.push({
        at: START + round * QUARTER + line.offset,
        probe,
        ratio: middleOfThree(pairs.map(({ target, control }) => Math.log(target / control))),
        control: middleOfThree(pairs.map(({ control }) => Math.log(control))),
      })
    })
  }
  rows.sort((a, b) => a.at - b.at)
  return {
    pairs: {
      at: Float64Array.from(rows, ({ at }) => at),
      probe: Int32Array.from(rows, ({ probe }) => probe),
      lnRatio: Float64Array.from(rows, ({ ratio }) => ratio),
      lnControl: Float64Array.from(rows, ({ control }) => control),
    },
    slow: (world.slow ?? []).map(({ from, until }) => ({
      from: START + from * QUARTER,
      until: START + until * QUARTER,
    })),
    years: (world.days * DAY_MS) / (365 * DAY_MS),
    hit,
  }
}
