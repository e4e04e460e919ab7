import { join } from 'node:path'
import { decodeBase64, encodeBase64 } from '../../core/evidence/base64.ts'
import type { CustodySigner } from '../../core/evidence/custody/custody-event.ts'
import { isKeyName, keyId } from '../../core/evidence/log/signed-note.ts'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { makeSeed, publicKeyOf, sha256, signEd25519 } from '../../runtime/ed25519.ts'

/** Name of the key of custody in its verifier key; the log that holds its events says whose it is. */
const NAME = 'kuager-custody'
const FOLDER = 'keys'
const FILE = 'custody.key'

function signerOf(name: string, seed: Uint8Array): CustodySigner {
  const publicKey = publicKeyOf(seed)
  return { key: { name, id: keyId(name, publicKey, sha256), publicKey }, sign: (message) => signEd25519(seed, message) }
}

const textOf = (seed: Uint8Array, { key }: CustodySigner): string =>
  `PRIVATE+KEY+${key.name}+${key.id}+${encodeBase64(Uint8Array.from([1, ...seed]))}\n`

/**
 * The key of a folder that signs events of custody, `keys/custody.key` in the form of Go's note package, readable by its
 * owner alone. Undefined where none was made. Throws Fault where it cannot be read.
 */
export async function readCustodyKey(folder: string, disk: Disk = REAL_DISK): Promise<CustodySigner | undefined> {
  const path = join(folder, FOLDER, FILE)
  const text = (await readWhole(path, disk))?.toString('utf8')
  if (text === undefined) return undefined
  const match = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)\n?$/u.exec(text)
  const bytes = decodeBase64(match?.[3] ?? '')
  const name = match?.[1] ?? ''
  const signer = bytes?.length === 33 && bytes[0] === 1 && isKeyName(name) ? signerOf(name, bytes.slice(1)) : undefined
  if (signer?.key.id === match?.[2] && signer !== undefined) return signer
  throw new Fault(
    `Cannot read "${path}": it is no signing key; put it back from your safe copy, or remove it for a new one`,
  )
}

/** A new key that nothing has signed with, and the act that puts it in the place of the present one. */
export function makeCustodyKey(folder: string, disk: Disk = REAL_DISK): CustodySigner & { save(): Promise<void> } {
  const seed = makeSeed()
  const signer = signerOf(NAME, seed)
  return {
    ...signer,
    save: async () => {
      await disk.makeFolder(join(folder, FOLDER))
      await writeDurable(join(folder, FOLDER, FILE), Buffer.from(textOf(seed, signer)), disk)
    },
  }
}
