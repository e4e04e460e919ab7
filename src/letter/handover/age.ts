import {
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption'
import { InputError } from '../../core/model/errors.ts'

/** A secret of age with the recipient that others seal to. */
export interface AgeKeyPair {
  /** `AGE-SECRET-KEY-1…`, or `AGE-SECRET-KEY-PQ-1…` of a hybrid one. */
  readonly identity: string
  readonly recipient: string
}

/**
 * A new secret. `hybrid` also withstands a computer that breaks X25519; version 1.2 of the age program does not open
 * it.
 */
export async function makeKeyPair({ hybrid }: { readonly hybrid: boolean }): Promise<AgeKeyPair> {
  const identity = await (hybrid ? generateHybridIdentity() : generateX25519Identity())
  return { identity, recipient: await identityToRecipient(identity) }
}

/** What seals to a recipient: `age1…` of X25519, `age1pq1…` hybrid; undefined for a text that is neither. */
export function recipientKind(text: string): 'x25519' | 'hybrid' | undefined {
  // Recipients of devices (`age1tag1…`) need the device at the handover, and every signature touched there.
  if (/^age1(?:tag|p256)/.test(text)) return undefined
  try {
    new Encrypter().addRecipient(text)
  } catch {
    return undefined
  }
  return text.startsWith('age1pq1') ? 'hybrid' : 'x25519'
}

/**
 * Reads a file of identities as `age-keygen` writes it: secrets a line each, empty lines and lines from `#` on passed
 * over. Throws InputError, which repeats nothing of the file.
 */
export async function readIdentities(text: string, path: string): Promise<readonly AgeKeyPair[]> {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot read identities: ${found}`, {
      code: 'identity.invalid',
      path,
      expected: 'lines "AGE-SECRET-KEY-…" as "kuager letter keys new" and "age-keygen" write them',
    })
  if (/^(?:age-encryption\.org\/v1|-----BEGIN AGE)/.test(text))
    throw refuse('the file is itself sealed; open it first with "age --decrypt"')
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  if (lines.length === 0 || lines.length > MOST_IDENTITIES) throw refuse(`it has ${lines.length} secrets`)
  return Promise.all(
    lines.map(async (line, at) => {
      const identity = line.trim()
      try {
        if (!identity.startsWith('AGE-SECRET-KEY-')) throw new Error('another kind')
        return { identity, recipient: await identityToRecipient(identity) }
      } catch {
        throw refuse(`secret ${at + 1} is none of age`)
      }
    }),
  )
}
const MOST_IDENTITIES = 100

/** What became of sealed bytes; `layer` counts from the outermost. */
export type Opened =
  | { readonly kind: 'opened'; readonly bytes: Uint8Array }
  /** None of the secrets opens this layer. */
  | { readonly kind: 'locked'; readonly layer: number }
  /** It is no file of age, or was altered. */
  | { readonly kind: 'damaged'; readonly layer: number }

/** Every file of age begins so; what is sealed begins with a brace. */
const FIRST_LINE = Buffer.from('age-encryption.org/v1\n')
const isSealed = (bytes: Uint8Array): boolean => FIRST_LINE.equals(bytes.subarray(0, FIRST_LINE.length))

/** Opens what was sealed in layers, the outermost first, each by whichever secret fits. */
export class LayerOpener {
  readonly #decrypter = new Decrypter()

  constructor(identities: readonly AgeKeyPair[]) {
    for (const { identity } of identities) this.#decrypter.addIdentity(identity)
  }

  /** `most`: layers of which it may have so many, where it is not known how many it has. */
  async open(sealed: Uint8Array, layers: number, most = layers): Promise<Opened> {
    let bytes = sealed
    for (let layer = 1; layer <= layers || (layer <= most && isSealed(bytes)); layer++)
      try {
        bytes = await this.#decrypter.decrypt(bytes)
      } catch (error) {
        // The library distinguishes them only by words; "none fits" is what it says before anything else was checked.
        const locked = error instanceof Error && error.message.startsWith('no identity matched')
        return { kind: locked ? 'locked' : 'damaged', layer }
      }
    return { kind: 'opened', bytes }
  }
}
