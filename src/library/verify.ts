import { deriveInBrowser } from '../browser/verify/derive-again.ts'
import { cryptography, inflateByStream, sha256, webCrypto } from '../browser/verify/tools.ts'
import { parseVerifierKey } from '../core/evidence/log/signed-note.ts'
import type { CheckedBundle, CheckedStep } from '../core/evidence/verify/bundle-report.ts'
import type { Stop } from '../core/evidence/verify/bundle-tools.ts'
import type { RandomAccess } from '../core/evidence/verify/source/bundle-source.ts'
import { openZip } from '../core/evidence/verify/source/zip-source.ts'
import { verifyBundle as verifySteps } from '../core/evidence/verify/verify-bundle.ts'
import { defined } from '../core/model/defined.ts'
import { instant } from '../core/model/units.ts'

/** Whom the reader of a bundle trusts, and how far it is checked. */
export interface BundleCheckOptions {
  /** The time now, in milliseconds since 1970: `Date.now()`. */
  readonly now: number
  /** Keys of logs that the reader got elsewhere and trusts, one line of a C2SP signed note each. */
  readonly keys?: readonly string[]
  /** SHA-256, in lower-case hexadecimal, of roots of time-stamping authorities that the reader trusts. */
  readonly roots?: readonly string[]
  /** Whether each measurement is judged again and the incident derived again; true if not given. */
  readonly judge?: boolean
  /** Gets each step as it ends. */
  readonly onStep?: (step: CheckedStep) => void
  readonly signal?: Stop
}

/**
 * Verifies an evidence bundle, a zip, by the named steps of docs/formats/bundle.md. `sound` is true if no step failed; the
 * steps say what was found and what could not be checked. Contacts nothing. A fault of the bundle is a finding;
 * throws InputError for a key that cannot be read, and what an abort throws.
 *
 * @example
 * import { verifyBundle } from 'kuager/verify'
 * const { sound, steps } = await verifyBundle(await readFile('bundle.zip'), { now: Date.now(), keys: [key] })
 * for (const { step, outcome } of steps) console.log(step, outcome)
 */
export async function verifyBundle(
  zip: Uint8Array | RandomAccess,
  { now, keys = [], roots = [], judge = true, onStep, signal = NEVER }: BundleCheckOptions,
): Promise<CheckedBundle> {
  const subtle = webCrypto()
  return verifySteps(await openZip(zip instanceof Uint8Array ? inMemory(zip) : zip, inflateByStream), {
    ...cryptography,
    ...defined({ subtle }),
    now: instant(now),
    trusted: keys.map((line) => parseVerifierKey(line, sha256)),
    trustedRoots: new Set(roots),
    signal,
    ...defined({ onStep }),
    ...(judge ? { derive: deriveInBrowser } : {}),
  })
}

const NEVER: Stop = { aborted: false, throwIfAborted: () => undefined }

const inMemory = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
})
