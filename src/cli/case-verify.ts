import type { BundleFacts } from '../casework/case/case-form.ts'
import type { World } from './command.ts'
import { verifyInThread } from './verify-thread.ts'

/**
 * Verifies a bundle that is added to a case by every step, its measurements judged again. No key is trusted beforehand:
 * whose log it is, "kuager verify --key" says. A bundle on which the check had to be ended is wanting: nobody could check
 * it for a court either.
 */
export async function verifyForCase(path: string, world: World): Promise<BundleFacts['verified']> {
  const { steps } = await verifyInThread({ path, cwd: world.cwd, trusted: [], judge: true }, {}, world)
  const wanting = steps.filter(
    ({ outcome, notes }) => outcome === 'failed' || notes.some(({ note }) => note === 'given-up'),
  )
  return wanting.length === 0 ? { kind: 'sound' } : { kind: 'wanting', steps: wanting.map(({ step }) => step) }
}
