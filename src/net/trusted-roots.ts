import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { NetTools } from './tools.ts'

/** One context for each list of additional roots; making one takes milliseconds, so a measured time must not hold it. */
const contexts = new WeakMap<readonly string[], SecureContext>()
const NONE: readonly string[] = []

/**
 * Roots that a handshake of ours trusts: Mozilla's as they come with the runtime, and those that the run was given for
 * a laboratory; never the system's store, which the owner of the machine or somebody else may have changed.
 */
export function trustedContext(tools: Pick<NetTools, 'extraRoots'>): SecureContext {
  const extra = tools.extraRoots ?? NONE
  const known = contexts.get(extra)
  if (known !== undefined) return known
  const made = createSecureContext({ ca: [...rootCertificates, ...extra] })
  contexts.set(extra, made)
  return made
}
