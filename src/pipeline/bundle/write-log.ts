import { encodeBase64 } from '../../core/evidence/base64.ts'
import { parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { parseLeafRecord, type LeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { policyText } from '../../core/evidence/witness/policy.ts'
import { Fault } from '../../core/model/errors.ts'
import type { PublishedCheckpoint, TransparencyLog } from '../log/contract.ts'
import type { BagFolder } from './bag-folder.ts'

/** A time stamp as it is kept next to the log. */
export interface BundledStamp {
  /** Of the checkpoint that was stamped. */
  readonly size: number
  readonly authority: string
  /** RFC 3161 query, and the whole reply. */
  readonly query: Uint8Array
  readonly reply: Uint8Array
  /** The bytes that were stamped. */
  readonly checkpoint: Uint8Array
  /** Chain of the authority with its root last. */
  readonly chain: Uint8Array | string
}

export interface LogParts {
  readonly log: Pick<TransparencyLog, 'keys' | 'prove' | 'consistency'>
  /** Every proof leads to it. */
  readonly checkpoint: PublishedCheckpoint
  /** C2SP policy of the observatory; absent: none is demanded. */
  readonly policy: string | undefined
  readonly stamps: readonly BundledStamp[]
  readonly signal: AbortSignal
}

/** Proofs that are asked for at once. */
const PROVEN_AT_ONCE = 500

/** Hashes as lines of base64, as the files of a bundle have them. */
export const hashLines = (hashes: readonly Uint8Array[]): string =>
  hashes.map((hash) => `${encodeBase64(hash)}\n`).join('')

/**
 * Writes what ties the files of a bundle to the log: keys, policy, checkpoint, leaf records with their proofs, time
 * stamps. Gives the leaf records by index.
 */
export async function writeLog(
  bag: BagFolder,
  leaves: readonly number[],
  { log, checkpoint, policy, stamps, signal }: LogParts,
): Promise<ReadonlyMap<number, LeafRecord>> {
  const keys = log.keys.map(({ key }) => formatVerifierKey(key))
  await bag.put('data/log/keys.txt', keys.map((line) => `${line}\n`).join(''))
  await bag.put('data/log/policy.txt', policy ?? policyText(keys))
  await bag.put('data/log/checkpoint', checkpoint.bytes)
  const sorted = [...new Set(leaves)].toSorted((a, b) => a - b)
  const records = new Map<number, LeafRecord>()
  const lines = await bag.lines('data/log/leaves.txt')
  try {
    for (let from = 0; from < sorted.length; from += PROVEN_AT_ONCE) {
      signal.throwIfAborted()
      for (const { leafIndex, leaf, proof } of await log.prove(sorted.slice(from, from + PROVEN_AT_ONCE), checkpoint)) {
        records.set(leafIndex, parseLeafRecord(leaf))
        await lines.write(`${leafIndex} ${new TextDecoder().decode(leaf)}`)
        await bag.put(`data/log/proofs/${leafIndex}.tlog-proof`, proof)
      }
    }
  } finally {
    await lines.end()
  }
  await writeStamps(bag, { log, checkpoint }, stamps)
  return records
}

async function writeStamps(
  bag: BagFolder,
  { log, checkpoint }: Pick<LogParts, 'log' | 'checkpoint'>,
  stamps: readonly BundledStamp[],
): Promise<void> {
  for (const stamp of stamps) {
    const { size, authority } = stamp
    if (parseCheckpoint(stamp.checkpoint).size !== size || size > checkpoint.size)
      throw new Fault(`Cannot bundle the stamp ${size}-${authority}: it is of another checkpoint`)
    const note = `data/log/stamped/${size}.checkpoint`
    if (!bag.has(note)) {
      await bag.put(note, stamp.checkpoint)
      await bag.put(`data/log/stamped/${size}.consistency`, hashLines(await log.consistency(size, checkpoint.size)))
    }
    await bag.put(`data/log/stamped/${size}-${authority}.tsq`, stamp.query)
    await bag.put(`data/log/stamped/${size}-${authority}.tsr`, stamp.reply)
    const chain = `data/log/authorities/${authority}.pem`
    if (!bag.has(chain)) await bag.put(chain, stamp.chain)
  }
}

/**
 * Stamps that say most of leaves up to `last`: of each authority the first whose tree holds all of them, which dates
 * them best, and the newest, which dates the rest of the bundle; none over a tree beyond the checkpoint.
 */
export function tellingStamps<T extends Pick<BundledStamp, 'size' | 'authority'>>(
  kept: readonly T[],
  { last, size }: { readonly last: number; readonly size: number },
): readonly T[] {
  const byAuthority = Map.groupBy(
    kept.filter((one) => one.size <= size).toSorted((a, b) => a.size - b.size),
    ({ authority }) => authority,
  )
  const chosen = [...byAuthority.values()].flatMap((all) => [all.find((one) => one.size > last), all.at(-1)])
  return [...new Set(chosen)]
    .filter((one) => one !== undefined)
    .toSorted((a, b) => a.size - b.size || (a.authority < b.authority ? -1 : 1))
}
