import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS, WEEK_MS } from '../../core/model/duration.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import { instant, type Asn } from '../../core/model/units.ts'
import type { Board } from '../now/board.ts'
import type { CrowdSignal } from '../check/desk.ts'
import type { PeopleRow, PeopleView } from './page/people.ts'
import type { PeopleReports, PublishedCell } from './people-reports.ts'
import type { Topic } from '../urls.ts'
import { urls } from '../urls.ts'
import type { Lang } from '../../core/text/lang.ts'

/** Reports are counted for so long before the present, signals are shown for so long. */
const REPORTS_MS = DAY_MS
const SIGNALS_MS = WEEK_MS
/** Signals on one page. */
const MOST_SIGNALS = 6
/** Texts on one page. */
const MOST_NOTES = 5

export interface PeopleParts {
  readonly reports: PeopleReports
  readonly checks?: () => Promise<readonly CrowdSignal[]>
  readonly board: Board
  readonly names: Names
}

/**
 * What people say about a service or a network, next to what probes see of the same. Nothing of it enters a verdict.
 */
export async function peopleView(lang: Lang, about: Topic, parts: PeopleParts): Promise<PeopleView> {
  const { board, reports, names } = parts
  const until = instant(Math.ceil(board.asOf / HOUR_MS) * HOUR_MS)
  const [cells, signals, checks, notes] = await Promise.all([
    reports.cells({ since: instant(until - REPORTS_MS), until }),
    reports.signals(),
    parts.checks?.() ?? [],
    'service' in about ? reports.notes(about.service) : [],
  ])
  const own = cells.filter((cell) => isAbout(cell, about))
  const named = own.filter(({ asn }) => asn !== undefined)
  const beside = checks.filter((one) => isAbout(one, about))
  const keyOf = (one: { readonly service: string; readonly asn?: Asn; readonly said?: boolean }): string =>
    `${one.service} ${one.asn ?? 0} ${one.said === true}`
  const keys = new Map([...named, ...beside].map((one) => [keyOf(one), one]))
  const rows = [...keys].map(([key, { service, asn, ...rest }]): PeopleRow => {
    const said = 'said' in rest && rest.said === true
    const cell = asn === undefined ? undefined : board.cell(service, asn)
    const found = said ? undefined : beside.find((one) => keyOf(one) === key)
    return {
      name: 'service' in about ? networkName(asn, board, names) : serviceName(names, service),
      ...('service' in about && asn !== undefined ? { number: `AS${asn}` } : {}),
      ...(asn === undefined ? {} : { href: urls.series(lang, service, asn) }),
      said,
      reports: sum(named.filter((one) => keyOf(one) === key)),
      ...defined({ fails: found?.fails, opens: found?.opens }),
      ...(cell === undefined || said ? {} : { state: cell.state, devices: cell.devices }),
    }
  })
  return {
    simulated: board.simulated,
    asOf: board.asOf,
    rows: rows.toSorted((a, b) => b.reports - a.reports),
    elsewhere: sum(own.filter(({ asn }) => asn === undefined)),
    signals: signals
      .filter((one) => isAbout(one, about) && one.began[0] >= board.asOf - SIGNALS_MS && one.began[0] <= board.asOf)
      .slice(0, MOST_SIGNALS)
      .map((signal) => ({
        ...signal,
        name:
          'asn' in about
            ? serviceName(names, signal.service)
            : signal.asn === undefined
              ? undefined
              : networkName(signal.asn, board, names),
      })),
    notes: notes.slice(0, MOST_NOTES),
    data: urls.apiReports(about),
  }
}

const sum = (cells: readonly PublishedCell[]): number => cells.reduce((total, { count }) => total + count, 0)

/** A page of a network speaks of what addresses show to be on it. */
const isAbout = (
  one: { readonly service: string; readonly asn?: Asn; readonly said?: boolean },
  about: Topic,
): boolean => ('service' in about ? one.service === about.service : one.asn === about.asn && one.said !== true)

function networkName(asn: Asn | undefined, board: Board, names: Names): string {
  const name = board.networks.find((one) => one.asn === asn)?.name ?? (asn === undefined ? '' : names.networkName(asn))
  return name === undefined || name === '' ? `AS${asn}` : name
}
