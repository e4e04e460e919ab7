import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import { formatAsn, instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Board, BoardNetwork } from '../now/board.ts'
import type { CellAt } from '../now/cell-at.ts'
import type { FirstChoice } from './choice.ts'
import { entriesOf } from '../../core/model/incident/entries.ts'
import { namedEntries } from '../incident/route.ts'
import type { FirstAnswer, FirstNetwork, FirstRow, FirstView, MatrixLine } from './page/shown.ts'
import { boardStrip } from '../now/strip-view.ts'
import { stripChart } from '../now/strip-chart.ts'
import type { PageChart } from '../take/page-chart.ts'
import { urls } from '../urls.ts'
import { say } from '../../core/text/format.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'

/** The six most used services of the country, in the order of the first screen. */
export const MOST_USED = ['youtube', 'whatsapp', 'instagram', 'telegram', 'tiktok', 'facebook'] as const
/** Networks in the matrix of the first screen, the reader's own among them; all are on the page of the matrix. */
const MOST_NETWORKS = 12
/** Services besides the six whose incident on the reader's network is shown above the matrix. */
const MOST_OTHERS = 3
/** Networks to choose from. */
const MOST_CHOICES = 40

/** What the page needs besides the board. */
export interface FirstContext {
  readonly lang: Lang
  readonly choice: FirstChoice
  readonly names: Names
}

/** Everything that the first screen says to a reader. */
export function firstView(board: Board, { lang, choice, names }: FirstContext): FirstView {
  const own = choice.kind === 'network' ? networkOf(choice.asn, { board, names }) : undefined
  const rows = own === undefined ? allRows(board) : ownRows(board, own.asn)
  const newest = own === undefined ? board.newest : newestOn(board, own.asn)
  const used = board.services.filter(({ id }) => isMostUsed(id))
  const inMatrix = [own ?? [], board.networks.filter(({ asn }) => asn !== own?.asn)].flat().slice(0, MOST_NETWORKS)
  return {
    choice,
    ...defined({ own }),
    choices: board.networks.filter(({ asn }) => asn !== own?.asn).slice(0, MOST_CHOICES),
    asOf: board.asOf,
    ...defined({ newest }),
    answer: answerOf(board, rows),
    rows,
    networks: inMatrix,
    matrix: matrixOf(board, inMatrix),
    // All of them: what continues tonight is never a tap away.
    running: namedEntries(entriesOf(board.running, board.episodes), names),
    strips: inUse(used).map(({ id, name }) =>
      boardStrip(lang, board, { service: id, title: name, ...defined({ asn: own?.asn }) }),
    ),
    simulated: board.simulated,
  }
}

/** Time of the newest measurement on one network: that of another says nothing of how fresh its answer is. */
function newestOn(board: Board, asn: Asn): Instant | undefined {
  const known = board.servicesOn(asn).flatMap((service) => board.cell(service, asn).latest ?? [])
  return known.length === 0 ? undefined : instant(Math.max(...known))
}

export const isMostUsed = (id: string): boolean => MOST_USED.some((service) => service === id)

/** Services in the order of the first screen. */
export const inUse = <T extends { readonly id: string }>(list: readonly T[]): readonly T[] =>
  MOST_USED.flatMap((id) => list.find((one) => one.id === id) ?? [])

/** A network as the board or the tables name it; an unknown one only by its number. */
export const networkOf = (asn: Asn, { board, names }: { readonly board: Board; readonly names: Names }): BoardNetwork =>
  board.networks.find((one) => one.asn === asn) ?? { asn, name: names.networkName(asn) ?? '' }

function ownRows(board: Board, asn: Asn): readonly FirstRow[] {
  const used = inUse(board.services)
  const others = board.running
    .filter((one) => one.asn === asn && !isMostUsed(one.service))
    .map(({ service }) => board.services.find(({ id }) => id === service))
    .filter((one) => one !== undefined)
  return [...used, ...new Set(others.slice(0, MOST_OTHERS))].map(({ id, name }) => {
    const cell = board.cell(id, asn)
    return { service: id, name, state: cell.state, scope: 'here', ...grounds(cell) }
  })
}

const grounds = ({ state, incident, latest }: CellAt): Pick<FirstRow, 'incident' | 'latest'> => ({
  ...(incident === undefined || incident.state === 'insufficient' ? {} : { incident }),
  ...(state === 'none' && latest !== undefined ? { latest } : {}),
})

const RESTRICTED = ['shut', 'part', 'slow'] as const

/**
 * Rows over all networks: a restriction on some of them is shown as such, with the number of those in the worst state.
 */
