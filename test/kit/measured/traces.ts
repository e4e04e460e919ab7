import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress } from '../../../src/core/model/address.ts'

/** What somebody who takes a server away looks for. */
export interface Secret {
  /** For the report of a find: never the secret itself. */
  readonly what: string
  /** `code`: of these a digest may lie there, as of what a signer alone holds and nobody can guess. */
  readonly kind: 'text' | 'code' | 'address'
  readonly text: string
}

interface Needle {
  readonly what: string
  readonly bytes: Buffer
}

export interface Trace {
  readonly what: string
  readonly file: string
}

/** A needle of fewer bytes is met by chance in what is random. */
const FEWEST_BYTES = 7

/** Every form in which a secret could lie on a disk: encodings, digests without a key, bytes of an address. */
export function needlesOf(secrets: readonly Secret[]): readonly Needle[] {
  return secrets.flatMap((secret) => {
    const forms = new Map<string, Buffer>()
    const put = (form: string, bytes: Buffer | string): void =>
      void forms.set(form, typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes)
    for (const [name, text] of spellings(secret)) putText(put, name, text, secret.kind)
    if (secret.kind === 'address') {
      const bytes = Buffer.from(parseAddress(secret.text) ?? [])
      for (const [name, some] of [
        ['bytes', bytes],
        ['bytes reversed', Buffer.from(bytes).reverse()],
        ['prefix', bytes.subarray(0, bytes.length === 4 ? 4 : 7)],
      ] as const) {
        put(name, some)
        put(`${name}, hexadecimal`, some.toString('hex'))
        put(`${name}, base64`, some.toString('base64').replace(/=+$/, ''))
      }
    }
    return [...forms]
      .filter(([, bytes]) => bytes.length >= FEWEST_BYTES)
      .map(([form, bytes]) => ({ what: `${secret.what} (${form})`, bytes }))
  })
}

function spellings({ kind, text }: Secret): readonly (readonly [string, string])[] {
  if (kind !== 'address')
    return [
      ['text', text],
      ['small', text.toLowerCase()],
      ['capitals', text.toUpperCase()],
    ]
  const bytes = parseAddress(text) ?? []
  if (bytes.length === 4)
    return [
      ['text', text],
      ['mapped', `::ffff:${text}`],
    ]
  const groups = Array.from({ length: 8 }, (_, n) => (bytes[2 * n]! << 8) | bytes[2 * n + 1]!) // sixteen bytes
  return [
    ['text', text],
    ['whole', groups.map((group) => group.toString(16).padStart(4, '0')).join(':')],
    ['plain', groups.map((group) => group.toString(16)).join(':')],
  ]
}

function putText(
  put: (form: string, bytes: Buffer | string) => void,
  name: string,
  text: string,
  kind: Secret['kind'],
): void {
  const bytes = Buffer.from(text, 'utf8')
  put(name, bytes)
  put(`${name}, UTF-16`, Buffer.from(text, 'utf16le'))
  put(`${name}, UTF-16 the other way`, Buffer.from(text, 'utf16le').swap16())
  put(`${name}, hexadecimal`, bytes.toString('hex'))
  put(`${name}, percent signs`, encodeURIComponent(text))
  put(`${name}, form`, new URLSearchParams({ x: text }).toString().slice(2))
  put(`${name}, JSON in ASCII`, escaped(text))
  // In base64 it looks different at each of three places; the ends depend on what stands beside.
  for (const shift of [0, 1, 2]) {
    const within = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : shift + 1, -1)
    put(`${name}, base64 at ${shift}`, within)
    put(`${name}, base64url at ${shift}`, within.replaceAll('+', '-').replaceAll('/', '_'))
  }
  if (kind === 'code') return
  for (const digest of ['sha256', 'sha1', 'md5'] as const) {
    const hashed = createHash(digest).update(bytes).digest()
    put(`${name}, ${digest}`, hashed)
    put(`${name}, ${digest}, hexadecimal`, hashed.toString('hex'))
  }
}

const escaped = (text: string): string =>
  [...text]
    .map((sign) => (sign.charCodeAt(0) < 128 ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .join('')

/** Looks through every file below a folder, names included, for every form of the secrets. */
export async function findTraces(folder: string, needles: readonly Needle[]): Promise<readonly Trace[]> {
  const found: Trace[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    const name = Buffer.from(entry.name, 'utf8')
    const bytes = entry.isFile() ? Buffer.concat([name, await readFile(file)]) : name
    found.push(...tracesIn(bytes, file.slice(folder.length + 1), needles))
  }
  return found
}

export const tracesIn = (bytes: Buffer, file: string, needles: readonly Needle[]): readonly Trace[] =>
  needles.filter((needle) => bytes.includes(needle.bytes)).map(({ what }) => ({ what, file }))
