import type { FailureCode } from '../../model/measured/failure.ts'
import type { Observation, QuicObservation, TcpObservation, TlsObservation } from '../../model/measured/observation.ts'
import { endpointKey, onOwnPath } from '../case.ts'
import { isCertificateRefusal, isNetworkFailure, isReset, isTimeout } from '../line.ts'
import { NONE, type HalvesTally } from './chance.ts'

export type Handshake = TlsObservation | QuicObservation

/**
 * What one half of a pair did. `passed`: a handshake completed, or ended in a certificate for another name.
 * `answered`: the peer spoke, but refused (an alert, an untrusted certificate). `silent`, `cut`: nothing more came;
 * the connection was reset, closed, or carried bytes of another protocol. `unreached`: the connection under it failed,
 * before any name was sent. Failures of the probe's own machine are no half at all.
 */
export type HalfOutcome = 'passed' | 'answered' | 'silent' | 'cut' | 'unreached'

export interface JudgedHalf {
  readonly ending: HalfOutcome
  readonly row: Handshake | TcpObservation
  readonly code?: FailureCode
  /** Seconds the handshake took, where it came to an end by itself. */
  readonly took?: number
}

/** One target half with the control halves around it. */
export interface Round {
  readonly number: number
  readonly targets: readonly JudgedHalf[]
  readonly before: readonly JudgedHalf[]
  readonly after: readonly JudgedHalf[]
}

/** All rounds of pairs on one address. */
export interface AddressPairs {
  readonly address: string
  readonly port: number
  readonly rounds: readonly Round[]
}

const endingOf = (row: Handshake): HalfOutcome | undefined => {
  const code = row.failure?.code
  if (code === undefined || code === 'ssl_invalid_hostname') return 'passed'
  if (isCertificateRefusal(code) || code === 'ssl_alert' || code === 'ssl_failed_handshake') return 'answered'
  if (code === 'quic_incompatible_version') return 'answered'
  if (!isNetworkFailure(code)) return undefined
  if (isTimeout(code)) return 'silent'
  return isReset(code) ||
    code === 'eof_error' ||
    code === 'ssl_non_tls_bytes' ||
    code === 'connection_refused' ||
    code === 'host_unreachable'
    ? 'cut'
    : 'answered'
}

/** A handshake as half of a pair; undefined for a failure of the probe's own machine. */
export function halfOf(row: Handshake): JudgedHalf | undefined {
  const ending = endingOf(row)
  if (ending === undefined) return undefined
  const { startedAt, endedAt, failure } = row
  const took = startedAt === undefined || endedAt === undefined || endedAt < startedAt ? undefined : endedAt - startedAt
  return {
    ending,
    row,
    ...(failure && { code: failure.code }),
    ...(took !== undefined && (ending === 'passed' || ending === 'answered') && { took }),
  }
}

/** The control name was answered: anything of TLS or QUIC came back, an alert included. */
export const isHeard = (half: JudgedHalf): boolean =>
  half.ending === 'passed' || half.ending === 'answered' || (half.row.kind !== 'tcp' && half.row.answered === true)

/** The target's exchange was interrupted after its name was sent, without a word of the server. */
export const isBroken = (half: JudgedHalf): boolean => half.ending === 'silent' || half.ending === 'cut'

/**
 * Control halves, and how many of them ended as the target's did: cut if it was cut each time; without an end if it was
 * interrupted after a first word of the server; else unanswered. Like is compared with like.
 */
export function tallyLike(targets: readonly JudgedHalf[], innocent: readonly JudgedHalf[]): HalvesTally {
  const cut = targets.every(({ ending }) => ending === 'cut')
  const spoken = targets.some(({ row }) => row.kind !== 'tcp' && row.answered === true)
  const alike = (half: JudgedHalf): boolean =>
    cut ? half.ending === 'cut' : spoken ? isBroken(half) || half.ending === 'unreached' : !isHeard(half)
  return { tried: innocent.length, failed: innocent.filter(alike).length }
}

/** A connection that failed leaves no handshake: the half is known by its connection. */
const unreached = (row: TcpObservation): JudgedHalf => ({
  ending: 'unreached',
  row,
  ...(row.failure && { code: row.failure.code }),
})

const began = (half: JudgedHalf): number => half.row.startedAt ?? 0

