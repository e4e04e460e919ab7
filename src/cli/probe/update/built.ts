import { statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PROGRAM_FILES, type ProgramSystem } from '../../../core/model/update/update-folder.ts'
import { ONE_FILE, PACKAGE_ROOT, PROBE_ONLY, readPackaged } from '../../../runtime/files/package-root.ts'

/** Set for a version that the downloaded program started: where that program is. */
export const PROGRAM_VARIABLE = 'KUAGER_PROBE_PROGRAM'

/** The program as its owner downloaded it, also where a newer version of it runs. */
export const downloadedProgram = (env: Readonly<Record<string, string | undefined>>): string =>
  env[PROGRAM_VARIABLE] ?? process.execPath

const read = (name: string): Buffer | undefined => {
  try {
    return readPackaged(join(PACKAGE_ROOT, 'data', 'updates', name), 512_000)
  } catch {
    return undefined // of this build
  }
}

/** What this program is for updates: who brings them, or from which root they are signed. */
export type Updatable =
  | { readonly kind: 'source' }
  | { readonly kind: 'package' }
  | { readonly kind: 'no-root' }
  | { readonly kind: 'one-file'; readonly builtRoot: Buffer; readonly system: ProgramSystem }

/** Whether this program updates by itself: one file that belongs to its user, built with a root. */
export function updatable(env: Readonly<Record<string, string | undefined>>): Updatable {
  if (!ONE_FILE) return { kind: PROBE_ONLY ? 'no-root' : 'source' } // the script for macOS has no root
  const program = downloadedProgram(env)
  if (isOfSystem(program)) return { kind: 'package' }
  const system = `${process.platform}-${process.arch}`
  const builtRoot = read('root.json')
  return builtRoot !== undefined && isProgramSystem(system)
    ? { kind: 'one-file', builtRoot, system }
    : { kind: 'no-root' }
}

const isProgramSystem = (text: string): text is ProgramSystem => Object.hasOwn(PROGRAM_FILES, text)

/** Whether a package manager or another user put a program where it is. */
function isOfSystem(program: string): boolean {
  if (process.platform === 'win32') return false
  if (/^\/usr\/(?!local\/)/.test(program)) return true
  // Its owner may have removed it while a newer version runs.
  const owner = statSync(program, { throwIfNoEntry: false })?.uid
  return owner !== undefined && owner !== process.getuid?.()
}

/** Addresses of folders of updates that this build names; none where it names none that can be read. */
export function builtMirrors(): readonly string[] {
  try {
    return z
      .array(z.url({ protocol: /^https?$/ }))
      .max(32)
      .parse(JSON.parse(read('mirrors.json')?.toString('utf8') ?? '[]'))
  } catch {
    return []
  }
}