function allRows(board: Board): readonly FirstRow[] {
  return inUse(board.services).map(({ id, name }): FirstRow => {
    const cells = board.networks.map(({ asn }) => board.cell(id, asn))
    const known = cells.filter(({ state }) => state !== 'none')
    const worst = RESTRICTED.find((state) => known.some((cell) => cell.state === state))
    if (worst !== undefined) {
      const count = known.filter(({ state }) => state === worst).length
      return { service: id, name, state: worst, scope: 'some', networks: { count, total: known.length } }
    }
    const latest = Math.max(0, ...cells.map((cell) => cell.latest ?? 0))
    return {
      service: id,
      name,
      state: stateOfMost(known),
      scope: 'all',
      ...(known.length === 0 && latest > 0 ? { latest: latest as FirstView['asOf'] } : {}),
    }
  })
}

/** Two of three networks must agree before it is reported for all; none of them restricted it. */
function stateOfMost(known: readonly CellAt[]): FirstRow['state'] {
  const settled = known.filter(({ state }) => state === 'open' || state === 'fault')
  if (known.length === 0) return 'none'
  const share = (state: string): number => settled.filter((cell) => cell.state === state).length / settled.length
  if (settled.length === 0) return 'unkn'
  if (share('open') >= 2 / 3) return 'open'
  return share('fault') >= 2 / 3 ? 'fault' : 'unkn'
}

/** Worst first: of these the heading speaks. */
const SPOKEN_OF = ['shut', 'part', 'slow', 'fault'] as const

function answerOf(board: Board, rows: readonly FirstRow[]): FirstAnswer {
  if (board.newest === undefined) return { kind: 'empty' }
  if (rows.every(({ state }) => state === 'none') && isStale(board)) return { kind: 'stale', latest: board.newest }
  const having = (state: string): readonly string[] => rows.filter((row) => row.state === state).map(({ name }) => name)
  const state = SPOKEN_OF.find((one) => having(one).length > 0)
  const spoken = {
    open: having('open').length,
    unmeasured: having('none'),
    undetermined: having('unkn'),
  }
  if (state !== undefined) {
    const bad = rows.filter((row) => row.state === state)
    const seenByOthers = bad.some(({ incident }) => incident !== undefined && incident.probesFailed > 1)
    const rest = rows.filter((row) => row.state !== state)
    // Nothing is said about what was not measured: "the others open" is said only where each of them does.
    const others = spoken.open === 0 ? 'none' : rest.every((row) => row.state === 'open') ? 'all' : 'some'
    return { kind: 'state', state, services: having(state), seenByOthers, others, ...spoken }
  }
  if (spoken.open === 0 && spoken.undetermined.length === 0) {
    const isShut = (id: string): boolean => board.networks.some(({ asn }) => board.cell(id, asn).state === 'shut')
    return { kind: 'none', elsewhere: rows.filter((row) => isShut(row.service)).map(({ name }) => name), ...spoken }
  }
  if (spoken.open === 0) return { kind: 'unkn', ...spoken }
  return { kind: spoken.unmeasured.length + spoken.undetermined.length === 0 ? 'open' : 'quiet', ...spoken }
}

/** Whether nothing at all was measured in the hours that a board speaks of. */
const isStale = (board: Board): boolean =>
  board.networks.every(({ asn }) =>
    board.services.every(({ id }) => {
      const cell = board.cell(id, asn)
      return cell.measurements === 0 && cell.incident === undefined
    }),
  )

const matrixOf = (board: Board, networks: readonly FirstNetwork[]): readonly MatrixLine[] =>
  [...inUse(board.services), ...board.services.filter(({ id }) => !isMostUsed(id))].map(({ id, name }) => ({
    service: id,
    name,
    cells: networks.map(({ asn }) => {
      const { state, devices, measurements } = board.cell(id, asn)
      return { state, devices, measurements }
    }),
  }))

/** The strips of the first screen as a chart to be taken: of one network, or of all of them. */
export function firstStripChart(lang: Lang, { own, strips, asOf, simulated }: FirstView): PageChart | undefined {
  const network = own === undefined ? undefined : { network: formatAsn(own.asn) }
  return stripChart(lang, {
    path: 'days/first',
    ...(network === undefined ? {} : { query: `?${new URLSearchParams(network).toString()}` }),
    page: urls.first(lang, own === undefined ? 'all' : own.asn),
    at: asOf,
    simulated,
    subject:
      own === undefined
        ? say(lang, 'board.all-networks')
        : networkLabel(lang, own.asn, own.name === '' ? undefined : own.name),
    list: strips,
    of: 'service',
  })
}
