import { z } from 'zod'

// Names in a folder of updates (docs/operating/release.md): what signs and publishes it, and what reads it, agree by this file.

/** Roles of The Update Framework. Each signs one kind of metadata file. */
export const UPDATE_ROLES = ['root', 'targets', 'snapshot', 'timestamp'] as const
export type UpdateRole = (typeof UPDATE_ROLES)[number]

/** The probe as one file, by the platform and architecture that Node names. */
export const PROGRAM_FILES = {
  'linux-x64': 'kuager-probe-linux-x64',
  'linux-arm64': 'kuager-probe-linux-arm64',
  'win32-x64': 'kuager-probe-windows-x64.exe',
} as const
export type ProgramSystem = keyof typeof PROGRAM_FILES

/** Name by which the targets role signs the program of a system: it is compressed with zstd. */
export const updateTarget = (system: ProgramSystem): string => `${PROGRAM_FILES[system]}.zst`

/** Where a target is, in the folder of updates: its name follows its SHA-256, so that a mirror never has half of a change. */
export const targetPath = (sha256: string, target: string): string => `targets/${sha256}.${target}`

/** Versions of programs: three numbers. */
export const versionSchema = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,6}$/)
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

/** Larger programs are none of ours. */
export const MOST_PROGRAM_BYTES = 256e6

/** What the targets role says of a program in addition to length and hash of the compressed file. */
export const updateProgramSchema = z.object({
  version: versionSchema,
  length: z.int().positive().max(MOST_PROGRAM_BYTES),
  sha256: sha256Schema,
})
export type UpdateProgram = z.infer<typeof updateProgramSchema>

/** The compressed file. */
export const updateFileSchema = z.object({
  length: z.int().positive().max(MOST_PROGRAM_BYTES),
  hashes: z.object({ sha256: sha256Schema }),
})

/** Negative where version `a` is before `b`, positive where it is after, 0 where they are equal. */
export function orderVersions(a: string, b: string): number {
  const numbers = (text: string): readonly number[] => text.split('.').map(Number)
  const [left, right] = [numbers(a), numbers(b)]
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
