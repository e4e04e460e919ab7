import { Root, Targets } from '@tufjs/models'
import { UPDATE_ROLES, updateProgramSchema } from '../core/model/update/update-folder.ts'
import { countSignatures, type RoleMetadata } from './update-files.ts'

/** What a metadata file says, for the person who signs it: keys by the first 16 digits of their names. */
export function describeMetadata(metadata: RoleMetadata): readonly string[] {
  const { signed } = metadata
  return [
    `${signed.type} version ${signed.version}, expires ${signed.expires}`,
    ...(signed instanceof Root ? describeRoot(signed) : []),
    ...(signed instanceof Targets ? describeTargets(signed) : []),
    `signed by: ${Object.keys(metadata.signatures).map(shortKey).join(', ')}`,
    ...(signed instanceof Root ? [`of its own root keys: ${ownCount(signed, metadata)}`] : []),
  ]
}

/** First digits of a key's name, as `kuager release show` prints it too. */
export const shortKey = (id: string): string => id.slice(0, 16)

const describeRoot = (root: Root): readonly string[] =>
  UPDATE_ROLES.map((role) => {
    const { keyIDs, threshold } = root.roles[role] ?? { keyIDs: [], threshold: 1 }
    return `  ${role}: ${threshold} of ${keyIDs.length} (${keyIDs.map(shortKey).join(', ')})`
  })

const describeTargets = (targets: Targets): readonly string[] =>
  Object.values(targets.targets).map((target) => {
    const program = updateProgramSchema.safeParse(target.custom)
    return program.success
      ? `  ${target.path}: version ${program.data.version}, SHA-256 of the program ${program.data.sha256}`
      : `  ${target.path}: not a program`
  })

function ownCount(root: Root, metadata: RoleMetadata): string {
  const { signed, threshold } = countSignatures(root, 'root', metadata)
  return `${signed} of ${threshold}`
}
