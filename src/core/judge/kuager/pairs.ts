import type { Observation } from '../../model/measured/observation.ts'
import type { Ground } from '../../model/measured/verdict.ts'
import { addressKey, controlAnswered, endpointKey, type Case } from '../case.ts'
import { finding, ground, type Finding, type Halving } from '../finding.ts'
import { isTimeout } from '../line.ts'
import { beyondChance } from './chance.ts'
import {
  halfOf,
  isBroken,
  isHeard,
  pairsOf,
  readPairs,
  tallyLike,
  type JudgedHalf,
  type Handshake,
  type RoundsReading,
} from './halves.ts'
import { abroadGround, heard, failureSignature, said, RULE_IDS } from './pair-words.ts'
import { judgeSlow } from './slow.ts'

/** Everything known of the pairs of one endpoint over one transport. */
export interface Pairs {
  readonly kind: 'tls' | 'quic'
  readonly readings: readonly RoundsReading[]
  /** The target's name at the control name's own address, while that name is answered there. */
  readonly crossed: {
    readonly broken: readonly JudgedHalf[]
    readonly passed: readonly JudgedHalf[]
    readonly innocent: readonly JudgedHalf[]
  }
  readonly neighbours: readonly JudgedHalf[]
  /** Both halves from abroad, by address. */
  readonly outside: readonly Handshake[]
}

/** Lays out the pairs of one endpoint. `rows`: of that endpoint alone. */
export function openPairs(rows: readonly Observation[], kind: 'tls' | 'quic'): Pairs {
  const shaken = rows.flatMap((row) => ((row.kind === 'tls' || row.kind === 'quic') && row.kind === kind ? [row] : []))
  const own = (role: Handshake['role']): readonly JudgedHalf[] =>
    shaken.flatMap((row) => (row.side === 'probe' && row.role === role ? (halfOf(row) ?? []) : []))
  const innocent = own('innocent')
  const at = (half: JudgedHalf, other: JudgedHalf): boolean =>
    half.row.address !== undefined &&
    other.row.address !== undefined &&
    addressKey(half.row.address) === addressKey(other.row.address)
  const crossed = own('crossed').filter((half) => innocent.some((other) => at(half, other) && isHeard(other)))
  const beside = innocent.filter((half) => crossed.some((other) => at(half, other)))
  return {
    kind,
    readings: pairsOf(rows, kind).map(readPairs),
    crossed: {
      broken: crossed.filter(isBroken),
      passed: own('crossed').filter((half) => !isBroken(half)),
      innocent: beside,
    },
    neighbours: own('neighbour'),
    outside: shaken.filter((row) => row.side === 'control'),
  }
}

/** What other endpoints of the service add. */
export interface SiblingPairs {
  /** Target halves that were interrupted where residual blocking leaves one pair to each endpoint. */
  readonly broken: number
  readonly innocent: readonly JudgedHalf[]
  /** Addresses at which pairs were made: each was a chance to fail. */
  readonly addresses: number
}

/** What the control name did when the target passed: a pair that passed, or a reversed one, which tells of load. */
export function siblingPassed({ kind, readings }: Pairs): readonly Ground[] {
  for (const { passed, heard: those, unheard } of readings) {
    const target = passed[0]
    if (target === undefined) continue
    if (those[0] !== undefined) return [heard(kind, those[0], target)]
    if (unheard[0] !== undefined) return [said(RULE_IDS[kind].innocentFailed, 'control', unheard[0])]
  }
  return []
}

/** The count that an endpoint lends to its siblings: only where the target never passed and a round was poisoned. */
export function siblingEvidence(pairs: Pairs): SiblingPairs {
  const { readings } = pairs
  const innocent = readings.flatMap(({ counted }) => counted)
  const poisoned = readings.every((one) => one.passed.length === 0) ? readings.filter((one) => one.residual) : []
  const broken = poisoned.reduce((sum, one) => sum + one.broken.length, 0)
  return { broken, innocent, addresses: readings.length }
}

/**
 * Judges the pairs of one endpoint; undefined if no target half was interrupted or refused. Source:
 * docs/methods/judging.md, pairs of our own probe.
 */
