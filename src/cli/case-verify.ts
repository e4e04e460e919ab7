import type { BundleFacts } from '../casework/case/case-form.ts'
import { verifyBundle } from '../evidence/verify/verify-bundle.ts'
import { systemClock } from '../sys/clock.ts'
import type { World } from './command.ts'
import { openBundle } from './open-bundle.ts'
import { BUNDLE_TOOLS, deriveAgain } from './verify.ts'

/**
 * Verifies a bundle that is added to a case by every step, its measurements judged again. No key is trusted beforehand:
 * whose log it is, "kuager verify --key" says.
 */
export async function verifyForCase(path: string, world: World): Promise<BundleFacts['verified']> {
  await using opened = await openBundle(path, world.cwd, world.signal)
  const { sound, steps } = await verifyBundle(opened, {
    ...BUNDLE_TOOLS,
    derive: deriveAgain,
    now: systemClock.now(),
    trusted: [],
    signal: world.signal,
  })
  if (sound) return { kind: 'sound' }
  return { kind: 'wanting', steps: steps.filter(({ outcome }) => outcome === 'failed').map(({ step }) => step) }
}
