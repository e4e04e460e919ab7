import { parseArgs } from 'node:util'
import { wrongOption } from '../../../core/model/errors.ts'
import type { World } from '../../../runtime/world.ts'
import { formatInstantUtc, instant } from '../../../core/model/units.ts'
import { FILTER_OPTIONS, readFilter, readReason } from './invalidate.ts'
import { FOLDER_OPTIONS, letterOf, withService } from '../../../app/letter/task.ts'
import { runOrShow } from './removal-lines.ts'

/** Looks at what was held back because too much came from one part of the network: lists, lets count, refuses. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...FOLDER_OPTIONS,
      ...FILTER_OPTIONS,
      release: { type: 'string' },
      refuse: { type: 'string' },
      reason: { type: 'string' },
      note: { type: 'string', default: '' },
    },
  })
  const { release, refuse, json, note } = values
  if (release !== undefined && refuse !== undefined)
    throw wrongOption('refuse', 'it stands beside --release', 'one of the two')
  const act = release === undefined ? (refuse === undefined ? undefined : 'refuse') : 'release'
  const part = readFilter(values)
  if (act === undefined && Object.keys(part).length > 0)
    throw wrongOption('release', 'a filter is given, and nothing to do', '--release LABEL or --refuse LABEL')
  const reason = act === 'refuse' ? readReason(values.reason) : 'other'
  return withService(world, { ...values, part: 'review', args }, async (service) => {
    const desk = await service.desk()
    const { letter } = letterOf(desk, positionals[0])
    if (act === undefined) {
      const groups = await desk.held(letter.id)
      if (json) world.out.write(`${JSON.stringify(groups)}\n`)
      else
        for (const { label, count, tiers, regions, hours } of groups)
          world.out.write(
            [
              `${label}  ${count} signatures`,
              `  tiers    ${listed(tiers)}`,
              `  regions  ${listed(regions)}`,
              `  hours    ${hours.map(({ hour, count: of }) => `${formatInstantUtc(instant(hour))} ${of}`).join(', ')}`,
              '',
            ].join('\n'),
          )
      if (!json && groups.length === 0) world.out.write('Nothing is held back\n')
      return 0
    }
    const filter = { ...part, held: release ?? refuse ?? '' }
    await runOrShow(desk, await desk.removals.plan({ letter: letter.id, act, reason, note, filter }), { json }, world)
    return 0
  })
}

const listed = (counts: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count ?? 0}`)
    .join(', ')
