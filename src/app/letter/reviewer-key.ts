import { resolve } from 'node:path'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { encodeHex } from '../../core/evidence/hex.ts'
import { makeSeed, publicKeyOf, signEd25519 } from '../../runtime/ed25519.ts'
import { readBounded } from '../../runtime/files/copy-folder.ts'
import { approvalMessage } from '../../letter/remove/approvals.ts'
import type { Approval, RemovalJob } from '../../letter/remove/contract.ts'
import { printable } from '../../core/text/printable.ts'

const HEAD = 'KUAGER-REVIEWER-KEY-1'
const MOST_KEY = 1000

/** A new key of a reviewer: the text of its file, and the public half that is in `reviewers.json`. */
export function makeReviewerKey(name: string): { readonly text: string; readonly key: string } {
  const seed = makeSeed()
  const key = encodeHex(publicKeyOf(seed))
  return { text: `# reviewer: ${name}\n# public key: ${key}\n${HEAD} ${encodeHex(seed)}\n`, key }
}

/** Reads the file of a reviewer's key. Throws InputError, which repeats nothing of it. */
export async function readReviewerKey(path: string, world: Pick<World, 'cwd'>): Promise<Uint8Array> {
  const bytes = await readBounded(resolve(world.cwd, path), MOST_KEY)
  const found = new RegExp(`^${HEAD} ([0-9a-f]{64})$`, 'm').exec(new TextDecoder().decode(bytes ?? new Uint8Array()))
  if (found?.[1] !== undefined) return new Uint8Array(Buffer.from(found[1], 'hex'))
  throw wrongOption('key', `"${printable(path)}" is no key of a reviewer`, 'a file of "kuager letter keys reviewer"')
}

/** The word of a reviewer that a job may be done. */
export const approve = (job: RemovalJob, seed: Uint8Array): Approval => ({
  job: job.id,
  key: encodeHex(publicKeyOf(seed)),
  signature: encodeHex(signEd25519(seed, approvalMessage(job))),
})
