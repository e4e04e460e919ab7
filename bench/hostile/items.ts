// Hostile submissions of at most 16 KB on the wire: each asks as much as it can of one function that reads text.
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { MOST_BYTES, mostExpanded } from '../../src/pipeline/receive/expand.ts'
import { exchange, webMeasurement, type Json } from '../../test/kit/measured/measurement.ts'

/** What a sender pays for one of them. */
export const MOST_WIRE_BYTES = 16 * 1024

/** One way to ask much: fills a document with about so many characters. */
export interface Item {
  readonly name: string
  readonly fill: (length: number) => Json
  /** Address that the server sees, as the proxy in front of it writes it. */
  readonly sender: string
}

const V6 = '2a00:1fa0:4780:1234:5:6:7:8'
const OWN_V6 = { client_ip: '2a00:1fa0:4780::1' }
const times = (unit: string, length: number): string => unit.repeat(Math.max(1, Math.floor(length / unit.length)))
const list = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** Repeats inside a text that nothing of ours reads: only the search for addresses goes over it. */
const inText = (unit: string, sender = V6): Item => ({
  name: `text of ${JSON.stringify(unit)}`,
  sender,
  fill: (length) => ({ test_keys: OWN_V6, x_t: times(unit, length) }),
})
const inBody = (unit: string): Item => ({
  name: `page of ${JSON.stringify(unit)}`,
  sender: V6,
  fill: (length) => ({
    test_keys: { ...OWN_V6, requests: [exchange('http://a.example/', { body: times(unit, length) })] },
  }),
})
const keys = (name: string, fill: (length: number) => Json): Item => ({
  name,
  sender: V6,
  fill: (length) => ({ test_keys: { ...OWN_V6, ...fill(length) } }),
})

/** One for each function that reads what comes from outside, as far as its worst input is known. */
export const ITEMS: readonly Item[] = [
  inText('x'),
  inText(':'),
  inText(':', '95.56.10.20'),
  inText('a:'),
  inText('2a00:'),
  inText('2a00:1fa0:4780:'),
  inText('2a00:1fa0:4780:1234:'),
  inText('%3a'),
  inText('%25'),
  inText('0'),
  inText('-'),
  inText('2a00-1fa0-4780-0-'),
  inText('a.'),
  inText('1.2.3.'),
  inText('&#48;'),
  inText('\\u0030'),
  inText('\\'),
  inText('\0'),
  inText('MmEwMDox'),
  inText('a@'),
  inBody('<title'),
  inBody('<'),
  inBody('\n'),
  inBody('2a00:1fa0:4780:'),
  keys('list of empty lists', (length) => ({ x: list(length / 3, () => []) })),
  keys('list of numbers', (length) => ({ x: list(length / 2, () => 7) })),
  keys('list of texts', (length) => ({ x: list(length / 6, () => '::1') })),
  keys('record of many keys', (length) => ({ x: Object.fromEntries(list(length / 12, (i) => [`k${i}`, 1])) })),
  keys('many addresses said to be the own one', (length) => ({
    x: list(Math.min(length / 30, 4000), (i) => ({ client_ip: `95.${i >> 8}.${i & 255}.7` })),
    y: times('95.1.', length / 4),
  })),
  keys('page in base64', (length) => ({
    requests: [exchange('http://a.example/', { body: { format: 'base64', data: times('OjovOjo6', length) } })],
  })),
  keys('many headers', (length) => ({
    requests: [
      exchange('http://a.example/', { headers: list(length / 20, (i) => ['x-a', `${':'.repeat(8)}${i % 7}`]) }),
    ],
  })),
  keys('failures of colons', (length) => ({
    requests: list(length / 1000, () => exchange('http://a.example/', { failure: times('a:', 500) })),
  })),
]

/** What compression cannot shorten: as a body may expand only so far, a hostile sender has to send something. */
const PADDING = randomBytes(11_000).toString('base64')

/** The body of a submission, compressed as far as it goes: as long a document as fits and is taken. */
export function makeBody(
  { fill }: Item,
  startedAt: string,
  serial: string,
): { readonly body: Buffer; readonly expanded: number } {
  const make = (length: number): { body: Buffer; expanded: number } => {
    const { test_keys: keysOf, ...root } = fill(length)
    const testKeys = { ...(keysOf as Json), x_padding: PADDING } // an object in each item above
    const document = webMeasurement({ startedAt, root: { ...root, x_serial: serial }, testKeys })
    const text = JSON.stringify({ format: 'json', content: JSON.stringify(document) })
    return { body: gzipSync(text, { level: 9 }), expanded: Buffer.byteLength(text) }
  }
  for (let length = MOST_BYTES; ;) {
    const made = make(length)
    // Escapes make a text longer than what it was filled with.
    const over = Math.max(made.body.length / MOST_WIRE_BYTES, made.expanded / mostExpanded(made.body.length))
    if (over <= 1) return made
    length = Math.floor((length / over) * 0.98)
  }
}
