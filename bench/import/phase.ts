// One phase of bench/import.ts in a process of its own: `phase.ts judge FILE WARM` or `phase.ts import FILE FOLDER`.
// The last line it prints is one JSON object.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LEAF_CODEC } from '../../src/core/evidence/log/leaf-record.ts'
import { importMeasurements } from '../../src/pipeline/import/import.ts'
import { openJudgePool } from '../../src/pipeline/judge/judge-pool.ts'
import { judgeTogether, openSteps, judgingPortions } from '../../src/pipeline/judge/judge-together.ts'
import { openArchive } from '../../src/store/archive/open.ts'
import { openWarehouse } from '../../src/store/warehouse/open.ts'
import { openCertificates } from '../../src/runtime/certificates.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'

/** Measurements per second of one thread, over the lines behind the first `warm` ones; every line is seen once. */
function judgeLines(file: string, warm: number): { per_s: number; judged: number; kinds: Record<string, number> } {
  const bytes = readFileSync(file)
  const lines: Buffer[] = []
  for (let from = 0, to = bytes.indexOf(10); to >= 0; from = to + 1, to = bytes.indexOf(10, from))
    lines.push(bytes.subarray(from, to))
  const tools = { tables: loadTables(), certificates: openCertificates() }
  const step = openSteps(() => undefined)
  // In portions, as the threads of an import do.
  const judgeAll = (some: readonly Buffer[]): Record<string, number> => {
    const kinds: Record<string, number> = {}
    for (const [from, until] of judgingPortions(some.map(({ length }) => length)))
      for (const tried of judgeTogether(
        some.slice(from, until).map((value) => ({ value })),
        { tools, step },
      )) {
        if ('error' in tried) throw tried.error
        const judged = tried.value
        const kind = judged.kind === 'judged' ? judged.verdict.kind : judged.reason
        kinds[kind] = (kinds[kind] ?? 0) + 1
      }
    return kinds
  }
  judgeAll(lines.slice(0, warm))
  const measured = lines.slice(warm)
  const started = performance.now()
  const kinds = judgeAll(measured)
  const seconds = (performance.now() - started) / 1000
  return { per_s: measured.length / seconds, judged: measured.length, kinds }
}

/** Measurements per second from a compressed file into archive and warehouse, with threads and stores opened before. */
async function importFile(file: string, folder: string): Promise<{ per_s: number; added: number; peak_mb: number }> {
  await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  await using warehouse = await openWarehouse(folder)
  await using pool = openJudgePool({ fingerprintFiles: [] }, { threads: 2 })
  const stores = { folder, archive, warehouse, pool, clock: systemClock }
  await pool.ready()
  const signal = new AbortController().signal
  const started = performance.now()
  const { tally } = await importMeasurements(file, stores, { signal, channel: 'file' })
  const seconds = (performance.now() - started) / 1000
  if (tally.added !== tally.read) throw new Error(`of ${tally.read} measurements ${tally.added} were added`)
  if ((await warehouse.storedLeaves()) !== tally.added) throw new Error('the warehouse lacks leaves')
  return { per_s: tally.added / seconds, added: tally.added, peak_mb: process.resourceUsage().maxRSS / 1024 }
}

const [phase, file = '', last = ''] = process.argv.slice(2)
const result = phase === 'judge' ? judgeLines(file, Number(last)) : await importFile(file, last)
process.stdout.write(`${JSON.stringify(result)}\n`)
