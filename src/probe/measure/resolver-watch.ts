import { addressFamily, isBogon, splitEndpoint } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import type { LookupOutcome } from '../../core/model/measured/operation.ts'
import type { ResolverNote } from '../../core/model/measured/service-run.ts'
import { parseAsn } from '../../core/model/units.ts'
import { isRecord } from '../../core/ooni/decode/decoder.ts'
import { encodeHelperRequest, MOST_NETWORKS } from '../../core/ooni/helper/request.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'
import { resolveUdp } from '../../net/dns/resolve-udp.ts'
import { systemResolvers } from '../../net/dns/system-resolvers.ts'
import type { Destination } from '../../net/tools.ts'
import { LIMITS } from '../plan/limits.ts'
import { netTools, type ResolversSeen, type RunContext, type ThreeLookups } from './context.ts'
import { LOOKUP_OF_SYSTEM, type Bytes } from './tally.ts'

export interface ResolverWatchOptions {
  /** Addresses of the owner, as far as they are known: none of them is sent or compared. */
  readonly own: ReadonlySet<string>
  readonly onBytes: (bytes: Bytes) => void
}

/** Letters of a made-up name; so many letters are no one's name by chance. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const LENGTH = 14

type ListedNote = ResolverNote['listed'][number]

/**
 * Finds out by whom questions are answered, once in a run and for each public resolver, if a name needs it: the line's
 * resolver and the public one gave the same address for it, and an encrypted one says that there is no such name. A name
 * whose A record is the address of the asking resolver is asked of both; the control abroad names the networks. The
 * addresses stay in memory.
 */
export class ResolverWatch implements ResolversSeen {
  readonly #options: ResolverWatchOptions
  readonly #listed = new Map<string, Promise<void>>()
  #host: string | undefined
  #system: Promise<readonly string[]> | undefined
  #invented: Promise<boolean | undefined> | undefined
  note: ResolverNote | undefined

  constructor(options: ResolverWatchOptions) {
    this.#options = options
  }

  async look(context: RunContext, { system, encrypted, listed }: ThreeLookups): Promise<void> {
    if (encrypted?.failure?.code !== 'dns_nxdomain_error' || listed?.resolver === undefined) return
    const own = new Set(addressesOf(system))
    const theirs = addressesOf(listed)
    if (theirs.length === 0 || !theirs.every((address) => own.has(address))) return
    const resolver = splitEndpoint(listed.resolver)
    this.#host ??= context.chance.shuffled(context.settings.controls.whoami)[0]?.host
    if (resolver === undefined || this.#host === undefined) return
    const known = this.#listed.get(listed.resolver) ?? this.#lookAt(context, resolver, listed)
    this.#listed.set(listed.resolver, known)
    await known
  }

  async #lookAt(
    context: RunContext,
    resolver: Destination,
    { resolver: place = '', name }: LookupOutcome,
  ): Promise<void> {
    this.#system ??= this.#askSystem(context)
    this.#invented ??= this.#askInvented(context, name)
    const [ours, theirs, inventedAnswered] = await Promise.all([
      this.#system,
      this.#askWho(context, resolver),
      this.#invented,
    ])
    const networks = await networkNumbers(context, [...theirs.slice(0, 1), ...ours])
    const [address] = theirs
    const listed: readonly ListedNote[] =
      address === undefined || ours.length === 0
        ? []
        : [
            {
              resolverAddress: place,
              asn: networks(address),
              differs: isAnother(ours, address),
            },
          ]
    this.note = {
      ...defined({ inventedAnswered }),
      systemAsns: [...new Set(ours.map(networks))],
      listed: [...(this.note?.listed ?? []), ...listed],
    }
  }

  /** From where the line's resolver asks: by the system, and by a packet of our own, as resolvers in number have many. */
  async #askSystem(context: RunContext): Promise<readonly string[]> {
    const name = this.#host ?? ''
    const [resolver] = systemResolvers()
    const [bySystem, byPacket] = await Promise.all([
      this.#counted(context.lookupGate.run(() => resolveSystem(name, netTools(context, LIMITS.lookup)))),
      resolver === undefined ? [] : this.#askWho(context, resolver),
    ])
    return this.#public(context, [...new Set([...addressesOf(bySystem), ...byPacket])])
  }

  async #askWho(context: RunContext, resolver: Destination): Promise<readonly string[]> {
    const ask = (): Promise<LookupOutcome> =>
      this.#counted(
        context.scoutGate.run(() =>
          resolveUdp({ name: this.#host ?? '', queryType: 'A', resolver }, netTools(context, LIMITS.packet)),
        ),
      )
    const first = await ask()
    const heard = first.answer === undefined ? await ask() : first
    return this.#public(context, addressesOf(heard))
  }

  /**
   * Whether the line's resolver gives an address for a name that does not exist: made up, and below the same last label
   * as the name under test, as some answer only for names that begin with `www`.
   */
  async #askInvented(context: RunContext, name: string): Promise<boolean | undefined> {
    const letters = Array.from({ length: LENGTH }, () => LETTERS[context.chance.below(LETTERS.length)]).join('')
    const made = `www.${letters}.${name.split('.').at(-1) ?? 'com'}`
    const { answer, failure } = await this.#counted(
      context.lookupGate.run(() => resolveSystem(made, netTools(context, LIMITS.lookup))),
    )
    if ((answer?.answers.length ?? 0) > 0) return true
    return failure?.code === 'dns_nxdomain_error' ? false : undefined
  }

  /** Of IPv4, and neither private nor the owner's own: a resolver of the owner is no one else's. */
  #public({ settings }: RunContext, addresses: readonly string[]): readonly string[] {
    return addresses.filter(
      (one) =>
        addressFamily(one) === 4 && !this.#options.own.has(one) && (settings.dialsPrivate === true || !isBogon(one)),
    )
  }

  #counted(lookup: Promise<LookupOutcome>): Promise<LookupOutcome> {
    this.#options.onBytes(LOOKUP_OF_SYSTEM)
    return lookup
  }
}

const addressesOf = (lookup: LookupOutcome | undefined): readonly string[] =>
  (lookup?.answer?.answers ?? []).filter(({ family }) => family === 4).map(({ address }) => address)

/** One machine in number often has a block of addresses. */
const blockOf = (address: string): string => address.split('.').slice(0, 3).join('.')

/**
 * Whether an address is of another resolver than these. One that asks from several blocks is a farm, which may have given
 * the other answer, too. Wrong when: a farm is seen from one block by chance.
 */
export function isAnother(ours: readonly string[], address: string): boolean {
  const [block, ...others] = new Set(ours.map(blockOf))
  return others.length === 0 && block !== undefined && block !== blockOf(address)
}

/** Networks by a control's table; 0 where none says it. */
export async function networkNumbers(
  context: Pick<RunContext, 'control'>,
  addresses: readonly string[],
): Promise<(address: string) => ReturnType<typeof parseAsn>> {
  const asked = [...new Set(addresses)].slice(0, MOST_NETWORKS)
  const answer =
    asked.length === 0
      ? undefined
      : await context.control.ask(
          encodeHelperRequest({ headers: {}, endpoints: [], quic: false, client: false, networks: asked }),
        )
  const json = answer?.kind === 'answer' ? answer.json : undefined
  const told = isRecord(json) && isRecord(json['x_networks']) ? json['x_networks'] : {}
  return (address) => {
    const asn = told[address]
    return parseAsn(typeof asn === 'number' && Number.isInteger(asn) && asn > 0 && asn < 2 ** 32 ? asn : 0)
  }
}
