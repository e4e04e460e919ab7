import assert from 'node:assert/strict'
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

/**
 * Gives a folder `data` below `cwd` in which YouTube fails on a simulated evening, detected; and the id of the incident.
 * Of a run of all tests it is a copy of one that is made once.
 */
export async function fillEvening(cwd: string): Promise<string> {
  const shared = process.env[SHARED_WORLDS]
  if (shared === undefined) await makeEvening(cwd)
  else {
    await madeOnce(join(shared, 'evening'), makeEvening)
    await cp(join(shared, 'evening/data'), join(cwd, 'data'), { recursive: true })
  }
  const listed = (await commandLine(cwd)('incidents', '--json')).out
  return (JSON.parse(listed.split('\n')[0] ?? '') as { readonly id: string }).id // as the command prints it
}
