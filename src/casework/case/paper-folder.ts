import { hash } from 'node:crypto'
import { lstat, readFile, rename, unlink } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { z } from 'zod'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { isMissing, REAL_DISK } from '../../runtime/files/disk.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { lawRecordSchema, type LawRecord } from '../law/law-notice.ts'
import type { CaseFile } from './case-form.ts'
import { jsonOrUndefined } from '../../core/model/json-text.ts'

/** What the last build wrote, in the form of `sha256sum`. */
const LIST = 'SHA256SUMS'
/** Beside the papers: of which state of the case they were made. */
const MADE_OF = 'made-of.json'
const madeOfSchema = z.object({
  format: z.literal('kuager-case-papers/1'),
  /** Lines of the journal, and the SHA-256 of the last. */
  journal_lines: z.number().int().positive(),
  journal_sha256: z.string(),
  /** With which law; absent where an older program made them. */
  law: lawRecordSchema.optional(),
})
const NAME = /^[a-z0-9][a-z0-9-]{0,80}\.(?:pdf|docx)$/

/**
 * The folder into which papers are built again and again. A person edits papers there: what is not as the last build left
 * it is moved aside under another name, never written over; what the last build left and this one does not make is removed.
 */
export class PaperFolder {
  readonly #folder: string
  readonly #before: ReadonlyMap<string, string>
  readonly #written = new Map<string, string>()
  readonly #aside: { readonly name: string; readonly moved: string }[] = []

  private constructor(folder: string, before: ReadonlyMap<string, string>) {
    this.#folder = folder
    this.#before = before
  }

  static async open(folder: string): Promise<PaperFolder> {
    await REAL_DISK.makeFolder(folder)
    const list = await readFile(join(folder, LIST), 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return ''
      throw error
    })
    const lines = list.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
      const [, digest, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
      return digest === undefined || name === undefined || !NAME.test(name) ? [] : [[name, digest]]
    })
    return new PaperFolder(folder, new Map(lines))
  }

  /** Documents that someone had changed, and where they are now. */
  get aside(): readonly { readonly name: string; readonly moved: string }[] {
    return this.#aside
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#folder, name)
    const digest = hash('sha256', bytes)
    const found = await digestOf(path)
    if (found !== undefined && found !== digest && found !== this.#before.get(name)) await this.#moveAside(name)
    if (found !== digest) await writeDurable(path, bytes)
    this.#written.set(name, digest)
  }

  async #moveAside(name: string): Promise<void> {
    const ending = extname(name)
    for (let number = 1; ; number++) {
      const moved = `${name.slice(0, -ending.length)}-edited-${number}${ending}`
      if (await exists(join(this.#folder, moved))) continue
      await rename(join(this.#folder, name), join(this.#folder, moved))
      this.#aside.push({ name, moved })
      return
    }
  }

  /**
   * Removes unchanged files that only the last build made, and writes the list of this one and what it was built from.
   */
  async finish(file: CaseFile, law: LawRecord): Promise<void> {
    for (const [name, digest] of this.#before) {
      if (this.#written.has(name)) continue
      const path = join(this.#folder, name)
      if ((await digestOf(path)) === digest) await unlink(path)
    }
    const lines = [...this.#written].toSorted(([a], [b]) => (a < b ? -1 : 1))
    await writeDurable(
      join(this.#folder, LIST),
      Buffer.from(lines.map(([name, digest]) => `${digest}  ${name}\n`).join('')),
    )
    await writeDurable(join(this.#folder, MADE_OF), Buffer.from(`${JSON.stringify({ ...stateOf(file), law })}\n`))
  }
}

const stateOf = ({ journal }: CaseFile): z.infer<typeof madeOfSchema> => ({
  format: 'kuager-case-papers/1',
  journal_lines: journal.lines,
  journal_sha256: hash('sha256', encodeCanonical(journal.last)),
})

/** Whether the papers of a folder are of the case as it stands. */
export type PapersState =
  | { readonly kind: 'none' }
  | { readonly kind: 'current' }
  /** Changes of the case since; absent where the folder does not say what its papers were made of. */
  | { readonly kind: 'older'; readonly changes?: number }

/** Holds the papers of a folder to the case that they were made of. */
export async function readPapersState(folder: string, file: CaseFile): Promise<PapersState> {
  if (!(await exists(join(folder, LIST)))) return { kind: 'none' }
  const madeOf = await readMadeOf(folder)
  const now = stateOf(file)
  if (madeOf?.journal_sha256 === now.journal_sha256) return { kind: 'current' }
  const changes = now.journal_lines - (madeOf?.journal_lines ?? now.journal_lines)
  return changes > 0 ? { kind: 'older', changes } : { kind: 'older' }
}

/** With which law the documents of a folder were made; undefined where it does not say. */
export const readLawRecord = async (folder: string): Promise<LawRecord | undefined> => (await readMadeOf(folder))?.law

async function readMadeOf(folder: string): Promise<z.infer<typeof madeOfSchema> | undefined> {
  const text = await readFile(join(folder, MADE_OF), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw error
  })
  return madeOfSchema.safeParse(jsonOrUndefined(text)).data
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** SHA-256 of a file; undefined where there is none. */
async function digestOf(path: string): Promise<string | undefined> {
  try {
    return hash('sha256', await readFile(path))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
