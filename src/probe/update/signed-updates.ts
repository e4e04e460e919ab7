import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Metadata, MetadataKind, type Root } from '@tufjs/models'
import { Updater, type Fetcher } from 'tuf-js'
import { DownloadHTTPError } from 'tuf-js/dist/error.js'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { millis } from '../../core/model/units.ts'
import {
  updateFileSchema,
  updateProgramSchema,
  updateTarget,
  type ProgramSystem,
  type UpdateProgram,
} from '../../core/model/update/update-folder.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { reasonOf } from '../../core/model/errors.ts'
import type { UpdateSource } from './update-source.ts'

/** A program that the targets role signed for a system, and its compressed file. */
export interface SignedProgram extends UpdateProgram {
  readonly file: { readonly path: string; readonly length: number; readonly sha256: string }
  /** The metadata that say so, as bytes. */
  readonly statement: Buffer
}

export type Checked =
  /** Metadata are valid and fresh; without a program where none is for this system. */
  | { readonly kind: 'valid'; readonly program?: SignedProgram }
  | { readonly kind: 'unreachable'; readonly why: string }
  /** Something came that is not to be believed. */
  | { readonly kind: 'refused'; readonly why: string }

/** Address that stands for a carrier within the library, which wants one. */
const PLACE = 'https://updates.invalid/metadata/'
const NAMES = ['timestamp', 'snapshot', 'targets'] as const
const ONE_FILE_LIMIT = millis(2 * MINUTE_MS)
/** Rotations of the root that are followed; each takes a people's ceremony. */
const MOST_ROTATIONS = 256

/** Metadata of updates in a folder of the probe: as trusted as the root that the program was built with. */
export class SignedUpdates {
  readonly #folder: string
  readonly #builtRoot: Buffer

  constructor(folder: string, builtRoot: Buffer) {
    this.#folder = folder
    this.#builtRoot = builtRoot
  }

