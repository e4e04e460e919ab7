import assert from 'node:assert/strict'
import { join } from 'node:path'
import { runCommand } from '../../../src/cli/main.ts'
import { testWorld } from '../servers/world.ts'

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

/** Fills the data folder with a simulated evening on which YouTube fails, detects, and gives the id of the incident. */
export async function fillEvening(run: RunInFolder): Promise<string> {
  const story = ['--story', 'article-evening', '--pairs', '--services', 'youtube,wikipedia', '--interval', '15']
  const size = ['--since', '2026-10-06', '--days', '1', '--networks', '2', '--probes', '4']
  assert.equal((await run('simulate', '--out', 'made', ...size, ...story)).exit, 0)
  assert.equal((await run('import', 'made/measurements')).exit, 0)
  assert.equal((await run('detect')).exit, 0)
  const found = JSON.parse((await run('incidents', '--json')).out.split('\n')[0] ?? '') as { readonly id: string }
  return found.id
}
