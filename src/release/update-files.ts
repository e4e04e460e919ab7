import { createHash } from 'node:crypto'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Metadata, MetadataKind, MetaFile, type Root, type Snapshot, type Targets, type Timestamp } from '@tufjs/models'
import { InputError } from '../core/model/errors.ts'
import type { UpdateRole } from '../core/model/update/update-folder.ts'
import { isMissing, REAL_DISK } from '../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../runtime/files/durable-file.ts'

export type RoleMetadata = Metadata<Root | Snapshot | Targets | Timestamp>

/** Published metadata, and metadata that waits for signatures. */
export const METADATA = 'metadata'
export const DRAFTS = 'drafts'

/** File of a role's metadata at a version: only the timestamp has a fixed name. */
export const metadataName = (role: UpdateRole, version: number): string =>
  role === 'timestamp' ? 'timestamp.json' : `${version}.${role}.json`

/** Writes a file that any server may read, whole or not at all. */
export async function putFile(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await writeDurable(path, bytes)
  await chmod(path, 0o644)
}

/** Bytes of metadata, to be read by people too: signatures are over its canonical form. */
export const metadataBytes = (metadata: RoleMetadata): Buffer =>
  Buffer.from(`${JSON.stringify(metadata.toJSON(), null, 1)}\n`)

/** What a snapshot or a timestamp says about a metadata file. */
export const describeFile = (version: number, bytes: Uint8Array): MetaFile =>
  new MetaFile({
    version,
    length: bytes.length,
    hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
  })

const wrong = (path: string): InputError =>
  new InputError(`Cannot read the metadata "${basename(path)}"`, {
    code: 'update.metadata',
    path,
    expected: 'metadata of The Update Framework, as "kuager release root" and "kuager release targets" write it',
  })

/** Metadata of one file, of any role. Throws InputError. */
export async function readMetadata(path: string): Promise<RoleMetadata> {
  const bytes = await readWhole(path)
  if (bytes === undefined) throw wrong(path)
  try {
    const json = JSON.parse(bytes.toString('utf8')) as { signed?: { _type?: unknown } } & Record<string, never>
    switch (json.signed?._type) {
      case 'root':
        return Metadata.fromJSON(MetadataKind.Root, json)
      case 'targets':
        return Metadata.fromJSON(MetadataKind.Targets, json)
      case 'snapshot':
        return Metadata.fromJSON(MetadataKind.Snapshot, json)
      case 'timestamp':
        return Metadata.fromJSON(MetadataKind.Timestamp, json)
      default:
        throw wrong(path)
    }
  } catch (error) {
    throw error instanceof InputError ? error : wrong(path)
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await REAL_DISK.list(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Versions of a role that a folder of metadata holds, the oldest first. */
export async function versionsIn(folder: string, role: UpdateRole): Promise<readonly number[]> {
  const versions = (await namesIn(folder)).flatMap((name) => {
    const [, version, of] = /^([1-9]\d{0,8})\.([a-z]+)\.json$/.exec(name) ?? []
    return of === role ? [Number(version)] : []
  })
  return versions.sort((a, b) => a - b)
}

/** The newest published metadata of a role; undefined where there is none yet. */
export async function publishedOf<R extends UpdateRole>(
  folder: string,
  role: R,
): Promise<Metadata<ByRole[R]> | undefined> {
  const inside = join(folder, METADATA)
  const version = role === 'timestamp' ? 0 : (await versionsIn(inside, role)).at(-1)
  if (version === undefined) return undefined
  const path = join(inside, metadataName(role, version))
  if ((await readWhole(path)) === undefined) return undefined
  const read = await readMetadata(path)
  if (read.signed.type !== KINDS[role]) throw wrong(path)
  return read as Metadata<ByRole[R]>
}

interface ByRole {
  readonly root: Root
  readonly targets: Targets
  readonly snapshot: Snapshot
  readonly timestamp: Timestamp
}
const KINDS = {
  root: MetadataKind.Root,
  targets: MetadataKind.Targets,
  snapshot: MetadataKind.Snapshot,
  timestamp: MetadataKind.Timestamp,
} as const

/** How many keys of a role, as a root names them, signed some metadata, and how many have to. */
export interface SignatureCount {
  readonly signed: number
  readonly threshold: number
}

/** Counts by asking for each key of the role on its own. */
export function countSignatures(root: Root, role: UpdateRole, metadata: RoleMetadata): SignatureCount {
  const { keyIDs, threshold } = root.roles[role] ?? { keyIDs: [], threshold: 1 }
  const signed = keyIDs.filter((id) => {
    try {
      root.keys[id]?.verifySignature(metadata)
      return root.keys[id] !== undefined
    } catch {
      return false
    }
  }).length
  return { signed, threshold }
}

/** Moves a draft to its place among what is published. */
export async function publishDraft(folder: string, role: UpdateRole, metadata: RoleMetadata): Promise<void> {
  const name = metadataName(role, metadata.signed.version)
  await putFile(join(folder, METADATA, name), metadataBytes(metadata))
  await rm(join(folder, DRAFTS, name), { force: true })
}
