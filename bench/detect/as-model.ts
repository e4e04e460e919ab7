import type { DetectSettings } from '../../src/core/detect/chain/settings.ts'
import { HOUR_MS } from '../../src/core/model/duration.ts'
import type { Half, Reading, TargetHalf } from '../../src/core/model/measured/reading.ts'
import { instant } from '../../src/core/model/units.ts'
import { createDraw } from './draw.ts'
import type { Draw } from './draw.ts'
import { EPOCH } from './simulate.ts'
import type { Simulated } from './simulate.ts'

/** A stretch in one state; the last one reaches beyond the series. */
interface Stay<State> {
  readonly from: number
  readonly state: State
}

/** Runs a chain that leaves `rest` at a rate that depends on the local hour, for a state that is drawn, and returns. */
function runChain<State>(
  draw: Draw,
  chain: {
    readonly hours: number
    readonly rest: State
    readonly onset: readonly number[]
    readonly next: () => { readonly state: State; readonly end: number }
  },
): readonly Stay<State>[] {
  const stays: Stay<State>[] = [{ from: 0, state: chain.rest }]
  const most = Math.max(...chain.onset)
  for (let at = draw.exponential(1 / most); at < chain.hours; at += draw.exponential(1 / most)) {
    if (!draw.hit((chain.onset[Math.floor(at) % 24] ?? 0) / most)) continue // thinned to the rate of the hour
    const { state, end } = chain.next()
    stays.push({ from: at, state })
    at += draw.exponential(1 / end)
    stays.push({ from: at, state: chain.rest })
  }
  return stays
}

/** State at a moment; moments are asked in rising order. */
function reader<State>(stays: readonly Stay<State>[], rest: State): (at: number) => State {
  let index = 0
  return (at) => {
    while (index + 1 < stays.length && (stays[index + 1]?.from ?? Infinity) <= at) index++
    return stays[index]?.state ?? rest
  }
}

/**
 * A series drawn from the very chain and emissions that the detector assumes (docs/methods/detecting.md): under it its
 * 95 % intervals must hold 94 to 96 % of the true edges; what they hold elsewhere is the cost of a wrong model.
 */
export function simulateAsModel(seed: number, settings: DetectSettings): Simulated {
  const draw = createDraw(seed)
  const hours = 24 * Math.exp(draw.uniform(Math.log(6), Math.log(180)))
  const probes = 1 + Math.floor(draw.uniform(0, 12))
  const { rates } = settings
  const long = rates.longOnset / (rates.shortOnset + rates.longOnset)
  const pickOf = (values: readonly number[]): number => values[Math.floor(draw.uniform(0, values.length))] ?? 0
  const restricted = runChain<number | undefined>(draw, {
    hours,
    rest: undefined,
    onset: settings.onsetHours.map((weight) => weight * rates.shortOnset + rates.longOnset),
    next: () => ({ state: pickOf(settings.passing), end: draw.hit(long) ? rates.longEnd : rates.shortEnd }),
  })
  const loads = runChain(draw, {
    hours,
    rest: settings.failOpen,
    onset: settings.loadHours.map((weight) => weight * rates.loadOnset),
    next: () => ({ state: pickOf(settings.loads), end: rates.loadEnd }),
  })
  const downs = runChain(draw, {
    hours,
    rest: false,
    onset: Array.from({ length: 24 }, () => rates.downOnset),
    next: () => ({ state: true, end: rates.downEnd }),
  })
  const times = Array.from({ length: probes }, (_, probe) => {
    const phase = draw.uniform(0.2, 0.8)
    return Array.from({ length: Math.floor(hours * 4) }, (__, round) => ({
      probe,
      at: (round + phase) / 4 + draw.uniform(-2, 2) / 60,
    }))
  })
    .flat()
    .sort((a, b) => a.at - b.at)
  const passing = reader(restricted, undefined)
  const load = reader(loads, settings.failOpen)
  const down = reader(downs, false)
  const readings = times.map(({ probe, at }): Reading => {
    const emitted = emit(draw, { passing: passing(at), load: load(at), down: down(at), factor: settings.controlFactor })
    return {
      at: instant(Math.round(EPOCH + at * HOUR_MS)),
      probe: `p${probe + 1}`,
      ...emitted,
      artefact: false,
      scheduled: true,
    }
  })
  const blocks = restricted.flatMap(({ from, state }, index) =>
    state === undefined
      ? []
      : [
          {
            from: EPOCH + from * HOUR_MS,
            until: EPOCH + (restricted[index + 1]?.from ?? Infinity) * HOUR_MS,
            long: false,
          },
        ],
  )
  const until = EPOCH + hours * HOUR_MS
  return {
    readings,
    truth: {
      from: EPOCH,
      until,
      kind: 'both',
      probes,
      part: 'full',
      passing: 0,
      throttled: false,
      forged: false,
      blocks,
    },
  }
}

function emit(
  draw: Draw,
  state: {
    readonly passing: number | undefined
    readonly load: number
    readonly down: boolean
    readonly factor: number
  },
): { readonly target: TargetHalf; readonly control: Half; readonly canary: Half } {
  const failing = (chance: number): 'ok' | 'fail' => (draw.hit(chance) ? 'fail' : 'ok')
  if (state.down) return { target: failing(0.98), control: failing(0.98), canary: failing(0.95) }
  return {
    target: failing(state.passing === undefined ? state.load : 1 - (1 - state.load) * state.passing),
    control: failing(state.load / state.factor),
    canary: failing(0.02),
  }
}
