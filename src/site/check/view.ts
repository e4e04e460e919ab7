import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import type { Asn } from '../../core/model/units.ts'
import type { RecentSeries } from '../../store/warehouse/contract.ts'
import type { Board, BoardNetwork, BoardService } from '../now/board.ts'
import type { MarkName } from '../parts/mark.ts'
import type { CellAt } from '../now/cell-at.ts'
import type { FirstChoice } from '../first/choice.ts'
import { isMostUsed, MOST_USED, networkOf } from '../first/view.ts'
import type { CheckEnd, CheckNetwork, CheckRow, CheckView, Conclusion, OpenCount } from './page/check.ts'

/** Devices on one network that must agree before a reader sees what "others" get. */
const FEWEST_OTHERS = 2
/** Share of devices elsewhere that must fail before the service itself is thought to be away. */
const MOST_FAIL = 2 / 3

/** What the devices of others tell a reader of one network. */
export function checkView(
  board: Board,
  { choice, names }: { readonly choice: FirstChoice; readonly names: Names },
): CheckView {
  const base = { choice, asOf: board.asOf, simulated: board.simulated }
  if (choice.kind !== 'network')
    return { ...base, choices: board.networks, networks: board.networks.map((one) => networkRow(board, one)) }
  const { asn } = choice
  const own = networkOf(asn, { board, names })
  const rows = asked(board, asn).map((service) => rowOf(board, asn, service))
  return {
    ...base,
    choices: board.networks.filter((one) => one.asn !== asn),
    found: { own, rows, end: endOf(rows, { board, asn }) },
  }
}

const TROUBLED = ['shut', 'part', 'slow', 'fault'] as const

/** A network by what is seen on it now, of the services that its own page asks about. */
function networkRow(board: Board, network: BoardNetwork): CheckNetwork {
  const cells = asked(board, network.asn).map(({ id, name }) => ({ name, state: board.cell(id, network.asn).state }))
  const having = (state: MarkName): readonly string[] =>
    cells.filter((cell) => cell.state === state).map(({ name }) => name)
  const troubled = TROUBLED.map((state) => ({ state, services: having(state) })).filter(
    ({ services }) => services.length > 0,
  )
  const calm = having('open').length > 0 ? 'open' : having('unkn').length > 0 ? 'unkn' : 'none'
  return { ...network, state: troubled[0]?.state ?? calm, troubled }
}

/** The six services, and any other that is restricted on the network now. */
function asked(board: Board, asn: Asn): readonly BoardService[] {
  const used = MOST_USED.flatMap((id) => board.services.find((one) => one.id === id) ?? [])
  const running = new Set(board.running.filter((one) => one.asn === asn).map(({ service }) => service))
  return [...used, ...board.services.filter(({ id }) => running.has(id) && !isMostUsed(id))]
}

function rowOf(board: Board, asn: Asn, { id, name }: BoardService): CheckRow {
  const cell = board.cell(id, asn)
  const own = board.recent(id, asn)
  const others = board.networks.filter((one) => one.asn !== asn).flatMap((one) => board.recent(id, one.asn) ?? [])
  return {
    service: id,
    name,
    state: cell.state,
    here: countOf(own === undefined ? [] : [own]),
    elsewhere: countOf(others),
    conclusion: conclude(cell, { own, others }),
  }
}

const totalOf = ({ kinds }: RecentSeries): number =>
  kinds.reachable + kinds.interfered + kinds.unreachable + kinds.inconclusive

function countOf(series: readonly RecentSeries[]): OpenCount {
  const sum = (of: (one: RecentSeries) => number): number => series.reduce((total, one) => total + of(one), 0)
  return {
    opened: sum(({ kinds }) => kinds.reachable),
    total: sum(totalOf),
    unit: sum(({ devices }) => devices) > 0 ? 'devices' : 'measurements',
  }
}

function conclude(
  { state, incident }: CellAt,
  { own, others }: { readonly own: RecentSeries | undefined; readonly others: readonly RecentSeries[] },
): Conclusion {
  switch (state) {
    case 'shut':
    case 'part':
    case 'slow':
      return incident !== undefined && incident.probesFailed >= FEWEST_OTHERS ? 'same' : 'unknown'
    case 'open':
      return own !== undefined && own.kinds.reachable >= FEWEST_OTHERS ? 'yours' : 'unknown'
    case 'fault': {
      const settled = others.reduce((sum, one) => sum + totalOf(one) - one.kinds.inconclusive, 0)
      const failed = others.reduce((sum, { kinds }) => sum + kinds.unreachable, 0)
      return settled >= FEWEST_OTHERS && failed >= MOST_FAIL * settled ? 'service' : 'unknown'
    }
    case 'unkn':
    case 'none':
      return 'unknown'
  }
}

/** One closing sentence: what others share with the reader comes first, then what only the service can explain. */
function endOf(rows: readonly CheckRow[], { board, asn }: { readonly board: Board; readonly asn: Asn }): CheckEnd {
  const having = (conclusion: Conclusion): readonly CheckRow[] => rows.filter((row) => row.conclusion === conclusion)
  const namesOf = (list: readonly CheckRow[]): readonly string[] => list.map(({ name }) => name)
  const same = having('same')
  if (same.length > 0) {
    const [only, more] = same
    const start = only === undefined || more !== undefined ? undefined : board.cell(only.service, asn).incident?.start
    const since = start?.median ?? start?.bracket[1]
    return { kind: 'same', services: namesOf(same), ...defined({ since }) }
  }
  const away = having('service')
  if (away.length > 0) return { kind: 'service', services: namesOf(away) }
  const unknown = having('unknown')
  if (having('yours').length === 0) return { kind: 'unknown' }
  return unknown.length === 0 ? { kind: 'yours' } : { kind: 'partly', services: namesOf(unknown) }
}
