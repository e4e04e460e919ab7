import { join } from 'node:path'
import { decodeBase64, encodeBase64 } from '../../core/evidence/base64.ts'
import {
  formatVerifierKey,
  isKeyName,
  keyId,
  type NoteSigner,
  type NoteTools,
  type VerifierKey,
} from '../../core/evidence/log/signed-note.ts'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { makeSeed, publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../runtime/ed25519.ts'

/** The cryptography of this machine for signed notes. */
export const NOTE_TOOLS: NoteTools = { digest: sha256, verify: verifyEd25519 }

/** The key with which copies of a folder are signed. */
export interface MirrorKey {
  readonly signer: NoteSigner
  readonly verifier: VerifierKey
  /** The line to be published. */
  readonly line: string
}

const FILE = 'mirror.key'
const keyFolder = (folder: string): string => join(folder, 'keys')

function keyOf(name: string, seed: Uint8Array): MirrorKey {
  const publicKey = publicKeyOf(seed)
  const verifier = { name, id: keyId(name, publicKey, sha256), publicKey }
  return {
    signer: { name, id: verifier.id, sign: (message) => signEd25519(seed, message) },
    verifier,
    line: formatVerifierKey(verifier),
  }
}

/**
 * The key of a folder, `keys/mirror.key`, in the form of Go's note package; undefined where none was made yet. Anyone
 * who has the file can sign copies in the name of the observatory: it is readable only by its owner. Throws Fault
 * where it cannot be read.
 */
export async function readMirrorKey(folder: string): Promise<MirrorKey | undefined> {
  const path = join(keyFolder(folder), FILE)
  const text = (await readWhole(path))?.toString('utf8')
  if (text === undefined) return undefined
  const match = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)\n?$/u.exec(text)
  const bytes = decodeBase64(match?.[3] ?? '')
  const name = match?.[1] ?? ''
  const key = bytes?.length === 33 && bytes[0] === 1 && isKeyName(name) ? keyOf(name, bytes.slice(1)) : undefined
  if (key === undefined || key.verifier.id !== match?.[2])
    throw new Fault(
      `Cannot read "${path}": it is no signing key; put it back from your safe copy, or remove it for a new one`,
    )
  return key
}

/** Name of a key that is made now, by the public address of the site. */
export const mirrorKeyName = (origin?: string): string => `${URL.parse(origin ?? '')?.host ?? 'kuager'}/mirror`

/** The key of a folder, made where there is none; its name is fixed with it. */
export async function openMirrorKey(folder: string, name: string): Promise<MirrorKey> {
  const known = await readMirrorKey(folder)
  if (known !== undefined) return known
  const seed = makeSeed()
  const key = keyOf(name, seed)
  const data = encodeBase64(Uint8Array.from([1, ...seed]))
  await REAL_DISK.makeFolder(keyFolder(folder))
  await writeDurable(join(keyFolder(folder), FILE), Buffer.from(`PRIVATE+KEY+${name}+${key.verifier.id}+${data}\n`))
  return key
}
