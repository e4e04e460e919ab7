// What people do on a site and on a letter service: how much is acknowledged a second, what a kill in the middle loses,
// and what a flood from few addresses does to the numbers that are shown.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scale } from './people/flood.ts'
import { letterDay, reportDay, type FloodRun } from './people/flood-runs.ts'
import { floodAtPace } from './people/flood-pace.ts'
import { letterRush } from './people/letter-rush.ts'
import { Load, type Sent } from './people/load.ts'
import { reportRush } from './people/report-rush.ts'
import type { Bench, Figure } from './run.ts'

const SIGNATURES = 300
const REPORTS = 1000
const MOST_SHIFT = 0.01
const WHOLE: Scale = { real: 24_000, forged: 100_000, forgers: 500 }
const QUICK: Scale = { real: 2400, forged: 10_000, forgers: 50 }
const PACE_MINUTES = [30, 60, 90, 100, 360, 720, 1440] as const

type Day = (root: string, load: Load, scale: Scale, withFlood: boolean) => Promise<FloodRun>

interface Flood {
  readonly quiet: FloodRun
  readonly flooded: FloodRun
  /** How far the shown number moves, as a part of what it is without the flood. */
  readonly shift: number
}

export const bench: Bench = {
  summary: 'signatures and reports: acknowledged a second, what a kill loses, what a flood moves',
  async run({ quick }) {
    const root = await mkdtemp(join(tmpdir(), 'kuager-bench-people-'))
    try {
      using load = new Load()
      const seconds = quick ? 2 : 10
      const letter = await letterRush(join(root, 'rush'), load, seconds, SIGNATURES)
      const report = await reportRush(join(root, 'rush'), load, seconds, REPORTS)
      const scale = quick ? QUICK : WHOLE
      const flood = async (day: Day, name: string): Promise<Flood> => {
        const quiet = await day(join(root, name, 'quiet'), load, scale, false)
        const flooded = await day(join(root, name, 'flooded'), load, scale, true)
        return { quiet, flooded, shift: Math.abs(flooded.shown - quiet.shown) / quiet.shown }
      }
      const signed = await flood(letterDay, 'letter')
      const told = await flood(reportDay, 'report')
      const lost = letter.lost + report.lost
      const doubled = letter.doubled + report.doubled
      const shift = Math.max(signed.shift, told.shift)
      const { attacked, forged } = signed.flooded.by
      const slow = PACE_MINUTES.map((minutes) => ({
        minutes,
        known_carrier: floodAtPace('many', minutes).perAddress,
        unknown: floodAtPace('some', minutes).perAddress,
        rented: floodAtPace('few', minutes).perAddress,
      }))
      return {
        table: [
          ...rushFigures('signatures', letter, SIGNATURES),
          {
            figure: 'the log counts what was acknowledged',
            value: String(letter.proves),
            target: 'true',
            met: letter.proves,
          },
          { figure: 'held after the kill, until reviewed', value: letter.held },
          ...rushFigures('reports', report, REPORTS),
          { figure: 'acknowledged and missing', value: lost, target: '0', met: lost === 0 },
          { figure: 'doubled', value: doubled, target: '0', met: doubled === 0 },
          ...floodFigures('signatures', signed),
          { figure: 'real people behind attacked carriers, counted', value: partOf(attacked.counted, attacked.sent) },
          ...floodFigures('reports', told),
          ...slow.map(({ minutes, known_carrier, unknown, rented }) => ({
            figure: `of 200 forged in ${minutes} minutes by one of a carrier, unknown, rented: counted`,
            value: `${known_carrier}, ${unknown}, ${rented}`,
          })),
        ],
        json: {
          signatures_per_s: letter.perSecond,
          reports_per_s: report.perSecond,
          lost,
          doubled,
          flood: { forged: scale.forged, shift },
          count_proves: letter.proves,
          held_after_kill: letter.held,
          // Of reports it cannot be told whose a counted one is.
          flood_signatures: { ...summaryOf(signed), behind_attacked_carriers_counted: attacked.counted },
          flood_reports: summaryOf(told),
          forged_counted: forged.counted,
          slow_flood: slow,
        },
      }
    } finally {
      await rm(root, { recursive: true })
    }
  },
}

const partOf = (some: number, of: number): number => Math.round((some / of) * 1000) / 1000
const share = (values: readonly number[], of: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length * of)] ?? Number.NaN)
const refusedOf = ({ refused }: Sent): number => Object.values(refused).reduce((sum, one) => sum + one, 0)

interface Rush {
  readonly perSecond: number
  readonly steady: Sent
  readonly serverMicros: number
  readonly acknowledged: number
}

const rushFigures = (
  what: string,
  { perSecond, steady, serverMicros, acknowledged }: Rush,
  target: number,
): readonly Figure[] => [
  { figure: `${what} acknowledged a second`, value: perSecond, target: `≥ ${target}`, met: perSecond >= target },
  { figure: `${what} refused or put off`, value: refusedOf(steady), target: '0', met: refusedOf(steady) === 0 },
  { figure: `${what}: half of the answers within, ms`, value: share(steady.latenciesMs, 0.5) },
  { figure: `${what}: 99 in 100 within, ms`, value: share(steady.latenciesMs, 0.99) },
  { figure: `${what}: processor µs of the server, each`, value: serverMicros },
  { figure: `${what} acknowledged in all, the killed run included`, value: acknowledged },
]

const floodFigures = (what: string, { quiet, flooded, shift }: Flood): readonly Figure[] => [
  { figure: `forged ${what}, acknowledged`, value: flooded.by.forged.acknowledged },
  { figure: `shown ${what} without and with them`, value: `${quiet.shown} and ${flooded.shown}` },
  {
    figure: `moved by a part of`,
    value: Math.round(shift * 1e5) / 1e5,
    target: `< ${MOST_SHIFT}`,
    met: shift < MOST_SHIFT,
  },
  {
    figure: `real ${what} behind attacked carriers, accepted`,
    value: partOf(flooded.by.attacked.acknowledged, flooded.by.attacked.sent),
    target: '1',
    met: flooded.by.attacked.acknowledged === flooded.by.attacked.sent,
  },
]

const summaryOf = ({ quiet, flooded, shift }: Flood): Readonly<Record<string, unknown>> => ({
  shift,
  shown_without: quiet.shown,
  shown_with: flooded.shown,
  real_sent: flooded.by.real.sent + flooded.by.attacked.sent,
  forged_accepted: flooded.by.forged.acknowledged,
  behind_attacked_carriers: flooded.by.attacked.sent,
  behind_attacked_carriers_accepted: flooded.by.attacked.acknowledged,
})
