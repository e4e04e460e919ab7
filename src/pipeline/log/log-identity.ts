import { withoutTrailing } from '../../core/model/trailing.ts'
import { dirname } from 'node:path'
import { isSimulatedOrigin } from '../../core/evidence/log/checkpoint.ts'
import { formatVerifierKey, isKeyName, keyId, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import type { SigningKey } from '../../core/evidence/log/key-change.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { publicKeyOf, sha256, signEd25519 } from '../../runtime/ed25519.ts'
import { writeJsonFile, type LogFolder } from './log-folder.ts'
import type { LogIdentity } from './read-identity.ts'

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
