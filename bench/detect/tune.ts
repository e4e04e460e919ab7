// `node bench/detect/tune.ts [--quick]`: fits rates, weights of hours, thresholds and margins on the tuning half of the
// simulated series and writes src/core/detect/chain/fitted.ts. The reporting half is never looked at.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import type { DetectSettings } from '../../src/core/detect/chain/settings.ts'
import { FAMILIES, seedOf, TUNING_SEED } from './families.ts'
import type { Family } from './families.ts'
import { addToTally, emptyTally, fitRates } from './fit.ts'
import { runFamily } from './run-family.ts'
import { simulate } from './simulate.ts'
import { eligible, quantile, summarize } from './summary.ts'

/** False incidents and false alarms a quiet year that the thresholds aim at: below the promise, for another half of luck. */
const FALSE_INCIDENTS = 0.35
const FALSE_ALARMS = 0.7
const PEAKS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999]
const RAISES = [0.97, 0.98, 0.99, 0.995, 0.999]

const familyNamed = (name: string): Family => {
  const family = FAMILIES.find((one) => one.name === name)
  if (family === undefined) throw new RangeError(`Cannot run family "${name}": not in the list`)
  return family
}

function fitFromTruth(size: number): Pick<DetectSettings, 'onsetHours' | 'loadHours' | 'rates'> {
  const tally = emptyTally()
  for (let index = 0; index < size; index++) addToTally(tally, simulate(seedOf(TUNING_SEED, familyNamed('own'), index)))
  return fitRates(defaultSettings(), tally)
}

/** Least peak at which quiet series show few enough false incidents; all peaks come from one run at .5. */
async function fitPeak(settings: Partial<DetectSettings>, sizes: { own: number; quiet: number }): Promise<number> {
  const scores = [
    ...(await runFamily(familyNamed('own'), TUNING_SEED, { size: sizes.own, settings: { ...settings, draws: 1 } })),
    ...(await runFamily(familyNamed('quiet'), TUNING_SEED, { size: sizes.quiet, settings: { ...settings, draws: 1 } })),
  ].map(({ score }) => score)
  const quiet = scores.filter((score) => score.quiet)
  const years = quiet.reduce((sum, { years: more }) => sum + more, 0)
  const blocks = scores.flatMap((score) => score.blocks.filter(eligible))
  let chosen = PEAKS.at(-1) ?? 1
  for (const peak of PEAKS.toReversed()) {
    const strength = -Math.log10(1 - peak)
    const wrong = quiet.flatMap(({ falseStrengths }) => falseStrengths.filter((one) => one >= strength)).length / years
    const recall = blocks.filter((block) => block.strength >= strength).length / blocks.length
    console.log(`peak ${peak}: found ${(100 * recall).toFixed(1)} %, ${wrong.toFixed(2)} false a quiet year`)
    if (wrong > FALSE_INCIDENTS) break
    chosen = peak
  }
  return chosen
}

/** Least threshold of the live alarm with few enough false alarms in quiet series. */
async function fitRaise(settings: Partial<DetectSettings>, size: number): Promise<number> {
  for (const raise of RAISES) {
    const outcomes = await runFamily(familyNamed('quiet'), TUNING_SEED, { size, settings: { ...settings, raise } })
    const { falseAlarmsPerQuietYear } = summarize(outcomes.map(({ score }) => score))
    console.log(`raise ${raise}: ${falseAlarmsPerQuietYear.toFixed(2)} false alarms a quiet year`)
    if (falseAlarmsPerQuietYear <= FALSE_ALARMS) return raise
  }
  return RAISES.at(-1) ?? 1
}

/** Minutes that 95 % intervals must be widened by on both sides to hold 95 % of the edges. */
async function fitMargin(name: string, settings: Partial<DetectSettings>, size: number): Promise<number> {
  const outcomes = await runFamily(familyNamed(name), TUNING_SEED, { size, settings: { ...settings, draws: 500 } })
  const outside = outcomes.flatMap(({ score }) =>
    score.blocks
      .filter(eligible)
      .flatMap(({ start, end }) => [start, end])
      .flatMap((edge) => (edge === undefined ? [] : [edge.outside])),
  )
  const margin = quantile(outside, 0.95) + defaultSettings().staggerMinutes // beyond what every interval is widened by
  console.log(`${name}: margin ${margin.toFixed(1)} min`)
  return Math.ceil(2 * margin) / 2
}

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const half = (size: number): number => Math.max(8, Math.round((size / 2) * (values.quick ? 0.1 : 1)))
const sizes = { own: half(1000), quiet: half(164) }
const rates = fitFromTruth(sizes.own)
const peak = await fitPeak(rates, sizes)
const raise = await fitRaise({ ...rates, peak, draws: 1 }, sizes.quiet)
const chosen = { ...rates, peak, raise }
const broken = half(224)
const margins = {
  2: await fitMargin('rollout2', chosen, broken),
  5: await fitMargin('rollout5', chosen, broken),
  15: await fitMargin('rollout15', chosen, broken),
}
const text = `import type { DetectSettings } from './settings.ts'

// Written by \`node bench/detect/tune.ts${values.quick ? ' --quick' : ''}\` from ${sizes.own + sizes.quiet} simulated series of the tuning half; not to be edited
// by hand.

/** Fitted settings of the detector. */
export const FITTED = ${JSON.stringify(chosen, null, 2)} satisfies Partial<DetectSettings>

/** Minutes of margin for devices that switch one after the other, by the standard deviation of their moments in minutes. */
export const STAGGER_MARGINS = ${JSON.stringify(margins)} as const
`
await writeFile(new URL('../../src/core/detect/chain/fitted.ts', import.meta.url), text)