export function judgePairs(it: Case, pairs: Pairs, beside: SiblingPairs): Finding | undefined {
  const { readings } = pairs
  const dead = readings.filter((one) => one.passed.length === 0 && one.broken.length + one.alike.length > 0)
  const slow = pairs.kind === 'tls' ? judgeSlow(readings, pairs.outside) : undefined
  if (slow !== undefined) return slow
  const interfered = dead
    .filter((one) => !failsAbroad(pairs, one))
    .flatMap((one) => judgeBroken(pairs, one, beside) ?? [])
  if (interfered[0] !== undefined) return interfered[0]
  const refused = readings.find((one) => one.passed.length === 0 && one.refused.length > 0)
  const alerted = refused === undefined ? undefined : judgeRefused(pairs, refused)
  if (alerted !== undefined) return alerted
  const first = dead[0]
  return first === undefined ? undefined : judgeRest(it, pairs, first, dead)
}

const outsideOf = (pairs: Pairs, { pairs: place }: RoundsReading, role: Handshake['role']): readonly Handshake[] =>
  pairs.outside.filter(
    (row) =>
      row.role === role &&
      row.address !== undefined &&
      row.port !== undefined &&
      endpointKey(row.address, row.port) === endpointKey(place.address, place.port),
  )

/** The target fails abroad too at this address, and never passes there. */
const failsAbroad = (pairs: Pairs, one: RoundsReading): boolean => {
  const rows = outsideOf(pairs, one, 'target')
  return rows.length > 0 && rows.every((row) => row.failure !== undefined)
}

/** The target was interrupted at an address in every round in which the control name was answered there. */
function judgeBroken(pairs: Pairs, one: RoundsReading, beside: SiblingPairs): Finding | undefined {
  const target = one.broken[0]
  const innocent = one.heard[0]
  if (target === undefined || innocent === undefined) return judgeNeighbour(pairs, one)
  const code = target.code ?? 'unknown_failure'
  if (!isMoreThanChance(pairs, one, beside) || isOnlyHere(pairs, one)) return undefined
  const look = failureSignature(pairs.kind, code)
  // Few servers speak QUIC for every name they carry: that this one does is only known from abroad.
  if (pairs.kind === 'quic' && outsideOf(pairs, one, 'target').length === 0) return undefined
  const passes = pairs.readings.find((other) => other.passed.length > 0)
  return finding(pairs.kind, 'interfered', look.rule, {
    mechanism: look.paired,
    halvings: look.halvings,
    grounds: [
      said(look.fact, 'decisive', target),
      heard(pairs.kind, innocent, target),
      ...outsideOf(pairs, one, 'target')
        .slice(0, 1)
        .map((row) => abroadGround(pairs.kind, row)),
      ...around(pairs, one),
      ...(passes === undefined
        ? []
        : [ground('tcp.other-address-works', 'context', { address: passes.pairs.address })]),
    ],
  })
}

/**
 * Whether the target was interrupted more often than the connection interrupts any exchange: at this address with the
 * crossed name, or at all addresses of the endpoint at which it never passed; each also with what other hosts of the
 * service met in the same minutes, which can only show that the line loses more than it seems.
 */
function isMoreThanChance({ readings, crossed }: Pairs, one: RoundsReading, beside: SiblingPairs): boolean {
  const others = readings.filter((other) => other !== one && other.passed.length === 0)
  const targets = [...one.broken, ...crossed.broken]
  const local = [...one.counted, ...crossed.innocent]
  const wide = [...targets, ...others.flatMap(({ broken }) => broken)]
  const widely = [...local, ...others.flatMap(({ counted }) => counted)]
  const tests = readings.length + beside.addresses
  const usual = (broken: readonly JudgedHalf[], innocent: readonly JudgedHalf[]): boolean =>
    beyondChance(broken.length, tallyLike(broken, innocent)) &&
    beyondChance(broken.length, tallyLike(broken, [...innocent, ...beside.innocent]), tests)
  if (usual(targets, local) || usual(wide, widely)) return true
  if (one.residual === undefined) return false
  return beyondChance(wide.length + beside.broken, tallyLike(wide, [...widely, ...beside.innocent]))
}

/**
 * The address was not checked from abroad, and the same name passes at the control name's own server: then its own
 * server may refuse it to everyone.
 */
const isOnlyHere = (pairs: Pairs, one: RoundsReading): boolean =>
  outsideOf(pairs, one, 'target').length === 0 && pairs.crossed.passed.length > 0 && pairs.crossed.broken.length === 0

/** What stands beside a discordant pair: repetitions, residual blocking, the crossed name. */
function around(pairs: Pairs, one: RoundsReading): readonly Ground[] {
  const { broken, passed } = pairs.crossed
  const rounds = ground('pair.rounds', 'context', {
    tested: one.broken.length + one.passed.length,
    failed: one.broken.length,
  })
  return [
    rounds,
    ...(one.residual === undefined ? [] : [said('pair.residual', 'context', one.residual)]),
    ...broken.slice(0, 1).map((half) => said('pair.crossed-failed', 'context', half)),
    ...passed.slice(0, 1).map((half) => said('pair.crossed-passed', 'against', half)),
  ]
}

