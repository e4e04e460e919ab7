import type { FailureCode } from './failure.ts'
import type { Observation, TcpObservation, TlsObservation } from './observation.ts'

/** The half of a pair that failed while the other was answered: the name under test, or the control name. */
export const DISCORDANT = ['named', 'control'] as const
export type Discordant = (typeof DISCORDANT)[number]

/** Nothing came back, or the connection was cut: the same words for both halves. */
const CUT: ReadonlySet<FailureCode> = new Set([
  'generic_timeout_error',
  'timed_out',
  'connection_reset',
  'connection_aborted',
  'network_reset',
  'eof_error',
])
/** Words of a server that was reached. */
const ANSWERED: ReadonlySet<FailureCode> = new Set([
  'ssl_invalid_hostname',
  'ssl_unknown_authority',
  'ssl_invalid_certificate',
  'ssl_alert',
  'ssl_failed_handshake',
])

type Ending = 'answered' | 'cut' | 'other'

function endingOf({ failure }: TlsObservation): Ending {
  if (failure === undefined || ANSWERED.has(failure.code)) return 'answered'
  return CUT.has(failure.code) ? 'cut' : 'other'
}

/**
 * Which half of the first discordant pair of a measurement failed; undefined where no pair was discordant. It is asked so
 * that under "the two names may be exchanged" either half is as probable (docs/methods/cause.md, "What the pairs show"):
 * only pairs count whose control was planned before anything had failed, both halves end by the same words, and where a
 * second control follows, the name under test counts as failed alone only if that is answered too: one whose connection was
 * not even opened is not. It is in the model because the warehouse stores it as a column.
 */
export function discordantOf(observations: readonly Observation[]): Discordant | undefined {
  const shaken = observations.flatMap((row) =>
    row.kind === 'tls' &&
    row.side === 'probe' &&
    row.address !== undefined &&
    (row.role === 'target' || row.role === 'innocent')
      ? [row]
      : [],
  )
  const unopened = observations.filter(
    (row): row is TcpObservation =>
      row.kind === 'tcp' && row.side === 'probe' && row.role === 'innocent' && row.failure !== undefined,
  )
  const shut = new Set(unopened.filter(({ round }) => (round ?? 0) === 0).map(addressOf))
  const places = Map.groupBy(shaken, (row) => `${row.part} ${addressOf(row)}`)
  const found = [...places.values()].flatMap((rows) => firstRound(rows, shut) ?? [])
  return found.toSorted((a, b) => a.at - b.at)[0]?.half
}

const addressOf = ({ address, port }: TcpObservation | TlsObservation): string => `${address ?? ''} ${port ?? ''}`

/** `shut`: addresses to which a control of that round was not connected, and so not answered. */
function firstRound(
  rows: readonly TlsObservation[],
  shut: ReadonlySet<string>,
): { readonly at: number; readonly half: Discordant } | undefined {
  const first = rows.filter(({ round }) => (round ?? 0) === 0)
  const target = first.find(({ role }) => role === 'target')
  const controls = first.filter(({ role }) => role === 'innocent')
  const [control] = controls.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
  if (target === undefined || control === undefined) return undefined
  const at = target.startedAt ?? 0
  // Of our own probe, whose rows tell their round: a control that came only once the target had failed was not planned.
  if (target.round !== undefined && (control.startedAt ?? 0) > at) return undefined
  const endings = controls.map(endingOf)
  const own = endingOf(target)
  if (own === 'answered' && endings.includes('cut')) return { at, half: 'control' }
  return own === 'cut' && !shut.has(addressOf(target)) && endings.every((ending) => ending === 'answered')
    ? { at, half: 'named' }
    : undefined
}
