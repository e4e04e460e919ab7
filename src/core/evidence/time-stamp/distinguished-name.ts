import { encodeHex } from '../hex.ts'
import { expectTag, members, readDer, readOid, sequenceOf, TAG, type Der } from './der.ts'
import { OID } from './oids.ts'

/** Decoders of the kinds of text in a name; any other kind is shown as hexadecimal. */
const latin = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const utf16 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at + 1 < bytes.length; at += 2)
    text += String.fromCharCode((bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0))
  return text.toWellFormed()
}

const DECODERS: Readonly<Record<number, (bytes: Uint8Array) => string>> = {
  [TAG.utf8String]: utf8,
  [TAG.printableString]: latin,
  [TAG.ia5String]: latin,
  [TAG.teletexString]: latin,
  [TAG.bmpString]: utf16,
}

interface Part {
  readonly oid: string
  readonly text: string
}

function readParts(name: Der): readonly Part[] {
  return sequenceOf(name, 'a name').flatMap((set) =>
    members(expectTag(set, TAG.set, 'a part of a name')).map((part) => {
      const [oid, value, ...rest] = sequenceOf(part, 'a part of a name')
      const text = value === undefined || rest.length > 0 ? '' : (DECODERS[value.tag] ?? encodeHex)(value.content)
      return { oid: readOid(oid), text }
    }),
  )
}

/** The common name of a name, else all its texts; hostile text. Throws InputError. */
export function formatName(name: Uint8Array): string {
  const parts = readParts(readDer(name))
  const common = parts.findLast(({ oid }) => oid === OID.commonName)
  return (common?.text ?? parts.map(({ text }) => text).join(', ')).slice(0, 300)
}

/** Whether two names say the same, in any kinds of text, letters and spaces. Throws InputError. */
export function sameName(a: Uint8Array, b: Uint8Array): boolean {
  const folded = (name: Uint8Array): string =>
    readParts(readDer(name))
      .map(({ oid, text }) => `${oid}=${text.trim().replaceAll(/\s+/gu, ' ').toLowerCase()}`)
      .join('\n')
  return folded(a) === folded(b)
}
