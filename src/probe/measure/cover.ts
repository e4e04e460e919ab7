import { createHmac } from 'node:crypto'
import { inBlock, parseAddress, parseBlock, type AddressBlock } from '../../core/model/address.ts'
import { registrableDomain } from '../../core/model/hostname.ts'
import type { ControlName, Controls } from '../../core/model/tables/controls.ts'
import type { Service } from '../../core/model/tables/service.ts'
import type { Chance } from './chance.ts'

/** One in so many names of a provider is used by one probe, two at least. */
const SHARE = 8
const FEWEST = 2
/** Labels shorter than this are inside of too many words to count as the name of a service in another name. */
const SHORTEST_BRAND = 4

/** What a draw of control names rests on. */
export interface CoverOptions {
  readonly controls: Controls
  /** Under test in this run: none of their domains is a control name. */
  readonly services: readonly Pick<Service, 'endpoints'>[]
  /** Decides which names this probe uses; a secret of its own, another one for each network and month. */
  readonly secret: Uint8Array
  readonly chance: Chance
}

/** The group of names that no provider serves: each is on a network of its owner's. */
const OWN_NETWORK = ''

/**
 * The control names of one run. A name is drawn from those whose provider is that of the dialled address, so that a
 * reader of the connection sees what other people's connections to that provider look like; and from the few that this
 * probe uses, so that a rule against one name finds few probes. Method, reasons and what remains:
 * docs/methods/measuring.md, cover.
 */
export class Cover {
  readonly #groups: ReadonlyMap<string, readonly string[]>
  /** What one probe uses of each group. */
  readonly #own: ReadonlyMap<string, readonly string[]>
  readonly #blocks: readonly { readonly provider: string; readonly block: AddressBlock }[]
  readonly #domains: ReadonlyMap<string, string>
  readonly #embedded: ReadonlySet<string>
  readonly #quic: readonly string[]
  readonly #chance: Chance

  constructor({ controls, services, secret, chance }: CoverOptions) {
    const tested = new Set(services.flatMap(({ endpoints }) => endpoints.map(({ host }) => domainOf(host))))
    this.#groups = groupsOf(controls.innocent, tested)
    this.#own = new Map([...this.#groups].map(([provider, names]) => [provider, subsetOf(provider, names, secret)]))
    this.#blocks = controls.hosting.flatMap(({ provider, blocks }) =>
      blocks.flatMap((text) => {
        const block = parseBlock(text)
        return block === undefined ? [] : [{ provider, block }]
      }),
    )
    this.#domains = new Map(controls.hosting.flatMap(({ provider, domains }) => domains.map((one) => [one, provider])))
    this.#embedded = new Set(controls.hosting.filter(({ embedded }) => embedded).map(({ provider }) => provider))
    this.#quic = controls.hosting.filter(({ quic }) => quic).map(({ provider }) => provider)
    this.#chance = chance
  }

  /** Whose an address is by the table, else who usually serves the name dialled there; undefined for neither. */
  providerOf(host: string, address: string): string | undefined {
    const bytes = parseAddress(address)
    const found = bytes && this.#blocks.find(({ block }) => inBlock(bytes, block))?.provider
    return found ?? this.#domains.get(registrableDomain(host))
  }

  /**
   * Draws names for the control halves at an address: of its provider; where that has none, or is not known, of those
   * whose caches are in many networks; never one of the host's registered domain, nor one that has the host's name in
   * it, so that a rule against the service does not hit the control too.
   */
  namesFor(host: string, address: string): () => string {
    const provider = this.providerOf(host, address)
    const choices = [...(provider === undefined ? [] : [[provider]]), [...this.#embedded], [OWN_NETWORK]]
    return this.#drawFrom(this.#firstOf(choices, host))
  }

  /**
   * Draws names whose own servers are on networks without any service, for what is compared with another server than
   * the service's: asked of the provider's own servers, the service's name would be answered as by the service.
   */
  elsewhere(host: string): () => string {
    const providers = [...this.#groups.keys()].filter((one) => one !== this.#domains.get(registrableDomain(host)))
    return this.#drawFrom(this.#firstOf([[OWN_NETWORK], providers], host))
  }

  /** The same over QUIC, which few servers of that kind answer: names of another provider than the address's. */
  elsewhereOverQuic(host: string, address: string): () => string {
    const own = [this.providerOf(host, address), this.#domains.get(registrableDomain(host))]
    const others = this.#quic.filter((one) => !own.includes(one))
    return this.#drawFrom(this.#firstOf([others, [OWN_NETWORK]], host))
  }

  #drawFrom(names: readonly string[]): () => string {
    return () => names[this.#chance.below(names.length)]! // `#firstOf` gives one name at least
  }

  /** Names of the first choice that has any for a host: those of this probe, else all of the choice. */
  #firstOf(choices: readonly (readonly string[])[], host: string): readonly string[] {
    const fits = (name: string): boolean => isForeign(name, host)
    for (const choice of choices)
      for (const groups of [this.#own, this.#groups]) {
        const names = choice.flatMap((provider) => groups.get(provider) ?? []).filter(fits)
        if (names.length > 0) return names
      }
    const all = [...this.#groups.values()].flat()
    return all.filter(fits).length > 0 ? all.filter(fits) : all
  }
}

/** Names by provider without those that left it and those of services under test; all where that leaves none. */
function groupsOf(names: readonly ControlName[], tested: ReadonlySet<string>): Map<string, string[]> {
  const usable = names.filter(({ host, left_at: left }) => left === undefined && !tested.has(registrableDomain(host)))
  const groups = new Map<string, string[]>()
  for (const { host, provider = OWN_NETWORK } of usable.length > 0 ? usable : names)
    groups.set(provider, [...(groups.get(provider) ?? []), host])
  return groups
}

/** What one probe uses of a provider's names: those first by a keyed hash, so that a longer list changes little. */
function subsetOf(provider: string, names: readonly string[], secret: Uint8Array): readonly string[] {
  const rank = (name: string): string => createHmac('sha256', secret).update(`${provider}\n${name}`).digest('hex')
  const ranked = names.map((name) => ({ name, rank: rank(name) })).sort((a, b) => (a.rank < b.rank ? -1 : 1))
  return ranked.slice(0, subsetSize(names.length)).map(({ name }) => name)
}

/** How many of a provider's names one probe uses. */
export const subsetSize = (names: number): number => Math.min(names, Math.max(FEWEST, Math.ceil(names / SHARE)))

const domainOf = (host: string): string => registrableDomain(host.replace(/^\*\./, ''))

/** Whether a name is of another registered domain than a host, and does not have that domain's label in it. */
function isForeign(name: string, host: string): boolean {
  const own = registrableDomain(host)
  if (registrableDomain(name) === own) return false
  const brand = own.split('.')[0] ?? ''
  return brand.length < SHORTEST_BRAND || /^\d+$/.test(brand) || !name.includes(brand)
}
