import { hash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { formatSubmittedBy, type SubmittedBy } from '../../../src/core/model/standing.ts'
import { parseSha256, type Instant, type Sha256 } from '../../../src/core/model/units.ts'
import { withheldForm } from '../../../src/core/ooni/publish/withhold.ts'
import { openCustody } from '../../../src/pipeline/custody/custody-book.ts'
import { recordErasures } from '../../../src/pipeline/custody/record-erasures.ts'
import type { TransparencyLog } from '../../../src/pipeline/log/contract.ts'
import { openTransparencyLog } from '../../../src/pipeline/log/open-log.ts'
import { saltedBy } from '../../../src/pipeline/publish/salted.ts'
import type { Appended, Archive } from '../../../src/store/archive/contract.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { encodeFrame } from '../../../src/store/archive/prepare.ts'
import { sealBytes } from '../../../src/store/archive/seal.ts'
import { webMeasurement } from '../measured/measurement.ts'

/** The data folder of an edge as its collector leaves it: archive and signed log, without a warehouse. */
export interface MadeEdge extends AsyncDisposable {
  readonly folder: string
  readonly archive: Archive
  readonly log: TransparencyLog
  /** Archives documents as if they were submitted; gives their ids. Nothing is signed. */
  take(
    documents: readonly string[],
    about: { readonly at: Instant; readonly by?: SubmittedBy },
  ): Promise<readonly Sha256[]>
  /** Signs everything that was taken. */
  sign(): Promise<void>
  erase(id: Sha256, reason: string, at: Instant): Promise<void>
}

export interface MadeEdgeOptions {
  readonly begunAt: Instant
  /** Public address of its site: name of its log. */
  readonly address?: string
  /** Bytes after which a segment takes no further group. */
  readonly segmentBytes?: number
}

/** Makes the folder of an edge, or opens it again. */
export async function makeEdge(folder: string, options: MadeEdgeOptions): Promise<MadeEdge> {
  const { begunAt, address, segmentBytes } = options
  await mkdir(folder, { recursive: true })
  const archive = await openArchive(join(folder, 'archive'), {
    leaves: LEAF_CODEC,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  const log = await openTransparencyLog(join(folder, 'log'), {
    archive,
    begin: { simulated: false, at: begunAt, ...(address === undefined ? {} : { address }) },
  })
  return {
    folder,
    archive,
    log,
    async take(documents, { at, by = { standing: 'new' } }) {
      const items = documents.map((document) => itemOf(document, at, by))
      const appended: readonly Appended[] = await archive.append(items)
      if (appended.length !== items.length) throw new Error('an item has no place')
      return items.map(({ provenance }) => provenance.id)
    },
    sign: async () => void (await log.sequence()),
    async erase(id, reason, at) {
      await archive.erase(id, reason, at)
      const custody = await openCustody({
        ...{ folder, archive },
        clock: { now: () => at, monotonic: () => 0 as never },
        onUnreadable: () => undefined,
      })
      await recordErasures(archive, custody)
    },
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]()
      await archive[Symbol.asyncDispose]()
    },
  }
}

function itemOf(document: string, receivedAt: Instant, by: SubmittedBy) {
  const bytes = Buffer.from(document)
  const { salt, original } = sealBytes(bytes)
  const { hashed } = withheldForm(JSON.parse(document), saltedBy(salt).commit)
  const id = parseSha256(hash('sha256', bytes))
  return {
    provenance: { id, receivedAt, channel: 'collector', origin: formatSubmittedBy(by) },
    ...{ salt, original, publicSha256: parseSha256(hash('sha256', hashed)) },
    ...{ size: bytes.length, frame: encodeFrame(bytes) },
  } as const
}

/** Documents that differ in a number. */
export const edgeDocuments = (startedAt: string, from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, nth) =>
    JSON.stringify(webMeasurement({ startedAt, root: { probe_asn: 'AS9198', x_serial: from + nth } })),
  )
