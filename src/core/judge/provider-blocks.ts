import { parseAddress } from '../model/address.ts'
import type { Provider, Tables } from '../model/tables/tables.ts'

interface Block {
  readonly base: number
  readonly size: number
  readonly owner: Provider
}
/** Blocks by their first byte, and by every first byte that a wide block spans. */
type Index = ReadonlyMap<number, readonly Block[]>

const numberOf = (bytes: readonly number[]): number => bytes.reduce((value, byte) => value * 256 + byte, 0)

function makeIndex(providers: Tables['providers']): Index {
  const index = new Map<number, Block[]>()
  for (const owner of new Set(providers.values()))
    for (const text of owner.blocks) {
      const [address = '', length = '32'] = text.split('/')
      const bytes = parseAddress(address) ?? []
      const bits = Number(length)
      const block = { base: numberOf(bytes), size: 2 ** (32 - bits), owner }
      const first = bytes[0] ?? 0
      for (let byte = first; byte < first + Math.max(1, 2 ** (8 - bits)); byte++)
        index.set(byte, [...(index.get(byte) ?? []), block])
    }
  return index
}

/** Made once a table. */
const INDEXES = new WeakMap<Tables['providers'], Index>()

function indexOf(providers: Tables['providers']): Index {
  const known = INDEXES.get(providers)
  if (known !== undefined) return known
  const made = makeIndex(providers)
  INDEXES.set(providers, made)
  return made
}

/**
 * The provider in whose blocks (`data/providers.json`) an IPv4 address lies, where one is listed.
 * Wrong when: a block has changed hands since.
 */
export function providerOfAddress(address: string, tables: Tables): Provider | undefined {
  if (address.includes(':')) return undefined
  const bytes = parseAddress(address)
  if (bytes === undefined) return undefined
  const value = numberOf(bytes)
  const blocks = indexOf(tables.providers).get(bytes[0] ?? -1)
  return blocks?.find(({ base, size }) => value >= base && value < base + size)?.owner
}