  /**
   * The newest root that follows, by signatures, from the one that the program was built with. What was kept is checked
   * again each time: it is in a folder to which more than the program may write.
   */
  #root(): { readonly bytes: Buffer; readonly root: Metadata<Root> } {
    let bytes = this.#builtRoot
    let root = rootOf(bytes)
    root.verifyDelegate('root', root)
    for (;;) {
      try {
        const next = readFileSync(join(this.#folder, `${root.signed.version + 1}.root.json`))
        const metadata = rootOf(next)
        if (metadata.signed.version !== root.signed.version + 1) return { bytes, root }
        root.verifyDelegate('root', metadata)
        metadata.verifyDelegate('root', metadata)
        ;[bytes, root] = [next, metadata]
      } catch {
        return { bytes, root }
      }
    }
  }

  /**
   * Asks one carrier by the client workflow of The Update Framework (5.3 to 5.6) and keeps what is valid. Never throws
   * for what a carrier gives; throws the signal's reason.
   */
  async check(source: UpdateSource, system: ProgramSystem, signal: AbortSignal): Promise<Checked> {
    const work = join(this.#folder, 'checking')
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { recursive: true, mode: 0o700 })
    const fetcher = new CarrierFetcher(source, signal)
    try {
      const { bytes, root } = this.#root()
      writeFileSync(join(work, 'root.json'), bytes)
      for (const name of NAMES) {
        const kept = await readWhole(join(this.#folder, `${name}.json`))
        if (kept !== undefined) writeFileSync(join(work, `${name}.json`), kept)
      }
      const updater = new Updater({
        metadataDir: work,
        metadataBaseUrl: PLACE,
        fetcher,
        config: { maxRootRotations: MOST_ROTATIONS },
      })
      try {
        await updater.refresh()
      } finally {
        await this.#keep(work, { from: root.signed.version, fetcher })
      }
      const statement = readFileSync(join(work, 'targets.json'))
      return { kind: 'valid', ...programOf(statement, system) }
    } catch (error) {
      signal.throwIfAborted()
      if (fetcher.failure !== undefined) return { kind: 'unreachable', why: fetcher.failure }
      return { kind: 'refused', why: reasonOf(error) }
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  /** Keeps what the library accepted: each file whole, and each is verified again when it is used. */
  async #keep(
    work: string,
    { from, fetcher }: { readonly from: number; readonly fetcher: CarrierFetcher },
  ): Promise<void> {
    const accepted = rootOf(readFileSync(join(work, 'root.json'))).signed.version
    for (let version = from + 1; version <= accepted; version++) {
      const bytes = fetcher.roots.get(version)
      if (bytes !== undefined) await writeDurable(join(this.#folder, `${version}.root.json`), bytes)
    }
    for (const name of NAMES) {
      const bytes = await readWhole(join(work, `${name}.json`))
      if (bytes !== undefined) await writeDurable(join(this.#folder, `${name}.json`), bytes)
    }
  }

  /** Whether the keys of the present root signed this program. Its age does not matter: it is in use. */
  isSigned(statement: Buffer, system: ProgramSystem, { sha256, version }: Omit<UpdateProgram, 'length'>): boolean {
    try {
      const { root } = this.#root()
      root.verifyDelegate('targets', Metadata.fromJSON(MetadataKind.Targets, jsonOf(statement)))
      const { program } = programOf(statement, system)
      return program?.sha256 === sha256 && program.version === version
    } catch {
      return false
    }
  }
}

// The library checks the form of what it is given.
const jsonOf = (bytes: Buffer): Record<string, never> => JSON.parse(bytes.toString('utf8')) as Record<string, never>
const rootOf = (bytes: Buffer): Metadata<Root> => Metadata.fromJSON(MetadataKind.Root, jsonOf(bytes))

/** The program of a system that targets metadata name. Throws where they have another form than ours. */
function programOf(statement: Buffer, system: ProgramSystem): { readonly program?: SignedProgram } {
  const name = updateTarget(system)
  const { targets } = Metadata.fromJSON(MetadataKind.Targets, jsonOf(statement)).signed
  const target = Object.hasOwn(targets, name) ? targets[name] : undefined
  if (target === undefined) return {}
  const { length, hashes } = updateFileSchema.parse(target)
  const file = { path: name, length, sha256: hashes.sha256 }
  return { program: { ...updateProgramSchema.parse(target.custom), file, statement } }
}

/** Fetches metadata from a carrier, within the length that the library allows and a limit of time. */
class CarrierFetcher implements Fetcher {
  readonly #source: UpdateSource
  readonly #signal: AbortSignal
  /** Roots that came, by version: kept once the library has accepted them. */
  readonly roots = new Map<number, Buffer>()
  /** Why the carrier could not be read; undefined as long as it could. */
  failure: string | undefined

  constructor(source: UpdateSource, signal: AbortSignal) {
    this.#source = source
    this.#signal = signal
  }

  async downloadBytes(url: string, most: number): Promise<Buffer> {
    const name = url.startsWith(PLACE) ? url.slice(PLACE.length) : ''
    if (!/^(?:\d+\.)?[a-z]+\.json$/.test(name)) throw new Error(`no metadata has the name "${name}"`)
    const bytes = await this.#read(`metadata/${name}`, most)
    const version = /^(\d+)\.root\.json$/.exec(name)?.[1]
    if (version !== undefined) this.roots.set(Number(version), bytes)
    return bytes
  }

  async #read(path: string, most: number): Promise<Buffer> {
    using deadline = openDeadline(this.#signal, ONE_FILE_LIMIT, 'metadata of updates')
    const { signal } = deadline
    let carried
    const pieces: Uint8Array[] = []
    let length = 0
    try {
      carried = await this.#source.open(path, { from: 0, signal })
      if (carried.kind === 'bytes')
        for await (const piece of piecesUntilAborted(carried.bytes, signal)) {
          length += piece.length
          if (length > most) break
          pieces.push(piece)
        }
    } catch (error) {
      this.failure = reasonOf(error)
      throw error
    }
    if (carried.kind === 'missing') {
      if (!path.endsWith('.root.json')) this.failure = `${path} is missing`
      throw new DownloadHTTPError(`${path} is missing`, 404)
    }
    if (length > most) throw new Error(`${path} is longer than ${most} bytes`)
    return Buffer.concat(pieces)
  }

  downloadFile(): Promise<never> {
    return Promise.reject(new Error('programs are fetched by download-program.ts'))
  }
}

/** What a stream gives until a signal aborts, which it throws the reason of. */
export async function* piecesUntilAborted(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => undefined)
  const pieces = bytes[Symbol.asyncIterator]()
  try {
    for (;;) {
      signal.throwIfAborted()
      const next = await Promise.race([pieces.next(), aborted])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await Promise.race([pieces.return?.(), new Promise((resolve) => setTimeout(resolve, 100))])
  }
}

/** Makes the folder of metadata. */
export async function openSignedUpdates(folder: string, builtRoot: Buffer): Promise<SignedUpdates> {
  await REAL_DISK.makeFolder(folder)
  return new SignedUpdates(folder, builtRoot)
}
