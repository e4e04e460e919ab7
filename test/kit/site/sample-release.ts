import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatMinisignKey, signMinisign, type MinisignSigner } from '../../../src/core/evidence/minisign.ts'
import { makeSeed, publicKeyOf, signEd25519 } from '../../../src/runtime/ed25519.ts'

/** A folder as `npm run release` and `kuager release sign` leave it, with small programs. */
export interface SampleRelease {
  readonly folder: string
  /** Line of the public key. */
  readonly key: string
  readonly signer: MinisignSigner
  readonly files: ReadonlyMap<string, Buffer>
}

const NAMES = [
  'kuager-probe_0.2.0_windows-x64.zip',
  'kuager-probe-windows-x64.exe',
  'kuager-probe_0.2.0_amd64.deb',
  'kuager-probe-linux-x64',
  'kuager-probe-linux-x64.cdx.json',
]

/** Writes it into a folder. */
export function writeSampleRelease(folder: string): SampleRelease {
  mkdirSync(folder, { recursive: true })
  const [seed, id] = [makeSeed(), makeSeed().slice(0, 8)]
  const signer = { id, publicKey: publicKeyOf(seed), sign: (message: Uint8Array) => signEd25519(seed, message) }
  const files = new Map(NAMES.map((name) => [name, Buffer.from(`${name}\n`.repeat(5_000))]))
  const sums = Buffer.from(
    [...files].map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`).join(''),
  )
  for (const [name, bytes] of [...files, ['SHA256SUMS', sums] as const]) {
    writeFileSync(join(folder, name), bytes)
    const hash = new Uint8Array(createHash('blake2b512').update(bytes).digest())
    writeFileSync(join(folder, `${name}.minisig`), signMinisign(hash, signer, `kuager 0.2.0 file:${name}`))
  }
  return { folder, key: formatMinisignKey(signer), signer, files }
}
