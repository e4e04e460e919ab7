import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'

export const HELLOS = ['usual', 'small'] as const
/**
 * `usual`: the ClientHello as the runtime makes it, 1,595 bytes and the name, with a post-quantum share, which span
 * two segments as a browser's do. `small`: without that share, 363 bytes and the name, in one segment. A censor that
 * reads one segment treats them differently, so the bytes of the hello are recorded with each handshake.
 */
export type Hello = (typeof HELLOS)[number]

/** Contexts remembered: making one reads 140 roots, about 8 ms, which would count in the time of a handshake. */
const MOST_CONTEXTS = 8
const contexts = new Map<string, SecureContext>()

/**
 * The settings of TLS for a kind of hello: TLS 1.2 and 1.3, trusting Mozilla's roots as the runtime bundles them and
 * `extraRoots` (PEM), and nothing else: neither the system's store nor what the environment adds, both of which an
 * owner, or the seller of the machine, may have changed.
 */
export function secureContextFor(hello: Hello, extraRoots: readonly string[] = []): SecureContext {
  const key = [hello, ...extraRoots].join('\n')
  const known = contexts.get(key)
  if (known !== undefined) return known
  const made = createSecureContext({
    ca: [...rootCertificates, ...extraRoots],
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ...(hello === 'small' && { ecdhCurve: 'X25519:P-256' }),
  })
  const oldest = contexts.size >= MOST_CONTEXTS ? contexts.keys().next().value : undefined
  if (oldest !== undefined) contexts.delete(oldest)
  contexts.set(key, made)
  return made
}
