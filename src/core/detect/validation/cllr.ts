import type { TippettPoint } from '../../model/incident/validation.ts'

/** log10 ratios of cases in which there was interference, and of cases in which there was none. */
export interface ScoredRatios {
  readonly interference: readonly number[]
  readonly fault: readonly number[]
}

/** log2(1 + 10^x) without overflow. */
const log2OnePlus = (log10: number): number => (log10 > 15 ? log10 * Math.log2(10) : Math.log2(1 + 10 ** log10))

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * Cost of log likelihood ratios: 0 for a perfect method, 1 for one that always says 1. Needs a case on both sides.
 * Source: Brümmer and du Preez, Computer Speech and Language 20 (2006), equation 5.
 */
export const cllr = ({ interference, fault }: ScoredRatios): number =>
  (mean(interference.map((x) => log2OnePlus(-x))) + mean(fault.map(log2OnePlus))) / 2

/**
 * The same after the best possible monotone calibration of these very cases (pool adjacent violators): what is left is
 * that the method does not tell the cases apart. Never above `cllr`.
 */
export function leastCllr({ interference, fault }: ScoredRatios): number {
  const weight = { yes: 1 / interference.length, no: 1 / fault.length }
  const sorted = [
    ...interference.map((x) => ({ x, yes: weight.yes, no: 0 })),
    ...fault.map((x) => ({ x, yes: 0, no: weight.no })),
  ].toSorted((a, b) => a.x - b.x)
  const blocks: { x: number; yes: number; no: number }[] = []
  for (const one of sorted) {
    const last = blocks.at(-1)
    if (last !== undefined && last.x === one.x) {
      last.yes += one.yes
      last.no += one.no
    } else blocks.push({ ...one })
    // Equal ratios are one block before it is compared with those below it; the last of them may still come.
  }
  const pooled: { yes: number; no: number }[] = []
  const share = ({ yes, no }: { yes: number; no: number }): number => yes / (yes + no)
  for (const block of blocks) {
    let now = { yes: block.yes, no: block.no }
    for (let last = pooled.at(-1); last !== undefined && share(last) >= share(now); last = pooled.at(-1)) {
      now = { yes: last.yes + now.yes, no: last.no + now.no }
      pooled.pop()
    }
    pooled.push(now)
  }
  const cost = (part: number, whole: number): number => (part === 0 ? 0 : part * Math.log2(whole / part))
  return pooled.reduce((sum, { yes, no }) => sum + cost(yes, yes + no) + cost(no, yes + no), 0) / 2
}

/** Least and most x of the plot, and its step. */
const [FROM, UNTIL, STEP] = [-4, 6, 0.25]

/** Shares of either side with a ratio of 10^x or more, over the x of a Tippett plot. */
export function tippett({ interference, fault }: ScoredRatios): readonly TippettPoint[] {
  const atLeast = (values: readonly number[], x: number): number =>
    values.length === 0 ? 0 : values.filter((value) => value >= x).length / values.length
  return Array.from({ length: Math.round((UNTIL - FROM) / STEP) + 1 }, (_, i) => {
    const x = FROM + i * STEP
    return { x, interference: atLeast(interference, x), fault: atLeast(fault, x) }
  })
}
