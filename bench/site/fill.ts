import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LEAF_CODEC } from '../../src/core/evidence/log/leaf-record.ts'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { openArchive } from '../../src/store/archive/open.ts'
import { openIncidents } from '../../src/store/incidents/open.ts'
import { openWarehouse } from '../../src/store/warehouse/open.ts'
import { encodeRows } from '../../src/store/warehouse/rows.ts'
import { runCommand } from '../../src/cli/main.ts'
import { testWorld } from '../../test/kit/servers/world.ts'
import { DAYS, OBSERVATIONS, digestOf, makeMeasurements, type MadeMeasurement, type MadeYear } from './made-year.ts'

const BATCH = 4000

export interface Filled extends MadeYear {
  readonly observations: number
  /** Incidents that the detector found and published. */
  readonly incidents: number
  readonly fillSeconds: number
  readonly detectSeconds: number
}

/**
 * A data folder with a year of made measurements up to today: archive, warehouse and the incidents that `kuager detect`
 * finds in them. A folder that was filled before is used as it stands.
 */
export async function filledFolder(folder: string, rows: number): Promise<Filled> {
  const note = join(folder, 'filled.json')
  if (existsSync(note)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the end of this function
    const found = JSON.parse(readFileSync(note, 'utf8')) as Filled
    if (found.observations >= rows) return found
    throw new Error(`${folder} holds ${found.observations} observations, ${rows} are wanted: remove it`)
  }
  mkdirSync(folder, { recursive: true })
  const year = { measurements: Math.ceil(rows / OBSERVATIONS), start: Date.now() - DAYS * DAY_MS }
  const begun = performance.now()
  const { observations, measurements } = await fill(folder, year, rows)
  const filledAt = performance.now()
  await run(['detect', '--folder', folder])
  const incidents = await published(folder)
  const filled: Filled = {
    ...year,
    measurements,
    observations,
    incidents,
    fillSeconds: Math.round((filledAt - begun) / 1000),
    detectSeconds: Math.round((performance.now() - filledAt) / 1000),
  }
  writeFileSync(note, JSON.stringify(filled))
  return filled
}

async function fill(
  folder: string,
  year: MadeYear,
  rows: number,
): Promise<{ readonly measurements: number; readonly observations: number }> {
  await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  await using warehouse = await openWarehouse(folder)
  const store = async (batch: readonly MadeMeasurement[]): Promise<void> => {
    const encoded = encodeRows(batch)
    const items = batch.map(({ provenance, bytes }) => ({ provenance, bytes, publicSha256: digestOf(bytes) }))
    await Promise.all([archive.append(items), warehouse.insertEncoded([encoded])])
  }
  let [measurements, observations] = [0, 0]
  let storing = Promise.resolve()
  while (observations < rows) {
    const batch = makeMeasurements(year, measurements, BATCH)
    measurements += batch.length
    observations += batch.reduce((sum, judged) => sum + judged.observations.length, 0)
    await storing
    storing = store(batch)
    if (measurements % (BATCH * 25) === 0) process.stderr.write(`${observations} observations\n`)
  }
  await storing
  return { measurements, observations }
}

async function published(folder: string): Promise<number> {
  await using store = await openIncidents(join(folder, 'incidents'))
  return (await store.current()).length
}

/** Runs a command line of the program here; gives what it printed. */
export async function run(args: readonly string[]): Promise<string> {
  let out = ''
  const code = await runCommand(
    [...args],
    testWorld(process.cwd(), (text) => (out += text)),
  )
  if (code !== 0) throw new Error(`kuager ${args.join(' ')} ended with ${code}: ${out}`)
  return out
}

if (import.meta.main) {
  const [folder = '', rows = '0'] = process.argv.slice(2)
  console.log(JSON.stringify(await filledFolder(folder, Number(rows))))
}
