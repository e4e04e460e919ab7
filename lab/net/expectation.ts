import { z } from 'zod'
import { LINE_STATES } from '../../src/core/model/measured/service-run.ts'

const services = z.union([z.string(), z.array(z.string()).min(1)])
/** A prefix of a mechanism of docs/methods/judging.md, or several of which one must fit. */
const mechanism = z.union([z.string(), z.array(z.string()).min(1)])

/** What a run must come out as. Services that are not named must be reachable, unless `others` says otherwise. */
export const expectedSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('interfered'),
    service: services,
    mechanism,
    /** Whether the verdict must say that some endpoints of the service failed and others did not. */
    partial: z.literal(true).optional(),
    others: z.enum(['reachable', 'not interfered']).optional(),
  }),
  z.strictObject({
    kind: z.enum(['unreachable', 'inconclusive', 'unreachable or inconclusive']),
    service: services,
    mechanism: mechanism.optional(),
    others: z.enum(['reachable', 'not interfered']).optional(),
  }),
  /** Every service. */
  z.strictObject({ kind: z.literal('reachable') }),
  /**
   * Nothing is called interfered; whether it could be reached, or decided in time, is left to chance, and at least this
   * many could.
   */
  z.strictObject({ kind: z.literal('not interfered'), reachable: z.number().int().min(0) }),
  /** The line is at fault, and no service is called anything. */
  z.strictObject({
    kind: z.literal('line'),
    state: z.union([z.enum(LINE_STATES), z.array(z.enum(LINE_STATES)).min(1)]),
  }),
  /** Flows from a hosting network stop, and this is called of no service: all are reachable. */
  z.strictObject({ kind: z.literal('flows stop') }),
  /** The run was broken off: what came of it calls nothing interfered, and something is missing. */
  z.strictObject({ kind: z.literal('broken off') }),
])
export type Expected = z.infer<typeof expectedSchema>

/** What a service came out as. */
export interface GotVerdict {
  readonly kind: string
  readonly mechanism?: string
  readonly endpoints: { readonly tested: number; readonly failed: number }
}

/** What one run came out as. */
export interface Got {
  /** State of the line, where the probe said one. */
  readonly line?: string
  readonly services: ReadonlyMap<string, GotVerdict>
  /** What went wrong with the run itself: a crash, a verdict that never came. */
  readonly trouble?: string
}

export interface Compared {
  readonly expected: string
  readonly got: string
  readonly ok: boolean
}

const listOf = (one: string | readonly string[]): readonly string[] => (typeof one === 'string' ? [one] : one)

/** Whether a mechanism is one of those given, or more exact than one. */
const fits = (mechanism: string | undefined, prefixes: readonly string[]): boolean =>
  mechanism !== undefined && prefixes.some((one) => mechanism === one || mechanism.startsWith(`${one}.`))

/** What was expected, in one line; it holds the word "interfered" where that is expected and only there. */
export function formatExpected(expected: Expected): string {
  switch (expected.kind) {
    case 'interfered': {
      const partial = expected.partial === true ? ' in part' : ''
      const what = `${listOf(expected.service).join(', ')} interfered ${listOf(expected.mechanism).join(' or ')}${partial}`
      return `${what}; others ${expected.others === 'not interfered' ? 'not restricted' : 'reachable'}`
    }
    case 'unreachable':
    case 'inconclusive':
    case 'unreachable or inconclusive': {
      const why = expected.mechanism === undefined ? '' : ` ${listOf(expected.mechanism).join(' or ')}`
      const others = expected.others === 'not interfered' ? 'not restricted' : 'reachable'
      return `${listOf(expected.service).join(', ')} ${expected.kind}${why}; others ${others}`
    }
    case 'reachable':
      return 'all reachable'
    case 'not interfered':
      return `nothing restricted; at least ${expected.reachable} reachable`
    case 'line':
      return `line ${listOf(expected.state).join(' or ')}; no service judged`
    case 'flows stop':
      return 'flows from a network stop; all reachable'
    case 'broken off':
      return 'broken off; nothing restricted'
  }
}

