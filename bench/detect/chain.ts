import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { STAGGER_MARGINS } from '../../src/core/detect/chain/fitted.ts'
import type { Figure } from '../run.ts'
import { drawDelays, drawRecall } from './drawing.ts'
import { FAMILIES, REPORTING_SEED } from './families.ts'
import type { Family } from './families.ts'
import { compareRivals } from './rival-summary.ts'
import type { RivalLine } from './rival-summary.ts'
import { runFamily } from './run-family.ts'
import type { SeriesOutcome } from './series-worker.ts'
import { summarize } from './summary.ts'
import type { Share, Summary } from './summary.ts'

const QUICK_SHARE = 0.02

const percent = ({ value, lo95, hi95, of }: Share): string =>
  `${(100 * value).toFixed(1)} % [${(100 * lo95).toFixed(1)}, ${(100 * hi95).toFixed(1)}] of ${of}`

const at = (value: number, digits = 4): number | null => (Number.isFinite(value) ? Number(value.toFixed(digits)) : null)

/** Runs one family of the reporting half. */
async function report(family: Family, quick: boolean): Promise<readonly SeriesOutcome[]> {
  const { rollOutMinutes } = family
  return await runFamily(family, REPORTING_SEED, {
    size: quick ? Math.max(6, Math.round(family.size * QUICK_SHARE)) : family.size,
    settings: rollOutMinutes === undefined ? {} : { staggerMinutes: STAGGER_MARGINS[rollOutMinutes] },
    rivals: family.name === 'own' || family.name === 'quiet',
  })
}

const familyOf = (name: string): Family => {
  const family = FAMILIES.find((one) => one.name === name)
  if (family === undefined) throw new RangeError(`Cannot run family "${name}": not in the list`)
  return family
}

/** Incidents in simulated series against their truth: found, false, dated, in time; and the rivals on the same series. */
export async function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, unknown>>
  readonly rivals: Readonly<Record<string, unknown>>
  readonly drawing: string
}> {
  const own = await report(familyOf('own'), quick)
  const quiet = await report(familyOf('quiet'), quick)
  const all = [...own, ...quiet]
  const main = summarize(all.map(({ score }) => score))
  const rivals = compareRivals(all)
  const modelled = await runFamily(familyOf('own'), REPORTING_SEED + 500_000, {
    size: quick ? 10 : 300,
    asModel: true,
    settings: { staggerMinutes: 0 }, // the margin is for what the model does not know
  })
  const model = summarize(modelled.map(({ score }) => score))
  const broken: { family: Family; summary: Summary }[] = []
  for (const family of FAMILIES.slice(2))
    broken.push({ family, summary: summarize((await report(family, quick)).map(({ score }) => score)) })
  return {
    table: [...mainRows(main), ...rivalRows(rivals), ...modelRows(model), ...broken.flatMap(familyRows)],
    json: {
      ...brief(main),
      false_incidents: main.falseIncidents,
      quiet_years: at(main.quietYears, 1),
      cells: main.cells.map((cell) => ({ ...cell, medianDelay: at(cell.medianDelay, 2) })),
      as_model: brief(model),
      families: Object.fromEntries(broken.map(({ family, summary }) => [family.name, brief(summary)])),
      peak: defaultSettings().peak,
      raise: defaultSettings().raise,
    },
    rivals: Object.fromEntries(
      rivals.map((line) => [
        line.rival,
        {
          recall: at(line.recall),
          false_per_quiet_series_year: at(line.falsePerYear, 3),
          kuager_recall_at_that: at(line.ours),
          kuager_false_at_that: at(line.oursFalse, 3),
        },
      ]),
    ),
    drawing: `${drawRecall(main)}\n\n${drawDelays(main)}`,
  }
}

function brief(summary: Summary): Readonly<Record<string, unknown>> {
  return {
    recall: at(summary.recall.value),
    false_per_quiet_series_year: at(summary.falsePerQuietYear, 3),
    coverage95: at(summary.coverage95.value),
    median_delay_intervals: at(summary.medianDelay, 2),
    recall_full: at(summary.full.value),
    recall_partial: at(summary.partial.value),
    recall_throttled: at(summary.throttled.value),
    recall_overlap_half: at(summary.matched),
    recall_three_failed: at(summary.recallFailed),
    coverage95_start: at(summary.start95.value),
    coverage95_end: at(summary.end95.value),
    coverage50: at(summary.coverage50),
    width95_start_min: at(summary.startWidth, 1),
    width95_end_min: at(summary.endWidth, 1),
    delay90_intervals: at(summary.delay90, 2),
    never_alarmed: at(summary.neverAlarmed),
    false_alarms_per_quiet_series_year: at(summary.falseAlarmsPerQuietYear, 3),
    false_per_other_series_year: at(summary.falsePerOtherYear, 3),
    flapping: at(summary.flapping),
    one_incident: at(summary.oneIncident),
    p_one_below_09: at(summary.pOneBelow),
    brier_curve: at(summary.brier, 5),
    series: summary.series,
    readings: summary.readings,
    blocks: summary.blocks,
  }
}

