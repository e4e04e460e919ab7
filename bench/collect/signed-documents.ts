import { generateKeyPairSync, hash, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { withSignature } from '../../src/core/ooni/publish/signed-document.ts'
import { createMaker } from '../import/made-measurements.ts'

/** Length of a measurement as it is submitted. */
const BYTES = 20 * 1024
/** Probes that submit. */
const KEYS = 200
const NETWORKS = 40
const SITES = 60

interface Signer {
  readonly key: string
  readonly pseudonym: string
  readonly secret: KeyObject
}

function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { key: bytes.toString('base64'), pseudonym: hash('sha256', bytes).slice(0, 16), secret: privateKey }
}

/** Text of a page that does not compress to nothing: words and numbers. */
function filling(length: number, index: number): string {
  let text = ''
  for (let state = index + 1; text.length < length; state = Math.imul(state, 1_664_525) + 1_013_904_223)
    text += `part ${(state >>> 0).toString(36)} of the answer, `
  return text.slice(0, length)
}

/** Makes distinct measurements of 20 KiB, each signed by one of 200 keys, begun a few minutes before `now`. */
export function createSignedMaker(now: number): (index: number) => string {
  const make = createMaker('small')
  const signers = Array.from({ length: KEYS }, makeSigner)
  return (index) => {
    const signer = signers[index % KEYS]! // below the length
    const began = new Date(now - (index % 300) * 1000).toISOString().slice(0, 17).replace('T', ' ') + '00'
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- made by the line above it
    const document: Record<string, unknown> = JSON.parse(make(index % SITES))
    document['probe_asn'] = `AS${9000 + ((index % KEYS) % NETWORKS)}`
    document['measurement_start_time'] = began
    document['test_start_time'] = began
    document['annotations'] = { platform: 'linux', origin: 'autorun', x_probe: signer.pseudonym, x_key: signer.key }
    const plain = JSON.stringify({ ...document, x_filling: '' })
    const tail = 108 // of the signature member
    document['x_filling'] = filling(Math.max(0, BYTES - plain.length - tail), index)
    const text = JSON.stringify(document)
    return withSignature(text, sign(null, Buffer.from(text), signer.secret).toString('base64'))
  }
}
