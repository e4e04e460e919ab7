import { generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto'
import { withSignature } from '../../../src/core/ooni/publish/signed-document.ts'
import type { Json } from './measurement.ts'

/** A key as a probe has one for a network and month. */
export interface Signer {
  /** 32 bytes in base64. */
  readonly key: string
  readonly pseudonym: string
  readonly secret: KeyObject
}

export function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { key: bytes.toString('base64'), pseudonym: hash('sha256', bytes).slice(0, 16), secret: privateKey }
}

/** A measurement signed as docs/formats/probe-measurement.md §4 has it; `annotations` are put over the signer's. */
export function signed(document: Json, signer: Signer, annotations: Json = {}): string {
  const own = { ...asJson(document['annotations']), x_probe: signer.pseudonym, x_key: signer.key, ...annotations }
  const text = JSON.stringify({ ...document, annotations: own })
  return withSignature(text, sign(null, Buffer.from(text), signer.secret).toString('base64'))
}

const asJson = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

/** The header by which an older key speaks for a newer one. */
export function vouchHeader(older: Signer, newer: Signer, month: string): string {
  const signature = sign(null, Buffer.from(`kuager-vouch\n${newer.key}\n${month}`), older.secret).toString('base64')
  return Buffer.from(JSON.stringify({ key: older.key, signature })).toString('base64')
}

/** Body of `POST /api/v1/submit_measurement`. */
export const wrapped = (content: unknown): string => JSON.stringify({ format: 'json', content })
