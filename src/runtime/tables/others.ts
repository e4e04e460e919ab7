import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
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
const MAX_ROWS = 500_000

/** Lists of files: of those that the operator added, and of those that a follower fetched. */
export const OTHERS_LISTS = ['others.json', 'followed.json'] as const

/**
 * Reads what others measured from a folder with its lists (docs/formats/others.md); undefined where there is none.
 * Nothing is fetched. A row that cannot be read is set aside and counted. Throws InputError for a list or a file that is
 * not as described.
 */
export function loadOthers(folder: string, options: OthersOptions): OthersRecord | undefined {
  const lists = OTHERS_LISTS.flatMap((name) => {
    const text = read(folder, name)?.toString('utf8')
    return text === undefined ? [] : [{ name, ...parseIndex(name, text) }]
  })
  const [first] = lists
  if (first === undefined) return undefined
  let rows = 0
  const parts = lists.flatMap(({ name, simulated, files }) => {
    if (simulated !== first.simulated) throw refuse(name, '/simulated', 'real and simulated data are never mixed')
    return files.map((entry) => {
      const part = readFile(folder, name, entry, options)
      rows += part.kind === 'ooni' ? part.counts.length : part.outages.length
      if (rows > MAX_ROWS) throw refuse(entry.file, '', `more than ${MAX_ROWS} rows over all files`)
      return part
    })
  })
  return { simulated: first.simulated, parts }
}

function readFile(folder: string, list: string, entry: OthersFile, options: OthersOptions): OthersPart {
  const bytes = read(folder, entry.file)
  if (bytes === undefined) throw refuse(list, `/files: ${entry.file}`, 'there is no such file')
  if (entry.until < entry.since) throw refuse(list, `/files: ${entry.file}`, 'it ends before it begins')
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
