import { webcrypto } from 'node:crypto'
import { verifyReply } from '../../../core/evidence/time-stamp/verify-reply.ts'
import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import type { Authority } from './authorities.ts'
import { listStamps, readStamped, stampPaths } from './stamp-files.ts'

export interface CheckedStamps {
  /** Replies that are whole stamps of their checkpoint. */
  readonly good: number
  /** Replies of authorities whose chain is not there any more: it cannot be determined. */
  readonly unknown: number
  /** Files of replies that are no stamp of the checkpoint next to them, and of which query or checkpoint is gone. */
  readonly wrong: readonly string[]
}

/** Verifies every stamp that is kept next to a log, as on the day it was given. Changes nothing. */
export async function checkStamps(
  folder: string,
  authorities: readonly Pick<Authority, 'name' | 'chainPem'>[],
  { signal, disk = REAL_DISK }: { readonly signal: AbortSignal; readonly disk?: Disk },
): Promise<CheckedStamps> {
  const wrong: string[] = []
  let good = 0
  let unknown = 0
  for (const { size, authorities: names } of await listStamps(folder, disk))
    for (const name of names) {
      signal.throwIfAborted()
      const chainPem = authorities.find((one) => one.name === name)?.chainPem
      const stamped = await readStamped(folder, { size, authorities: [name] }, disk)
      const [stamp] = stamped?.stamps ?? []
      if (stamped === undefined || stamp === undefined) wrong.push(stampPaths(folder).reply(size, name))
      else if (chainPem === undefined) unknown++
      else {
        const { query, reply } = stamp
        const claim = { reply, query, sha256: sha256(stamped.checkpoint), chainPem }
        if ((await verifyReply(claim, { subtle: webcrypto.subtle })).ok) good++
        else wrong.push(stampPaths(folder).reply(size, name))
      }
    }
  return { good, unknown, wrong }
}
