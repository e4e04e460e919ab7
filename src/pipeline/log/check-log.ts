import { verifyKeyChange } from '../../evidence/key-change.ts'
import { hashLeaf, sameBytes } from '../../evidence/merkle.ts'
import { TILE_WIDTH, type Tile } from '../../evidence/tile.ts'
import { formatVerifierKey } from '../../evidence/signed-note.ts'
import { TreeEdge } from '../../evidence/tree-edge.ts'
import { Fault, InputError } from '../../model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { REAL_DISK, type Disk } from '../../sys/disk.ts'
import { readWhole } from '../../sys/durable-file.ts'
import { sha256, verifyEd25519 } from '../../sys/ed25519.ts'
import type { PublishedCheckpoint } from './contract.ts'
import { otherKindOf, readPlaces } from './entry-places.ts'
import { hasServed, logFolder, type LogFolder } from './log-folder.ts'
import { keyMark, readIdentity, signingKey, type LogIdentity } from './log-identity.ts'
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
    | 'other-places'
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
  if (identity === undefined && state === undefined && problems === 0 && !(await hasServed(at, disk))) return undefined
  if (identity === undefined && problems === 0) found({ file: at.identity, what: 'lost' })
  if (state === undefined) {
    if ((await readWhole(at.state, disk)) === undefined) found({ file: at.state, what: 'lost' })
    return { leaves: 0, problems }
  }
  const walk = new Walk({ at, state, tiles: new TileFiles(at.served, disk), found, options })
  await walk.run()
  await checkPlaces(walk, { at, disk, found })
  if (identity === undefined) return { leaves: walk.size, problems }
  await checkSigned(walk, checkpoint, { at, found })
  await checkKeys(walk, { at, identity, found })
  for (const { key, until } of identity.keys)
    if (until === undefined) await signingKey(at, key, disk).catch(unreadable(at.seed(keyMark(key.publicKey))))
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
  /** Leaves that are no measurements, by kind. */
  readonly places = new Map<string, number[]>()

  constructor(parts: WalkParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#edge.size
  }

  async run(): Promise<void> {
    const { at, state, found, options } = this.#parts
    let bundle: Uint8Array[] = []
    for await (const leaf of options.archive.leaves(0, state.size)) {
      options.signal.throwIfAborted()
      this.#place(leaf)
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

  /** A leaf that does not read is found as one whose digest is another. */
  #place(leaf: Uint8Array): void {
    let kind: string | undefined
    try {
      kind = otherKindOf(leaf)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
    }
    if (kind === undefined) return
    const places = this.places.get(kind) ?? []
    places.push(this.#edge.size)
    this.places.set(kind, places)
  }

  async #compareEdge(bundle: readonly Uint8Array[]): Promise<void> {
    for (const [level, digests] of this.#edge.levels.entries()) {
      if (digests.length === 0) continue
      const index = Math.floor(this.#edge.size / TILE_WIDTH ** (level + 1))
      await this.#comparePartials({ level, index, width: digests.length }, (width) =>
        encodeTile(digests.slice(0, width)),
      )
      if (level !== 0) continue
      await this.#comparePartials({ level: 'entries', index, width: bundle.length }, (width) =>
        encodeBundle(bundle.slice(0, width)),
      )
    }
  }

  /** The partial tile of the edge, and those of earlier checkpoints that stand beside it. */
  async #comparePartials(tile: Tile, expected: (width: number) => Uint8Array): Promise<void> {
    await this.#compare(tile, expected(tile.width))
    for (const width of await this.#parts.tiles.partials(tile))
      if (width < tile.width) await this.#compare({ ...tile, width }, expected(width))
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

/** The checkpoint is over the tree that the leaves make. */
async function checkSigned(
  walk: Walk,
  checkpoint: PublishedCheckpoint | 'told' | undefined,
  { at, found }: Pick<WalkParts, 'at' | 'found'>,
): Promise<void> {
  if (checkpoint === undefined) {
    if (walk.size > 0) found({ file: at.checkpoint, what: 'lost' })
  } else if (
    checkpoint !== 'told' &&
    (checkpoint.size > walk.size || !sameBytes(await walk.rootAt(checkpoint.size), checkpoint.root))
  )
    found({ file: at.checkpoint, what: 'other-root' })
}

/** The keys are the first and those that the changes in the tree name, one after another, each from behind its leaf on. */
async function checkKeys(
  walk: Walk,
  { at, identity, found }: Pick<WalkParts, 'at' | 'found'> & { readonly identity: LogIdentity },
): Promise<void> {
  // A change that no state holds yet waits for the next sequencing.
  const keys = identity.keys.filter(({ fromSize }) => fromSize <= walk.size)
  const changes = walk.places.get('key-change') ?? []
  for (const [nth, leaf] of changes.entries()) {
    const [before, after] = [keys[nth], keys[nth + 1]]
    const bytes = await walk.entryBytes(leaf)
    const change =
      bytes === undefined ? undefined : verifyKeyChange(bytes, { digest: sha256, verify: verifyEd25519 })?.change
    const follows =
      before !== undefined &&
      after?.fromSize === leaf + 1 &&
      change?.old === formatVerifierKey(before.key) &&
      change.new === formatVerifierKey(after.key)
    if (!follows) found({ file: at.identity, what: 'key-change', leaf })
  }
  if (keys.length !== changes.length + 1 || keys[0]?.fromSize !== 0) found({ file: at.identity, what: 'key-change' })
}

/** The kept places are those of the leaves, as far as the tree reaches; a file that does not read is made again. */
async function checkPlaces(
  walk: Walk,
  { at, disk, found }: Pick<WalkParts, 'at' | 'found'> & { readonly disk: Disk },
): Promise<void> {
  const kept = await readPlaces(at, disk)
  if (kept === undefined) return
  const until = Math.min(kept.until, walk.size)
  const places = (of: readonly number[] | undefined): string => (of ?? []).filter((leaf) => leaf < until).join(' ')
  const kinds = new Set([...walk.places.keys(), ...Object.keys(kept.places)])
  if ([...kinds].some((kind) => places(kept.places[kind]) !== places(walk.places.get(kind))))
    found({ file: at.entries, what: 'other-places' })
}
