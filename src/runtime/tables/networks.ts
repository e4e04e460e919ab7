import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseAddress } from '../../core/model/address.ts'
import { InputError } from '../../core/model/errors.ts'
import { networksSchema, type Network } from '../../core/model/tables/tables.ts'
import { parseAsn, type Asn } from '../../core/model/units.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'

/** A table larger than this is refused: the whole world's ranges take about 30 MB. */
const MAX_BYTES = 256 * 1024 * 1024
const MAX_LINE = 2048

/** Who runs a network, and which network an address belongs to. Names are not secrets, addresses are not kept. */
export interface Networks {
  /** Network of an address, where a table with ranges knows it. */
  lookup(address: string): Asn | undefined
  network(asn: Asn): Network | undefined
  /** Name of the network, or `AS64500` where no table knows it. */
  name(asn: Asn): string
  /** All networks known, by number. */
  readonly all: readonly Network[]
}

/** Bounds of ranges as 128-bit numbers; IPv4 and IPv6 live in tables of their own. */
interface Range {
  readonly start: bigint
  readonly end: bigint
  readonly asn: Asn
  readonly place: string
}

/**
 * Loads the bundled `data/networks.json`, then every given file on top of it; later files win by number.
 * A `.json` file has the bundled form, any other is CSV `start,end,asn,name[,country]` with inclusive
 * bounds (the form of the public ASN tables). Throws InputError with file and line for what it cannot read.
 */
export function loadNetworks(files: readonly string[] = []): Networks {
  const known = new Map<number, Network>()
  const ranges: Record<4 | 6, Range[]> = { 4: [], 6: [] }
  for (const file of [join(PACKAGE_ROOT, 'data', 'networks.json'), ...files]) {
    const text = readTable(file)
    if (file.endsWith('.json')) for (const network of parseJson(text, file)) known.set(network.asn, network)
    else readCsv(text, file, { known, ranges })
  }
  const tables = { 4: sortRanges(ranges[4]), 6: sortRanges(ranges[6]) }
  const all = [...known.values()].sort((a, b) => a.asn - b.asn)
  return {
    all,
    network: (asn) => known.get(asn),
    name: (asn) => known.get(asn)?.name ?? `AS${asn}`,
    lookup: (address) => {
      const bytes = parseAddress(address)
      return bytes === undefined ? undefined : findRange(tables[bytes.length === 4 ? 4 : 6], toNumber(bytes))
    },
  }
}

const refuse = (file: string, path: string, found: string, expected: string): InputError =>
  new InputError(`Cannot read network table "${basename(file)}", ${path}: ${found}`, {
    code: 'networks.invalid',
    path,
    expected,
  })

function readTable(file: string): string {
  try {
    const { size } = statSync(file)
    if (size > MAX_BYTES) throw refuse(file, 'whole file', `${size} bytes`, `at most ${MAX_BYTES} bytes`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof InputError) throw error
    throw refuse(file, 'whole file', error instanceof Error ? error.message : String(error), 'a readable file')
  }
}

function parseJson(text: string, file: string): readonly Network[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(file, 'whole file', error instanceof Error ? error.message : String(error), 'JSON')
  }
  const parsed = networksSchema.safeParse(value)
  if (parsed.success) return parsed.data.networks
  const issue = parsed.error.issues[0]
  throw refuse(file, `/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'wrong shape', '{"networks": […]}')
}

function readCsv(
  text: string,
  file: string,
  into: { readonly known: Map<number, Network>; readonly ranges: Record<4 | 6, Range[]> },
): void {
  const origin = { source: `table ${basename(file)}`, checked_at: statSync(file).mtime.toISOString().slice(0, 10) }
  let number = 0
  for (const line of text.split('\n')) {
    number++
    const row = line.replace(/\r$/, '')
    if (row === '' || row.startsWith('#') || (number === 1 && /^start/i.test(row))) continue
    const place = `${basename(file)} line ${number}`
    if (row.length > MAX_LINE) throw refuse(file, `line ${number}`, `${row.length} characters`, `at most ${MAX_LINE}`)
    const match = /^"?([0-9a-fA-F.:]+)"?,"?([0-9a-fA-F.:]+)"?,"?(?:AS)?(\d+)"?(?:,(.*))?$/.exec(row)
    const start = match === null ? undefined : parseAddress(match[1]!) // the pattern has both groups
    const end = match === null ? undefined : parseAddress(match[2]!)
    if (match === null || start === undefined || end === undefined || start.length !== end.length)
      throw refuse(file, `line ${number}`, JSON.stringify(row.slice(0, 80)), 'start,end,asn,name')
    const range = { start: toNumber(start), end: toNumber(end), asn: parseAsn(match[3]), place }
    if (range.end < range.start) throw refuse(file, `line ${number}`, 'the range ends before it starts', 'start ≤ end')
    into.ranges[start.length === 4 ? 4 : 6].push(range)
    if (!into.known.has(range.asn))
      into.known.set(range.asn, { asn: range.asn, ...describe(match[4] ?? ''), use: 'unknown', ...origin })
  }
}

/** The last column may be a country; public tables leave names with commas and quotes as they come. */
function describe(rest: string): { name: string; country: string } {
  const country = /^(.*),"?([A-Z]{2})"?$/.exec(rest)
  const name = (country?.[1] ?? rest).replace(/^"|"$/g, '').replaceAll('""', '"').trim().slice(0, 200)
  return { name: name === '' ? 'unnamed network' : name, country: country?.[2] ?? 'ZZ' }
}

const toNumber = (bytes: readonly number[]): bigint => {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

function sortRanges(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  for (let i = 1; i < sorted.length; i++) {
    const [before, here] = [sorted[i - 1]!, sorted[i]!] // both exist: 1 ≤ i < length
    if (here.start <= before.end && here.asn !== before.asn)
      throw new InputError(`Cannot read network table: ${here.place} overlaps ${before.place}`, {
        code: 'networks.overlap',
        path: here.place,
        expected: 'ranges that do not overlap',
      })
  }
  return sorted
}

function findRange(ranges: readonly Range[], address: bigint): Asn | undefined {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const begins = ranges[middle]?.start
    if (begins !== undefined && begins <= address) low = middle + 1
    else high = middle
  }
  const range = ranges[low - 1]
  return range !== undefined && address <= range.end ? range.asn : undefined
}
