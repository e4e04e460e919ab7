import { addressFamily, isBogon } from '../../core/model/address.ts'
import type { AddressOrigin } from '../../core/model/measured/observation.ts'
import type { LookupOutcome } from '../../core/model/measured/operation.ts'
import { resolveHttps } from '../../net/dns/resolve-https.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'
import { resolveUdp } from '../../net/dns/resolve-udp.ts'
import { systemResolvers } from '../../net/dns/system-resolvers.ts'
import { netTools, type RunContext } from './context.ts'
import { LIMITS } from '../plan/limits.ts'

/** An address under test, and how it became known. */
export interface Candidate {
  readonly address: string
  readonly family: 4 | 6
  readonly origin: AddressOrigin
}

/** Names that are asked of an encrypted resolver in one run at most. */
const MOST_ENCRYPTED = 120

/** A resolver over HTTPS is asked once for each name of a run, one drawn for it; the next one where that fails. */
export const lookUpEncrypted = (context: RunContext, name: string): Promise<LookupOutcome | undefined> =>
  askOnce(context.encrypted, { name, most: MOST_ENCRYPTED }, () => askEncrypted(context, name))

/** What was asked for a name before, or asks it now; undefined where the run has asked for as many names as it may. */
function askOnce(
  asked: Map<string, Promise<LookupOutcome | undefined>>,
  { name, most }: { readonly name: string; readonly most: number },
  ask: () => Promise<LookupOutcome | undefined>,
): Promise<LookupOutcome | undefined> {
  const known = asked.get(name)
  if (known !== undefined) return known
  if (asked.size >= most) return Promise.resolve(undefined)
  const now = ask()
  asked.set(name, now)
  return now
}

async function askEncrypted(context: RunContext, name: string): Promise<LookupOutcome | undefined> {
  let last: LookupOutcome | undefined
  for (const { url, address } of context.chance.shuffled(context.settings.controls.resolvers).slice(0, 2)) {
    last = await context.scoutGate.run(() =>
      resolveHttps({ name, queryType: 'A', url, address }, netTools(context, LIMITS.lookup)),
    )
    if (last.failure === undefined || last.answer !== undefined) return last
  }
  return last
}

/** A lookup that may be lost is asked so often in all; an answer, also that there is no such name, ends it. */
const TRIES = 3
const LOST: ReadonlySet<string> = new Set([
  'generic_timeout_error',
  'timed_out',
  'dns_timeout',
  'dns_servfail_error',
  'dns_temporary_failure',
  'dns_server_misbehaving',
  'dns_reply_with_wrong_query_id',
])

/** Asks until something else than loss has come; every try is kept. */
async function untilHeard(
  { budget }: RunContext,
  ask: () => Promise<LookupOutcome>,
): Promise<readonly LookupOutcome[]> {
  const tries: LookupOutcome[] = []
  do tries.push(await ask())
  while (tries.length < TRIES && LOST.has(tries.at(-1)?.failure?.code ?? '') && budget.mayRepeat())
  return tries
}

/** The line's resolver asked by packets of our own, which hear a second answer too. */
export async function lookUpByPackets(context: RunContext, name: string): Promise<readonly LookupOutcome[]> {
  const [resolver] = systemResolvers()
  if (resolver === undefined) return []
  const both = context.families.has(6) && context.settings.scope === 'full'
  const types = both ? (['A', 'AAAA'] as const) : (['A'] as const)
  const asked = await Promise.all(
    types.map((queryType) =>
      untilHeard(context, () =>
        context.scoutGate.run(() => resolveUdp({ name, queryType, resolver }, netTools(context, LIMITS.packet))),
      ),
    ),
  )
  return asked.flat()
}

/** Names of which a public resolver is asked in one run at most; the order of a run's names is drawn. */
const MOST_LISTED = 60

/**
 * A public resolver, drawn for the name, asked once a run and name by one packet: behind a resolver in the owner's home a
 * second answer is heard only so. Silence tells nothing here, and nothing is asked again. None where the lists have no
 * resolver that the line can carry and that is not its own.
 */
export const lookUpByListed = (context: RunContext, name: string): Promise<LookupOutcome | undefined> =>
  askOnce(context.listed, { name, most: MOST_LISTED }, () => askListed(context, name))

async function askListed(context: RunContext, name: string): Promise<LookupOutcome | undefined> {
  const own = new Set(systemResolvers().map(({ address }) => address))
  const { controls, dialsPrivate } = context.settings
  const [resolver] = context.chance.shuffled(
    controls.udpResolvers.filter(({ address }) => {
      const family = addressFamily(address)
      const carried = family !== undefined && context.families.has(family)
      return carried && !own.has(address) && (dialsPrivate === true || !isBogon(address))
    }),
  )
  if (resolver === undefined) return undefined
  const outcome = await context.scoutGate.run(() =>
    resolveUdp({ name, queryType: 'A', resolver }, netTools(context, LIMITS.packet)),
  )
  return { ...outcome, listed: true }
}

/** The system's resolver, as the owner's own programs ask it; the last try is the one that counts. */
export const lookUpBySystem = (context: RunContext, name: string): Promise<readonly LookupOutcome[]> =>
  untilHeard(context, () => context.lookupGate.run(() => resolveSystem(name, netTools(context, LIMITS.lookup))))

/** Addresses of a lookup that are dialled: of families that the line carries, and no private ones unless told so. */
export function candidatesOf(
  context: RunContext,
  lookup: LookupOutcome | undefined,
  origin: AddressOrigin,
): readonly Candidate[] {
  const { dialsPrivate } = context.settings
  return (lookup?.answer?.answers ?? []).flatMap(({ address, family }) =>
    context.families.has(family) && (dialsPrivate === true || !isBogon(address)) ? [{ address, family, origin }] : [],
  )
}

/** A host that is an address is dialled as it stands. */
export function literalCandidate(host: string): Candidate | undefined {
  const family = addressFamily(host)
  return family === undefined ? undefined : { address: host, family, origin: 'literal' }
}

/** At most `each` addresses of each family, in a newly drawn order. */
export function fewOf(context: RunContext, candidates: readonly Candidate[], each: number): readonly Candidate[] {
  const drawn = context.chance.shuffled(candidates)
  return ([4, 6] as const).flatMap((family) => drawn.filter((one) => one.family === family).slice(0, each))
}
