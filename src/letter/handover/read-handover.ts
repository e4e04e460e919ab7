import { opendir, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogSource } from '../core/recount.ts'
import { TILE_WIDTH, tilePath } from '../../core/evidence/log/tile.ts'
import { InputError } from '../../core/model/errors.ts'
import { MOST_SEALED_BYTES } from '../core/letter.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { readBounded } from '../../runtime/files/copy-folder.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import {
  LOG,
  MANIFEST,
  MOST_MANIFEST_BYTES,
  MOST_SIGNATURES,
  parseHandoverManifest,
  sealedPath,
  SIGNATURES,
  versionPath,
  type HandoverManifest,
} from './manifest.ts'

const MOST_CHECKPOINT = 1_000_000
const MOST_KEYS = 100_000
/** 256 leaves of at most 65,535 bytes, each with its length. */
const MOST_ENTRIES = TILE_WIDTH * (65_535 + 2)
const MOST_LETTER = 1_000_000

/** Files below a folder as they are served of a log: `checkpoint`, `keys`, `tile/entries/…`. No link is followed. */
export const folderLog = (folder: string): LogSource => ({
  checkpoint: () => readBounded(join(folder, 'checkpoint'), MOST_CHECKPOINT),
  keys: async () => new TextDecoder().decode((await readBounded(join(folder, 'keys'), MOST_KEYS)) ?? new Uint8Array()),
  entries: async (index, width) =>
    (await readBounded(join(folder, tilePath({ level: 'entries', index, width })), MOST_ENTRIES)) ??
    readBounded(join(folder, tilePath({ level: 'entries', index, width: TILE_WIDTH })), MOST_ENTRIES),
})

/** A handover bundle on the disk: its author is not trusted. */
export interface HandoverBundle {
  readonly folder: string
  readonly manifest: HandoverManifest
  readonly log: LogSource
  /** What was sealed; undefined where there is no such file, it is a link, or larger than a signature can be. */
  readonly sealed: (ct: Sha256) => Promise<Uint8Array | undefined>
  readonly version: (version: number) => Promise<Uint8Array | undefined>
  /** Names in the folder of signatures, one after another. */
  readonly names: () => AsyncIterable<{ readonly name: string; readonly ct: Sha256 | undefined }>
}

/** Opens the folder of a bundle. Throws InputError where there is none, or its manifest does not read. */
export async function readHandover(folder: string): Promise<HandoverBundle> {
  const bytes = await readBounded(join(folder, MANIFEST), MOST_MANIFEST_BYTES)
  if (bytes === undefined)
    throw new InputError(`Cannot open handover "${folder}": it has no ${MANIFEST} of bearable size`, {
      code: 'handover.missing',
      path: folder,
      expected: 'the folder that "kuager letter export" made',
    })
  const manifest = parseHandoverManifest(bytes)
  return {
    folder,
    manifest,
    log: folderLog(join(folder, LOG)),
    sealed: (ct) => readBounded(join(folder, sealedPath(ct)), MOST_SEALED_BYTES),
    version: (version) => readBounded(join(folder, versionPath(version)), MOST_LETTER),
    names: () => namesIn(join(folder, SIGNATURES)),
  }
}

async function* namesIn(folder: string): AsyncGenerator<{ readonly name: string; readonly ct: Sha256 | undefined }> {
  try {
    // A link in the place of the folder would lead to other files.
    if (!(await lstat(folder)).isDirectory()) return
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  let seen = 0
  for await (const entry of await opendir(folder)) {
    // A folder of more names than signatures can be is an attempt to keep the reader busy.
    if (++seen > 2 * MOST_SIGNATURES) return
    const ct = entry.isFile() ? /^([0-9a-f]{64})\.age$/.exec(entry.name)?.[1] : undefined
    yield { name: entry.name, ct: ct === undefined ? undefined : parseSha256(ct) }
  }
}