const delay = (intervals: number): string =>
  Number.isFinite(intervals) ? `${intervals.toFixed(2)} (${Math.round(intervals * 15)} min)` : 'never'

function mainRows(main: Summary): readonly Figure[] {
  const { recall, full, partial, coverage95, falsePerQuietYear, medianDelay } = main
  const within = (value: number, low: number, high: number): boolean => value >= low && value <= high
  return [
    { figure: 'Series; readings', value: `${main.series}; ${main.readings.toLocaleString('en').replaceAll(',', ' ')}` },
    { figure: 'Restrictions found (≥ 1 h, ≥ 3 devices)', value: percent(recall), target: '≥ 95 %', met: recall.value >= 0.95 }, // prettier-ignore
    { figure: '  full ones', value: percent(full), target: '≥ 98 %', met: full.value >= 0.98 },
    { figure: '  partial ones', value: percent(partial), target: '≥ 85 %', met: partial.value >= 0.85 },
    { figure: '  throttled ones', value: percent(main.throttled) },
    { figure: '  all, by an incident that shares half of the time', value: main.matched },
    { figure: '  all in which ≥ 3 devices failed', value: main.recallFailed },
    { figure: `False incidents a quiet year (${main.falseIncidents} in ${main.quietYears.toFixed(1)})`, value: falsePerQuietYear, target: '≤ 0.5', met: falsePerQuietYear <= 0.5 }, // prettier-ignore
    { figure: '  outside restrictions in other series, a year', value: main.falsePerOtherYear },
    { figure: 'Median delay of the live alarm, quarters of an hour', value: delay(medianDelay), target: '≤ 2', met: medianDelay <= 2 }, // prettier-ignore
    { figure: '  nine in ten within; never', value: `${delay(main.delay90)}; ${(100 * main.neverAlarmed).toFixed(1)} %` }, // prettier-ignore
    { figure: '  false alarms a quiet year', value: main.falseAlarmsPerQuietYear, target: '≤ 1', met: main.falseAlarmsPerQuietYear <= 1 }, // prettier-ignore
    { figure: '  restrictions with more than one alarm', value: main.flapping },
    { figure: '95 % intervals, as wide as without any one device, that hold the truth', value: percent(coverage95), target: '≥ 95 %', met: coverage95.value >= 0.95 }, // prettier-ignore
    { figure: '  of starts', value: percent(main.start95) },
    { figure: '  of ends', value: percent(main.end95) },
    {
      figure: '50 % intervals that hold the truth',
      value: main.coverage50,
      target: '0.45–0.6',
      met: within(main.coverage50, 0.45, 0.6),
    },
    { figure: 'Median width of 95 % intervals, start and end', value: `${main.startWidth.toFixed(0)} and ${main.endWidth.toFixed(0)} min` }, // prettier-ignore
    { figure: 'Found restrictions that one incident covers', value: main.oneIncident },
    { figure: '  with P(one episode) below 0.9', value: main.pOneBelow },
    { figure: 'Brier score of P(restricted) around incidents', value: main.brier },
  ]
}

const rivalRows = (rivals: readonly RivalLine[]): readonly Figure[] =>
  rivals.map(({ rival, recall, falsePerYear, ours, oursFalse }) => ({
    figure: `Rival ${rival}: found ${(100 * recall).toFixed(1)} %, ${falsePerYear.toFixed(2)} false a quiet year`,
    value: `Kuager ${(100 * ours).toFixed(1)} % at ${oursFalse.toFixed(2)}`,
    target: 'higher',
    met: ours > recall || (rival === 'silence' && ours >= recall),
  }))

const modelRows = (model: Summary): readonly Figure[] => [
  {
    figure: 'Generator equal to the model: 95 % intervals, without the margin',
    value: percent(model.coverage95),
    target: '≥ 95 %',
    met: model.coverage95.value >= 0.95,
  },
]

const familyRows = ({ family, summary }: { family: Family; summary: Summary }): readonly Figure[] => [
  {
    figure: `Model broken: ${family.label}`,
    value: `found ${(100 * summary.recall.value).toFixed(1)} %, false ${summary.falsePerQuietYear.toFixed(2)}, held ${(100 * summary.coverage95.value).toFixed(1)} %, delay ${summary.medianDelay.toFixed(2)}`,
  },
]