const formatVerdict = ({ kind, mechanism, endpoints }: GotVerdict): string =>
  `${kind}${mechanism === undefined ? '' : ` ${mechanism}`}${endpoints.failed > 0 ? ` (${endpoints.failed} of ${endpoints.tested})` : ''}`

/** What came out, in one line: services that came out alike stand together. */
export function formatGot({ line, services, trouble }: Got): string {
  const alike = Map.groupBy(services, ([, verdict]) => formatVerdict(verdict))
  const parts = [...alike].map(
    ([said, same]) =>
      `${same
        .map(([id]) => id)
        .toSorted()
        .join(', ')} ${said}`,
  )
  const state = line === undefined || line === 'ok' || line === 'no-ipv6' ? [] : [`line ${line}`]
  const nothing = services.size === 0 ? ['no service judged'] : []
  return [...(trouble === undefined ? [] : [`trouble: ${trouble}`]), ...state, ...nothing, ...parts.toSorted()].join(
    '; ',
  )
}

/** Whether what came out is what was expected of the services measured. */
export function compare(expected: Expected, got: Got, measured: readonly string[]): Compared {
  const ok = got.trouble === undefined && isAsExpected(expected, got, measured)
  return { expected: formatExpected(expected), got: formatGot(got), ok }
}

/** The probe found that the line bears no measuring, or no verdict. */
const isPoor = (line: string | undefined): boolean => line !== undefined && line !== 'ok' && line !== 'no-ipv6'

function isAsExpected(expected: Expected, got: Got, measured: readonly string[]): boolean {
  const verdicts = measured.map((id) => ({ id, verdict: got.services.get(id) }))
  const all = (holds: (verdict: GotVerdict | undefined, id: string) => boolean): boolean =>
    verdicts.every(({ id, verdict }) => holds(verdict, id))
  const flowsStop = got.services.get('line')?.mechanism === 'tcp.freeze.as'
  if (flowsStop !== (expected.kind === 'flows stop')) return false
  switch (expected.kind) {
    case 'reachable':
    case 'flows stop':
      return all((verdict) => verdict?.kind === 'reachable')
    case 'not interfered':
      return (
        (verdicts.some(({ verdict }) => verdict !== undefined) || isPoor(got.line)) &&
        all((verdict) => verdict?.kind !== 'interfered') &&
        verdicts.filter(({ verdict }) => verdict?.kind === 'reachable').length >= expected.reachable
      )
    case 'line':
      return (
        fits(got.line, listOf(expected.state)) &&
        [...got.services.values()].every(({ kind }) => kind === 'inconclusive' || kind === 'not-judged')
      )
    case 'broken off':
      return (
        got.services.size < measured.length &&
        [...got.services.values()].every(({ kind }) => kind !== 'interfered' && kind !== 'unreachable')
      )
    default:
      return all((verdict, id) =>
        listOf(expected.service).includes(id)
          ? verdict !== undefined && isNamed(expected, verdict)
          : expected.others === 'not interfered'
            ? verdict !== undefined && verdict.kind !== 'interfered'
            : verdict?.kind === 'reachable',
      )
  }
}

type Naming = Extract<Expected, { service: unknown }>

function isNamed(expected: Naming, { kind, mechanism, endpoints }: GotVerdict): boolean {
  const kinds = expected.kind === 'unreachable or inconclusive' ? ['unreachable', 'inconclusive'] : [expected.kind]
  if (!kinds.includes(kind)) return false
  if (expected.kind === 'interfered' && expected.partial === true)
    if (endpoints.failed === 0 || endpoints.failed >= endpoints.tested) return false
  return expected.mechanism === undefined || fits(mechanism, listOf(expected.mechanism))
}

/** What each service was expected to be, for the matrix; undefined where a scenario says nothing of it. */
export function expectedKind(expected: Expected, service: string): string | undefined {
  switch (expected.kind) {
    case 'reachable':
    case 'flows stop':
      return 'reachable'
    case 'line':
      return 'not judged'
    case 'broken off':
    case 'not interfered':
      return undefined
    default:
      if (listOf(expected.service).includes(service)) return expected.kind
      return expected.others === 'not interfered' ? undefined : 'reachable'
  }
}
