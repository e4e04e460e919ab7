import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SIMULATED_NETWORKS } from '../../../lab/history/probes.ts'
import { HISTORY_STORIES, type HistoryOptions } from '../../../lab/history/simulate.ts'
import { TARGETS } from '../../../lab/history/world.ts'
import { writeHistory } from '../../../lab/history/write-history.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseInstant } from '../../core/model/units.ts'
import type { Command } from '../terminal/command.ts'

const HELP = `Simulates months of measurements with known truth, for tests and for the demonstration.

Usage: kuager simulate --out DIR [options]

  --out DIR        empty or new folder: measurements/part-*.jsonl.zst, truth.json, labels.jsonl
  --seed N         same seed and options, same bytes (default 1)
  --since DAY      first day, YYYY-MM-DD in UTC (default 2026-10-01)
  --days N         1 to 400 (default 30)
  --networks N     1 to ${SIMULATED_NETWORKS.length} fictitious networks with documentation numbers
                   (default 6)
  --probes N       probes on each network, 1 to 50 (default 2)
  --interval N     minutes from one run of a probe to the next, 5 to 1440 (default 60)
  --story NAME     month: a mixture of everything (default); article-evening: on the last evening
                   four services fall silent on every network but one from 20:02 to 22:04 in Almaty;
                   throttled-week: pairs of names for 18 days or more, and at their end one service
                   three-fold slower for an evening on one network and for a day on another
  --pairs          each run also sends a service's name and an innocent one to one address
  --services LIST  only these services, separated by commas (default: all)

Every measurement says that it is simulated. Judging never reads truth.json and labels.jsonl.
`

/** A whole number within bounds; throws InputError otherwise. */
export function parseCount(
  text: string,
  name: string,
  bounds: { readonly least: number; readonly most: number },
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= bounds.least && value <= bounds.most) return value
  const expected = `a whole number from ${bounds.least} to ${bounds.most}`
  throw new InputError(`Cannot read ${name}: found "${text}", expected ${expected}`, {
    code: 'argument.invalid',
    path: name,
    expected,
  })
}

function parseOptions(args: readonly string[]): { readonly out: string; readonly history: HistoryOptions } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
      since: { type: 'string', default: '2026-10-01' },
      days: { type: 'string', default: '30' },
      networks: { type: 'string', default: '6' },
      probes: { type: 'string', default: '2' },
      interval: { type: 'string', default: '60' },
      story: { type: 'string', default: 'month' },
      pairs: { type: 'boolean', default: false },
      services: { type: 'string' },
    },
  })
  if (values.out === undefined)
    throw new InputError('Cannot simulate: --out DIR is missing', {
      code: 'argument.missing',
      path: '--out',
      expected: 'a folder',
    })
  const since = parseInstant(values.since)
  if (since % DAY_MS !== 0)
    throw new InputError(`Cannot read --since: found "${values.since}", expected a day`, {
      code: 'argument.invalid',
      path: '--since',
      expected: 'a day, YYYY-MM-DD',
    })
  const story = HISTORY_STORIES.find((known) => known === values.story)
  if (story === undefined)
    throw new InputError(`Cannot read --story: found "${values.story}", expected ${HISTORY_STORIES.join(', ')}`, {
      code: 'argument.invalid',
      path: '--story',
      expected: HISTORY_STORIES.join(', '),
    })
  return {
    out: values.out,
    history: {
      seed: parseCount(values.seed, '--seed', { least: 0, most: 999_999_999 }),
      since,
      days: parseCount(values.days, '--days', { least: 1, most: 400 }),
      networks: parseCount(values.networks, '--networks', { least: 1, most: SIMULATED_NETWORKS.length }),
      probesPerNetwork: parseCount(values.probes, '--probes', { least: 1, most: 50 }),
      intervalMinutes: parseCount(values.interval, '--interval', { least: 5, most: 1440 }),
      story,
      pairs: values.pairs,
      ...(values.services === undefined ? {} : { services: parseServices(values.services) }),
    },
  }
}

/** Services the simulator measures; throws InputError for one it does not know. */
function parseServices(text: string): readonly string[] {
  const known = new Set(TARGETS.map(({ service }) => service))
  const asked = text.split(',').map((one) => one.trim())
  const unknown = asked.find((one) => !known.has(one))
  if (unknown === undefined) return asked
  throw new InputError(`Cannot read --services: found "${unknown}", expected ${[...known].join(', ')}`, {
    code: 'argument.invalid',
    path: '--services',
    expected: [...known].join(', '),
  })
}

export const command: Command = {
  help: HELP,
  async run(args, world) {
    const { out, history } = parseOptions(args)
    const written = await writeHistory(history, resolve(world.cwd, out), {
      signal: world.signal,
      onProgress: (done, expected) => {
        if (world.terminal) world.err.write(`\rsimulated ${done} of about ${expected} measurements`)
      },
    })
    if (world.terminal) world.err.write('\n')
    world.out.write(`${written.count} simulated measurements in ${written.measurements}\n`)
    return 0
  },
}
