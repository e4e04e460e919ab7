import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../core/evidence/log/checkpoint.ts'
import { decodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { parseLeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { HASH_BYTES, hashLeaf, verifyInclusion } from '../../core/evidence/log/merkle.ts'
import { parseVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { TILE_WIDTH, tilePath, type Tile } from '../../core/evidence/log/tile.ts'
import { TreeReader } from '../../core/evidence/log/tree-reader.ts'
import { InputError } from '../../core/model/errors.ts'
import { cryptography, sha256 } from '../verify/tools.ts'

/** Gives a file below the address of a log; undefined where the server has none. */
export type AskLogFile = (path: string) => Promise<Uint8Array | undefined>

/** What the log has of measurements of one day. */
export type DayChecked =
  /** No key that the server names signed the state of the log. */
  | { readonly kind: 'unsigned' }
  | {
      readonly kind: 'checked'
      /** Entries that the signed state covers, and the keys that signed it. */
      readonly size: number
      readonly keys: readonly string[]
      readonly good: readonly number[]
      /** Places that the state does not cover yet. */
      readonly later: readonly number[]
      /** Places at which the log has no measurement, or another tree than the one that is signed. */
      readonly bad: readonly number[]
    }

/**
 * Checks that the log has a measurement at each of the places, in the tree that is signed. First everything of the day is
 * read, whose ever it is: `bundles` are those of all rows of the day. From then on nothing is asked for, so no request can
 * depend on the places. Throws InputError where the log cannot be read.
 */
export async function checkDay(
  places: readonly number[],
  { bundles, get }: { readonly bundles: ReadonlySet<number>; readonly get: AskLogFile },
): Promise<DayChecked> {
  const files = new AskedOnce(get)
  const checkpoint = parseCheckpoint(await files.whole('checkpoint'))
  const keys = new TextDecoder()
    .decode(await files.whole('keys'))
    .split('\n')
    .filter(Boolean)
  const signers = signersOf(checkpoint, keys)
  if (signers.length === 0) return { kind: 'unsigned' }
  const { size, root } = checkpoint
  const reader = new TreeReader({ digests: (tile) => digestsOf(tile, files) }, sha256)
  const entries = new Map<number, readonly Uint8Array[]>()
  for (const bundle of [...bundles].toSorted((a, b) => a - b)) {
    const first = bundle * TILE_WIDTH
    if (first >= size) continue
    entries.set(bundle, await entriesOf(bundle, Math.min(TILE_WIDTH, size - first), files))
    // The proof of any other entry of the bundle is made of the same tiles.
    await reader.inclusion(first, size, size)
  }
  files.close()
  const good: number[] = []
  const bad: number[] = []
  const covered = places.filter((place) => place < size)
  for (const place of covered) {
    const leaf = entries.get(Math.floor(place / TILE_WIDTH))?.[place % TILE_WIDTH]
    const isMeasurement = leaf !== undefined && isOfMeasurement(leaf)
    const claim = { index: BigInt(place), size: BigInt(size), root }
    const isIn =
      leaf !== undefined &&
      verifyInclusion(
        { ...claim, leaf: hashLeaf(leaf, sha256), path: await reader.inclusion(place, size, size) },
        sha256,
      )
    ;(isMeasurement && isIn ? good : bad).push(place)
  }
  return {
    kind: 'checked',
    size,
    keys: signers.map(({ name, id }) => `${name}+${id}`),
    good,
    later: places.filter((place) => place >= size),
    bad,
  }
}

/** Whether an entry is that of a measurement; a text that is no record is none. */
function isOfMeasurement(leaf: Uint8Array): boolean {
  try {
    return parseLeafRecord(leaf).kind === 'measurement'
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

const signersOf = (checkpoint: Checkpoint, lines: readonly string[]): readonly VerifierKey[] =>
  checkpointSigners(
    checkpoint,
    lines.map((line) => parseVerifierKey(line, sha256)),
    cryptography.verify,
  )

const withheld = (path: string): InputError =>
  new InputError(`Cannot read the log: the server does not serve "${path}" whole`, {
    code: 'log.withheld',
    path,
    expected: 'every tile and entry that the newest checkpoint covers (C2SP tlog-tiles)',
  })

/** Files of a log, each asked for once; after `close` none is. */
class AskedOnce {
  readonly #get: AskLogFile
  readonly #asked = new Map<string, Promise<Uint8Array | undefined>>()
  #isClosed = false

  constructor(get: AskLogFile) {
    this.#get = get
  }

  close(): void {
    this.#isClosed = true
  }

  get(path: string): Promise<Uint8Array | undefined> {
    const known = this.#asked.get(path)
    if (known !== undefined) return known
    if (this.#isClosed) throw new Error(`"${path}" would be asked for one place alone`)
    const asked = this.#get(path)
    this.#asked.set(path, asked)
    return asked
  }

  async whole(path: string): Promise<Uint8Array> {
    const bytes = await this.get(path)
    if (bytes === undefined) throw withheld(path)
    return bytes
  }

  /** A tile; a partial one may have become full since the checkpoint, and then begins with it. */
  async tile(tile: Tile): Promise<Uint8Array> {
    const bytes = await this.get(tilePath(tile))
    if (bytes !== undefined || tile.width === TILE_WIDTH) return bytes ?? (await this.whole(tilePath(tile)))
    return this.whole(tilePath({ ...tile, width: TILE_WIDTH }))
  }
}

async function entriesOf(index: number, width: number, files: AskedOnce): Promise<readonly Uint8Array[]> {
  const tile = { level: 'entries', index, width } as const
  const bytes = await files.tile(tile)
  const leaves = decodeEntries(bytes, width) ?? decodeEntries(bytes, TILE_WIDTH)
  if (leaves === undefined) throw withheld(tilePath(tile))
  return leaves.slice(0, width)
}

async function digestsOf(tile: Tile, files: AskedOnce): Promise<readonly Uint8Array[]> {
  const bytes = await files.tile(tile)
  if (bytes.length < tile.width * HASH_BYTES) throw withheld(tilePath(tile))
  return Array.from({ length: tile.width }, (_, nth) => bytes.slice(nth * HASH_BYTES, (nth + 1) * HASH_BYTES))
}
