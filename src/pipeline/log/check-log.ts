import { verifyKeyChange } from '../../evidence/key-change.ts'
import { hashLeaf, sameBytes } from '../../evidence/merkle.ts'
import { TILE_WIDTH, type Tile } from '../../evidence/tile.ts'
import { TreeEdge } from '../../evidence/tree-edge.ts'
import { Fault } from '../../model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { REAL_DISK, type Disk } from '../../sys/disk.ts'
import { sha256, verifyEd25519 } from '../../sys/ed25519.ts'
import type { PublishedCheckpoint } from './contract.ts'
import { logFolder, type LogFolder } from './log-folder.ts'
import { readIdentity, type LogIdentity } from './log-identity.ts'
import { readCheckpoint, readState, type LogState } from './recover-log.ts'
import { encodeBundle, encodeTile, TileFiles } from './tile-files.ts'

/** Something in a log that does not fit, and the file in which it stands. */
export interface LogProblem {
  readonly file: string
  /** `lost`: it is gone; the others say what it is not. */
  readonly what:
    | 'lost'
    | 'unreadable'
    | 'other-entries'
    | 'other-digests'
    | 'other-root'
    | 'unsigned'
    | 'short-archive'
    | 'key-change'
  readonly leaf?: number
}

export interface CheckedLog {
  /** Leaves of the tree that were walked. */
  readonly leaves: number
  readonly problems: number
}

export interface CheckOptions {
  readonly archive: Pick<Archive, 'size' | 'leaves' | 'readLeaf'>
  readonly signal: AbortSignal
  readonly disk?: Disk
  readonly onProblem: (problem: LogProblem) => void
}

/**
 * Makes the whole tree again from the leaves of the archive and holds every tile, the state, the checkpoint and every
 * change of keys against it. Works on the files and changes nothing, so that it also tells about a log that does not
 * open. Undefined where there is no log.
 */
export async function checkLog(folder: string, options: CheckOptions): Promise<CheckedLog | undefined> {
  const disk = options.disk ?? REAL_DISK
  const at = logFolder(folder)
  let problems = 0
  const found = (problem: LogProblem): void => {
    problems++
    options.onProblem(problem)
  }
  const unreadable = (file: string) => (error: unknown) => {
    if (!(error instanceof Fault)) throw error
    found({ file, what: 'unreadable' })
    return undefined
  }
  const identity = await readIdentity(at, disk).catch(unreadable(at.identity))
  // Before the state: a log that grows meanwhile never has a checkpoint beyond its state.
  const checkpoint = identity === undefined ? undefined : await readSigned(at, identity, { disk, found })
  const state = await readState(at, disk).catch(unreadable(at.state))
  if (identity === undefined && state === undefined && problems === 0) return undefined
  if (state === undefined) {
    if (problems === 0) found({ file: at.state, what: 'lost' })
    return { leaves: 0, problems }
  }
  if (identity === undefined && problems === 0) found({ file: at.identity, what: 'lost' })
  const walk = new Walk({ at, state, tiles: new TileFiles(at.served, disk), found, options })
  await walk.run()
  if (identity !== undefined) await checkSigned(walk, checkpoint, { at, identity, found })
  return { leaves: walk.size, problems }
}

interface WalkParts {
  readonly at: LogFolder
  readonly state: LogState
  readonly tiles: TileFiles
  readonly found: (problem: LogProblem) => void
  readonly options: CheckOptions
}

/** One pass over all leaves. */
class Walk {
  readonly #parts: WalkParts
  readonly #edge = new TreeEdge(sha256)
  readonly keyChanges: number[] = []

  constructor(parts: WalkParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#edge.size
  }

