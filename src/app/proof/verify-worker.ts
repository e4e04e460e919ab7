import { parentPort, workerData } from 'node:worker_threads'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { verifyBundle } from '../../core/evidence/verify/verify-bundle.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { BUNDLE_TOOLS, deriveInNode } from './bundle-tools.ts'
import { NOTE_TOOLS } from './mirror-key.ts'
import { openBundle } from './open-bundle.ts'
import type { VerifyAsked, VerifySaid } from './verify-thread.ts'

// The thread in which a bundle is verified. Its data are written only by verify-thread.ts, which ends it by force: it
// needs no signal of its own.

const port = parentPort
if (port === null) throw new Error('Cannot verify: this is no worker thread')
const say = (said: VerifySaid): void => port.postMessage(said)

const TELL_MS = 100
const seldom = (kind: 'read' | 'judged'): ((done: number, total: number) => void) => {
  let told = -Infinity
  return (done, total) => {
    const now = systemClock.monotonic()
    if (now - told < TELL_MS) return
    told = now
    say({ kind, done, total })
  }
}

async function verify({ path, cwd, trusted, policy, roots = [], judge, most }: VerifyAsked): Promise<void> {
  const { signal } = new AbortController()
  await using opened = await openBundle(path, cwd, signal)
  say({ kind: 'opened', name: opened.name })
  const { sound } = await verifyBundle(opened, {
    ...BUNDLE_TOOLS,
    now: systemClock.now(),
    trusted: trusted.map((line) => parseVerifierKey(line, NOTE_TOOLS.digest)),
    trustedRoots: new Set(roots),
    signal,
    ...defined({ policy }),
    ...(judge ? { derive: deriveInNode } : {}),
    ...defined({ mostJudged: most }),
    onStep: (step) => say({ kind: 'step', step }),
    onProgress: seldom('read'),
    onJudged: seldom('judged'),
  })
  say({ kind: 'done', sound })
}

try {
  await verify(workerData as VerifyAsked)
} catch (error) {
  if (error instanceof InputError) {
    const { message, code, path, expected } = error
    say({ kind: 'refused', message, code, path, expected })
  } else {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    say({ kind: 'broken', message, stack })
  }
}
