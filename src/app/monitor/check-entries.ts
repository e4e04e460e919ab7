import { decodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { verifyKeyChange } from '../../core/evidence/log/key-change.ts'
import { parseLeafRecord, type LeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { formatVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { TILE_WIDTH, tilePath } from '../../core/evidence/log/tile.ts'
import { InputError } from '../../core/model/errors.ts'
import { withheld, type ServedTree } from '../../pipeline/log/served-tree.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { NOTE_TOOLS } from '../proof/mirror-key.ts'
import type { Alert, Get } from './finding.ts'

/** A full bundle holds 256 leaves of at most 65,535 bytes. */
const MOST_BUNDLE = TILE_WIDTH * (65_535 + 2)
const MOST_ENTRY = 16_000_000

/** A log whose newest checkpoint is verified. */
export interface WatchedLog {
  readonly tree: ServedTree
  readonly size: number
  readonly get: Get
  readonly alerts: Alert[]
}

/** An entry of the log that is not a measurement. */
export interface WatchedEntry {
  readonly index: number
  readonly record: LeafRecord
}

/**
 * Reads the entries of the bundle that holds a place, as many as are asked for, and compares each with the tree. Gives
 * those that the tree holds; each other is an alert. Throws InputError where the bundle is withheld.
 */
export async function readEntryBundle(
  { tree, size, get, alerts }: WatchedLog,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<readonly WatchedEntry[]> {
  const index = Math.floor(from / TILE_WIDTH)
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
  const leaves = await fetchBundle(get, index, width)
  const found: WatchedEntry[] = []
  for (let at = from; at < Math.min(until, index * TILE_WIDTH + width); at++) {
    const leaf = leaves[at - index * TILE_WIDTH]
    if (leaf === undefined || !(await tree.holds(at, leaf)))
      alerts.push({ kind: 'entry-differs', about: `Entry ${at} is not the one that the tree of ${size} entries holds` })
    else found.push({ index: at, record: parseLeafRecord(leaf) })
  }
  return found
}

/** A partial bundle may have become full meanwhile, and then begins with the same leaves. */
async function fetchBundle(get: Get, index: number, width: number): Promise<readonly Uint8Array[]> {
  const place = (wide: number): string => tilePath({ level: 'entries', index, width: wide })
  const partial = await get(`/log/${place(width)}`, MOST_BUNDLE)
  const [bytes, wide] =
    partial === undefined && width < TILE_WIDTH
      ? [await get(`/log/${place(TILE_WIDTH)}`, MOST_BUNDLE), TILE_WIDTH]
      : [partial, width]
  const leaves = bytes === undefined ? undefined : decodeEntries(bytes, wide)
  if (leaves === undefined) throw withheld(place(width))
  return leaves
}

/** The bytes of an entry that is public; each other answer than the logged bytes throws InputError or is an alert. */
export async function fetchEntry(
  { get, alerts }: Pick<WatchedLog, 'get' | 'alerts'>,
  { index, record }: WatchedEntry,
): Promise<Uint8Array | undefined> {
  const bytes = await get(`/log/entry/${index}`, MOST_ENTRY)
  if (bytes === undefined) throw withheld(`entry/${index}`)
  if (Buffer.from(sha256(bytes)).toString('hex') === record.public) return bytes
  alerts.push({ kind: 'entry-differs', about: `The bytes of entry ${index} do not have the hash that the log holds` })
  return undefined
}

/** The record of one leaf, proven; undefined and an alert where the tree does not hold it. */
export async function fetchLeaf(
  { tree, size, get, alerts }: WatchedLog,
  index: number,
): Promise<WatchedEntry | undefined> {
  const leaf = index < size ? await get(`/log/leaf/${index}`, 65_535) : undefined
  if (leaf === undefined) throw withheld(`leaf/${index}`)
  if (await tree.holds(index, leaf)) return { index, record: parseLeafRecord(leaf) }
  alerts.push({ kind: 'entry-differs', about: `Leaf ${index} is not the one that the tree of ${size} entries holds` })
  return undefined
}

/** Keys with those that a change of keys in the log adds: it counts where a key that is trusted signed it. */
export async function followKeys(
  log: WatchedLog,
  entry: WatchedEntry,
  keys: readonly VerifierKey[],
): Promise<readonly VerifierKey[]> {
  const bytes = await fetchEntry(log, entry)
  const change = bytes === undefined ? undefined : verifyKeyChange(bytes, NOTE_TOOLS)
  if (change === undefined) throw new InputError(`Cannot read entry ${entry.index}: it is no change of keys`, BROKEN)
  const lines = keys.map(formatVerifierKey)
  const follows = lines.includes(formatVerifierKey(change.before)) && !lines.includes(formatVerifierKey(change.after))
  return follows ? [...keys, change.after] : keys
}
const BROKEN = { code: 'monitor.unreadable', path: 'entry', expected: 'a change of keys (docs/formats/log.md)' }