/** No name is heard at the address; a neighbour address answers, and abroad this one does too. */
function judgeNeighbour(pairs: Pairs, one: RoundsReading): Finding | undefined {
  const target = one.alike[0]
  const passed = pairs.neighbours.filter(isHeard)
  const row = outsideOf(pairs, one, 'target').find(({ failure }) => failure === undefined)
  if (target === undefined || one.innocent.tried === 0 || row === undefined || passed[0] === undefined) return undefined
  const tally = { tried: pairs.neighbours.length, failed: pairs.neighbours.length - passed.length }
  if (!beyondChance(one.alike.length + one.unheard.length, tally)) return undefined
  const look = failureSignature(pairs.kind, target.code ?? 'unknown_failure')
  return finding(pairs.kind, 'interfered', look.rule, {
    mechanism: look.mechanism,
    halvings: look.halvings,
    grounds: [
      said(look.fact, 'decisive', target),
      abroadGround(pairs.kind, row),
      said('pair.neighbour-passed', 'control', passed[0]),
    ],
  })
}

/** An alert where abroad the same name completes at the same address: servers send them too, so it weighs less. */
function judgeRefused(pairs: Pairs, one: RoundsReading): Finding | undefined {
  const target = one.refused.find((half) => half.code === 'ssl_alert' || half.code === 'ssl_failed_handshake')
  const row = outsideOf(pairs, one, 'target').find(({ failure }) => failure === undefined)
  const innocent = one.heard.find((half) => half.ending === 'passed')
  if (target === undefined || row === undefined || innocent === undefined) return undefined
  const look = failureSignature(pairs.kind, target.code ?? 'ssl_alert')
  const halvings: readonly Halving[] = pairs.kind === 'tls' ? look.halvings : ['alert']
  return finding(pairs.kind, 'interfered', look.rule, {
    mechanism: look.paired,
    halvings,
    grounds: [said(look.fact, 'decisive', target), heard(pairs.kind, innocent, target), abroadGround(pairs.kind, row)],
  })
}

/** Handshakes that were interrupted without being a difference: why nothing follows. */
function judgeRest(it: Case, pairs: Pairs, first: RoundsReading, dead: readonly RoundsReading[]): Finding {
  const words = RULE_IDS[pairs.kind]
  const target = first.broken[0] ?? first.alike[0]! // only readings with one of them come here
  const look = failureSignature(pairs.kind, target.code ?? 'unknown_failure')
  const decisive = said(look.fact, 'decisive', target)
  if (dead.every((one) => failsAbroad(pairs, one))) {
    const row = outsideOf(pairs, first, 'target')[0]
    const state = controlAnswered(it.control) || pairs.kind === 'quic' ? 'inconclusive' : 'unreachable'
    return finding(pairs.kind, state, words.controlFailsToo, {
      mechanism: 'fault.service',
      grounds: [decisive, ...(row === undefined ? [] : [abroadGround(pairs.kind, row)])],
    })
  }
  const silent = first.unheard[0]
  if (first.broken.length === 0 && silent !== undefined)
    return finding(pairs.kind, 'inconclusive', words.innocentFailsToo, {
      mechanism: 'fault.path',
      grounds: [decisive, said(words.innocentFailed, 'control', silent)],
      missing: ['neighbour'],
    })
  if (first.innocent.tried === 0 || (first.broken.length > 0 && isOnlyHere(pairs, first)))
    return finding(pairs.kind, 'inconclusive', words.noControl, {
      mechanism: look.mechanism,
      grounds: [
        decisive,
        ...pairs.crossed.passed.slice(0, 1).map((half) => said('pair.crossed-passed', 'against', half)),
      ],
      missing: [first.innocent.tried === 0 ? 'pair' : 'control'],
    })
  if (silent !== undefined)
    return finding(pairs.kind, 'inconclusive', words.innocentFailsToo, {
      mechanism: 'fault.congestion',
      grounds: [decisive, said(words.innocentFailed, 'control', silent)],
    })
  return finding(pairs.kind, 'inconclusive', words.unconfirmed, {
    mechanism: isTimeout(target.code ?? 'unknown_failure') ? look.mechanism : look.paired,
    grounds: [decisive, ...(first.heard[0] === undefined ? [] : [heard(pairs.kind, first.heard[0], target)])],
    missing: ['second-measurement'],
  })
}
