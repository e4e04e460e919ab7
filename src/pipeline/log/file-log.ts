import {
  checkpointSigners,
  checkpointText,
  parseCheckpoint,
  type Checkpoint,
  type TreeHead,
} from '../../core/evidence/log/checkpoint.ts'
import { encodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { encodeKeyChange, type SigningKey } from '../../core/evidence/log/key-change.ts'
import { hashLeaf } from '../../core/evidence/log/merkle.ts'
import { signNote, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import type { TreeEdge } from '../../core/evidence/log/tree-edge.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import type { OtherEntryKind } from '../../core/model/log-entry.ts'
import type { Instant } from '../../core/model/units.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import type { LoggedEntry, LogKey, ProvenLeaf, PublishedCheckpoint, TransparencyLog } from './contract.ts'
import type { EntryPlaces } from './entry-places.ts'
import type { LogFolder } from './log-folder.ts'
import { refused, signState, type SigningRight } from './lead/right.ts'
import { keepSeed, signingKey, writeIdentity } from './log-identity.ts'
import type { LogIdentity } from './read-identity.ts'
import { proveLeaves } from './prove-leaves.ts'
import { writeState, type RecoveredLog } from './recover-log.ts'
import { encodeTile, filledTiles, partialTiles, type NewTile, type TileFiles } from './tile-files.ts'
import { TreeReader } from '../../core/evidence/log/tree-reader.ts'

/** Leaves after which a checkpoint is published while more are waiting: a stop loses no more work than that. */
const PORTION = 65_536
/** Tiles written before their folders are made certain; bounds memory to some 10 MB. */
const TILES_AT_ONCE = 64

/** What the log needs of the archive. */
export type LogArchive = Pick<Archive, 'size' | 'leaves' | 'readLeaf' | 'appendEntry'>

export interface FileLogParts {
  readonly at: LogFolder
  readonly archive: LogArchive
  readonly disk: Disk
  readonly tiles: TileFiles
  readonly entryPlaces: EntryPlaces
  /** Asked before leaves are taken into the tree; throws InputError where one of them is of the other world. */
  readonly guard: (from: number, until: number) => Promise<void>
  /** Told of an entry that this log appended. */
  readonly onEntry: (leafIndex: number) => Promise<void>
  readonly makeSeed: () => Uint8Array
  /** The right to sign, given back when the log is closed. */
  readonly right: SigningRight
}

/** A key of the log that still signs. */
export interface LogSigner extends SigningKey {
  readonly fromSize: number
}

/** The log over files; made by openLog(). */
export class FileLog implements TransparencyLog {
  readonly #parts: FileLogParts
  readonly #tree: TreeReader
  #identity: LogIdentity
  #signers: readonly LogSigner[]
  #edge: TreeEdge
  #tail: Uint8Array[]
  #checkpoint: PublishedCheckpoint | undefined
  readonly #mutex = new Mutex()
  #broken: { readonly error: unknown } | undefined
  #closed = false

  /** `signers`: every key of the identity that still signs. */
  constructor(parts: FileLogParts, identity: LogIdentity, signers: readonly LogSigner[], recovered: RecoveredLog) {
    this.#parts = parts
    this.#tree = new TreeReader(parts.tiles, sha256)
    this.#identity = identity
    this.#signers = signers
    this.#edge = recovered.edge
    this.#tail = [...recovered.tail]
    this.#checkpoint = recovered.checkpoint
  }

  get origin(): string {
    return this.#identity.origin
  }

  get simulated(): boolean {
    return this.#identity.simulated
  }

  get folder(): string {
    return this.#parts.at.served
  }

  get keys(): readonly LogKey[] {
    return this.#identity.keys
  }

  get broken(): boolean {
    return this.#broken !== undefined
  }

  get generation(): number {
    return this.#parts.right.generation
  }

  get refusal(): string | undefined {
    return this.#parts.right.refusal
  }

  async latest(): Promise<PublishedCheckpoint | undefined> {
    return this.#checkpoint
  }

  sequence(): Promise<PublishedCheckpoint | undefined> {
    return this.#signing(async () => {
      const { archive, guard, entryPlaces, right } = this.#parts
      const until = Math.max(this.#edge.size, await right.covers(archive.size))
      while (this.#edge.size < until) {
        const size = Math.min(until, (Math.floor(this.#edge.size / PORTION) + 1) * PORTION)
        await guard(this.#edge.size, size)
        await this.#certainly(() => this.#grow(size))
      }
      // A checkpoint that a crash kept back. Its tiles are certain, and so is its state as soon as it is written again:
      // an fsync of the folder that failed leaves open whether it was.
      if (this.#edge.size > (this.#checkpoint?.size ?? 0))
        await this.#certainly(() => this.#signEdge(this.#edge, this.#tail))
      await entryPlaces.keep()
      return this.#checkpoint
    })
  }

  /**
   * Takes leaves of the archive into the tree, up to `size`, and signs. Each step is durable before the next; its
   * comment says what a crash right after it leaves. No crash makes two checkpoints that contradict each other: the
   * archive decides the leaves and their order, so the same tiles, state and signature come again (recover-log.ts).
   */
  async #grow(size: number): Promise<void> {
    const { archive, at, tiles } = this.#parts
    const before = this.#edge.size

    // 1. Tiles. The leaves are in the archive already. Crash: tiles beyond the state, which the next run writes again.
    const edge = this.#edge.copy()
    let tail = [...this.#tail]
    let waiting: NewTile[] = []
    for await (const leaf of archive.leaves(before, size)) {
      tail.push(leaf)
      for (const { tile, digests } of edge.push(hashLeaf(leaf, sha256))) {
        waiting.push({ tile, bytes: encodeTile(digests) })
        if (tile.level !== 0) continue
        waiting.push({ tile: { ...tile, level: 'entries' }, bytes: encodeEntries(tail) })
        tail = []
      }
      if (waiting.length < TILES_AT_ONCE) continue
      await tiles.write(waiting)
      waiting = []
    }
    if (edge.size !== size)
      throw new Fault(`Cannot sequence "${at.folder}": the archive gave ${edge.size} leaves of ${size}`)
    await tiles.write([...waiting, ...partialTiles(before, edge, tail)])

    // 2. State: size and root of the tree, where others see it, then here. Crash: a state without its checkpoint; the
    //    next run signs it.
    // 3. The signed checkpoint, which readers get from here on. Crash: partial tiles that are full now are still there.
    await this.#signEdge(edge, tail)

    // 4. Partial tiles that are no longer needed. Crash: some remain, and are correct.
    for (const tile of filledTiles(before, size)) await tiles.removePartials(tile)
  }

  #signEdge(edge: TreeEdge, tail: Uint8Array[]): Promise<void> {
    const { at, disk, right } = this.#parts
    return signState(
      right,
      { size: edge.size, root: edge.root() },
      {
        keep: async (state) => {
          await writeState(at, { ...state, generation: right.generation }, disk)
          this.#edge = edge
          this.#tail = tail
        },
        publish: () => this.#publish(),
      },
    )
  }

  /** Signs the state, which is on disk, and serves it. Ed25519 signs the same text the same way each time. */
  async #publish(): Promise<void> {
    const { at, disk } = this.#parts
    const head: TreeHead = { origin: this.origin, size: this.#edge.size, root: this.#edge.root() }
    const bytes = Buffer.from(this.#sign(head))
    await writeDurable(at.checkpoint, bytes, disk)
    this.#checkpoint = { ...parseCheckpoint(bytes), bytes }
  }

  #sign(head: TreeHead): string {
    const text = checkpointText(head)
    // A portion before the change of keys is signed only by the old one.
    const due = this.#signers.filter(({ fromSize }) => fromSize <= head.size)
    const notes = (due.length > 0 ? due : this.#signers).map(({ key, sign }) =>
      signNote(text, { name: key.name, id: key.id, sign }),
    )
    const [first = '', ...more] = notes
    return [first, ...more.map((note) => note.slice(text.length + 1))].join('')
  }

  async append(kind: OtherEntryKind, bytes: Uint8Array, at: Instant): Promise<{ readonly leafIndex: number }> {
    this.#refuseClosed()
    const { archive, onEntry } = this.#parts
    const appended = await archive.appendEntry(kind, bytes, at)
    await onEntry(appended.leafIndex)
    return appended
  }

  async *entries(kind: OtherEntryKind): AsyncGenerator<LoggedEntry, void, undefined> {
    this.#refuseClosed()
    const { archive, entryPlaces } = this.#parts
    for (const leafIndex of await entryPlaces.of(kind)) {
      const found = await archive.readLeaf(leafIndex)
      if (found?.kind !== 'entry' || found.entry !== kind)
        throw new Fault(`Cannot read leaf ${leafIndex}: the archive holds no ${kind} there`)
      yield { leafIndex, receivedAt: found.receivedAt, bytes: found.bytes }
    }
  }

  publishCosigned(checkpoint: Uint8Array): Promise<void> {
    return this.#signing(async () => {
      const { at, disk } = this.#parts
      const bytes = Buffer.from(checkpoint)
      const cosigned = { ...parseCheckpoint(bytes), bytes }
      const current = this.#checkpoint
      const keys = this.keys.map(({ key }) => key)
      const own = (one: Checkpoint): number => checkpointSigners(one, keys, verifyEd25519).length
      if (cosigned.note.text !== current?.note.text || own(cosigned) < own(current))
        throw new InputError(`Cannot serve a checkpoint of "${this.origin}": it is not the newest one of this log`, {
          code: 'log.checkpoint',
          path: 'checkpoint',
          expected: `the checkpoint of ${current?.size ?? 0} leaves with signatures added`,
        })
      await this.#certainly(() => writeDurable(at.checkpoint, bytes, disk))
      this.#checkpoint = cosigned
    })
  }

  async prove(leaves: readonly number[], asked?: PublishedCheckpoint): Promise<readonly ProvenLeaf[]> {
    this.#refuseClosed()
    const { origin } = this
    const stored = { size: this.#edge.size, root: this.#edge.root() }
    return proveLeaves(
      leaves,
      { origin, stored, latest: this.#checkpoint, tiles: this.#parts.tiles, tree: this.#tree },
      asked,
    )
  }

  async consistency(older: number, newer: number): Promise<readonly Uint8Array[]> {
    this.#refuseClosed()
    const stored = this.#edge.size
    if (Number.isSafeInteger(older) && Number.isSafeInteger(newer) && older >= 0 && older <= newer && newer <= stored)
      return this.#tree.consistency(older, newer, stored)
    throw new InputError(`Cannot show that ${newer} leaves begin with ${older}: the log has ${stored}`, {
      code: 'log.size',
      path: 'size',
      expected: 'two sizes in order, at most that of the log',
    })
  }

  async rotate(at: Instant): Promise<VerifierKey> {
    const next = await this.#signing(async () => {
      if (this.#identity.next !== undefined) return this.#identity.next.key // begun before a crash
      const { at: folder, disk, makeSeed } = this.#parts
      const key = await this.#certainly(() => keepSeed(folder, this.origin, makeSeed(), disk))
      await this.#become({ ...this.#identity, next: { key, at } })
      return key
    })
    await this.finishRotation()
    return next
  }

  /**
   * Logs a change of keys that was begun and takes it up; nothing where none was. Ends with a checkpoint that both
   * signed.
   */
  async finishRotation(): Promise<void> {
    const { at, archive, disk } = this.#parts
    const changed = await this.#signing(async () => {
      const { next, keys } = this.#identity
      if (next === undefined) return false
      const before = this.#signers.at(-1)! // there is always a key
      const after = await signingKey(at, next.key, disk)
      const { leafIndex } = await archive.appendEntry('key-change', encodeKeyChange(before, after, next.at), next.at)
      await this.#parts.onEntry(leafIndex)
      // Of three keys the oldest has been followed by one that was itself followed: it signs no longer.
      const older = keys.map((key) =>
        key.until === undefined && key.key.id !== before.key.id ? { ...key, until: next.at } : key,
      )
      const { origin, simulated } = this.#identity
      const added: LogKey = { key: next.key, since: next.at, fromSize: leafIndex + 1 }
      await this.#become({ origin, simulated, keys: [...older, added] })
      this.#signers = [before, { ...after, fromSize: added.fromSize }]
      return true
    })
    if (changed) await this.sequence()
  }

  retire(at: Instant): Promise<void> {
    return this.#signing(async () => {
      const newest = this.#signers.at(-1)! // there is always a key
      const keys = this.#identity.keys.map((key) =>
        key.until === undefined && key.key.id !== newest.key.id ? { ...key, until: at } : key,
      )
      await this.#become({ ...this.#identity, keys })
      this.#signers = [newest]
    })
  }

  async #become(identity: LogIdentity): Promise<void> {
    await this.#certainly(() => writeIdentity(this.#parts.at, identity, this.#parts.disk))
    this.#identity = identity
  }

  /** One act of those that need the right to sign after another. */
  #signing<T>(act: () => Promise<T>): Promise<T> {
    this.#refuseClosed()
    return this.#mutex.run(async () => {
      if (this.#broken !== undefined) throw this.#broken.error
      if (this.refusal !== undefined) throw refused(this.refusal)
      return act()
    })
  }

  /**
   * Runs what writes. After a write that failed nothing is known of the disk: everything later fails until reopened.
   */
  async #certainly<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      this.#broken = { error }
      throw error
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Fault(`Cannot use log "${this.#parts.at.folder}": it is closed`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#mutex.settled()
    await this.#parts.right[Symbol.asyncDispose]()
  }
}
