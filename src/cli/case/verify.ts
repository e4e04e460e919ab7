import type { World } from '../../runtime/world.ts'
import type { BundleFacts, CheckFacts } from '../../casework/case/case-form.ts'
import type { VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { readSavedCheck, verifySaved } from '../verify/verify-saved-check.ts'
import { verifyInThread } from '../../app/proof/verify-thread.ts'

/**
 * Verifies a bundle that is added to a case by every step, its measurements judged again. No key is trusted beforehand:
 * whose log it is, "kuager verify --key" says. A bundle on which the check had to be ended has failed: no one could check
 * it for a court either.
 */
export async function verifyForCase(path: string, world: World): Promise<BundleFacts['verified']> {
  const { steps } = await verifyInThread({ path, cwd: world.cwd, trusted: [], judge: true }, {}, world)
  const wanting = steps.filter(
    ({ outcome, notes }) => outcome === 'failed' || notes.some(({ note }) => note === 'given-up'),
  )
  return wanting.length === 0 ? { kind: 'sound' } : { kind: 'wanting', steps: wanting.map(({ step }) => step) }
}

/**
 * Verifies a saved check that is added to a case. Without a key whose log it is is not compared; what is no saved check,
 * or is in no log, has failed.
 */
export async function verifyCheckForCase(path: string, trusted: readonly VerifierKey[]): Promise<CheckFacts> {
  const bytes = await readSavedCheck(path)
  if (bytes === undefined) return { kind: 'wanting', steps: ['form'] }
  const { steps, sha256, logged } = verifySaved(bytes, { trusted })
  const wanting = steps.filter(({ outcome }) => outcome === 'failed').map(({ step }) => step)
  if (wanting.length > 0 || sha256 === undefined || logged === undefined) return { kind: 'wanting', steps: wanting }
  const { origin, leafIndex } = logged
  return {
    kind: trusted.length > 0 ? 'sound' : 'not-compared',
    sha256,
    origin: origin.slice(0, MOST_ORIGIN),
    leaf_index: leafIndex,
  }
}

const MOST_ORIGIN = 300
