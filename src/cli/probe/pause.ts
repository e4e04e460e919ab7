import { HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { printable } from '../../core/text/printable.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { savePause } from '../../probe/plan/pause-file.ts'
import { saveSettings } from '../../probe/plan/settings.ts'
import { systemClock } from '../../runtime/clock.ts'
import { task } from '../terminal/command.ts'
import { parseMegabytes, readAsked, someOptions } from './options.ts'
import { teller } from './tell.ts'

/** Hours of the pauses that are offered, by their word. */
const PAUSES: Readonly<Record<string, number>> = { hour: 1, day: 24, off: 0 }

export const command = task({
  about: 'Pause for an hour or a day. Nothing is measured or sent meanwhile. "off" ends a pause.',
  examples: ['hour', 'off'],
  words: { TIME: `One of ${Object.keys(PAUSES).join(', ')}.` },
  options: someOptions(),
  async run(values, call) {
    const { folder, lang, positionals } = await readAsked(values, call)
    const [word = ''] = positionals
    const hours = Object.hasOwn(PAUSES, word) ? PAUSES[word] : undefined
    if (hours === undefined)
      throw new InputError(`Cannot pause for "${printable(word)}"`, {
        code: 'pause.time',
        path: 'TIME',
        expected: `one of ${Object.keys(PAUSES).join(', ')}`,
      })
    const until = hours === 0 ? undefined : instant(systemClock.now() + hours * HOUR_MS)
    await savePause(folder, until)
    const tell = teller(lang, call.world)
    if (until === undefined) tell('probe.pause.off')
    else tell('probe.pause.until', { date: formatDateTime(lang, until) })
    return 0
  },
})

export const limit = task({
  about: 'Set how much data a month the schedule may use. A running daemon applies it within a minute.',
  examples: ['500'],
  words: { MB: 'Megabytes a month, 20 or more.' },
  options: someOptions(),
  async run(values, call) {
    const { folder, lang, kept, positionals } = await readAsked(values, call)
    const allowanceMb = parseMegabytes(positionals[0] ?? '')
    await saveSettings(folder, { ...kept, allowanceMb })
    teller(lang, call.world)('probe.limit.kept', { allowance: String(allowanceMb) })
    return 0
  },
})
