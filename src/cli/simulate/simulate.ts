import { defined } from '../../core/model/defined.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { SIMULATED_NETWORKS } from '../../../lab/history/probes.ts'
import { HISTORY_STORIES } from '../../../lab/history/simulate.ts'
import { TARGETS } from '../../../lab/history/world.ts'
import { writeHistory } from '../../../lab/history/write-history.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import { task } from '../terminal/command.ts'
import { flag, wordOf, required, optional, withDefault, wholeNumber, type OptionReader } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'

const firstDay: OptionReader<Instant> = (text, { name }) => {
  const since = parseInstant(text)
  if (since % DAY_MS !== 0) throw wrongOption(name, `found "${printable(text)}"`, 'a day, YYYY-MM-DD')
  return since
}

/** Services the simulator measures. */
const someServices: OptionReader<readonly string[]> = (text, { name }) => {
  const known = new Set(TARGETS.map(({ service }) => service))
  const asked = text.split(',').map((one) => one.trim())
  const unknown = asked.find((one) => !known.has(one))
  if (unknown === undefined) return asked
  throw wrongOption(name, `found "${printable(unknown)}"`, [...known].join(', '))
}

export const command = task({
  about: 'Simulate months of measurements with known truth. For tests and for the demonstration.',
  examples: ['--out simulated --days 30 --networks 6 --seed 1'],
  usage: ['--out DIR [options]'],
  options: {
    out: required(
      'DIR',
      'Empty or new folder: measurements/part-*.jsonl.zst, truth.json, labels.jsonl.',
      'a folder',
      filePath,
    ),
    seed: withDefault('N', 'The same seed and options give the same bytes.', '1', wholeNumber(0, 999_999_999)),
    since: withDefault('DAY', 'First day, YYYY-MM-DD in UTC.', '2026-10-01', firstDay),
    days: withDefault('N', 'Days, 1 to 400.', '30', wholeNumber(1, 400)),
    networks: withDefault(
      'N',
      `Fictitious networks with documentation numbers, 1 to ${SIMULATED_NETWORKS.length}.`,
      '6',
      wholeNumber(1, SIMULATED_NETWORKS.length),
    ),
    probes: withDefault('N', 'Probes on each network, 1 to 50.', '2', wholeNumber(1, 50)),
    interval: withDefault('N', 'Minutes from one run of a probe to the next, 5 to 1440.', '60', wholeNumber(5, 1440)),
    story: withDefault(
      'NAME',
      `month: a mixture of everything. article-evening: on the last evening four services do not answer on every
      network except one from 20:02 to 22:04 in Almaty. throttled-week: pairs of names for 18 days or more; at the end
      one service is three times slower for an evening on one network and for a day on another. living: every evening
      and some hours of each day are restricted, without an end.`,
      'month',
      wordOf(HISTORY_STORIES),
    ),
    pairs: flag("Each run also sends a service's name and a control name to one address."),
    services: optional('LIST', 'Only these services, separated by commas.', { read: someServices, byDefault: 'all' }),
  },
  notes: 'Every measurement says that it is simulated. Judging never reads truth.json and labels.jsonl.',
  async run({ out, probes, interval, services, ...history }, { world }) {
    const options = {
      ...history,
      probesPerNetwork: probes,
      intervalMinutes: interval,
      ...defined({ services }),
    }
    const written = await writeHistory(options, out, {
      signal: world.signal,
      onProgress: (done, expected) => {
        if (world.terminal) world.err.write(`\rsimulated ${done} of about ${expected} measurements`)
      },
    })
    if (world.terminal) world.err.write('\n')
    world.out.write(`${written.count} simulated measurements in ${written.measurements}\n`)
    return 0
  },
})
