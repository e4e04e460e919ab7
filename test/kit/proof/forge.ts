import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { CheckedBundle } from '../../../src/core/evidence/verify/bundle-report.ts'
import type { Files } from './bundle-maker.ts'

// What somebody may do to a bundle, by hand or with a program.

const decoder = new TextDecoder()
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Files of a bundle on disk, in memory. */
export function loadFiles(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), new Uint8Array(readFileSync(path))]),
  )
}

/** Bytes of a file as text. */
export const textAt = (files: Files, path: string): string => decoder.decode(files.get(path) ?? new Uint8Array())

/** Changes a file as text; it has to be there, and to change. */
export function edit(files: Files, path: string, change: (text: string) => string): void {
  const before = textAt(files, path)
  const after = change(before)
  if (!files.has(path) || before === after) throw new Error(`Cannot change ${path}`)
  files.set(path, bytesOf(after))
}

/** Turns one bit of a file. */
export function flip(files: Files, path: string, at: number, bit = 0): void {
  const bytes = new Uint8Array(files.get(path) ?? new Uint8Array())
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
  files.set(path, bytes)
}

const PAYLOAD = 'data/'
const LISTS = { payload: 'manifest-sha512.txt', tags: 'tagmanifest-sha512.txt', info: 'bag-info.txt' } as const

/** Writes both manifests, and the count in `bag-info.txt`, anew for the files as they are now: the change is hidden. */
export function relist(files: Files): void {
  const payload = [...files].filter(([path]) => path.startsWith(PAYLOAD))
  const bytes = payload.reduce((sum, [, { length }]) => sum + length, 0)
  const info = textAt(files, LISTS.info).replace(/^Payload-Oxum: .*$/m, `Payload-Oxum: ${bytes}.${payload.length}`)
  if (files.has(LISTS.info)) files.set(LISTS.info, bytesOf(info))
  files.set(LISTS.payload, manifestOf(payload))
  files.set(LISTS.tags, manifestOf([...files].filter(([path]) => !path.startsWith(PAYLOAD) && path !== LISTS.tags)))
}

const manifestOf = (files: readonly (readonly [string, Uint8Array])[]): Uint8Array =>
  bytesOf(
    files
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, bytes]) => `${createHash('sha512').update(bytes).digest('hex')}  ${path}\n`)
      .join(''),
  )

/** What a verification found, a line for each problem that it kept: `files: changed data/raw/0.json`. */
export const found = ({ steps }: CheckedBundle): readonly string[] =>
  steps.flatMap(({ step, problems }) =>
    problems.map(({ problem, about = '' }) => `${step}: ${problem} ${about}`.trim()),
  )

/** Steps that failed. */
export const failed = ({ steps }: CheckedBundle): readonly string[] =>
  steps.filter(({ outcome }) => outcome === 'failed').map(({ step }) => step)
