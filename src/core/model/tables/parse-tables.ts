import type { z } from 'zod'
import { InputError } from '../errors.ts'
import { parseFingerprints } from './fingerprints.ts'
import { RULES_REVISION } from './rules-revision.ts'
import { servicesSchema } from './service.ts'
import { defectsSchema, interceptionsSchema, providersSchema, type Tables } from './tables.ts'
import { parseAsn, type Sha256 } from '../units.ts'

/** SHA-256 of bytes, or of a text in UTF-8. */
export type Digest = (bytes: Uint8Array | string) => Sha256

/** Tables of verdicts that are JSON, in the order in which their digests enter the rules version. */
export const VERDICT_TABLES = ['services.json', 'interceptions.json', 'defects.json', 'providers.json'] as const

/** Tables that verdicts and incidents rest on, by the names that they have in data/ and in a bundle. */
export const DERIVATION_TABLES = [...VERDICT_TABLES, 'causes.json', 'owners.json', 'networks.json'] as const

/** Name of the nth file of fingerprints in a bundle, from 1. */
export const fingerprintsName = (number: number): string => `fingerprints-${number}.csv`

/** A file of fingerprints, with the name that messages give it. */
export interface FingerprintFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The bytes of every table that verdicts rest on. */
export interface TableBytes {
  /** By name, those of `VERDICT_TABLES`. */
  readonly json: ReadonlyMap<string, Uint8Array>
  /** In the order in which they were given: it enters the rules version. */
  readonly fingerprints: readonly FingerprintFile[]
}

/**
 * Everything a verdict may depend on besides the measurement, from the bytes of its tables: the same bytes give the same
 * `rulesVersion`, on a server and in a browser. Throws InputError that names the table for one that is missing or broken.
 */
export function parseTables({ json, fingerprints }: TableBytes, digest: Digest): Tables {
  const digests: string[] = []
  const read = <S extends z.ZodType>(name: (typeof VERDICT_TABLES)[number], schema: S): z.infer<S> => {
    const bytes = json.get(name)
    if (bytes === undefined) throw broken(name, 'it is missing')
    digests.push(digest(bytes))
    return parseTable(name, bytes, schema)
  }
  const { services } = read('services.json', servicesSchema)
  const { interceptions } = read('interceptions.json', interceptionsSchema)
  const { defects } = read('defects.json', defectsSchema)
  const { providers } = read('providers.json', providersSchema)
  const prints = fingerprints.flatMap(({ name, bytes }) => {
    digests.push(digest(bytes))
    return parseFingerprints(new TextDecoder().decode(bytes), name)
  })
  return {
    services,
    interceptions,
    defects,
    fingerprints: prints,
    providers: new Map(providers.flatMap((one) => one.asns.map((asn) => [parseAsn(asn), one]))),
    rulesVersion: `${RULES_REVISION}+${digest(digests.join('\n')).slice(0, 12)}`,
  }
}

/** One table of JSON from its bytes. Throws InputError with its name and the place in it. */
export function parseTable<S extends z.ZodType>(name: string, bytes: Uint8Array, schema: S): z.infer<S> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw broken(name, error instanceof Error ? error.message : 'no JSON')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw broken(`${name}/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'wrong shape')
}

const broken = (path: string, found: string): InputError =>
  new InputError(`Cannot read table "${path}": ${found}`, {
    code: 'table.invalid',
    path,
    expected: 'a table in the form of those in data/',
  })
