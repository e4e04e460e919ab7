import { encodeCanonical } from '../evidence/canonical-json.ts'
import type { FrozenEvents } from '../model/coincidence.ts'
import { InputError } from '../model/errors.ts'
import type { TransparencyLog } from '../pipeline/log/contract.ts'
import { systemClock } from '../sys/clock.ts'

/** Bytes of a frozen list as it is logged: its canonical JSON, digest included. */
export const frozenBytes = (frozen: FrozenEvents): Uint8Array => new TextEncoder().encode(encodeCanonical(frozen))

/**
 * Logs a frozen list, once however often it is asked for; gives its leaf. Throws InputError for a simulated list in the
 * log of real data, and the reverse.
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
