import { withoutTrailing } from '../../core/model/trailing.ts'
import { dirname } from 'node:path'
import { z } from 'zod'
import { isSimulatedOrigin } from '../../core/evidence/log/checkpoint.ts'
import {
  formatVerifierKey,
  isKeyName,
  keyId,
  parseVerifierKey,
  type VerifierKey,
} from '../../core/evidence/log/signed-note.ts'
import type { SigningKey } from '../../core/evidence/log/key-change.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { formatInstantUtc, parseInstant, type Instant } from '../../core/model/units.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { publicKeyOf, sha256, signEd25519 } from '../../runtime/ed25519.ts'
import type { LogKey } from './contract.ts'
import { readJsonFile, writeJsonFile, type LogFolder } from './log-folder.ts'

const keySchema = z.strictObject({
  key: z.string(),
  since: z.iso.datetime(),
  from_size: z.number().int().nonnegative(),
  until: z.iso.datetime().optional(),
})

const identitySchema = z.strictObject({
  format: z.literal('kuager-log/1'),
  origin: z.string(),
  simulated: z.boolean(),
  keys: z.array(keySchema).min(1),
  /** A change of keys that was begun: its entry may or may not be logged yet. */
  next: z.strictObject({ key: z.string(), at: z.iso.datetime() }).optional(),
})

/** Who a log is. Origin and kind never change. */
export interface LogIdentity {
  readonly origin: string
  readonly simulated: boolean
  /** The present one last. */
  readonly keys: readonly LogKey[]
  readonly next?: { readonly key: VerifierKey; readonly at: Instant }
}

/** Reads who a log is; undefined where there is none. Throws Fault that names a damaged file. */
export async function readIdentity(at: LogFolder, disk: Disk): Promise<LogIdentity | undefined> {
  const value = await readJsonFile(at.identity, disk)
  if (value === undefined) return undefined
  try {
    const { origin, simulated, keys, next } = identitySchema.parse(value)
    const identity: LogIdentity = {
      origin,
      simulated,
      keys: keys.map(({ key, since, from_size, until }) => ({
        key: parseVerifierKey(key, sha256),
        since: parseInstant(since),
        fromSize: from_size,
        ...(until === undefined ? {} : { until: parseInstant(until) }),
      })),
      ...(next === undefined ? {} : { next: { key: parseVerifierKey(next.key, sha256), at: parseInstant(next.at) } }),
    }
    if (isSimulatedOrigin(origin) !== simulated) throw new Error('its origin is that of a log of the other kind')
    if (identity.keys.some(({ key }) => key.name !== origin)) throw new Error('a key has another name than the log')
    return identity
  } catch (cause) {
    throw new Fault(`Cannot open log "${at.folder}": "${at.identity}" is damaged`, { cause })
  }
}

/** Durable when resolved. */
export const writeIdentity = (
  at: LogFolder,
  { origin, simulated, keys, next }: LogIdentity,
  disk: Disk,
): Promise<void> =>
  writeJsonFile(
    at.identity,
    {
      format: 'kuager-log/1',
      origin,
      simulated,
      keys: keys.map(({ key, since, fromSize, until }) => ({
        key: formatVerifierKey(key),
        since: formatInstantUtc(since),
        from_size: fromSize,
        ...(until === undefined ? {} : { until: formatInstantUtc(until) }),
      })),
      ...(next === undefined ? {} : { next: { key: formatVerifierKey(next.key), at: formatInstantUtc(next.at) } }),
    },
    disk,
  )

/** Eight hexadecimal digits that name a key on the disk, and a log that has no address. */
export const keyMark = (publicKey: Uint8Array): string => Buffer.from(sha256(publicKey)).toString('hex').slice(0, 8)

/**
 * Origin of a new log: the schema-less prefix under which it is served, or a name under a reserved domain where it has
 * no address. A log of simulated data never has the origin of a real one. Throws InputError for an address that is none.
 */
export function originOf(
  address: string | undefined,
  { simulated, publicKey }: { readonly simulated: boolean; readonly publicKey: Uint8Array },
): string {
  const mark = keyMark(publicKey)
  if (address === undefined) return simulated ? `simulated.invalid/${mark}/log` : `log.invalid/${mark}`
  const url = URL.parse(address)
  const prefix = url === null ? '' : `${url.host}${withoutTrailing(url.pathname, '/')}`
  const origin = simulated ? `${prefix}/simulated/log` : `${prefix}/log`
  const bare = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
  if (bare && isKeyName(origin) && isSimulatedOrigin(origin) === simulated) return origin
  throw new InputError(`Cannot name a log after "${address.slice(0, 100)}"`, {
    code: 'log.origin',
    path: 'origin',
    expected: 'the public address of the site, such as https://kuager.example, with no part called "simulated"',
  })
}

/** Keeps the secret of a new key, durable when resolved; gives its public half under the name of the log. */
export async function keepSeed(at: LogFolder, origin: string, seed: Uint8Array, disk: Disk): Promise<VerifierKey> {
  const publicKey = publicKeyOf(seed)
  await disk.makeFolder(at.keys)
  await disk.syncFolder(dirname(at.keys))
  await writeDurable(at.seed(keyMark(publicKey)), Buffer.from(`${Buffer.from(seed).toString('hex')}\n`), disk)
  return { name: origin, id: keyId(origin, publicKey, sha256), publicKey }
}

/** The secret of a key. Throws Fault that names a file which is gone or holds another key. */
export async function signingKey(at: LogFolder, key: VerifierKey, disk: Disk): Promise<SigningKey> {
  const path = at.seed(keyMark(key.publicKey))
  const text = (await readWhole(path, disk))?.toString('latin1') ?? ''
  if (!/^[0-9a-f]{64}\n$/.test(text)) throw new Fault(`Cannot open log "${at.folder}": "${path}" is gone or damaged`)
  const seed = Buffer.from(text.trim(), 'hex')
  if (!Buffer.from(publicKeyOf(seed)).equals(key.publicKey))
    throw new Fault(`Cannot open log "${at.folder}": "${path}" holds another key than "${at.identity}" names`)
  return { key, sign: (message) => signEd25519(seed, message) }
}
