import { formatVerifierKey } from '../../log/signed-note.ts'
import { evaluatePolicy, parsePolicy } from '../../witness/policy.ts'
import { AT } from '../source/bundle-paths.ts'
import type { BundleSource } from '../source/bundle-source.ts'
import type { BundleTools } from '../bundle-tools.ts'
import type { BundleLogParts } from '../log-parts.ts'
import type { StepFindings } from './findings.ts'

const MOST_POLICY = 1_000_000

/**
 * Whether the cosignatures under the checkpoint satisfy the policy of the reader, else that of the bundle. A bundle
 * writes its own policy: what it asks for says what its maker promised, and no more.
 */
export async function checkWitnesses(
  source: BundleSource,
  { checkpoint, keys }: BundleLogParts,
  tools: BundleTools,
  find: StepFindings,
): Promise<void> {
  const own = await find.attempt('file-form', AT.policy, async () =>
    parsePolicy(await source.read(AT.policy, MOST_POLICY), tools.digest),
  )
  const lines = new Set(keys.map(formatVerifierKey))
  if (own !== undefined && !own.logs.every(({ key }) => lines.has(formatVerifierKey(key))))
    find.fail('not-agreeing', `${AT.policy}, ${AT.keys}`)
  const { policy: bytes } = tools
  const policy = bytes === undefined ? own : parsePolicy(bytes, tools.digest)
  if (checkpoint === undefined || policy === undefined) {
    find.skip('unread', checkpoint === undefined ? AT.checkpoint : AT.policy)
    return
  }
  const { satisfied, quorum, cosigned, missing, bad } = evaluatePolicy(checkpoint, policy, tools.verify)
  for (const name of bad) find.fail('bad-signature', name)
  if (!satisfied && bad.length === 0) find.fail('quorum', missing.join(' '))
  if (quorum === undefined) find.note('no-witnesses')
  else if (bytes === undefined) find.note('own-policy')
  for (const { name, at } of cosigned) find.fact('cosigned', { name, at })
}
