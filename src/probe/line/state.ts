import { CLOCK_WRONG_FROM } from '../../core/ooni/encode/moment.ts'
import { isAbroadFiltered } from '../../core/model/measured/abroad-look.ts'
import type { CanaryTally, LineReport, LineState } from '../../core/model/measured/service-run.ts'

/** What was found, before it is put into one word. */
export type LineFindings = Omit<LineReport, 'state'> & {
  /** Whether anything at all answered without a name: a resolver asked by packets, an address. */
  readonly answersWithoutNames: boolean
}

/** Of the canaries of one moment so many must pass. */
const ENOUGH = 0.6

const isWell = ({ tried, passed }: CanaryTally): boolean => tried > 0 && passed >= Math.ceil(tried * ENOUGH)

/**
 * One word for the line. The order is that of explanations: a connection that carries nothing is down in any case; a
 * sign-in page explains a broken resolver; a tunnel explains strange answers. docs/methods/measuring.md, line.
 */
export function stateOf(line: LineFindings): LineState {
  const before = line.canaries.filter(({ moment }) => moment === 'before')
  const dead = before.length > 0 && before.every(({ passed }) => passed === 0)
  if (line.portal === 'found') return 'captive-portal'
  if (dead && line.resolver === 'broken' && line.answersWithoutNames) return 'resolver-broken'
  if (dead && line.resolver !== 'broken' && line.answersWithoutNames) return 'unstable'
  if (dead) return 'down'
  if (line.resolver === 'broken') return 'resolver-broken'
  if (line.tunnel === 'found') return 'tunnelled'
  if (line.changed) return 'network-changed'
  if (isAbroadFiltered(line.abroad ?? [])) return 'abroad-filtered'
  const offset = line.clock?.offset
  if (offset !== undefined && Math.abs(offset) >= CLOCK_WRONG_FROM) return 'clock-wrong'
  if (!line.canaries.every(isWell)) return 'unstable'
  return line.ipv6 ? 'ok' : 'no-ipv6'
}

/** States in which no service is measured: the line would be measured instead, or another line. */
const NOTHING_TO_MEASURE: ReadonlySet<LineState> = new Set([
  'down',
  'captive-portal',
  'resolver-broken',
  'tunnelled',
  'abroad-filtered',
])
export const bearsMeasuring = (state: LineState): boolean => !NOTHING_TO_MEASURE.has(state)
