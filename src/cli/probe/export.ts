import { basename, join, resolve } from 'node:path'
import { stat } from 'node:fs/promises'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { pause } from '../../probe/measure/pause.ts'
import { exportSpool } from '../../probe/spool/export.ts'
import { Spool } from '../../probe/spool/spool.ts'
import { waitTurn } from '../../probe/measure/turn.ts'
import { systemClock } from '../../runtime/clock.ts'
import { say } from '../../core/text/format.ts'
import { printable } from '../../core/text/printable.ts'
import { teller } from './tell.ts'
import { task } from '../terminal/command.ts'
import { readAsked, someOptions, type Asked } from './options.ts'

export const command = task({
  about: `
Write waiting measurements to a file. The file is what would be sent, and "kuager import" reads it elsewhere: give it
on a USB stick to a person who can reach a collector.`,
  examples: ['/media/usb'],
  words: { 'FILE|DIR': 'The new file, or a folder: its name then has the day.' },
  options: someOptions('refused', 'delete', 'json'),
  exit: { 3: 'nothing waits' },
  run: async (values, call) => runExport(await readAsked(values, call), call.world),
})

/**
 * Writes what waits as it would be sent, for a USB stick to a person who can reach a collector; `kuager import` takes the file. With `--delete` what was written and read back leaves the queue.
 */
async function runExport(asked: Asked, world: World): Promise<number> {
  const { lang, folder } = asked
  const spool = new Spool(folder)
  await using _turn = await waitTurn(folder, 'send', { signal: world.signal, wait: pause })
  const entries = [...(await spool.list()), ...(asked.refused ? await spool.listRefused() : [])]
  if (entries.length === 0) {
    world.out.write(asked.json ? '{"exported":0}\n' : `${say(lang, 'probe.export.nothing')}\n`)
    return 3
  }
  const path = await target(asked.positionals[0] ?? '', world)
  const exported = await exportSpool(spool, entries, path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw exists(path)
    throw error
  })
  const removed = asked.remove ? exported.entries : []
  for (const entry of removed) await spool.remove(entry)
  const count = exported.entries.length
  if (asked.json) {
    world.out.write(`${JSON.stringify({ exported: count, path, deleted: removed.length })}\n`)
    return 0
  }
  const tell = teller(lang, world)
  tell('probe.export.done', { path, count: String(count) })
  if (removed.length > 0) tell('probe.export.deleted', { count: String(removed.length) })
  return 0
}

/** The file to write: the one named, or one with the day in its name in the folder named. */
async function target(named: string, world: World): Promise<string> {
  const path = resolve(world.cwd, named)
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true
  const day = new Date(systemClock.now()).toISOString().slice(0, 10)
  return isFolder ? join(path, `kuager-probe-${day}.jsonl.gz`) : path
}

const exists = (path: string): InputError =>
  new InputError(`Cannot export to "${printable(basename(path))}": there is such a file already`, {
    code: 'export.exists',
    path: 'FILE',
    expected: 'the name of a new file',
  })
