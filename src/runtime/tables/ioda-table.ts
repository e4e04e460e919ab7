import { defined } from '../../core/model/defined.ts'
import type { InputError } from '../../core/model/errors.ts'
import type { ObservedOutage } from '../../core/model/tables/others.ts'
import { instant, parseAsn, type Instant } from '../../core/model/units.ts'
import { parseCsv } from '../../core/model/csv.ts'

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
/** `Wednesday, March 17, 2021, 4:40:00 PM`; a few rows are written `4/3/2020  15:15:00 PM`. */
const SPOKEN = /^[a-z]+, ([a-z]+) (\d{1,2}), (\d{4}), (\d{1,2}):(\d{1,2})(?::(\d{1,2}))? ([ap])m$/i
const SHORT = /^(\d{1,2})\/(\d{1,2})\/(\d{4})\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))? ([ap])m$/i

/** Columns that are read, by the beginning of their heading. */
const COLUMNS = { begin: 'begin time', end: 'end time', country: 'country', scope: 'scope', network: 'as' } as const

/** What becomes of a table without its columns, and of a row that cannot be read. */
export interface OutageTableProblems {
  readonly refuse: (line: number, found: string) => InputError
  readonly setAside: (line: number, found: string) => void
}

/**
 * Reads IODA's table of investigated outages: those of one country, its regions and networks. Times are taken for UTC,
 * as IODA writes them. Why something happened is left out: that is no measurement. `refuse` makes the error for a table
 * without its columns; a row that cannot be read goes to `setAside`.
 */
export function readOutageTable(
  body: string,
  country: string,
  { refuse, setAside }: OutageTableProblems,
): readonly ObservedOutage[] {
  const [head, ...rows] = parseCsv(body)
  const heads = head?.cells.map((cell) => cell.trim().toLowerCase()) ?? []
  const column = (name: keyof typeof COLUMNS): number => {
    const wanted = COLUMNS[name]
    const found = heads.findIndex((one) => (name === 'scope' ? one.startsWith(wanted) : one === wanted))
    if (found < 0) throw refuse(1, `there is no column "${wanted}"`)
    return found
  }
  const at = { begin: column('begin'), end: column('end'), country: column('country') }
  const [scope, network] = [column('scope'), column('network')]
  return rows.flatMap(({ line, cells }): readonly ObservedOutage[] => {
    const cell = (place: number): string => (cells[place] ?? '').trim()
    if (cell(at.country).toLowerCase() !== country.toLowerCase()) return []
    const from = timeOf(cell(at.begin))
    const until = timeOf(cell(at.end))
    const wrongEnd = until === undefined && !/^(?:n\/a|unknown)?$/i.test(cell(at.end))
    if (from === undefined || wrongEnd) {
      setAside(line, `"${cell(from === undefined ? at.begin : at.end).slice(0, 60)}" is no time`)
      return []
    }
    if (until !== undefined && until < from) {
      setAside(line, 'it ends before it begins')
      return []
    }
    return [{ entity: entityOf(cell(scope), cell(network)), from, ...defined({ until }) }]
  })
}

function entityOf(scope: string, network: string): ObservedOutage['entity'] {
  const number = /\d{1,10}/.exec(network)?.[0]
  if (/^as\b|^asn\b/i.test(scope) && number !== undefined) return { kind: 'network', asn: parseAsn(number) }
  return { kind: /^country/i.test(scope) ? 'country' : 'region' }
}

function timeOf(text: string): Instant | undefined {
  const spoken = SPOKEN.exec(text)
  const short = spoken === null ? SHORT.exec(text) : null
  const [month, day, year, hour, minute, second, half] =
    spoken !== null
      ? [MONTHS.indexOf(spoken[1]?.toLowerCase() ?? ''), ...spoken.slice(2)]
      : [Number(short?.[1]) - 1, ...(short?.slice(2) ?? [])]
  if (half === undefined || Number(month) < 0) return undefined
  // Some rows write 24 hours and the half of the day beside them.
  const twelve = Number(hour) > 12 ? Number(hour) : (Number(hour) % 12) + (String(half).toLowerCase() === 'p' ? 12 : 0)
  const at = Date.UTC(Number(year), Number(month), Number(day), twelve, Number(minute), Number(second ?? 0))
  return Number.isNaN(at) ? undefined : instant(at)
}
