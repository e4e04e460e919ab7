// One world in a process of its own: takes names of scenarios from its parent, one after the other, and tells results.
import { once } from 'node:events'
import { MeasuringSide } from './measuring-side.ts'
import type { Report } from './report.ts'
import { runScenario } from './run-scenario.ts'
import { loadScenario } from './scenario.ts'
import { openWorld } from './world.ts'

/** Tells the parent; settles when the words have left, or where nobody listens any more. */
const tell = (report: Report): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(report, undefined, undefined, () => resolve())
  })

/** The next name to run; undefined at the end, also where the parent is gone. */
async function nextName(signal: AbortSignal): Promise<string | undefined> {
  const messages: readonly unknown[] = await once(process, 'message', { signal })
  const message = messages[0]
  return typeof message === 'object' && message !== null && 'name' in message ? String(message.name) : undefined
}

async function work(signal: AbortSignal, keep: boolean): Promise<void> {
  await using world = await openWorld()
  await using side = await MeasuringSide.open(world)
  await tell({ kind: 'ready' })
  for (;;) {
    const name = await nextName(signal)
    if (name === undefined) return
    const result = await runScenario(await loadScenario(name, world.plan), { world, side })
    if (keep) {
      process.stdout.write(
        `The world stands: ip netns exec ${world.places.subscriber.name} …, files in ${world.folder}\n`,
      )
      await once(signal, 'abort')
    }
    await tell({ kind: 'result', result })
  }
}

if (process.send !== undefined) {
  const controller = new AbortController()
  const stop = (): void => controller.abort(new Error('stopped'))
  // Not once: a Ctrl-C reaches this process twice, by its terminal and by its parent, and the second must not kill it
  // while it removes its world.
  process.on('SIGINT', stop).on('SIGTERM', stop).on('disconnect', stop)
  try {
    await work(controller.signal, process.argv.includes('--keep'))
  } catch (error) {
    if (!controller.signal.aborted)
      await tell({
        kind: 'broken',
        why:
          error instanceof Error
            ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`
            : String(error),
      })
    process.exitCode = 1
  }
  if (process.connected) process.disconnect()
}
