import { join } from 'node:path'
import { Metadata, Root, Snapshot, Targets, Timestamp } from '@tufjs/models'
import { InputError } from '../core/model/errors.ts'
import { instant, type Instant } from '../core/model/units.ts'
import { targetPath, UPDATE_ROLES, updateFileSchema, type UpdateRole } from '../core/model/update/update-folder.ts'
import { isMissing } from '../runtime/files/disk.ts'
import { expiry, hashFile, nextVersion } from './draft.ts'
import { shortKey } from './describe.ts'
import { roleKey, signatureOf, type RoleSigner } from './role-keys.ts'
import {
  countSignatures,
  describeFile,
  DRAFTS,
  metadataBytes,
  metadataName,
  publishDraft,
  publishedOf,
  putFile,
  readMetadata,
  versionsIn,
  type RoleMetadata,
  type SignatureCount,
} from './update-files.ts'

/** Adds the signature of a key to a metadata file; one that this key made before is replaced. */
export async function signMetadata(path: string, signer: RoleSigner): Promise<RoleMetadata> {
  const metadata = await readMetadata(path)
  metadata.sign(signatureOf(signer))
  await putFile(path, metadataBytes(metadata))
  return metadata
}

/** A draft that cannot be published yet: signatures of whose keys are missing. */
export interface Waiting extends SignatureCount {
  readonly role: UpdateRole
  readonly version: number
  /** Whose keys: those that this file or the present root names, or, of a new root, those of the root before it. */
  readonly keysOf: 'root' | 'former root'
}

/** What a publication did. */
export interface Published {
  readonly files: readonly { readonly role: UpdateRole; readonly version: number }[]
  readonly waiting: readonly Waiting[]
}

interface PublishPlan {
  readonly signers: readonly RoleSigner[]
  readonly days: { readonly snapshot: number; readonly timestamp: number }
  readonly now: Instant
}

/**
 * Publishes the drafts that have their signatures, in the order in which a reader asks for them last: root, targets with
 * their files, snapshot, timestamp. A reader who comes in between sees the former state, whole.
 * Throws InputError where the keys given are not those of a role, or where a target is missing.
 */
export async function publish(folder: string, plan: PublishPlan): Promise<Published> {
  const files: { role: UpdateRole; version: number }[] = []
  const roots = await publishRoots(folder)
  files.push(...roots.files)
  const root = await currentRoot(folder, roots.waiting)
  const targets = await publishTargets(folder, root)
  files.push(...targets.files)
  const waiting = [...roots.waiting, ...targets.waiting]
  const current = await publishedOf(folder, 'targets')
  if (current === undefined || countMissing(countSignatures(root, 'targets', current)) > 0)
    return { files, waiting: [...waiting, ...(targets.waiting.length > 0 ? [] : [targetsWait(root, current)])] }
  if (await needsSnapshot(folder, root, { targets: current, plan }))
    files.push(await publishSnapshot(folder, root, { targets: current, plan }))
  files.push(await publishTimestamp(folder, plan))
  return { files, waiting }
}

const countMissing = ({ signed, threshold }: SignatureCount): number => Math.max(0, threshold - signed)

const targetsWait = (root: Root, targets: Metadata<Targets> | undefined): Waiting => ({
  role: 'targets',
  version: (targets?.signed.version ?? 0) + 1,
  keysOf: 'root',
  signed: 0,
  threshold: root.roles['targets']?.threshold ?? 1,
})

async function currentRoot(folder: string, waiting: readonly Waiting[]): Promise<Root> {
  const root = await publishedOf(folder, 'root')
  if (root !== undefined) return root.signed
  const [first] = waiting
  throw new InputError('Cannot publish: no root metadata is published', {
    code: 'update.no-root',
    path: folder,
    expected:
      first === undefined
        ? 'a draft of "kuager release root", signed by "kuager release sign"'
        : `${first.threshold} signatures of root keys; found ${first.signed}`,
  })
}

async function draftOf(folder: string, role: UpdateRole): Promise<RoleMetadata | undefined> {
  const version = await nextVersion(folder, role)
  if (!(await versionsIn(join(folder, DRAFTS), role)).includes(version)) return undefined
  return readMetadata(join(folder, DRAFTS, metadataName(role, version)))
}

/** A new root is signed by enough keys of the root before it and by enough of its own. */
async function publishRoots(folder: string): Promise<Published> {
  const files: { role: UpdateRole; version: number }[] = []
  for (;;) {
    const draft = await draftOf(folder, 'root')
    if (!(draft?.signed instanceof Root)) return { files, waiting: [] }
    const before = await publishedOf(folder, 'root')
    const about = { role: 'root', version: draft.signed.version } as const
    const waiting: Waiting[] = [{ ...about, keysOf: 'root', ...countSignatures(draft.signed, 'root', draft) }]
    if (before !== undefined)
      waiting.push({ ...about, keysOf: 'former root', ...countSignatures(before.signed, 'root', draft) })
    const missing = waiting.filter((one) => countMissing(one) > 0)
    if (missing.length > 0) return { files, waiting: missing }
    await publishDraft(folder, 'root', draft)
    files.push(about)
  }
}

