import { openDoor } from '../../app/demo/door.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { keepHeapSmall, startThreadsWith } from '../../runtime/small-heap.ts'
import { task } from '../terminal/command.ts'
import { optional, wholeNumber, withDefault } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'
import { openStartProgress } from './progress.ts'

/** A third of what the threads of the demonstration may take for new objects (app/demo/serve-demo.ts). */
const THREAD_MEGABYTES = 5

function pastTime(text: string): Instant {
  const at = parseInstant(text)
  if (at <= systemClock.now()) return at
  throw new InputError(`Cannot stay at "${text}": that time has not come`, {
    code: 'argument.invalid',
    path: '--at',
    expected: 'a time in the past',
  })
}

export const command = task({
  about: `
Open the observatory with a simulated month. Its last two evenings are measured closely, with incidents, an event and
statements. On the last one, tonight's, time runs: restrictions begin and end. A simulated open letter is served as a
separate service. Everything is simulated.`,
  examples: ['', '--port 9000 --days 60'],
  options: {
    folder: withDefault(
      'DIR',
      'Data folder of the demonstration. A folder with real data is refused.',
      '.kuager-demo',
      filePath,
    ),
    port: withDefault('N', 'Port on this machine.', '8420', wholeNumber(0, 65_534)),
    'letter-port': optional('N', 'Port of the open letter.', {
      read: wholeNumber(0, 65_535),
      byDefault: 'the next one',
    }),
    days: withDefault('N', 'Days to simulate, 1 to 120. An existing folder keeps its own.', '30', wholeNumber(1, 120)),
    at: optional('TIME', 'Time at which the demonstration stays, UTC: 2026-11-29T16:10:00Z.', {
      read: pastTime,
      byDefault: 'its time runs',
    }),
  },
  notes: `It contacts no other machine and measures nothing. Its last evening is today's, and its time runs: simulated
    measurements and reports come in each minute, and restrictions begin, are revised and end. A second start uses the
    folder again: the time in between is simulated while the pages are open, and with --at before. Time runs for 14 days
    after the folder was made; delete the folder to begin again. If the demonstration is open already, the command prints its address and ends.`,
  async run({ folder, port, 'letter-port': letterPort = port === 0 ? 0 : port + 1, days, at }, { world }) {
    const progress = openStartProgress(world)
    const door = await openDoor({ folder, port, letterPort, progress: () => progress.line })
    if ('openAt' in door) {
      world.out.write(`Kuager's demonstration is already open at ${door.openAt}\n`)
      return 0
    }
    await using _door = door
    const { observatory, letter } = door
    progress.say(`Kuager's demonstration will open at ${observatory.url}`)
    keepHeapSmall()
    startThreadsWith(THREAD_MEGABYTES)
    // Only now: a second of loading, after the address was said.
    const { serveDemo } = await import('../../app/demo/serve-demo.ts')
    await serveDemo(door, { days, ...defined({ at }) }, world, {
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
})
