import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { scoreValidation } from '../../core/detect/validation/score-validation.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import type { FrozenValidation, PublishedValidation } from '../../core/model/incident/validation.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { validationBytes } from '../folder/log-frozen.ts'
import { readFrozenValidation, readLabels } from './validation-file.ts'
import { STUDY_ID } from '../observatory/studies.ts'

/** Folder of published validations within a data folder: `validations/<id>/frozen.json` and `labels.json`. */
const FOLDER = 'validations'
const MOST = 100
/** With both files: the entry of the log that had the predictions when they were published. */
const LOGGED = 'logged.json'
const loggedSchema = z.strictObject({ leaf: z.int().min(0) })
type EntryAt = (leaf: number) => Promise<Uint8Array | undefined>
const MOST_BYTES = 64 * 1024 * 1024

/**
 * Validations of a data folder. The figures are computed from both files whenever one changes: no file states them.
 * `isPublic` leaves simulated ones out. `entryAt` gives the frozen predictions that the log has at a leaf: what was
 * published as logged is shown as logged if they are the same.
 */
export function folderValidations(
  folder: string,
  { isPublic, entryAt }: { readonly isPublic: boolean; readonly entryAt?: EntryAt },
): () => Promise<readonly PublishedValidation[]> {
  const root = join(folder, FOLDER)
  const known = new Map<string, { readonly stamp: string; readonly found: PublishedValidation }>()
  return async () => {
    const all: PublishedValidation[] = []
    for (const id of (await namesIn(root)).filter((name) => STUDY_ID.test(name)).slice(0, MOST)) {
      const stamp = await stampOf(join(root, id))
      const before = known.get(id)
      const found = before?.stamp === stamp ? before.found : await readSafely(join(root, id), id, entryAt)
      known.set(id, { stamp, found })
      if (!(isPublic && found.kind === 'whole' && found.frozen.protocol.simulated)) all.push(found)
    }
    return all
  }
}

async function namesIn(root: string): Promise<readonly string[]> {
  try {
    return (await readdir(root)).toSorted()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function stampOf(folder: string): Promise<string> {
  const parts = ['frozen.json', 'labels.json', LOGGED].map(async (name) => {
    const found = await stat(join(folder, name)).catch(() => undefined)
    return found === undefined ? '-' : `${found.size} ${found.mtimeMs}`
  })
  return (await Promise.all(parts)).join(' ')
}

/** One that cannot be read for any reason is refused and takes no other from the page. */
async function readSafely(folder: string, id: string, entryAt: EntryAt | undefined): Promise<PublishedValidation> {
  try {
    const found = await readOne(folder, id)
    if (found.kind !== 'whole') return found
    return { ...found, ...defined({ leaf: await readLogged(folder, found.frozen, entryAt) }) }
  } catch {
    return { kind: 'refused', id, problem: 'unreadable' }
  }
}

/** The entry of the log that holds these predictions, if the log still says so. */
async function readLogged(
  folder: string,
  frozen: FrozenValidation,
  entryAt: EntryAt | undefined,
): Promise<number | undefined> {
  try {
    const { leaf } = loggedSchema.parse(JSON.parse(await readFile(join(folder, LOGGED), 'utf8')))
    const bytes = await entryAt?.(leaf)
    return bytes !== undefined && Buffer.from(validationBytes(frozen)).equals(bytes) ? leaf : undefined
  } catch {
    return undefined
  }
}

async function readOne(folder: string, id: string): Promise<PublishedValidation> {
  const texts = await Promise.all(
    ['frozen.json', 'labels.json'].map(async (name) => {
      const path = join(folder, name)
      const size = (await stat(path).catch(() => undefined))?.size ?? MOST_BYTES + 1
      return size > MOST_BYTES ? undefined : readFile(path, 'utf8')
    }),
  )
  const [frozenText, labelsText] = texts
  if (frozenText === undefined || labelsText === undefined) return { kind: 'refused', id, problem: 'unreadable' }
  const frozen = readFrozenValidation(parsed(frozenText))
  if (frozen === undefined) return { kind: 'refused', id, problem: 'frozen' }
  const labels = readLabels(labelsText, frozen)
  if (labels === undefined) return { kind: 'refused', id, problem: 'labels' }
  const files = { frozen: frozenText, labels: labelsText }
  return { kind: 'whole', id, frozen, labels, score: scoreValidation(frozen.cases, labels), files }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Puts both files where the site of a data folder finds them, with the entry of the log that has the predictions, if any
 * has. Throws InputError for a name that is taken.
 */
export async function publishValidation(
  folder: string,
  id: string,
  files: Readonly<Record<'frozen' | 'labels', string>> & { readonly leaf?: number | undefined },
): Promise<void> {
  const target = join(folder, FOLDER, id)
  if (!STUDY_ID.test(id) || (await stat(target).catch(() => undefined)) !== undefined)
    throw new InputError(`Cannot publish validation "${id}": the name is taken or is not one`, {
      code: 'validation.publish',
      path: '--publish',
      expected: 'a name of its own: small letters, digits, hyphens',
    })
  const unfinished = `${target}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  await writeFile(join(unfinished, 'frozen.json'), files.frozen)
  await writeFile(join(unfinished, 'labels.json'), files.labels)
  if (files.leaf !== undefined) await writeFile(join(unfinished, LOGGED), JSON.stringify({ leaf: files.leaf }))
  await rename(unfinished, target)
}
