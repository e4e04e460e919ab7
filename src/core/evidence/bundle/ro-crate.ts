import { defined } from '../../model/defined.ts'
import { formatInstantUtc, type Instant } from '../../model/units.ts'

// RO-Crate 1.2 (https://w3id.org/ro/crate/1.2): the bundle as catalogues of research data read it. Nothing is verified by it.

/** A file or folder below `data/`; a folder ends in a slash. */
export interface CratePart {
  readonly path: string
  readonly name: string
  readonly media?: string
}

export interface CrateAbout {
  readonly name: string
  readonly description: string
  readonly madeAt: Instant
  /** When the first and the last measurement began. */
  readonly span?: { readonly since: Instant; readonly until: Instant }
  readonly organization: string
  readonly licence?: { readonly name: string; readonly url: string }
  readonly program: { readonly version: string; readonly sourceSha256: string }
  readonly parts: readonly CratePart[]
}

const SPECIFICATION = 'https://w3id.org/ro/crate/1.2'

/** `data/ro-crate-metadata.json` as a value: a flat graph whose root is `data/`. */
export function encodeRoCrate(about: CrateAbout): Record<string, unknown> {
  const { name, description, madeAt, span, organization, licence, program, parts } = about
  const terms =
    licence === undefined
      ? { '@id': '#licence', '@type': 'CreativeWork', name: 'No licence is stated; ask who made the bundle' }
      : { '@id': licence.url, '@type': 'CreativeWork', name: licence.name }
  return {
    '@context': `${SPECIFICATION}/context`,
    '@graph': [
      {
        '@id': 'ro-crate-metadata.json',
        '@type': 'CreativeWork',
        about: { '@id': './' },
        conformsTo: { '@id': SPECIFICATION },
      },
      {
        '@id': './',
        '@type': 'Dataset',
        name,
        description,
        datePublished: formatInstantUtc(madeAt).slice(0, 10),
        license: { '@id': terms['@id'] },
        publisher: { '@id': '#organization' },
        ...(span === undefined
          ? {}
          : { temporalCoverage: `${formatInstantUtc(span.since)}/${formatInstantUtc(span.until)}` }),
        hasPart: parts.map(({ path }) => ({ '@id': path })),
      },
      ...parts.map(({ path, name: called, media }) => ({
        '@id': path,
        '@type': path.endsWith('/') ? 'Dataset' : 'File',
        name: called,
        ...defined({ encodingFormat: media }),
      })),
      terms,
      { '@id': '#organization', '@type': 'Organization', name: organization },
      {
        '@id': '#program',
        '@type': 'SoftwareApplication',
        name: 'kuager',
        softwareVersion: program.version,
        identifier: `sha256:${program.sourceSha256}`,
      },
      {
        '@id': '#made',
        '@type': 'CreateAction',
        name: 'Writing of the bundle',
        agent: { '@id': '#organization' },
        instrument: { '@id': '#program' },
        endTime: formatInstantUtc(madeAt),
        result: { '@id': './' },
      },
    ],
  }
}
