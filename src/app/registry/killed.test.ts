import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startPostgres, WITHOUT_POSTGRES, type Postgres } from '../../../test/kit/stores/postgres.ts'
import { countAct, sha } from '../../../test/kit/stores/registry-rows.ts'
import { instant } from '../../core/model/units.ts'
import type { RegistryPlace } from '../../store/registry/database.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { openReportStore } from '../../reports/registry/open.ts'

const CHILD = fileURLToPath(new URL('../../../test/kit/crash/registry-child.ts', import.meta.url))

/** Lets a process write until it has acknowledged so many times, kills it and gives all that it said. */
async function live(places: readonly RegistryPlace[], lines: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, ...places.map((place) => JSON.stringify(place))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
    if (text.split('\n').length > lines) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL')
  return text.split('\n').slice(0, -1) // a line that was cut off was acknowledged too, but is not wholly known
}

/** Every row that was acknowledged is there once, and leaves count each signature once. */
async function checkSurvivors(
  reportsAt: RegistryPlace,
  lettersAt: RegistryPlace,
  said: readonly string[],
): Promise<void> {
  await using reports = await openReportStore(reportsAt)
  await using letters = await openLetterStore(lettersAt)
  const of = (kind: string): readonly string[] =>
    said.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(2))
  const counts = await reports.counts({ since: instant(0), until: instant(1) }, false)
  const found = new Map(counts.map(({ service, count }) => [service, count]))
  for (const id of of('r')) assert.equal(found.get(id), 1, `report ${id}`)
  for (const name of of('s')) assert.notEqual(await letters.signature(sha(name)), undefined, `signature ${name}`)
  for (const name of of('c')) assert.notEqual((await letters.signature(sha(name)))?.state, 'awaiting', name)
  for (const name of of('l')) {
    const row = await letters.signature(sha(name))
    assert.equal(row?.state, 'counted')
    assert.deepEqual(await letters.leaf(row.leaf ?? -1), countAct(name).leaf)
  }
  const leaves: string[] = []
  for await (const leaf of letters.leaves(0, letters.size)) leaves.push(Buffer.from(leaf).toString())
  const counted = await letters.find({ letter: 'open-net', state: 'counted' }, { most: 1_000_000 })
  assert.equal(leaves.length, letters.size)
  assert.equal(new Set(leaves).size, leaves.length)
  assert.deepEqual(
    counted.map(({ leaf }) => leaf).toSorted((a, b) => Number(a) - Number(b)),
    leaves.map((_, nth) => nth),
  )
}

describe('A registry whose process is killed', () => {
  let root = ''
  let server: Postgres | undefined
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-registry-killed-'))
    if (WITHOUT_POSTGRES === false) server = await startPostgres()
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  it('has everything that it acknowledged, once, in SQLite', async () => {
    const places = ['r', 'l'].map((name) => ({ kind: 'sqlite', file: join(root, name, `${name}.sqlite`) }) as const)
    await keepsAll(places)
  })

  it('has everything that it acknowledged, once, in PostgreSQL', { skip: WITHOUT_POSTGRES }, async () => {
    const place = await server?.database()
    if (place === undefined) throw new Error('no server')
    await keepsAll([place, place])
  })
})

async function keepsAll(places: readonly RegistryPlace[]): Promise<void> {
  const [reportsAt, lettersAt] = places
  if (reportsAt === undefined || lettersAt === undefined) throw new Error('two places')
  const said: string[] = []
  for (const lines of [1, 40, 333, 1000]) {
    said.push(...(await live(places, lines)))
    await checkSurvivors(reportsAt, lettersAt, said)
  }
}
