import type { FailureCode } from '../../model/measured/failure.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { Fact, Ground } from '../../model/measured/verdict.ts'
import { ground, type Halving } from '../finding.ts'
import { isTimeout } from '../line.ts'
import type { RuleId } from '../rules.ts'
import { handshakeFailure } from '../layer/tls.ts'
import type { JudgedHalf, Handshake } from './halves.ts'

/** How a broken handshake is called. */
export interface FailureSignature {
  readonly rule: RuleId
  readonly fact: Fact
  readonly mechanism: Mechanism | undefined
  readonly paired: Mechanism | undefined
  readonly halvings: readonly Halving[]
}

/** Rules and facts of pairs over TCP and over UDP. */
export const RULE_IDS = {
  tls: {
    innocentPassed: 'tls.innocent-passed',
    innocentFailed: 'tls.innocent-failed',
    controlCompleted: 'tls.control-completed',
    controlFailed: 'tls.control-failed',
    controlFailsToo: 'tls.control-fails-too',
    innocentFailsToo: 'tls.innocent-fails-too',
    unconfirmed: 'tls.pair-unconfirmed',
    noControl: 'tls.no-control',
  },
  quic: {
    innocentPassed: 'quic.innocent-passed',
    innocentFailed: 'quic.innocent-failed',
    controlCompleted: 'quic.control-completed',
    controlFailed: 'quic.control-failed',
    controlFailsToo: 'quic.control-fails-too',
    innocentFailsToo: 'quic.innocent-fails-too',
    unconfirmed: 'quic.pair-unconfirmed',
    noControl: 'quic.no-control',
  },
} as const satisfies Record<'tls' | 'quic', Readonly<Record<string, Fact | RuleId>>>

/** What a broken half looks like, by the layer and its failure. */
export function failureSignature(kind: 'tls' | 'quic', code: FailureCode): FailureSignature {
  if (kind === 'quic')
    return isTimeout(code)
      ? {
          rule: 'quic.silence',
          fact: 'quic.failed',
          mechanism: 'quic.timeout',
          paired: 'quic.timeout.sni',
          halvings: [],
        }
      : { rule: 'quic.close', fact: 'quic.failed', mechanism: 'quic.close', paired: 'quic.close.sni', halvings: [] }
  return (
    handshakeFailure(code) ?? {
      rule: 'tls.failure',
      fact: 'tls.failed',
      mechanism: undefined,
      paired: undefined,
      halvings: [],
    }
  )
}

const tenth = (value: number): number => Math.round(value * 10) / 10

/** A handshake as a ground. */
export function said(fact: Fact, role: Ground['role'], half: JudgedHalf): Ground {
  const { row, code } = half
  const took = row.startedAt === undefined || row.endedAt === undefined ? undefined : tenth(row.endedAt - row.startedAt)
  return ground(fact, role, { name: row.name ?? '', address: row.address ?? '', seconds: took, failure: code }, row)
}

/** A control half that was answered, and how many seconds before the target's. */
export function heard(kind: 'tls' | 'quic', innocent: JudgedHalf, target: JudgedHalf): Ground {
  const from = innocent.row.startedAt
  const to = target.row.startedAt
  const seconds = from === undefined || to === undefined ? undefined : tenth(to - from)
  const values = { name: innocent.row.name ?? '', address: innocent.row.address ?? '', seconds }
  return ground(RULE_IDS[kind].innocentPassed, 'control', values, innocent.row)
}

/** The same half of the pair from abroad, as a ground. */
export function abroadGround(kind: 'tls' | 'quic', row: Handshake): Ground {
  const fact = row.failure === undefined ? RULE_IDS[kind].controlCompleted : RULE_IDS[kind].controlFailed
  return ground(fact, 'control', { name: row.name ?? '', failure: row.failure?.code }, row)
}