async function publishTargets(folder: string, root: Root): Promise<Published> {
  const draft = await draftOf(folder, 'targets')
  if (!(draft?.signed instanceof Targets)) return { files: [], waiting: [] }
  const about = { role: 'targets', version: draft.signed.version } as const
  const count = countSignatures(root, 'targets', draft)
  if (countMissing(count) > 0) return { files: [], waiting: [{ ...about, keysOf: 'root', ...count }] }
  for (const target of Object.values(draft.signed.targets)) {
    const { length, hashes } = updateFileSchema.parse(target)
    const path = join(folder, targetPath(hashes.sha256, target.path))
    const found = await hashFile(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
    if (found?.length !== length || found.sha256 !== hashes.sha256)
      throw new InputError(`Cannot publish: the file of "${target.path}" is missing or another one`, {
        code: 'update.target',
        path,
        expected: 'the file that "kuager release targets" wrote',
      })
  }
  await publishDraft(folder, 'targets', draft)
  return { files: [about], waiting: [] }
}

interface SnapshotPlan {
  readonly targets: Metadata<Targets>
  readonly plan: PublishPlan
}

/** Whether the present snapshot is of other targets, is no longer signed by its keys, or is past half its time. */
async function needsSnapshot(folder: string, root: Root, { targets, plan }: SnapshotPlan): Promise<boolean> {
  const snapshot = await publishedOf(folder, 'snapshot')
  if (snapshot === undefined || countMissing(countSignatures(root, 'snapshot', snapshot)) > 0) return true
  const halfway = new Date(plan.now + (plan.days.snapshot / 2) * 86_400_000)
  return snapshot.signed.meta['targets.json']?.version !== targets.signed.version || snapshot.signed.isExpired(halfway)
}

async function publishSnapshot(
  folder: string,
  root: Root,
  { targets, plan }: SnapshotPlan,
): Promise<Published['files'][number]> {
  const snapshot = new Metadata(
    new Snapshot({
      version: await nextVersion(folder, 'snapshot'),
      specVersion: targets.signed.specVersion,
      expires: expiry(plan.now, plan.days.snapshot),
      meta: { 'targets.json': describeFile(targets.signed.version, metadataBytes(targets)) },
    }),
  )
  signByKeysOf('snapshot', snapshot, { root, signers: plan.signers })
  await publishDraft(folder, 'snapshot', snapshot)
  return { role: 'snapshot', version: snapshot.signed.version }
}

/**
 * Signs and publishes the next timestamp over the present snapshot: to be done before the former one expires.
 * Throws InputError without a snapshot, or without the keys of the role.
 */
export async function publishTimestamp(
  folder: string,
  plan: Pick<PublishPlan, 'signers' | 'now'> & { readonly days: Pick<PublishPlan['days'], 'timestamp'> },
): Promise<Published['files'][number]> {
  const [root, snapshot, before] = [
    await currentRoot(folder, []),
    await publishedOf(folder, 'snapshot'),
    await publishedOf(folder, 'timestamp'),
  ]
  if (snapshot === undefined)
    throw new InputError('Cannot publish a timestamp: there is no snapshot', {
      code: 'update.no-snapshot',
      path: folder,
      expected: '"kuager release publish" first',
    })
  const timestamp = new Metadata(
    new Timestamp({
      version: (before?.signed.version ?? 0) + 1,
      specVersion: snapshot.signed.specVersion,
      expires: expiry(plan.now, plan.days.timestamp),
      snapshotMeta: describeFile(snapshot.signed.version, metadataBytes(snapshot)),
    }),
  )
  signByKeysOf('timestamp', timestamp, { root, signers: plan.signers })
  await publishDraft(folder, 'timestamp', timestamp)
  return { role: 'timestamp', version: timestamp.signed.version }
}

function signByKeysOf(
  role: UpdateRole,
  metadata: RoleMetadata,
  { root, signers }: { readonly root: Root; readonly signers: readonly RoleSigner[] },
): void {
  for (const signer of signers)
    if (root.roles[role]?.keyIDs.includes(roleKey(signer.publicKey).keyID) === true) metadata.sign(signatureOf(signer))
  const { signed, threshold } = countSignatures(root, role, metadata)
  if (signed < threshold)
    throw new InputError(`Cannot sign the ${role}: ${signed} of ${threshold} keys are given`, {
      code: 'update.keys',
      path: '--key',
      expected: `the secret keys of the role "${role}"`,
    })
}

/** What is published of a role. */
export interface RoleState {
  readonly role: UpdateRole
  /** 0: nothing yet. */
  readonly version: number
  readonly expires: Instant | undefined
  readonly keys: readonly string[]
  readonly threshold: number
}

/** What a folder of updates holds, by role. Keys are named by the first 16 digits of their names in metadata. */
export async function describeUpdates(folder: string): Promise<readonly RoleState[]> {
  const root = await currentRoot(folder, [])
  return Promise.all(
    UPDATE_ROLES.map(async (role) => {
      const published = await publishedOf(folder, role)
      return {
        role,
        version: published?.signed.version ?? 0,
        expires: published === undefined ? undefined : instant(Date.parse(published.signed.expires)),
        keys: (root.roles[role]?.keyIDs ?? []).map(shortKey),
        threshold: root.roles[role]?.threshold ?? 1,
      }
    }),
  )
}
