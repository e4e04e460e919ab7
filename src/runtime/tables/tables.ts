import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Fault, InputError } from '../../core/model/errors.ts'
import { parseTables, VERDICT_TABLES, type Digest } from '../../core/model/tables/parse-tables.ts'
import type { Tables } from '../../core/model/tables/tables.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { PACKAGE_ROOT, readPackaged } from '../files/package-root.ts'

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
  const fingerprints = (options.fingerprintFiles ?? []).map((file) => ({
    name: file,
    bytes: readFingerprintFile(file),
  }))
  const json = new Map(VERDICT_TABLES.map((name) => [name, readPackaged(join(PACKAGE_ROOT, 'data', name))]))
  try {
    return parseTables({ json, fingerprints }, sha256)
  } catch (error) {
    if (error instanceof InputError && error.code === 'table.invalid') throw new Fault(error.message)
    throw error
  }
}

const sha256: Digest = (bytes) => parseSha256(hash('sha256', bytes))

/** Bytes of a file of fingerprints. Throws InputError where it cannot be read or is too large. */
export function readFingerprintFile(file: string): Buffer {
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
