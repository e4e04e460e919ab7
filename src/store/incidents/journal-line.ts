import { crc32 } from 'node:zlib'
import { Fault } from '../../core/model/errors.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'

/** A line of the journal that holds: where it lies, where the lines written with it begin, and what it says. */
export interface JournalLine {
  readonly offset: number
  /** Bytes with the line feed. */
  readonly length: number
  readonly batch: number
  readonly text: string
}

const FEED = 0x0a

/**
 * One revision as a line: bytes of the JSON, CRC-32 of them, offset at which the lines written together with it begin,
 * the JSON, a line feed. Format: docs/formats/incidents.md.
 */
export function encodeLine(incident: Incident, batch: number): Buffer {
  const json = Buffer.from(JSON.stringify(incident))
  return Buffer.concat([Buffer.from(`${json.length} ${hex(crc32(json))} ${batch} `), json, Buffer.of(FEED)])
}

const hex = (value: number): string => value.toString(16).padStart(8, '0')

function readLine(bytes: Buffer, offset: number): JournalLine | undefined {
  const head = /^(\d{1,9}) ([0-9a-f]{8}) (\d{1,15}) /.exec(bytes.toString('latin1', 0, 40))
  if (head === null) return undefined
  const [{ length }, size, sum, batch] = head
  const json = bytes.subarray(length)
  if (json.length !== Number(size) || hex(crc32(json)) !== sum) return undefined
  return { offset, length: bytes.length + 1, batch: Number(batch), text: json.toString() }
}

/** The lines of a journal that hold, and where they end; what lies behind was never acknowledged. */
export interface JournalLines {
  readonly lines: readonly JournalLine[]
  readonly end: number
}

/**
 * Reads a journal, or what of it begins at byte `from`. A line that does not hold, with nothing behind it but lines of the same writing or none, is what a
 * loss of power leaves of revisions that were never announced: they are left out. Any other is damage.
 * Throws Fault with the number of the damaged line.
 */
export function readIncidentJournal(bytes: Buffer, path: string, from = 0): JournalLines {
  const lines: JournalLine[] = []
  let torn: { readonly offset: number; readonly number: number } | undefined
  let number = 1
  for (let offset = 0; offset < bytes.length; number++) {
    const feed = bytes.indexOf(FEED, offset)
    const line = feed < 0 ? undefined : readLine(bytes.subarray(offset, feed), from + offset)
    if (line === undefined) torn ??= { offset: from + offset, number }
    else if (torn === undefined) lines.push(line)
    else if (line.batch > torn.offset)
      throw new Fault(
        `Cannot read the journal of incidents: line ${torn.number} of "${path}" is damaged and whole ones follow it; ` +
          'restore the file from a copy',
      )
    offset = feed < 0 ? bytes.length : feed + 1
  }
  return { lines, end: torn?.offset ?? from + bytes.length }
}

/** The revision of a line that holds. Throws Fault where it is none of this program's. */
export function decodeRevision(text: string): Incident {
  const value: unknown = JSON.parse(text)
  if (!isRevision(value)) throw new Fault(`Cannot read the journal of incidents: a line holds no revision`)
  return { ...value, start: withBracket(value.start), end: withBracket(value.end) }
}

const isRevision = (value: unknown): value is Incident =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'service' in value &&
  typeof value.service === 'string' &&
  'asn' in value &&
  typeof value.asn === 'number' &&
  'revision' in value &&
  Number.isSafeInteger(value.revision) &&
  'start' in value &&
  'end' in value

/** JSON has null where a side of the bracket is absent. */
const withBracket = (edge: Edge): Edge => ({
  ...edge,
  bracket: [edge.bracket[0] ?? undefined, edge.bracket[1] ?? undefined],
})
