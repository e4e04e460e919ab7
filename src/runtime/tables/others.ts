import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { readFile as readFileLater } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import {
  othersIndexSchema,
  type OthersFile,
  type OthersPart,
  type OthersRecord,
} from '../../core/model/tables/others.ts'
import { readAnswer, type OthersOptions } from './others-answer.ts'

/** Largest file, and rows over all files: what a page looks through must stay small. */
const MAX_BYTES = 32 * 1024 * 1024
export const OTHERS_MOST_ROWS = 500_000

/** Lists of files: of those that the operator added, and of those that a follower fetched. */
export const OTHERS_LISTS = ['others.json', 'followed.json'] as const
export type OthersList = (typeof OTHERS_LISTS)[number]
const FOLLOWED: OthersList = 'followed.json'

/** Parts that were read, by name of file: one whose entry, size and time are as before is not read again. */
export type OthersCache = Map<string, { readonly stamp: string; readonly part: OthersPart }>

export interface LoadOthers {
  readonly cache?: OthersCache
  /** Hears of what is set aside of `followed.json`; absent: it is refused as in `others.json`. */
  readonly onSetAside?: (problem: InputError) => void
  /** Reads only files of these forms; absent: all. */
  readonly forms?: readonly OthersFile['form'][]
}

/**
 * Reads what others measured from a folder with its lists (docs/formats/others.md); undefined where there is none.
 * Nothing is fetched. A row that cannot be read is set aside and counted. Throws InputError for a list or a file that is
 * not as described.
 */
export function loadOthers(folder: string, options: OthersOptions, how: LoadOthers = {}): OthersRecord | undefined {
  const { onSetAside, forms } = how
  const cache: OthersCache = how.cache ?? new Map()
  const setsAside = <T>(name: OthersList, read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (onSetAside === undefined || name !== FOLLOWED || !(error instanceof InputError)) throw error
      onSetAside(error)
      return undefined
    }
  }
  const lists = OTHERS_LISTS.flatMap((name) => setsAside(name, () => readList(folder, name)) ?? [])
  const [first] = lists
  if (first === undefined) return undefined
  let rows = 0
  const parts: OthersPart[] = []
  for (const { name, simulated, files } of lists)
    setsAside(name, () => {
      if (simulated !== first.simulated) throw refuse(name, '/simulated', 'real and simulated data are never mixed')
      for (const entry of files.filter(({ form }) => forms?.includes(form) ?? true))
        setsAside(name, () => {
          const part = readCached(folder, name, entry, { options, cache })
          const own = rowsOfPart(part)
          if (rows + own > OTHERS_MOST_ROWS)
            throw refuse(entry.file, '', `more than ${OTHERS_MOST_ROWS} rows over all files`)
          rows += own
          parts.push(part)
        })
    })
  const named = new Set(lists.flatMap(({ files }) => files.map(({ file }) => file)))
  for (const file of cache.keys()) if (!named.has(file)) cache.delete(file)
  return { simulated: first.simulated, parts }
}

/**
 * Reads into the cache what has changed, one file after the other with a rest after each, so that a thread that answers
 * readers does so between them. What cannot be read is left to `loadOthers`.
 */
export async function warmOthers(
  folder: string,
  options: OthersOptions,
  { cache, forms }: { readonly cache: OthersCache } & Pick<LoadOthers, 'forms'>,
): Promise<void> {
  for (const name of OTHERS_LISTS)
    try {
      for (const entry of readList(folder, name)?.files.filter(({ form }) => forms?.includes(form) ?? true) ?? [])
        try {
          const stamp = stampOf(folder, entry)
          if (stamp === undefined || cache.get(entry.file)?.stamp === stamp) continue
          const part = parseFile(entry, await readFileLater(join(folder, entry.file)), options)
          cache.set(entry.file, { stamp, part })
          await setImmediate()
        } catch {
          continue
        }
    } catch {
      continue
    }
}

/** Rows of one part. */
export const rowsOfPart = (part: OthersPart): number =>
  part.kind === 'ooni' ? part.counts.length : part.outages.length

/** Rows of each file of a list by its name; 0 of one that cannot be read, and none of a list that cannot. */
export function rowsOfList(folder: string, name: OthersList, options: OthersOptions): ReadonlyMap<string, number> {
  const rows = new Map<string, number>()
  try {
    for (const entry of readList(folder, name)?.files ?? [])
      try {
        rows.set(entry.file, rowsOfPart(readFile(folder, name, entry, options)))
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        rows.set(entry.file, 0)
      }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
  return rows
}

type OthersIndex = z.infer<typeof othersIndexSchema> & { readonly name: OthersList }

function readList(folder: string, name: OthersList): OthersIndex | undefined {
  const text = read(folder, name)?.toString('utf8')
  return text === undefined ? undefined : { name, ...parseIndex(name, text) }
}

/** What differs after a change of a file or of its entry; undefined where there is no file that may be read. */
function stampOf(folder: string, entry: OthersFile): string | undefined {
  const found = statSync(join(folder, entry.file), { throwIfNoEntry: false })
  if (found === undefined || found.size > MAX_BYTES) return undefined
  return `${found.size} ${found.mtimeMs} ${found.ino} ${JSON.stringify(entry)}`
}

function readCached(
  folder: string,
  list: OthersList,
  entry: OthersFile,
  { options, cache }: { readonly options: OthersOptions; readonly cache: OthersCache },
): OthersPart {
  const stamp = stampOf(folder, entry)
  const known = cache.get(entry.file)
  if (known !== undefined && known.stamp === stamp) return known.part
  const part = readFile(folder, list, entry, options)
  if (stamp !== undefined) cache.set(entry.file, { stamp, part })
  return part
}

function readFile(folder: string, list: OthersList, entry: OthersFile, options: OthersOptions): OthersPart {
  const bytes = read(folder, entry.file)
  if (bytes === undefined) throw refuse(list, `/files: ${entry.file}`, 'there is no such file')
  return parseFile(entry, bytes, options)
}

function parseFile(entry: OthersFile, bytes: Buffer, options: OthersOptions): OthersPart {
  if (entry.until < entry.since) throw refuse(entry.file, '', 'it ends before it begins')
  if (entry.sha256 !== undefined && createHash('sha256').update(bytes).digest('hex') !== entry.sha256)
    throw refuse(entry.file, '', 'its bytes are not those that were received')
  return readAnswer(entry, bytes.toString('utf8'), options)
}

function refuse(file: string, path: string, found: string): InputError {
  return new InputError(`Cannot read what others measured, "${file}"${path === '' ? '' : `, ${path}`}: ${found}`, {
    code: 'others.invalid',
    path: `${file}${path}`,
    expected: 'the form of docs/formats/others.md',
  })
}

function read(folder: string, file: string): Buffer | undefined {
  const path = join(folder, file)
  try {
    const { size } = statSync(path)
    if (size > MAX_BYTES) throw refuse(file, '', `${size} bytes, at most ${MAX_BYTES}`)
    return readFileSync(path)
  } catch (error) {
    if (error instanceof InputError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw refuse(file, '', error instanceof Error ? error.message : String(error))
  }
}

function parseIndex(name: string, text: string): z.infer<typeof othersIndexSchema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(name, '', error instanceof Error ? error.message : String(error))
  }
  const parsed = othersIndexSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw refuse(name, `/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'not as expected')
}
