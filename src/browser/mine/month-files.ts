import { KINDS, type Kind } from '../../core/model/measured/verdict.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import { InputError } from '../../core/model/errors.ts'
import { homeDay } from '../../core/text/home-day.ts'
import { TILE_WIDTH } from '../../core/evidence/log/tile.ts'
import type { OwnLink } from '../../core/evidence/own-results/own-link.ts'

// The files of a month are the same for every reader (docs/formats/datasets.md): only here it is known which of their rows
// are wanted. An attacker who serves other files controls every byte that is read here.

/** One row of a file that has the pseudonym of the link. */
export interface OwnRow {
  readonly id: string
  /** Place in the log. */
  readonly leaf: number
  readonly at: Instant
  /** Day of Astana. */
  readonly day: string
  readonly service: string
  readonly asn: number
  readonly kind: Kind
}

/** What files have of a key, and what of all keys alike is needed to check it. */
export interface MonthFound {
  readonly rows: OwnRow[]
  /** Places that the link names and the files have: of this key, and of another one. */
  readonly named: { readonly own: Set<number>; readonly other: Set<number> }
  /** For each day the bundles of log entries that its rows are in, whose ever they are. */
  readonly bundles: Map<string, Set<number>>
  /** The newest place in the log that the files have; -1: they have no row. */
  lastLeaf: number
  /** What is wrong with a row of this key. It ends no reading: how much a reader asks for would tell whose row it is. */
  unreadable?: InputError
}

/** Nothing found yet. */
export const nothingFound = (): MonthFound => ({
  rows: [],
  named: { own: new Set(), other: new Set() },
  bundles: new Map(),
  lastLeaf: -1,
})

/** First bytes of a part: deflate, no flags, no time (RFC 1952, 2.3.1). Eight bytes occur by chance once in 10^19. */
const PART_HEAD = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]

/**
 * Text of each part of a gzip file of several parts: browsers unpack one alone. A wrong cut is an error, since each part
 * has its own checksum.
 */
async function* textsOf(packed: ReadableStream<Uint8Array>): AsyncIterable<string> {
  let pieces: Uint8Array[] = []
  let tail: Uint8Array = new Uint8Array()
  const reader = packed.getReader()
  for (;;) {
    const next = await reader.read()
    if (next.done) break
    const bytes = new Uint8Array(tail.length + next.value.length)
    bytes.set(tail)
    bytes.set(next.value, tail.length)
    let from = 0
    for (let at = bytes.indexOf(0x1f); at !== -1; at = bytes.indexOf(0x1f, at + 1)) {
      if ((at === 0 && pieces.length === 0) || !PART_HEAD.every((byte, nth) => bytes[at + nth] === byte)) continue
      pieces.push(bytes.subarray(from, at))
      yield await unpacked(pieces)
      pieces = []
      from = at
    }
    const kept = Math.max(from, bytes.length - PART_HEAD.length + 1)
    if (kept > from) pieces.push(bytes.subarray(from, kept))
    tail = bytes.slice(kept)
  }
  yield await unpacked([...pieces, tail])
}

const unpacked = (pieces: readonly Uint8Array[]): Promise<string> =>
  new Response(
    new Blob(pieces.map((piece) => new Uint8Array(piece))).stream().pipeThrough(new DecompressionStream('gzip')),
  ).text()

const ROW = /^\{"measurement_id":"[0-9a-f]{64}","leaf_index":(\d{1,15}),"started_at_utc":"([^"]{20,30})"/

/**
 * Adds what one file of measurements (JSONL, gzip) has to what was found. Every row is read, whose ever it is. Throws
 * InputError for another file.
 */
export async function readMonthFile(
  packed: ReadableStream<Uint8Array>,
  { pseudonym, places }: OwnLink,
  found: MonthFound,
): Promise<void> {
  const wanted = new Set(places)
  const ours = `"probe":"${pseudonym}"`
  const days = new Map<string, string>()
  for await (const text of textsOf(packed))
    for (const line of text.split('\n')) {
      if (line === '') continue
      const [, leafText = '', at = ''] = ROW.exec(line) ?? []
      if (leafText === '') throw refuse(line)
      const leaf = Number(leafText)
      // A day of Astana begins on a full hour of UTC.
      const hour = at.slice(0, 13)
      const day = days.get(hour) ?? homeDay(parseInstant(at))
      days.set(hour, day)
      const bundles = found.bundles.get(day) ?? new Set()
      found.bundles.set(day, bundles.add(Math.floor(leaf / TILE_WIDTH)))
      found.lastLeaf = Math.max(found.lastLeaf, leaf)
      const own = line.includes(ours) ? readRow(line, day) : undefined
      if (own instanceof InputError) {
        found.unreadable = own
        continue
      }
      if (own !== undefined) found.rows.push(own)
      if (wanted.has(leaf)) found.named[own === undefined ? 'other' : 'own'].add(leaf)
    }
}

const refuse = (line: string): InputError =>
  new InputError('Cannot read the file: it is not one of measurements by month', {
    code: 'own-results.file',
    path: line.slice(0, 40),
    expected: 'a file "kuager-measurements-….jsonl.gz" of the page Data',
  })

function readRow(line: string, day: string): OwnRow | InputError {
  try {
    return readFields(JSON.parse(line) as unknown, day) ?? refuse(line)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof InputError) return refuse(line)
    throw error
  }
}

function readFields(row: unknown, day: string): OwnRow | undefined {
  const of = (name: string): unknown => (typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined)
  const kind = KINDS.find((one) => one === of('kind'))
  if (kind === undefined) return undefined
  return {
    id: String(of('measurement_id')),
    leaf: Number(of('leaf_index')),
    at: parseInstant(String(of('started_at_utc'))),
    day,
    service: String(of('service')),
    asn: Number(of('probe_asn')),
    kind,
  }
}
