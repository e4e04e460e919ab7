import { isRecord, notKnown, wrongShape } from './decode/decoder.ts'

/** Bytes of a body that are read as text. */
export const MAX_BODY = 512 * 1024

/** A body or header value: text as written, or bytes that were no UTF-8. Source: OONI data format df-001-httpt. */
export type BodyValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly length: number }

const ENCODER = new TextEncoder()
const ROOM = new Uint8Array(64 * 1024)

/** Bytes of base64 up to a limit; undefined where it is none. */
export function decodeBoundedBase64(data: string, limit: number): Uint8Array | undefined {
  const most = Math.ceil(limit / 3) * 4
  try {
    const binary = atob(data.length > most ? data.slice(0, most) : data)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes
  } catch {
    return undefined
  }
}

/** A value that is text or `{"format":"base64","data"}`; undefined for null and for another shape. */
export function readBlob(value: unknown, path: string): BodyValue | undefined {
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (value === null || value === undefined) return undefined
  if (!isRecord(value) || typeof value['data'] !== 'string') return notKnown(wrongShape(path, 'text or base64', value))
  const data = value['data']
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0
  const length = Math.floor((data.length * 3) / 4) - padding
  return { kind: 'bytes', bytes: decodeBoundedBase64(data, MAX_BODY) ?? new Uint8Array(0), length }
}

/** Bytes of a blob as sent. */
export function blobLength(blob: BodyValue): number {
  return blob.kind === 'bytes' ? blob.length : utf8Length(blob.text)
}

/** Only the number of bytes is wanted: they go, piece by piece, where the last ones were, and no body is copied. */
function utf8Length(text: string): number {
  let length = 0
  let from = 0
  while (from < text.length) {
    const { read, written } = ENCODER.encodeInto(from === 0 ? text : text.slice(from), ROOM)
    from += read
    length += written
  }
  return length
}

/** Label of the charset by header or by the page itself. Source: HTML, determining the character encoding. */
function charsetOf(bytes: Uint8Array, contentType: string | undefined): string | undefined {
  const stated = /charset\s*=\s*["']?([\w.:-]{1,40})/i
  const header = contentType === undefined ? undefined : stated.exec(contentType)?.[1]
  if (header !== undefined) return header
  let head = ''
  for (let i = 0; i < bytes.length && i < 1024; i++) head += String.fromCharCode(bytes[i]!) // i is below the length
  return /<meta[^>]{0,200}/i.test(head) ? stated.exec(head)?.[1] : undefined
}

/**
 * A blob as text, at most MAX_BODY characters. Bytes are read in the stated charset, else UTF-8, else
 * windows-1251, the usual one of unlabelled notices in Kazakhstan. Bytes of an image stay one character each.
 */
export function blobText(blob: BodyValue, contentType?: string): string {
  if (blob.kind === 'text') return blob.text.length > MAX_BODY ? blob.text.slice(0, MAX_BODY) : blob.text
  for (const label of [charsetOf(blob.bytes, contentType), 'utf-8', 'windows-1251']) {
    if (label === undefined) continue
    try {
      return new TextDecoder(label, { fatal: label === 'utf-8' }).decode(blob.bytes)
    } catch {
      // an unknown label, or bytes that are no UTF-8: the next charset is tried
    }
  }
  return ''
}