  async run(): Promise<void> {
    const { at, state, found, options } = this.#parts
    let bundle: Uint8Array[] = []
    const changed = Buffer.from('{"kind":"key-change"')
    for await (const leaf of options.archive.leaves(0, state.size)) {
      options.signal.throwIfAborted()
      if (changed.compare(leaf, 0, changed.length) === 0) this.keyChanges.push(this.#edge.size)
      bundle.push(leaf)
      for (const { tile, digests } of this.#edge.push(hashLeaf(leaf, sha256))) {
        await this.#compare(tile, encodeTile(digests))
        if (tile.level !== 0) continue
        await this.#compare({ ...tile, level: 'entries' }, encodeBundle(bundle))
        bundle = []
      }
    }
    if (this.#edge.size < state.size) found({ file: at.state, what: 'short-archive', leaf: this.#edge.size })
    else await this.#compareEdge(bundle)
    if (!sameBytes(this.#edge.root(), state.root)) found({ file: at.state, what: 'other-root' })
  }

  async #compareEdge(bundle: readonly Uint8Array[]): Promise<void> {
    for (const [level, digests] of this.#edge.levels.entries()) {
      if (digests.length === 0) continue
      const index = Math.floor(this.#edge.size / TILE_WIDTH ** (level + 1))
      await this.#compare({ level, index, width: digests.length }, encodeTile(digests))
      if (level === 0) await this.#compare({ level: 'entries', index, width: bundle.length }, encodeBundle(bundle))
    }
  }

  async #compare(tile: Tile, expected: Uint8Array): Promise<void> {
    const { tiles, found } = this.#parts
    const bytes = await tiles.read(tile)
    const file = tiles.path(tile)
    if (bytes === undefined) found({ file, what: 'lost' })
    else if (!sameBytes(bytes, expected))
      found({ file, what: tile.level === 'entries' ? 'other-entries' : 'other-digests' })
  }

  /** Root over the first leaves, from the leaves themselves. */
  async rootAt(size: number): Promise<Uint8Array> {
    if (size === this.#edge.size) return this.#edge.root()
    const edge = new TreeEdge(sha256)
    for await (const leaf of this.#parts.options.archive.leaves(0, size)) edge.push(hashLeaf(leaf, sha256))
    return edge.root()
  }

  async entryBytes(leaf: number): Promise<Uint8Array | undefined> {
    const archived = await this.#parts.options.archive.readLeaf(leaf)
    return archived?.kind === 'entry' ? archived.bytes : undefined
  }
}

/** The checkpoint, where it is signed by a key of the log. */
async function readSigned(
  at: LogFolder,
  identity: LogIdentity,
  { disk, found }: { readonly disk: Disk; readonly found: (problem: LogProblem) => void },
): Promise<PublishedCheckpoint | 'told' | undefined> {
  try {
    return await readCheckpoint(at, identity, disk)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    found({ file: at.checkpoint, what: error.cause === undefined ? 'unsigned' : 'unreadable' })
    return 'told'
  }
}

/** The checkpoint is over the tree that the leaves make, and every key follows from the first. */
async function checkSigned(
  walk: Walk,
  checkpoint: PublishedCheckpoint | 'told' | undefined,
  {
    at,
    identity,
    found,
  }: { readonly at: LogFolder; readonly identity: LogIdentity; readonly found: (problem: LogProblem) => void },
): Promise<void> {
  if (checkpoint === undefined) {
    if (walk.size > 0) found({ file: at.checkpoint, what: 'lost' })
  } else if (
    checkpoint !== 'told' &&
    (checkpoint.size > walk.size || !sameBytes(await walk.rootAt(checkpoint.size), checkpoint.root))
  )
    found({ file: at.checkpoint, what: 'other-root' })
  let key = identity.keys[0]?.key
  const known = new Set(identity.keys.map(({ key: { id } }) => id))
  for (const leaf of walk.keyChanges) {
    const bytes = await walk.entryBytes(leaf)
    const change = bytes === undefined ? undefined : verifyKeyChange(bytes, { digest: sha256, verify: verifyEd25519 })
    if (change === undefined || change.before.id !== key?.id || !known.has(change.after.id))
      found({ file: at.identity, what: 'key-change', leaf })
    key = change?.after
  }
  if (key?.id !== identity.keys.at(-1)?.key.id) found({ file: at.identity, what: 'key-change' })
}
