import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { formatOwnLink } from '../../../src/core/evidence/own-results/own-link.ts'
import { instant, parseInstant } from '../../../src/core/model/units.ts'
import { openTransparencyLog } from '../../../src/pipeline/log/open-log.ts'
import type { DatasetFile, DatasetShelf } from '../../../src/site/dataset/contract.ts'
import { listen } from '../../../src/web/listen.ts'
import { LeafArchive } from '../stores/leaf-archive.ts'
import { sampleSite } from './site-sample.ts'

const MONTH = '2026-03'
const ROWS = 1500
const START = Date.parse('2026-03-05T00:00:00Z')

/** Keys of two volunteers, and of all others. */
export const OWN = '3f2a90c1d2e4b5a6'
export const OTHER = '8c427d96da8f6807'

const idOf = (leaf: number): string => hash('sha256', `own ${leaf}`, 'hex')

/** Of 1,500 measurements of three days every seventh is of the first key, every eleventh of the second. */
export const probeOf = (leaf: number): string => (leaf % 7 === 0 ? OWN : leaf % 11 === 0 ? OTHER : '0000000000000000')

const rowOf = (leaf: number): string =>
  JSON.stringify({
    measurement_id: idOf(leaf),
    leaf_index: leaf,
    started_at_utc: new Date(START + leaf * 160_000).toISOString().replace('.000Z', 'Z'),
    service: leaf % 2 === 0 ? 'youtube' : 'web:<b>&nbsp;',
    probe_asn: 64_496,
    kind: leaf % 5 === 0 ? 'interfered' : 'reachable',
    probe: probeOf(leaf),
  })

/** The file of the month in parts, as the site makes it; leaf 77 is in none. */
export const monthFile = (): Buffer => {
  const leaves = Array.from({ length: ROWS }, (_, leaf) => leaf).filter((leaf) => leaf !== 77)
  const parts = [leaves.slice(0, 700), leaves.slice(700, 1400), leaves.slice(1400)]
  return Buffer.concat(parts.map((part) => gzipSync(part.map((leaf) => `${rowOf(leaf)}\n`).join(''))))
}

/** Links of both volunteers: with a receipt of the file, one of what is not in it, and one that came later. */
export const linkOf = (pseudonym: string): string =>
  formatOwnLink({ month: MONTH, pseudonym, places: pseudonym === OWN ? [7, 77, ROWS + 5] : [11, ROWS + 6] })

export interface OwnResultsSite extends AsyncDisposable {
  readonly url: URL
}

/** A site with a log of all these measurements and the file of the month. */
export async function openOwnResultsSite(): Promise<OwnResultsSite> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-own-'))
  const archive = new LeafArchive()
  archive.growTo(ROWS + 10)
  const at = instant(START)
  const log = await openTransparencyLog(join(folder, 'log'), { archive, begin: { simulated: true, at } })
  await log.sequence()
  const bytes = monthFile()
  const name = `kuager-simulated-measurements-${MONTH}-until-20260308T0000Z.jsonl.gz`
  const file: DatasetFile = {
    ...{ name, table: 'measurements', form: 'jsonl', rows: ROWS - 1, bytes: bytes.length },
    sha256: hash('sha256', bytes, 'hex'),
  }
  const running = { asOf: parseInstant('2026-03-08T00:00:00Z'), files: [file] }
  const datasets: DatasetShelf = {
    months: async () => [{ month: MONTH, simulated: true, versions: [], running, isWithdrawn: false }],
    again: () => undefined,
    find: async (asked) => (asked === name ? file : undefined),
    open: async (_, { first, last }) => {
      const part = Uint8Array.from(bytes.subarray(first, last + 1))
      return { bytes: bytes.length, stream: new Blob([part]).stream() }
    },
  }
  const site = await sampleSite({ simulated: true, datasets, transparency: async () => log })
  const server = await listen(site, { host: '127.0.0.1', port: 0 })
  return {
    url: new URL(server.url),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await log[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
