import { z } from 'zod'
import { isSimulatedOrigin } from '../../core/evidence/log/checkpoint.ts'
import { parseVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { Fault } from '../../core/model/errors.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import type { LogKey } from './contract.ts'
import { readJsonFile, type LogFolder } from './log-folder.ts'

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
