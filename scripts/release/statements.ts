// What is told about a built file: its parts (CycloneDX) and what it was built from (in-toto, SLSA). The same sources give the same bytes.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf, lockedPackage, type LockedPackage } from './locked.ts'

/** A built file, and what it was built from. */
export interface BuiltFile {
  readonly name: string
  readonly version: string
  readonly sha256: string
  /** Packages of which something is inside, the runtime among them. */
  readonly packages: readonly string[]
  /** Commit of the sources, and its time as Unix seconds. */
  readonly commit: string
  readonly committedAt: number
}

const hex = (sha512: string): string => Buffer.from(sha512, 'base64').toString('hex')
const purl = ({ name, version }: LockedPackage): string => `pkg:npm/${name.replace('@', '%40')}@${version}`
/** The sources have no address of their own yet: their commit names them. */
const SOURCES = 'urn:kuager:sources'
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** A UUID that is always the same for the same file. Source: RFC 9562, version 8. */
function uuidOf(sha256: string): string {
  const bytes = createHash('sha256').update(`kuager sbom ${sha256}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Bill of materials of a built file. Source: CycloneDX 1.6, JSON. */
export function billOfMaterials(built: BuiltFile): string {
  const root = { type: 'application', name: built.name, version: built.version }
  return json({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(built.sha256)}`,
    version: 1,
    metadata: {
      timestamp: new Date(built.committedAt * 1000).toISOString(),
      component: { ...root, 'bom-ref': built.name, hashes: [{ alg: 'SHA-256', content: built.sha256 }] },
    },
    components: built.packages.map((name) => {
      const locked = lockedPackage(name)
      return {
        type: name.startsWith('node-') ? 'platform' : 'library',
        'bom-ref': purl(locked),
        name: locked.name,
        version: locked.version,
        purl: purl(locked),
        hashes: [{ alg: 'SHA-512', content: hex(locked.sha512) }],
        ...licenceOf(name),
      }
    }),
    dependencies: [{ ref: built.name, dependsOn: built.packages.map((name) => purl(lockedPackage(name))) }],
  })
}

function licenceOf(name: string): { readonly licenses?: readonly unknown[] } {
  const { license } = JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')) as { license?: unknown }
  return typeof license === 'string' && license !== '' ? { licenses: [{ expression: license }] } : {}
}

/** Where a built file is from. Source: in-toto Statement v1 with SLSA provenance v1. */
export const provenance = (built: BuiltFile): string =>
  json({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: built.name, digest: { sha256: built.sha256 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: `${SOURCES}#npm-run-release`,
        externalParameters: { file: built.name, version: built.version },
        resolvedDependencies: [
          { uri: SOURCES, digest: { gitCommit: built.commit } },
          ...built.packages.map((name) => {
            const locked = lockedPackage(name)
            return { uri: purl(locked), digest: { sha512: hex(locked.sha512) } }
          }),
        ],
      },
      runDetails: { builder: { id: `${SOURCES}#npm-run-release` } },
    },
  })
