import type { Bursts } from './bursts.ts'
import type { Run } from './filter.ts'
import { marginsOf } from './margins.ts'
import { smoothWindow, type Window } from './smooth.ts'
import { evidenceOfBurst } from './witnesses.ts'

/** Devices that are left out, one at a time: those that say most for restriction. */
const TRIED = 2
/** Least γ that must remain without any one of them: at ½ full restrictions that three devices see are lost, too. */
export const LEAST_LEFT = 0.2

/**
 * Whether an incident rests on one device: its window is smoothed again without each of the two devices that say most
 * for it (everybody unknown is one device), and it does where γ then stays below .2 between the points of `core`.
 */
export function restsOnOneDevice(
  run: Run,
  bursts: Bursts,
  { frame, core }: { frame: Window; core: readonly [number, number] },
): boolean {
  return loudest(run, bursts, core).some((device) => {
    const row = run.row.slice()
    for (let k = frame.from; k <= frame.to; k++) {
      const burst = run.points.burst[k]! // within the points
      if (burst >= 0 && bursts.probe[burst] === device) row[k] = -1
    }
    const without = { ...run, row }
    const { restricted } = marginsOf(without, smoothWindow(without, frame))
    for (let k = core[0]; k <= core[1]; k++) if (restricted[k - frame.from]! >= LEAST_LEFT) return false // within the frame
    return true
  })
}

/** Indices of the devices whose bursts between two points say most for restriction at any one level. */
function loudest(run: Run, bursts: Bursts, [from, to]: readonly [number, number]): readonly number[] {
  const sums = new Map<number, number[]>()
  for (let k = from; k <= to; k++) {
    const burst = run.points.burst[k]! // within the points
    if (burst < 0) continue
    const evidence = evidenceOfBurst(run.chain, bursts, burst)
    const device = bursts.probe[burst]! // one for each burst
    const sum = sums.get(device)
    if (sum === undefined) sums.set(device, [...evidence])
    else for (let level = 0; level < sum.length; level++) sum[level]! += evidence[level]! // equally long
  }
  return [...sums]
    .map(([device, sum]) => ({ device, most: Math.max(...sum) }))
    .toSorted((a, b) => b.most - a.most || a.device - b.device)
    .slice(0, TRIED)
    .map(({ device }) => device)
}
