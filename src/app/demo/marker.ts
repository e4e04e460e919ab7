import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'

const MARKER = 'demo.json'
/** What holding a folder leaves in it: a start that was cut short before the marker. */
const TRACES: ReadonlySet<string> = new Set(['lock.sqlite', 'lock.sqlite-journal', 'holder.json', 'kuager.sock'])

const markerSchema = z.strictObject({
  simulated: z.literal(true),
  /** `loading`: a part of what the pages show may be missing. */
  state: z.enum(['loading', 'ready']),
  /** First day, milliseconds since 1970, and number of days. */
  since: z.int(),
  days: z.int().min(1).max(120),
  /** Up to when it is simulated; absent in folders that were made when time did not run in them. */
  until: z.int().optional(),
})
/** What a demonstration says of its folder in the folder. */
export type Marker = z.infer<typeof markerSchema>
/** A marker that says up to when the folder is simulated. */
export type Lived = Marker & { readonly until: number }

/** The marker of a folder that a demonstration made; throws InputError for a folder that is anything else. */
export async function readMarker(path: string): Promise<Marker | undefined> {
  const text = await orMissing(readFile(join(path, MARKER), 'utf8'))
  if (text !== undefined) {
    const parsed = markerSchema.safeParse(parseText(text))
    if (parsed.success) return parsed.data
    throw foreignFolder(path, `its ${MARKER} cannot be read`)
  }
  const others = ((await orMissing(readdir(path))) ?? []).filter((name) => !TRACES.has(name))
  if (others.length > 0) throw foreignFolder(path, `it holds other things (${others.slice(0, 3).join(', ')})`)
  return undefined
}

export const saveMarker = (path: string, marker: Marker): Promise<void> =>
  writeDurable(join(path, MARKER), Buffer.from(`${JSON.stringify(marker)}\n`))

export const foreignFolder = (path: string, why: string): InputError =>
  new InputError(`Cannot show the demonstration from "${path}": ${why}; name another folder with --folder`, {
    code: 'folder.not-simulated',
    path: '--folder',
    expected: 'an empty folder, a new one, or one that a demonstration made',
  })

/** Value of a text of JSON; undefined for any other text. */
export function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is found in a file or folder; undefined where there is none. */
export async function orMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
