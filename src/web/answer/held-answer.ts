import { compress, expand, type Effort } from '../../runtime/compress.ts'
import type { Coding } from '../request/accept-encoding.ts'

/** An answer in one coding, ready to be written. */
export interface Form {
  /** Strong entity tag of these very bytes, with its quotation marks. */
  readonly etag: string
  /** Names and values in turn, as node:http takes them. */
  readonly headers: string[]
  /** Those of the answer 304. */
  readonly unchanged: string[]
  /** Those of an answer that only who asked may keep: its address is that of another page. */
  readonly apart: string[]
  /** Absent: made again from the smaller form, since hardly anyone asks for it. */
  readonly bytes?: Uint8Array
}

/** An answer 200 that everyone may be given, held in memory. */
export interface HeldAnswer {
  readonly kind: 'held'
  readonly forms: Readonly<Record<Coding, Form>>
  /** Bytes before any coding. */
  readonly length: number
  /** Bytes that it takes in memory, about. */
  readonly size: number
}

/** Any other answer: given to the requests that waited for it, and forgotten. */
export interface PassingAnswer {
  readonly kind: 'passing'
  /** Made for one reader: those who waited with it are not given it. */
  readonly isPrivate: boolean
  readonly status: number
  readonly headers: string[]
  readonly bytes: Uint8Array
}

/** Longer than anything that is held: its reader is given it piece by piece, by the route. */
export interface LongAnswer {
  readonly kind: 'long'
}

/** Longest body that is held; a page is a tenth of it. */
export const MOST_BYTES = 2 * 2 ** 20
/** Shorter bodies grow by being compressed, or nearly. */
const LEAST_COMPRESSED = 300
const TEXT = /^(?:text\/|image\/svg\+xml|application\/(?:[a-z.+-]*\+)?(?:json|xml|javascript)|application\/x-ndjson)/
/** What an answer without a body says nothing of. */
const OF_A_BODY = new Set(['content-type', 'content-length', 'content-encoding', 'content-disposition'])

export interface HoldOptions {
  readonly effort: Effort
  /** Held although it says that it is private: its key is not an address, and only its addressee is given it. */
  readonly apart: boolean
}

/** Reads an answer of the route table and makes it ready; what may not be shared is no held one. */
export async function holdAnswer(
  response: Response,
  { effort, apart }: HoldOptions,
): Promise<HeldAnswer | PassingAnswer | LongAnswer> {
  const bytes = await bodyOf(response)
  if (bytes === undefined) return { kind: 'long' }
  const headers = new Map(response.headers)
  headers.delete('transfer-encoding')
  if (response.status !== 200 || !(apart || mayBeHeld(headers))) {
    headers.set('content-length', String(bytes.length))
    return { kind: 'passing', isPrivate: !isOneForAll(headers), status: response.status, headers: flat(headers), bytes }
  }
  const tag = tagOf(headers.get('etag')) ?? (await digestOf(bytes))
  const isText = bytes.length >= LEAST_COMPRESSED && TEXT.test(headers.get('content-type') ?? '')
  if (!isText) {
    const form = { ...formOf(headers, { tag, coding: 'identity', length: bytes.length, isText }), bytes }
    return held({ identity: form, gzip: form, br: form }, { length: bytes.length, size: bytes.length })
  }
  const { gzip, br } = await compress(bytes, effort)
  const form = (coding: Coding, length: number): Form => formOf(headers, { tag, coding, length, isText })
  return held(
    {
      identity: form('identity', bytes.length),
      gzip: { ...form('gzip', gzip.length), bytes: gzip },
      br: { ...form('br', br.length), bytes: br },
    },
    { length: bytes.length, size: gzip.length + br.length },
  )
}

const held = (forms: HeldAnswer['forms'], { length, size }: { length: number; size: number }): HeldAnswer => ({
  kind: 'held',
  forms,
  length,
  size: size + 8000, // the headers, three times
})

/** Bytes of one coding of a held answer. */
export async function answerBytesIn({ forms, length }: HeldAnswer, coding: Coding): Promise<Uint8Array> {
  return forms[coding].bytes ?? (await expand(forms.gzip.bytes ?? new Uint8Array(), length))
}

/** An answer that names who asked, or changes with them, is for no one else. Keys tell apart who saves data. */
const isOneForAll = (headers: ReadonlyMap<string, string>): boolean =>
  !/private/.test(headers.get('cache-control') ?? '') &&
  /^(?:accept-encoding|save-data)?$/i.test(headers.get('vary') ?? '') &&
  !headers.has('set-cookie')

const mayBeHeld = (headers: ReadonlyMap<string, string>): boolean =>
  isOneForAll(headers) && !/no-store/.test(headers.get('cache-control') ?? '')

async function bodyOf(response: Response): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    length += value.length
    if (length > MOST_BYTES) {
      await reader.cancel()
      return undefined
    }
    parts.push(value)
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}

const SUFFIX = { identity: '', gzip: '-gz', br: '-br' } as const satisfies Record<Coding, string>

function formOf(
  shared: ReadonlyMap<string, string>,
  made: { readonly tag: string; readonly coding: Coding; readonly length: number; readonly isText: boolean },
): Form {
  const etag = `"${made.tag}${SUFFIX[made.coding]}"`
  const headers = new Map([...shared, ['etag', etag], ['content-length', String(made.length)]])
  const vary = /^save-data$/i.test(shared.get('vary') ?? '') ? 'accept-encoding, save-data' : 'accept-encoding'
  if (made.isText) headers.set('vary', vary)
  if (made.coding !== 'identity') headers.set('content-encoding', made.coding)
  const apart = new Map([...headers, ['cache-control', 'private, no-store']])
  apart.delete('etag')
  // The reader asked without naming a network: what was recognised is in no address that is handed on.
  const onion = apart.get('onion-location')
  if (onion !== undefined) apart.set('onion-location', onion.replace(/\?.*$/, ''))
  return {
    etag,
    headers: flat(headers),
    unchanged: flat(new Map([...headers].filter(([name]) => !OF_A_BODY.has(name)))),
    apart: flat(apart),
  }
}

/** Headers by name, as the route table sends them. */
const flat = (headers: ReadonlyMap<string, string>): string[] =>
  [...headers].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat()

/** The tag that the route gave, without marks: the forms add their own ends to it. */
const tagOf = (etag: string | undefined): string | undefined => /^"([\x21\x23-\x7e]{1,100})"$/.exec(etag ?? '')?.[1]

async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
  return Buffer.from(digest).toString('base64url').slice(0, 22)
}

/** Whether the reader has one of the forms: `if-none-match` of RFC 9110 §13.1.2, which compares weakly. */
export function readerHas(header: string | undefined, { forms }: HeldAnswer): boolean {
  if (header === undefined) return false
  if (header === '*') return true
  const known = [forms.identity.etag, forms.gzip.etag, forms.br.etag]
  return header
    .slice(0, 2000)
    .split(',')
    .some((one) => known.includes(one.trim().replace(/^W\//, '')))
}
