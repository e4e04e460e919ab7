import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { Fault, InputError } from '../model/errors.ts'
import { RULES_REVISION } from '../model/rules-revision.ts'
import { servicesSchema } from '../model/service.ts'
import { defectsSchema, interceptionsSchema, providersSchema, type Tables } from '../model/tables.ts'
import { parseAsn } from '../model/units.ts'
import { parseFingerprints } from './fingerprints.ts'
import { PACKAGE_ROOT } from './package-root.ts'

export interface TableOptions {
  /** Block-page fingerprints in the CSV form of OONI's blocking-fingerprints; none are bundled. */
  readonly fingerprintFiles?: readonly string[]
}

/** Fingerprints of more than this many bytes are refused. */
const MAX_FINGERPRINT_BYTES = 32 * 1024 * 1024

/**
 * Loads every table a verdict may depend on; the digest of all of them enters `rulesVersion`.
 * Throws InputError for a fingerprint file that cannot be read, Fault for a bundled table that is broken.
 */
export function loadTables(options: TableOptions = {}): Tables {
  const digests: string[] = []
  const bundled = <S extends z.ZodType>(name: string, schema: S): z.infer<S> => {
    const bytes = readFileSync(join(PACKAGE_ROOT, 'data', name))
    digests.push(hash('sha256', bytes))
    const parsed = schema.safeParse(JSON.parse(bytes.toString('utf8')))
    if (parsed.success) return parsed.data
    throw new Fault(`Cannot load table "${name}": ${parsed.error.issues[0]?.message ?? 'wrong shape'}`)
  }
  const { services } = bundled('services.json', servicesSchema)
  const { interceptions } = bundled('interceptions.json', interceptionsSchema)
  const { defects } = bundled('defects.json', defectsSchema)
  const { providers } = bundled('providers.json', providersSchema)
  const fingerprints = (options.fingerprintFiles ?? []).flatMap((file) => {
    const bytes = readFingerprintFile(file)
    digests.push(hash('sha256', bytes))
    return parseFingerprints(bytes.toString('utf8'), file)
  })
  return {
    services,
    interceptions,
    defects,
    fingerprints,
    providers: new Map(providers.flatMap((one) => one.asns.map((asn) => [parseAsn(asn), one]))),
    rulesVersion: `${RULES_REVISION}+${hash('sha256', digests.join('\n')).slice(0, 12)}`,
  }
}

function readFingerprintFile(file: string): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new InputError(
      `Cannot read fingerprints "${basename(file)}": ${error instanceof Error ? error.message : String(error)}`,
      { code: 'fingerprints.unreadable', path: file, expected: 'a readable CSV file' },
    )
  }
  if (bytes.length <= MAX_FINGERPRINT_BYTES) return bytes
  throw new InputError(`Cannot read fingerprints "${basename(file)}": ${bytes.length} bytes`, {
    code: 'fingerprints.too-large',
    path: file,
    expected: `at most ${MAX_FINGERPRINT_BYTES} bytes`,
  })
}
