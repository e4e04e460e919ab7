import { createHmac, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Fault } from '../../core/model/errors.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { Disk, DiskFile } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { Layout } from './layout.ts'
import type { RecordFrame } from './record.ts'

const KEY_BYTES = 32

/** One erasure: when, why, the keyed tombstone of the bare id, and where the bytes stand that must be overwritten. */
export interface Erasure extends RecordFrame {
  readonly at: Instant
  readonly reason: string
  /** HMAC-SHA256 of the bare id under the key of the folder, in hexadecimal. */
  readonly tombstone: string
  readonly segment: number
  readonly offset: number
}

/**
 * The log of erasures: an `intent` line, durable before any byte is overwritten, and a `done` line after the last one.
 * An intent without its end is redone when the archive is opened. It holds no bare id.
 */
export class Erasures {
  readonly #key: Buffer
  readonly #file: DiskFile
  readonly #byLeaf = new Map<number, Erasure>()
  readonly #tombstones = new Set<string>()
  readonly #unfinished = new Set<number>()
  #end = 0

  constructor(key: Buffer, file: DiskFile) {
    this.#key = key
    this.#file = file
  }

  /** The erasure of a leaf, or undefined. */
  ofLeaf(leafIndex: number): Erasure | undefined {
    return this.#byLeaf.get(leafIndex)
  }

