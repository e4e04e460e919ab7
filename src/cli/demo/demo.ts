import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openDoor } from '../../app/demo/door.ts'
import type { Command } from '../terminal/command.ts'
import { parseCount } from '../terminal/options.ts'
import { openProgress } from './progress.ts'

const HELP = `Opens the observatory with a simulated month, to look around. Its last two evenings are measured
closely, with incidents, an event and statements; on the last one restrictions are in progress. A
simulated open letter is served next to it, as a service of its own. Everything is simulated.

Usage: kuager demo [options]

  --folder DIR       data folder of the demonstration (default .kuager-demo); a folder with real data
                     is refused
  --port N           port on this machine (default 8420)
  --letter-port N    port of the open letter (default: the next one)
  --days N           days to simulate, 1 to 120 (default 30); an existing folder keeps its own

It contacts no other machine and measures nothing. A second start uses the folder again; delete the
folder to begin again. If the demonstration is open already, the command prints its address and
ends.
`

export const command: Command = {
  help: HELP,
  async run(args, world) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        folder: { type: 'string', default: '.kuager-demo' },
        port: { type: 'string', default: '8420' },
        'letter-port': { type: 'string' },
        days: { type: 'string', default: '30' },
      },
    })
    const days = parseCount(values.days, '--days', { least: 1, most: 120 })
    const port = parseCount(values.port, '--port', { least: 0, most: 65_534 })
    const next = port === 0 ? '0' : String(port + 1)
    const letterPort = parseCount(values['letter-port'] ?? next, '--letter-port', { least: 0, most: 65_535 })
    const progress = openProgress(world)
    const folder = resolve(world.cwd, values.folder)
    const door = await openDoor({ folder, port, letterPort, progress: () => progress.line })
    if ('openAt' in door) {
      world.out.write(`Kuager's demonstration is already open at ${door.openAt}\n`)
      return 0
    }
    await using _door = door
    const { observatory, letter } = door
    progress.say(`Kuager's demonstration will open at ${observatory.url}`)
    // Only now: a second of loading, after the address was said.
    const { serveDemo } = await import('../../app/demo/serve-demo.ts')
    await serveDemo(door, days, world, {
      tell: progress.tell,
      prepared: ({ measurements, revisions }) =>
        progress.say(`Stored ${measurements} simulated measurements, published ${revisions} revisions of incidents`),
      opened() {
        progress.clear()
        world.out.write(
          `Kuager's demonstration is open at ${observatory.url}\n` +
            `A simulated open letter, a separate service, is open at ${letter.url}\n` +
            'Everything is simulated: invented networks, evenings and signatures. Nothing was measured. Press Ctrl+C to stop.\n',
        )
      },
    })
    return 0
  },
}
