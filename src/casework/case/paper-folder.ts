import { hash } from 'node:crypto'
import { lstat, readFile, rename, unlink } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { isMissing, REAL_DISK } from '../../sys/disk.ts'
import { writeDurable } from '../../sys/durable-file.ts'

/** What the last build wrote, in the form of `sha256sum`. */
const LIST = 'SHA256SUMS'
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

  /** Papers that somebody had changed, and where they are now. */
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

  /** Removes what only the last build made, where nobody changed it, and writes the list of this one. */
  async finish(): Promise<void> {
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
  }
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