/** Rounds of pairs by address, of TLS or QUIC, on addresses of the person's own path. */
export function pairsOf(rows: readonly Observation[], kind: 'tls' | 'quic'): readonly AddressPairs[] {
  const places = new Map<
    string,
    { address: string; port: number; halves: [number, 'target' | 'innocent', JudgedHalf][] }
  >()
  for (const row of rows) {
    if (row.side !== 'probe' || (row.kind !== kind && !(row.kind === 'tcp' && kind === 'tls'))) continue
    if (row.kind !== 'tls' && row.kind !== 'quic' && row.kind !== 'tcp') continue
    const { role, address, port } = row
    if ((role !== 'target' && role !== 'innocent') || address === undefined || port === undefined) continue
    const failedConnect = row.kind === 'tcp' && row.failure !== undefined && isNetworkFailure(row.failure.code)
    const half = row.kind === 'tcp' ? (failedConnect ? unreached(row) : undefined) : halfOf(row)
    if (half === undefined || !onOwnPath(row)) continue
    const key = endpointKey(address, port)
    const place = places.get(key) ?? { address, port, halves: [] }
    places.set(key, place)
    place.halves.push([row.round ?? 0, role, half])
  }
  return [...places.values()]
    .map(({ address, port, halves }) => ({ address, port, rounds: roundsOf(halves) }))
    .filter(({ rounds }) => rounds.some((round) => round.targets.some((half) => half.row.kind === kind)))
}

function roundsOf(halves: readonly (readonly [number, 'target' | 'innocent', JudgedHalf])[]): readonly Round[] {
  return [...Map.groupBy(halves, ([number]) => number)]
    .toSorted(([a], [b]) => a - b)
    .map(([number, all]) => {
      const targets = all.flatMap(([, role, half]) => (role === 'target' ? [half] : []))
      const innocent = all.flatMap(([, role, half]) => (role === 'innocent' ? [half] : []))
      const first = Math.min(...targets.map(began))
      const before = innocent.filter((half) => targets.length === 0 || began(half) <= first)
      return { number, targets, before, after: innocent.filter((half) => !before.includes(half)) }
    })
}

/** What the rounds on one address come to. */
export interface RoundsReading {
  readonly pairs: AddressPairs
  /** Target halves that were interrupted in a round in which the control name was answered. */
  readonly broken: readonly JudgedHalf[]
  /** Target halves that the server refused while it answered the control name without refusing. */
  readonly refused: readonly JudgedHalf[]
  readonly passed: readonly JudgedHalf[]
  /** Target halves that were interrupted in rounds in which nothing was answered. */
  readonly alike: readonly JudgedHalf[]
  /** Control halves, those left out that failed after the target's name had poisoned the address. */
  readonly counted: readonly JudgedHalf[]
  /** Of them, those in which nothing was heard. */
  readonly innocent: HalvesTally
  readonly heard: readonly JudgedHalf[]
  readonly unheard: readonly JudgedHalf[]
  /** The control name passed before the target's and not after it. */
  readonly residual?: JudgedHalf
}

/**
 * Reads the rounds on one address in their order. After a round in which the control name passed before the target's
 * and failed after it, rounds in which nothing passes are the same residual blocking, or a path that broke at that
 * moment: they are left out of the count on both sides.
 */
export function readPairs(pairs: AddressPairs): RoundsReading {
  const broken: JudgedHalf[] = []
  const refused: JudgedHalf[] = []
  const passed: JudgedHalf[] = []
  const alike: JudgedHalf[] = []
  const counted: JudgedHalf[] = []
  let residual: JudgedHalf | undefined
  let lastBroke = false
  for (const { targets, before, after } of pairs.rounds) {
    const innocent = [...before, ...after]
    const heard = innocent.some(isHeard)
    const breaks = targets.filter(isBroken)
    passed.push(...targets.filter((half) => half.ending === 'passed'))
    if (!heard) {
      // A round that stops after the target's half shows what it left behind in the next one.
      if (lastBroke) residual ??= innocent[0]
      if (residual !== undefined) continue
      alike.push(...breaks)
      counted.push(...innocent)
      continue
    }
    broken.push(...breaks)
    lastBroke = breaks.length > 0 && after.length === 0
    const plain = innocent.some((half) => half.ending === 'passed')
    if (plain) refused.push(...targets.filter((half) => half.ending === 'answered'))
    const poisoned = breaks.length > 0 && before.some(isHeard) && after.length > 0 && !after.some(isHeard)
    if (poisoned) residual ??= after[0]
    counted.push(...(poisoned ? before : innocent))
  }
  const unheard = counted.filter((half) => !isHeard(half))
  return {
    pairs,
    broken,
    refused,
    passed,
    alike,
    heard: counted.filter(isHeard),
    unheard,
    counted,
    innocent: counted.length === 0 ? NONE : { tried: counted.length, failed: unheard.length },
    ...(residual && { residual }),
  }
}
