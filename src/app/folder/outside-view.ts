import { evaluatePolicy } from '../../core/evidence/witness/policy.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'
import { loadAuthorities } from '../../pipeline/log/outside/authorities.ts'
import { NEVER_ASKED, type AskedState } from '../../pipeline/log/outside/outside-state.ts'
import { openStampState } from '../../pipeline/log/outside/stamps.ts'
import { loadPolicy, openWitnessState, readCosigned } from '../../pipeline/log/outside/witnesses.ts'
import { verifyEd25519 } from '../../runtime/ed25519.ts'

/** One authority or witness, as JSON. */
export interface AskedView {
  readonly name: string
  /** Size of the tree of its last answer that was kept; null before the first. */
  readonly size: number | null
  /** When that was, by our clock and by theirs. */
  readonly at_utc: string | null
  readonly theirs_utc: string | null
  readonly failures: number
  readonly problem: string | null
  readonly why: string | null
  readonly next_utc: string | null
}

export interface OutsideView {
  readonly authorities: readonly AskedView[]
  readonly witnesses: readonly AskedView[]
  /** What the policy asks for, and whether the newest checkpoint has it; null where it asks for none. */
  readonly quorum: {
    readonly name: string
    readonly satisfied: boolean
    /** Size of the tree of the last checkpoint that had it: a log that grows is ahead of its witnesses. */
    readonly last_size: number | null
  } | null
  /** Why the operator's files do not read. */
  readonly wrong: readonly string[]
}

/** What outsiders have stated about the log in a folder, and what failed. */
export async function viewOutside(folder: string, log: Pick<TransparencyLog, 'latest'>): Promise<OutsideView> {
  const wrong: string[] = []
  const orNone = async <T>(load: Promise<T>): Promise<T | undefined> => {
    try {
      return await load
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      wrong.push(error.message)
      return undefined
    }
  }
  const authorities = (await orNone(loadAuthorities(folder))) ?? []
  const policy = (await orNone(loadPolicy(folder)))?.policy
  const [stamps, witnesses] = [await openStampState(folder), await openWitnessState(folder)]
  const latest = await log.latest()
  const quorum = policy?.quorum
  return {
    authorities: authorities.map(({ name }) => viewAsked(name, stamps.get(name))),
    witnesses: (policy?.witnesses ?? []).map(({ name }) => viewAsked(name, witnesses.get(name))),
    quorum:
      policy === undefined || quorum === undefined
        ? null
        : {
            name: quorum,
            satisfied: latest !== undefined && evaluatePolicy(latest, policy, verifyEd25519).satisfied,
            last_size: (await orNone(readCosigned(folder)))?.size ?? null,
          },
    wrong,
  }
}

function viewAsked(name: string, { size, at, theirs, failures, problem, why, next }: AskedState): AskedView {
  const time = (value: typeof at): string | null => (value === undefined ? null : formatInstantUtc(value))
  return {
    name,
    size: size === NEVER_ASKED.size ? null : size,
    at_utc: time(at),
    theirs_utc: time(theirs),
    failures,
    problem: problem ?? null,
    why: why ?? null,
    next_utc: failures === 0 ? null : time(next),
  }
}

/** Clocks that differ by more than this are reported. */
const CLOCKS_APART_MS = 120_000

/** The same for a terminal: a label and what is next to it. */
export function outsideLines({
  authorities,
  witnesses,
  quorum,
  wrong,
}: OutsideView): readonly (readonly [label: string, text: string])[] {
  return [
    ...(authorities.length === 0
      ? [['Authority:', 'none stamps the log (docs/operating/proof.md)'] as const]
      : authorities.map((one) => ['Authority:', describe(one, 'stamped')] as const)),
    ...(witnesses.length === 0
      ? [['Witness:', 'none cosigns the log'] as const]
      : witnesses.map((one) => ['Witness:', describe(one, 'cosigned')] as const)),
    ...(quorum === null
      ? witnesses.length === 0
        ? []
        : [['Quorum:', 'none is asked for'] as const]
      : [
          [
            'Quorum:',
            `"${quorum.name}", ${quorum.satisfied ? 'reached' : 'not reached'} by the newest checkpoint${lastQuorum(quorum)}`,
          ] as const,
        ]),
    ...wrong.map((message) => ['Not read:', message] as const),
  ]
}

const lastQuorum = ({ satisfied, last_size: size }: NonNullable<OutsideView['quorum']>): string =>
  satisfied || size === null ? '' : `, last by a tree of size ${size}`

function describe(
  { name, size, at_utc: at, theirs_utc: theirs, failures, problem, why, next_utc: next }: AskedView,
  did: string,
): string {
  const last = size === null || at === null ? 'not yet' : `${did} a tree of size ${size} at ${at}`
  const apart = at !== null && theirs !== null && Math.abs(Date.parse(at) - Date.parse(theirs)) > CLOCKS_APART_MS
  const clock = apart ? `, by its clock ${theirs}` : ''
  const failed =
    failures === 0
      ? ''
      : `; failures in a row: ${failures}, the last one ${problem ?? ''} (${why ?? ''}); tried again from ${next ?? ''}`
  return `${name}: ${last}${clock}${failed}`
}
