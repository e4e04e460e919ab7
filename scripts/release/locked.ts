import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ROOT } from './program.ts'

const CACHE = join(ROOT, 'node_modules', '.cache', 'release')

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })),
})

/** A package as the lock file fixes it. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
  /** SHA-512 of its archive, in base64. */
  readonly sha512: string
}

const NESTED = 'node_modules/'

const lock = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')))

/**
 * A package by its place below node_modules: its name, or `docx/node_modules/nanoid`. Throws where the lock file does not
 * fix it by a SHA-512.
 */
export function lockedPackage(place: string): LockedPackage {
  const { version, integrity = '' } = lock.packages[`node_modules/${place}`] ?? {}
  const name = place.split(NESTED).at(-1) ?? place
  const [, sha512] = /^sha512-(\S+)$/.exec(integrity) ?? []
  if (version === undefined || sha512 === undefined)
    throw new Error(`Cannot build: package-lock.json does not fix "${place}" by a SHA-512`)
  return { name, version, sha512 }
}

/**
 * Folder of a package of any system, as the lock file fixes it: of the installation where npm put it there, else
 * fetched once and compared with the lock file's hash.
 */
export function folderOf(place: string): string {
  const installed = join(ROOT, 'node_modules', place)
  if (existsSync(installed)) return installed
  const { name, version, sha512 } = lockedPackage(place)
  const kept = join(CACHE, `${name.replace('/', '-')}-${version}`)
  if (existsSync(kept)) return join(kept, 'package')
  const work = `${kept}.part`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  run('npm', ['pack', `${name}@${version}`, '--silent', '--ignore-scripts', '--pack-destination', work])
  const archive = join(work, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  const found = createHash('sha512').update(readFileSync(archive)).digest('base64')
  if (found !== sha512) throw new Error(`Cannot build: the archive of ${name}@${version} is not that of the lock file`)
  run('tar', ['-xzf', archive, '-C', work])
  rmSync(archive)
  renameSync(work, kept)
  return join(kept, 'package')
}

/** Runs a program, by default in the package's folder. Throws with what it said where it fails. */
export function run(program: string, args: readonly string[], cwd = ROOT): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(`Cannot build: ${program} failed: ${error?.message ?? stderr.trim()}`)
  return stdout.trim()
}
