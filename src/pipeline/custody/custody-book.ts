import { randomBytes } from 'node:crypto'
import {
  encodeCustodyEvent,
  signCustodyEvent,
  type CustodyDraft,
  type CustodySigner,
} from '../../core/evidence/custody/custody-event.ts'
import { NEXT_KEY } from '../../core/evidence/custody/custody-chain.ts'
import { parseLeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { EntryLeaves } from '../log/entry-leaves.ts'
import { readEvents, type LoggedCustody, type OnUnreadable } from './read-custody.ts'
import { formatVerifierKey, type VerifierKey, isKeyName, keyId } from '../../core/evidence/log/signed-note.ts'
import { Fault } from '../../core/model/errors.ts'
import { formatInstantUtc, instant } from '../../core/model/units.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import { sha256, makeSeed, publicKeyOf, signEd25519 } from '../../runtime/ed25519.ts'
import { join } from 'node:path'
import { decodeBase64, encodeBase64 } from '../../core/evidence/base64.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

export interface CustodyParts {
  /** The data folder, which holds the key. */
  readonly folder: string
  readonly archive: Pick<Archive, 'appendEntry' | 'readLeaf' | 'leaves' | 'size'>
  readonly clock: Clock
  /** Hears of each event that cannot be read; absent: such an event is an error. */
  readonly onUnreadable?: OnUnreadable
}

/** The chain of custody of one data folder. One at a time writes it, as one holds the folder. */
export interface CustodyBook {
  /** Key that signs from now on. */
  key(): VerifierKey
  /**
   * Signs what was done and keeps it as a leaf of the log; durable when resolved. Throws InputError for a draft of
   * another form.
   */
  record(draft: CustodyDraft): Promise<LoggedCustody>
  /**
   * Every event, in the order of the chain, which is that of the log; one that cannot be read is left out where someone
   * hears of it.
   */
  events(onUnreadable?: OnUnreadable): AsyncIterable<LoggedCustody>
  /** Makes a new key, records the change with the old one, and signs with the new one from then on. */
  rotate(reason: string, actor: string): Promise<VerifierKey>
}

/** What the clock said, in the detail of an event whose time is that of the one before it. */
const CLOCK = 'clock_utc'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/**
 * Opens the chain of custody of a folder; its key is made where there is none. The archive is the truth: what is known
 * of the chain is read from it, so a crash leaves an event in it or none.
 */
export async function openCustody(parts: CustodyParts): Promise<CustodyBook> {
  const { folder, archive, clock } = parts
  let signer = (await readCustodyKey(folder)) ?? (await firstKey(folder))
  const found = new EntryLeaves('custody-event', archive, folder)
  let last: ChainEnd | undefined
  const findLast = async (): Promise<void> => {
    const leaves = await found.look()
    if (leaves.at(-1) !== last?.leafIndex) last = await readEnd(parts, leaves)
  }
  const append = async (draft: CustodyDraft): Promise<LoggedCustody> => {
    await findLast()
    // A clock that was set back must not make the chain run backwards; what it says is in the event then.
    const now = clock.now()
    const at = instant(Math.max(now, last?.at ?? 0))
    const detail = at === now ? draft.detail : { ...draft.detail, [CLOCK]: formatInstantUtc(now) }
    const prev = last?.sha256 ?? null
    const event = signCustodyEvent({ ...draft, detail }, { id: randomBytes(16).toString('hex'), at, prev }, signer)
    const bytes = encodeCustodyEvent(event)
    const { leafIndex } = await archive.appendEntry('custody-event', bytes, now)
    last = { leafIndex, sha256: hex(sha256(bytes)), at }
    return { leafIndex, event, bytes }
  }
  // One after another: each names the one before it.
  const mutex = new Mutex()
  return {
    key: () => signer.key,
    record: (draft) => mutex.run(() => append(draft)),
    async *events(onUnreadable = parts.onUnreadable) {
      yield* readEvents(archive, [...(await mutex.run(() => found.look()))], onUnreadable)
    },
    rotate: (reason, actor) =>
      mutex.run(async () => {
        const next = makeCustodyKey(folder)
        const detail = { [NEXT_KEY]: formatVerifierKey(next.key) }
        await append({
          type: 'transferred',
          evidence: { kind: 'file', id: 'custody.key' },
          actor,
          reason,
          detail,
        })
        await next.save()
        signer = next
        return signer.key
      }),
  }
}

/** The last event of a chain, as far as the next one names it. */
interface ChainEnd {
  readonly leafIndex: number
  readonly sha256: string
  /** Time of the last event that can be read. */
  readonly at: number
}

/** What cannot be read is named all the same: the record of its leaf holds the hash of its bytes. */
async function readEnd(
  { archive, onUnreadable }: CustodyParts,
  leaves: readonly number[],
): Promise<ChainEnd | undefined> {
  const leafIndex = leaves.at(-1)
  if (leafIndex === undefined) return undefined
  for (const leaf of leaves.toReversed())
    for await (const { event, bytes } of readEvents(archive, [leaf], onUnreadable)) {
      const digest = leaf === leafIndex ? hex(sha256(bytes)) : await recordedHash(archive, leafIndex)
      return { leafIndex, sha256: digest, at: Date.parse(event.at) }
    }
  return { leafIndex, sha256: await recordedHash(archive, leafIndex), at: 0 }
}

async function recordedHash(archive: Pick<Archive, 'leaves'>, leafIndex: number): Promise<string> {
  for await (const leaf of archive.leaves(leafIndex, leafIndex + 1)) return parseLeafRecord(leaf).public
  throw new Fault(`Cannot read leaf ${leafIndex}: it has no record`)
}

async function firstKey(folder: string): Promise<CustodySigner> {
  const made = makeCustodyKey(folder)
  await made.save()
  return made
}

/** Name of the key of custody in its verifier key; the log that holds its events says whose it is. */
const NAME = 'kuager-custody'
const FOLDER = 'keys'
const FILE = 'custody.key'

function signerOf(name: string, seed: Uint8Array): CustodySigner {
  const publicKey = publicKeyOf(seed)
  return { key: { name, id: keyId(name, publicKey, sha256), publicKey }, sign: (message) => signEd25519(seed, message) }
}

const textOf = (seed: Uint8Array, { key }: CustodySigner): string =>
  `PRIVATE+KEY+${key.name}+${key.id}+${encodeBase64(Uint8Array.from([1, ...seed]))}\n`

/**
 * The key of a folder that signs events of custody, `keys/custody.key` in the form of Go's note package, readable by its
 * owner alone. Undefined where none was made. Throws Fault where it cannot be read.
 */
async function readCustodyKey(folder: string, disk: Disk = REAL_DISK): Promise<CustodySigner | undefined> {
  const path = join(folder, FOLDER, FILE)
  const text = (await readWhole(path, disk))?.toString('utf8')
  if (text === undefined) return undefined
  const match = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)\n?$/u.exec(text)
  const bytes = decodeBase64(match?.[3] ?? '')
  const name = match?.[1] ?? ''
  const signer = bytes?.length === 33 && bytes[0] === 1 && isKeyName(name) ? signerOf(name, bytes.slice(1)) : undefined
  if (signer?.key.id === match?.[2] && signer !== undefined) return signer
  throw new Fault(
    `Cannot read "${path}": it is no signing key; put it back from your safe copy, or remove it for a new one`,
  )
}

/** A new key that nothing has signed with, and the act that puts it in the place of the present one. */
function makeCustodyKey(folder: string, disk: Disk = REAL_DISK): CustodySigner & { save(): Promise<void> } {
  const seed = makeSeed()
  const signer = signerOf(NAME, seed)
  return {
    ...signer,
    save: async () => {
      await disk.makeFolder(join(folder, FOLDER))
      await writeDurable(join(folder, FOLDER, FILE), Buffer.from(textOf(seed, signer)), disk)
    },
  }
}
