import { inBlock, parseAddress, parseBlock } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import type { ControlName, Controls } from '../../core/model/tables/controls.ts'
import type { Provider } from '../../core/model/tables/tables.ts'
import type { Asn } from '../../core/model/units.ts'
import type { NetTools } from '../../net/tools.ts'
import { eachOf } from '../../runtime/each-of.ts'
import type { NameResolver } from '../resolve-names.ts'

/**
 * What a look at a control name found: `there`: an address of its provider (or, of one with a network of its own, none of
 * a provider); `moved`: addresses of others only; `gone`: the name has no address; `unknown`: no table tells whose its
 * addresses are; `unresolved`: no answer.
 */
export type NameFound = 'there' | 'moved' | 'gone' | 'unknown' | 'unresolved'

export interface CheckedName {
  readonly host: string
  readonly provider?: string
  readonly found: NameFound
}

export interface CheckNamesOptions {
  readonly resolve: NameResolver
  readonly net: NetTools
  /** Network of an address, where a table knows it. */
  readonly lookup: (address: string) => Asn | undefined
  readonly providers: readonly Provider[]
}

const AT_ONCE = 8

/**
 * Resolves every control name that is still drawn and compares its addresses with the blocks and networks of its
 * provider. Contacts resolvers only. To be run where nothing is restricted.
 * Wrong when: a block has changed hands; a provider answers here from addresses that no table lists as its own and that
 * another provider rents out.
 */
export async function checkControlNames(
  controls: Pick<Controls, 'innocent' | 'hosting'>,
  options: CheckNamesOptions,
): Promise<readonly CheckedName[]> {
  const owners = new Owners(controls, options)
  const names = controls.innocent.filter(({ left_at: left }) => left === undefined)
  return eachOf(names, AT_ONCE, async ({ host, provider }) => {
    const { addresses, failure } = await options.resolve(host, options.net)
    const isGone = failure?.code === 'dns_nxdomain_error' || failure?.code === 'dns_no_answer'
    const found = addresses.length > 0 ? owners.find(addresses, provider) : isGone ? 'gone' : 'unresolved'
    return { host, ...defined({ provider }), found }
  })
}

/** Whether so few names resolved that the connection is at fault, and nothing follows for the list. */
export const isUnfit = (checked: readonly CheckedName[]): boolean =>
  2 * checked.filter(({ found }) => found === 'gone' || found === 'unresolved').length > checked.length

const LEAVES: ReadonlySet<NameFound> = new Set(['moved', 'gone'])
/** Names that leave the draw. */
export const leaving = (checked: readonly CheckedName[]): readonly CheckedName[] =>
  checked.filter(({ found }) => LEAVES.has(found))

/** Rows of control names with the day on which those that leave were found gone. */
export function withLeft<Row extends Pick<ControlName, 'host'>>(
  rows: readonly Row[],
  checked: readonly CheckedName[],
  day: string,
): readonly Row[] {
  const gone = new Set(leaving(checked).map(({ host }) => host))
  return rows.map((row) => (gone.has(row.host) ? { ...row, left_at: day } : row))
}

/** Whose addresses are, by the tables. */
class Owners {
  readonly #hosting: Controls['hosting']
  readonly #byAsn: ReadonlyMap<number, string>
  readonly #lookup: CheckNamesOptions['lookup']

  constructor({ hosting }: Pick<Controls, 'hosting'>, { providers, lookup }: CheckNamesOptions) {
    this.#hosting = hosting
    this.#byAsn = new Map(providers.flatMap(({ id, asns }) => asns.map((asn) => [asn, id] as const)))
    this.#lookup = lookup
  }

  /** The provider of an address; undefined for one of none. */
  #providerOf(address: string): string | undefined {
    const bytes = parseAddress(address)
    const inside = (text: string): boolean => {
      const block = parseBlock(text)
      return bytes !== undefined && block !== undefined && inBlock(bytes, block)
    }
    const asn = this.#lookup(address)
    return (
      this.#hosting.find(({ blocks }) => blocks.some(inside))?.provider ??
      (asn === undefined ? undefined : this.#byAsn.get(asn))
    )
  }

  find(addresses: readonly string[], provider: string | undefined): NameFound {
    const owners = addresses.map((address) => this.#providerOf(address))
    if (provider === undefined) return owners.every((one) => one === undefined) ? 'there' : 'moved'
    if (owners.includes(provider)) return 'there'
    if (owners.every((one) => one !== undefined)) return 'moved'
    // Caches in the networks of others are in no table of the provider.
    const isEmbedded = this.#hosting.some((one) => one.provider === provider && one.embedded)
    const areKnown = addresses.every((address) => this.#lookup(address) !== undefined)
    return areKnown && !isEmbedded ? 'moved' : 'unknown'
  }
}
