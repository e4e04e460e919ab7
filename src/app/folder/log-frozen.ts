import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import type { FrozenEvents } from '../../core/model/incident/coincidence.ts'
import type { FrozenValidation } from '../../core/model/incident/validation.ts'
import { InputError } from '../../core/model/errors.ts'
import type { PublishedStudy } from '../../core/model/incident/study.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'
import { systemClock } from '../../runtime/clock.ts'

/** Bytes of a pre-registered list as it is logged: its canonical JSON, SHA-256 included. */
export const frozenBytes = (frozen: FrozenEvents): Uint8Array => new TextEncoder().encode(encodeCanonical(frozen))

/**
 * Logs a pre-registered list, once however often it is asked for; gives its leaf. Throws InputError for a simulated
 * list in the log of real data, and the reverse.
 */
export async function logFrozen(log: TransparencyLog, frozen: FrozenEvents): Promise<number> {
  if (frozen.simulated !== log.simulated)
    throw new InputError(`Cannot log a ${frozen.simulated ? 'simulated' : 'real'} list of events in "${log.origin}"`, {
      code: 'log.realm',
      path: 'simulated',
      expected: `a list of ${log.simulated ? 'simulated' : 'real'} events`,
    })
  return (await log.append('frozen-events', frozenBytes(frozen), systemClock.now())).leafIndex
}

/** Bytes of frozen predictions as they are logged. */
export const validationBytes = (frozen: FrozenValidation): Uint8Array =>
  new TextEncoder().encode(encodeCanonical(frozen))

/** Entry of the log that holds these frozen predictions; undefined where there is none. Nothing is logged. */
export async function findValidation(
  log: Pick<TransparencyLog, 'entries'>,
  frozen: FrozenValidation,
): Promise<number | undefined> {
  const wanted = Buffer.from(validationBytes(frozen))
  for await (const { leafIndex, bytes } of log.entries('frozen-validation')) if (wanted.equals(bytes)) return leafIndex
  return undefined
}

/**
 * Logs frozen predictions of a validation; gives their leaf. Throws InputError for simulated ones in the log of real
 * data, and the reverse.
 */
export async function logValidation(log: TransparencyLog, frozen: FrozenValidation): Promise<number> {
  const { simulated } = frozen.protocol
  if (simulated !== log.simulated)
    throw new InputError(`Cannot log a ${simulated ? 'simulated' : 'real'} validation in "${log.origin}"`, {
      code: 'log.realm',
      path: 'simulated',
      expected: `a validation on ${log.simulated ? 'simulated' : 'real'} series`,
    })
  return (await log.append('frozen-validation', validationBytes(frozen), systemClock.now())).leafIndex
}

/**
 * Logs the lists of published studies that are not logged: of those from before the log was begun, say. Lists of the
 * other realm are left out; `logged` holds the digests of what needs no second look, and is added to.
 */
export async function logStudies(
  log: TransparencyLog,
  studies: readonly PublishedStudy[],
  logged: Set<string> = new Set(),
): Promise<void> {
  for (const study of studies) {
    if (study.kind !== 'whole' || study.frozen.simulated !== log.simulated || logged.has(study.frozen.sha256)) continue
    await logFrozen(log, study.frozen)
    logged.add(study.frozen.sha256)
  }
}
