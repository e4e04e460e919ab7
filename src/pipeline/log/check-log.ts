import { encodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { verifyKeyChange } from '../../core/evidence/log/key-change.ts'
import { hashLeaf, sameBytes } from '../../core/evidence/log/merkle.ts'
import { TILE_WIDTH, type Tile } from '../../core/evidence/log/tile.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { TreeEdge } from '../../core/evidence/log/tree-edge.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import { listStampedFiles } from './outside/stamp-files.ts'
import { cosignedFile } from './outside/witnesses.ts'
import type { PublishedCheckpoint } from './contract.ts'
import { otherKindOf, readPlaces, type KindOf } from './entry-places.ts'
import { hasServed, logFolder, type LogFolder } from './log-folder.ts'
import { keyMark, signingKey } from './log-identity.ts'
import { readIdentity, type LogIdentity } from './read-identity.ts'
import type { LogState } from './lead/right.ts'
import { readCheckpoint, readState } from './recover-log.ts'
import { encodeTile, TileFiles } from './tile-files.ts'

/** Something in a log that does not fit, and the file that holds it. */
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
    | 'stamp'
  readonly leaf?: number
}

export interface CheckedLog {
  /** Leaves of the tree that were walked. */
  readonly leaves: number
  readonly problems: number
}

export interface LogCheckOptions {
  readonly archive: Pick<Archive, 'size' | 'leaves' | 'readLeaf'>
  /** As the log was opened with. */
  readonly kindOf?: KindOf
  readonly signal: AbortSignal
  readonly disk?: Disk
  readonly onProblem: (problem: LogProblem) => void
}

/**
 * Makes the whole tree again from the leaves of the archive and holds every tile, the state, the checkpoint, those that
 * were stamped or cosigned, and every change of keys against it. Works on the files and changes nothing, so that it
 * also tells about a log that does not open. Undefined where there is no log.
 */
export async function checkLog(folder: string, options: LogCheckOptions): Promise<CheckedLog | undefined> {
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
  // Before the state: a log that grows meanwhile never has a checkpoint beyond its state, nor does anyone outside have
  // one.
  const checkpoint = identity === undefined ? undefined : await readSigned(at.checkpoint, identity, { at, disk, found })
  const outside = identity === undefined ? [] : await readOutside(at, identity, { disk, found })
  const state = await readState(at, disk).catch(unreadable(at.state))
  if (identity === undefined && state === undefined && problems === 0 && !(await hasServed(at, disk))) return undefined
  if (identity === undefined && problems === 0) found({ file: at.identity, what: 'lost' })
  if (state === undefined) {
    if ((await readWhole(at.state, disk)) === undefined) found({ file: at.state, what: 'lost' })
    return { leaves: 0, problems }
  }
  const signed = [...outside, ...(checkpoint === undefined || checkpoint === 'told' ? [] : [checkpoint])]
  const walk = new Walk({ at, state, tiles: new TileFiles(at.served, disk), found, options })
  await walk.run(new Set(signed.map(({ size }) => size)))
  await checkPlaces(walk, { at, disk, found })
  if (identity === undefined) return { leaves: walk.size, problems }
  if (checkpoint === undefined && walk.size > 0) found({ file: at.checkpoint, what: 'lost' })
  for (const { file, size, root } of signed)
    if (!sameBytes(walk.roots.get(size) ?? new Uint8Array(), root)) found({ file, what: 'other-root' })
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
  readonly options: LogCheckOptions
}

/** One pass over all leaves. */
class Walk {
  readonly #parts: WalkParts
  readonly #edge = new TreeEdge(sha256)
  /** Leaves that are not measurements, by kind. */
  readonly places = new Map<string, number[]>()
  /** Roots of the trees that were asked for, by size; none of a tree that there is not. */
  readonly roots = new Map<number, Uint8Array>()

  constructor(parts: WalkParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#edge.size
  }

  async run(sizes: ReadonlySet<number>): Promise<void> {
    if (sizes.has(0)) this.roots.set(0, this.#edge.root())
    const { at, state, found, options } = this.#parts
    let bundle: Uint8Array[] = []
    for await (const leaf of options.archive.leaves(0, state.size)) {
      options.signal.throwIfAborted()
      this.#place(leaf)
      bundle.push(leaf)
      for (const { tile, digests } of this.#edge.push(hashLeaf(leaf, sha256))) {
        await this.#compare(tile, encodeTile(digests))
        if (tile.level !== 0) continue
        await this.#compare({ ...tile, level: 'entries' }, encodeEntries(bundle))
        bundle = []
      }
      if (sizes.has(this.#edge.size)) this.roots.set(this.#edge.size, this.#edge.root())
    }
    if (this.#edge.size < state.size) found({ file: at.state, what: 'short-archive', leaf: this.#edge.size })
    else await this.#compareEdge(bundle)
    if (!sameBytes(this.#edge.root(), state.root)) found({ file: at.state, what: 'other-root' })
  }

  /** A leaf that does not read is found as one whose digest is another. */
  #place(leaf: Uint8Array): void {
    let kind: string | undefined
    try {
      kind = (this.#parts.options.kindOf ?? otherKindOf)(leaf)
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
        encodeEntries(bundle.slice(0, width)),
      )
    }
  }

  /** The partial tile of the edge, and those of earlier checkpoints that are shown next to it. */
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

  async entryBytes(leaf: number): Promise<Uint8Array | undefined> {
    const archived = await this.#parts.options.archive.readLeaf(leaf)
    return archived?.kind === 'entry' ? archived.bytes : undefined
  }
}

/** A checkpoint that the log signed, and where it is. */
type Signed = PublishedCheckpoint & { readonly file: string }

/** A checkpoint in a file, where it is signed by a key of the log; undefined where there is no file. */
async function readSigned(
  file: string,
  identity: LogIdentity,
  { at, disk, found }: Pick<WalkParts, 'at' | 'found'> & { readonly disk: Disk },
): Promise<Signed | 'told' | undefined> {
  try {
    const checkpoint = await readCheckpoint({ ...at, checkpoint: file }, identity, disk)
    return checkpoint === undefined ? undefined : { ...checkpoint, file }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    found({ file, what: error.cause === undefined ? 'unsigned' : 'unreadable' })
    return 'told'
  }
}

/** The checkpoints that authorities stamped, and the last one that witnesses cosigned as the policy demands. */
async function readOutside(
  at: LogFolder,
  identity: LogIdentity,
  { disk, found }: Pick<WalkParts, 'found'> & { readonly disk: Disk },
): Promise<readonly Signed[]> {
  const signed: Signed[] = []
  for (const file of [...(await listStampedFiles(at.folder, disk)), cosignedFile(at.folder)]) {
    const one = await readSigned(file, identity, { at, disk, found })
    if (one !== undefined && one !== 'told') signed.push(one)
  }
  return signed
}

/**
 * The keys are the first and those that the changes in the tree name, one after another, each from behind its leaf on.
 */
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
