import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../../src/cli/main.ts'
import { testWorld } from '../servers/world.ts'
import { madeOnce, SHARED_WORLDS } from './made-once.ts'

/** Runs a command of the program over the data folder `data` of a folder. */
export type RunInFolder = (...args: readonly string[]) => Promise<{ readonly exit: number; readonly out: string }>

/** A command line in a folder, whose data folder is `data`. */
export const commandLine =
  (cwd: string): RunInFolder =>
  async (...args) => {
    let out = ''
    const world = testWorld(cwd, (text) => (out += text))
    return { exit: await runCommand(args, { ...world, env: { KUAGER_FOLDER: join(cwd, 'data') } }), out }
  }

async function makeEvening(cwd: string): Promise<void> {
  const run = commandLine(cwd)
  const story = ['--story', 'article-evening', '--pairs', '--services', 'youtube,wikipedia', '--interval', '30']
  const size = ['--since', '2026-10-06', '--days', '1', '--networks', '2', '--probes', '4']
  assert.equal((await run('simulate', '--out', 'made', ...size, ...story)).exit, 0)
  assert.equal((await run('import', 'made/measurements')).exit, 0)
  assert.equal((await run('detect')).exit, 0)
}

/** Makes something in a folder: of a run of all tests in one that is made once and only read, else in `cwd`. Gives its path. */
async function madeIn(name: string, cwd: string, make: (folder: string) => Promise<void>): Promise<string> {
  const shared = process.env[SHARED_WORLDS]
  if (shared === undefined) {
    await make(cwd)
    return cwd
  }
  await madeOnce(join(shared, name), make)
  return join(shared, name)
}

/** Copies the data folder of what was made, unless it was made where it is wanted; without the fence, the copy may sign. */
const copyData = async (from: string, cwd: string): Promise<void> => {
  const fence = join(from, 'data', 'log', 'fence.json')
  if (from !== cwd)
    await cp(join(from, 'data'), join(cwd, 'data'), { recursive: true, filter: (path) => path !== fence })
}

/** Id of the only incident in the data folder below a folder. */
async function onlyIncident(cwd: string): Promise<string> {
  const listed = (await commandLine(cwd)('incidents', '--json')).out
  return (JSON.parse(listed.split('\n')[0] ?? '') as { readonly id: string }).id // as the command prints it
}

/**
 * Gives a folder `data` below `cwd` in which YouTube fails on a simulated evening, detected; and the id of the incident.
 * Of a run of all tests it is a copy of one that is made once.
 */
export async function fillEvening(cwd: string): Promise<string> {
  await copyData(await madeIn('evening', cwd, makeEvening), cwd)
  return onlyIncident(cwd)
}

/** Bundles of the evening, which are only read. */
export interface EveningBundles {
  readonly id: string
  /** Bundle of the incident, a folder. */
  readonly bag: string
  /** Bundle of the measurements of one hour, a folder. */
  readonly hour: string
}

async function makeBundles(cwd: string): Promise<void> {
  const run = commandLine(cwd)
  const id = await fillEvening(cwd)
  const made = await run('bundle', '--incident', id, '--out', 'out', '--actor', 'analyst-1', '--purpose', 'a test')
  assert.equal(made.exit, 0, made.out)
  const hour = ['--since', '2026-10-06T15:00:00Z', '--until', '2026-10-06T16:00:00Z', '--network', 'AS64496']
  assert.equal((await run('bundle', '--service', 'youtube', ...hour, '--out', 'hour')).exit, 0)
}

/** As fillEvening(), and two bundles were made of it. */
export async function fillBundles(cwd: string): Promise<EveningBundles> {
  const made = await madeIn('bundles', cwd, makeBundles)
  await copyData(made, cwd)
  const only = (folder: string): string => join(made, folder, readdirSync(join(made, folder))[0] ?? '')
  return { id: await onlyIncident(cwd), bag: only('out'), hour: only('hour') }
}
