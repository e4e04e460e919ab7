import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../core/model/errors.ts'
import { keyPair, type NoiseKeyPair } from '../../net/tunnel/wireguard-noise.ts'

/** Keys by which responders are known: they last, so that a description stays true over restarts. */
export interface ResponderKeys {
  readonly wireguard: NoiseKeyPair
  readonly shaped: Uint8Array
  /** Tor's two identities: RSA of 1,024 bits, as its protocol still asks, and Ed25519. */
  readonly torRsa: KeyObject
  readonly torEd25519: KeyObject
}

const FILE = 'responders.keys.json'
const secret = z.string().regex(/^[A-Za-z0-9+/]{43}=$/)
const schema = z.object({ wireguard: secret, shaped: secret, tor_rsa: z.string(), tor_ed25519: z.string() })
type Stored = z.infer<typeof schema>

/** Makes keys for all responders; nothing is written. */
function makeStored(): Stored {
  const pem = { type: 'pkcs8', format: 'pem' } as const
  return {
    wireguard: Buffer.from(keyPair().privateKey).toString('base64'),
    shaped: randomBytes(32).toString('base64'),
    tor_rsa: String(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pem)),
    tor_ed25519: String(generateKeyPairSync('ed25519').privateKey.export(pem)),
  }
}

/**
 * Keys of a folder, made at the first call: one file that its owner alone may read, on disk before it is used. Throws
 * Fault where the folder cannot be written or the file is none of ours.
 */
export async function loadResponderKeys(folder: string): Promise<ResponderKeys> {
  const path = join(folder, FILE)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return createFile(path)
      throw error
    })
    return readKeys(text)
  } catch (error) {
    throw new Fault(`Cannot load keys of responders from ${path}`, { cause: error })
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function createFile(path: string): Promise<string> {
  const text = JSON.stringify(makeStored())
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
  return text
}

function readKeys(text: string): ResponderKeys {
  const stored = schema.parse(JSON.parse(text))
  return {
    wireguard: keyPair(Uint8Array.from(Buffer.from(stored.wireguard, 'base64'))),
    shaped: Uint8Array.from(Buffer.from(stored.shaped, 'base64')),
    torRsa: createPrivateKey(stored.tor_rsa),
    torEd25519: createPrivateKey(stored.tor_ed25519),
  }
}
