import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { Metadata, Root, TargetFile, Targets } from '@tufjs/models'
import { InputError } from '../core/model/errors.ts'
import type { Instant } from '../core/model/units.ts'
import {
  PROGRAM_FILES,
  targetPath,
  UPDATE_ROLES,
  updateTarget,
  type ProgramSystem,
  type UpdateProgram,
  type UpdateRole,
} from '../core/model/update/update-folder.ts'
import { isMissing } from '../runtime/files/disk.ts'
import { roleKey } from './role-keys.ts'
import { DRAFTS, METADATA, metadataBytes, metadataName, publishedOf, putFile, versionsIn } from './update-files.ts'

const SPECIFICATION = '1.0.31'
const DAY_S = 86_400

/** When metadata expires, in the form of The Update Framework: whole seconds, UTC. */
export const expiry = (now: Instant, days: number): string =>
  new Date((Math.floor(now / 1000) + days * DAY_S) * 1000).toISOString().replace('.000Z', 'Z')

/** Next version of a role; a draft that waits is written over, unless it is of an earlier version. */
export const nextVersion = async (folder: string, role: UpdateRole): Promise<number> =>
  ((await versionsIn(join(folder, METADATA), role)).at(-1) ?? 0) + 1

/** Keys and threshold of a role; without them, as before. */
export interface RolePlan {
  readonly keys?: readonly Uint8Array[]
  readonly threshold?: number
}

/**
 * Writes the next version of the root metadata as a draft: which keys each role has, and how many of them must sign.
 * Throws InputError where a role would have fewer keys than its threshold.
 */
export async function draftRoot(
  folder: string,
  plan: { readonly roles: Readonly<Record<UpdateRole, RolePlan>>; readonly days: number; readonly now: Instant },
): Promise<string> {
  const before = (await publishedOf(folder, 'root'))?.signed
  const known = { ...before?.keys }
  const roles = UPDATE_ROLES.map((role): [string, { keyids: string[]; threshold: number }] => {
    const { keys, threshold = before?.roles[role]?.threshold ?? 1 } = plan.roles[role]
    for (const key of keys ?? []) known[roleKey(key).keyID] = roleKey(key)
    const keyIDs = keys === undefined ? (before?.roles[role]?.keyIDs ?? []) : keys.map((key) => roleKey(key).keyID)
    if (new Set(keyIDs).size !== keyIDs.length || keyIDs.length < threshold)
      throw new InputError(`Cannot write the root metadata: the role "${role}" has too few different keys`, {
        code: 'update.keys',
        path: role,
        expected: `at least ${Math.max(1, threshold)} of "--${role} KEY", each another key`,
      })
    return [role, { keyids: [...keyIDs], threshold }]
  })
  const used = new Set(roles.flatMap(([, { keyids }]) => keyids))
  const root = Root.fromJSON({
    _type: 'root',
    spec_version: SPECIFICATION,
    version: await nextVersion(folder, 'root'),
    expires: expiry(plan.now, plan.days),
    consistent_snapshot: true,
    keys: Object.fromEntries(
      Object.entries(known).flatMap(([id, key]) => (used.has(id) ? [[id, key.toJSON()] as const] : [])),
    ),
    roles: Object.fromEntries(roles),
  })
  return writeDraft(folder, 'root', new Metadata(root))
}

/**
 * Writes the next version of the targets metadata as a draft, with the programs of a folder that "npm run release"
 * wrote, each compressed among the targets; without such a folder the same programs again, with another expiry.
 * Throws InputError where the folder holds no program.
 */
export async function draftTargets(
  folder: string,
  plan: {
    readonly from: { readonly release: string; readonly version: string } | undefined
    readonly days: number
    readonly now: Instant
  },
): Promise<string> {
  const before = await publishedOf(folder, 'targets')
  const targets = new Targets({
    version: await nextVersion(folder, 'targets'),
    specVersion: SPECIFICATION,
    expires: expiry(plan.now, plan.days),
    targets: plan.from === undefined ? { ...before?.signed.targets } : {},
  })
  if (plan.from !== undefined)
    for (const system of Object.keys(PROGRAM_FILES) as ProgramSystem[]) {
      const program = join(plan.from.release, PROGRAM_FILES[system])
      if (!(await isFile(program))) continue
      targets.addTarget(await addProgram(folder, program, { system, version: plan.from.version }))
    }
  if (Object.keys(targets.targets).length === 0)
    throw new InputError('Cannot write the targets metadata: no program found', {
      code: 'update.programs',
      path: plan.from?.release ?? folder,
      expected: `a folder with ${Object.values(PROGRAM_FILES).join(', ')} or some of them`,
    })
  return writeDraft(folder, 'targets', new Metadata(targets))
}

async function writeDraft(folder: string, role: UpdateRole, metadata: Metadata<Root | Targets>): Promise<string> {
  const path = join(folder, DRAFTS, metadataName(role, metadata.signed.version))
  await putFile(path, metadataBytes(metadata))
  return path
}

const isFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** SHA-256 of a file, and its length. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly length: number }> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { sha256: hash.digest('hex'), length: (await stat(path)).size }
}

/** Compresses a program into the targets. The same program gives the same file with the same Node. */
async function addProgram(
  folder: string,
  program: string,
  { system, version }: { readonly system: ProgramSystem; readonly version: string },
): Promise<TargetFile> {
  const name = updateTarget(system)
  const work = join(folder, 'targets', `${name}.unfinished`)
  await mkdir(join(folder, 'targets'), { recursive: true, mode: 0o755 })
  const whole = await hashFile(program)
  const level = { params: { [constants.ZSTD_c_compressionLevel]: 12 } }
  await pipeline(createReadStream(program), createZstdCompress(level), createWriteStream(work, { mode: 0o644 }))
  const packed = await hashFile(work)
  const path = join(folder, targetPath(packed.sha256, name))
  await rm(path, { force: true })
  await rename(work, path)
  const custom = { version, ...whole } satisfies UpdateProgram
  return new TargetFile({
    path: name,
    length: packed.length,
    hashes: { sha256: packed.sha256 },
    unrecognizedFields: { custom },
  })
}