  get unfinished(): readonly Erasure[] {
    return [...this.#unfinished].map((leaf) => this.#byLeaf.get(leaf)!) // both are filled together
  }

  get all(): IterableIterator<Erasure> {
    return this.#byLeaf.values()
  }

  tombstoneOf(id: Uint8Array): string {
    return createHmac('sha256', this.#key).update(id).digest('hex')
  }

  /** 32 bytes that follow from the key of the folder, for one purpose alone. */
  keyFor(purpose: string): Buffer {
    return createHmac('sha256', this.#key).update(purpose).digest()
  }

  /** Whether the bytes of this id were erased. */
  bars(id: Uint8Array): boolean {
    return this.#tombstones.size > 0 && this.#tombstones.has(this.tombstoneOf(id))
  }

  /** Durable when resolved. */
  async intend(erasure: Erasure): Promise<void> {
    await this.#append({ kind: 'intent', ...erasure })
    this.#take(erasure)
  }

  /** Durable when resolved. */
  async finish(leafIndex: number): Promise<void> {
    await this.#append({ kind: 'done', leafIndex })
    this.#unfinished.delete(leafIndex)
  }

  /** Cuts what a failed write left behind the last line. */
  async cut(): Promise<void> {
    await this.#file.truncate(this.#end)
    await this.#file.sync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #append(line: Readonly<Record<string, unknown>>): Promise<void> {
    const bytes = encodeLine(line)
    await this.#file.write(bytes, this.#end)
    await this.#file.sync()
    this.#end += bytes.length
  }

  #take(erasure: Erasure): void {
    this.#byLeaf.set(erasure.leafIndex, erasure)
    this.#tombstones.add(erasure.tombstone)
    this.#unfinished.add(erasure.leafIndex)
  }

  /** Takes in the lines of the file and cuts a torn last one, which was never acknowledged. */
  async load(text: Buffer): Promise<void> {
    const { lines, end } = decodeLines(text, this.#file.path)
    for (const line of lines)
      if (line.kind === 'intent') this.#take(line.erasure)
      else this.#unfinished.delete(line.leafIndex)
    if (end < text.length) {
      await this.#file.truncate(end)
      await this.#file.sync()
    }
    this.#end = end
  }
}

/** What a log of erasures says. */
export interface ErasureLog {
  /** By leaf, in the order of the lines, finished or not. */
  readonly byLeaf: ReadonlyMap<number, Erasure>
  /** Leaves whose erasure was finished, in that order. */
  readonly finished: readonly number[]
  /** Where the whole lines end. */
  readonly end: number
}

/** Reads a log of erasures by its bytes. Throws Fault where a line is damaged. */
export function decodeErasureLog(text: Buffer, path: string): ErasureLog {
  const { lines, end } = decodeLines(text, path)
  const byLeaf = new Map<number, Erasure>()
  const finished: number[] = []
  for (const line of lines)
    if (line.kind === 'intent') byLeaf.set(line.erasure.leafIndex, line.erasure)
    else finished.push(line.leafIndex)
  return { byLeaf, finished, end }
}

/** The log of erasures of an archive; changes nothing. Throws Fault where it is damaged. */
export const readErasureLog = async (layout: Layout, disk: Disk): Promise<ErasureLog> =>
  decodeErasureLog((await readWhole(layout.erasures, disk)) ?? Buffer.alloc(0), layout.erasures)

/** Erasures that were finished, in that order, and where the whole lines of the log end. */
export function readFinished(
  text: Buffer,
  path: string,
): { readonly erasures: readonly Erasure[]; readonly end: number } {
  const { byLeaf, finished, end } = decodeErasureLog(text, path)
  return { erasures: finished.flatMap((leaf) => byLeaf.get(leaf) ?? []), end }
}

/** Every erasure of a log by its bytes, in order, finished or not. Throws Fault where a line is damaged. */
export const decodeErasures = (text: Buffer, path: string): readonly Erasure[] => [
  ...decodeErasureLog(text, path).byLeaf.values(),
]

/** The log of erasures that were all finished. */
export const encodeErasures = (erasures: readonly Erasure[]): Buffer =>
  Buffer.concat([
    ...erasures.flatMap((erasure) => [
      encodeLine({ kind: 'intent', ...erasure }),
      encodeLine({ kind: 'done', leafIndex: erasure.leafIndex }),
    ]),
  ])

/**
 * Whole lines, and where they end. A last line that is short, or has a hole, is what an interrupted write leaves;
 * any other line that is not what was written throws a Fault.
 */
function decodeLines(text: Buffer, path: string): { readonly lines: readonly Line[]; readonly end: number } {
  const lines: Line[] = []
  for (let offset = 0; ;) {
    const end = text.indexOf(10, offset)
    const line = end === -1 ? undefined : decodeLine(text.toString('utf8', offset, end), `"${path}", byte ${offset}`)
    if (line === undefined) {
      const torn = text.indexOf(10, offset) === -1 || text.subarray(offset).includes(0)
      if (!torn) throw new Fault(`Cannot read "${path}": the line at byte ${offset} is damaged`)
      return { lines, end: offset }
    }
    lines.push(line)
    offset = end + 1
  }
}

/** Opens the log of erasures of an archive, and makes its key where the archive is new. */
export async function openErasures(layout: Layout, disk: Disk): Promise<Erasures> {
  const text = await readWhole(layout.erasures, disk)
  let key = await readWhole(layout.key, disk)
  if (key === undefined) {
    if (text !== undefined && text.length > 0)
      throw new Fault(
        `Cannot open archive "${layout.folder}": its key "${layout.key}" is gone, so erased measurements could come back`,
      )
    key = randomBytes(KEY_BYTES)
    await writeDurable(layout.key, key, disk)
  }
  if (key.length !== KEY_BYTES)
    throw new Fault(`Cannot read key "${layout.key}": found ${key.length} bytes, not ${KEY_BYTES}`)
  const file = await disk.open(layout.erasures, 'append')
  try {
    const erasures = new Erasures(key, file)
    if (text === undefined) await disk.syncFolder(layout.folder)
    else await erasures.load(text)
    return erasures
  } catch (error) {
    await file.close()
    throw error
  }
}

function encodeLine(value: Readonly<Record<string, unknown>>): Buffer {
  const json = JSON.stringify(value)
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`)
}

type Line =
  { readonly kind: 'intent'; readonly erasure: Erasure } | { readonly kind: 'done'; readonly leafIndex: number }

/** Undefined where it is not what was written. Throws Fault where it is what no archive writes: it may be of another machine. */
function decodeLine(line: string, place: string): Line | undefined {
  const json = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) return undefined
  if (json.startsWith('{"kind":"thinned"'))
    throw new Fault(
      `Cannot read ${place}: raw bytes were removed by "archive thin" of a version that was never released`,
    )
  try {
    return readLine(JSON.parse(json) as Readonly<Record<string, unknown>>)
  } catch (error) {
    throw new Fault(`Cannot read ${place}: the line is not one of a log of erasures`, { cause: error })
  }
}

function readLine(value: Readonly<Record<string, unknown>>): Line {
  const number = (name: string): number => Number(value[name])
  if (value['kind'] === 'done') return { kind: 'done', leafIndex: number('leafIndex') }
  return {
    kind: 'intent',
    erasure: {
      at: instant(number('at')),
      reason: String(value['reason']),
      tombstone: String(value['tombstone']),
      segment: number('segment'),
      offset: number('offset'),
      leafIndex: number('leafIndex'),
      batchLeaf: number('batchLeaf'),
      originBytes: number('originBytes'),
      frameBytes: number('frameBytes'),
      leafBytes: number('leafBytes'),
      leafCrc: number('leafCrc'),
    },
  }
}
