import { wrongOption } from '../../../core/model/errors.ts'
import { formatInstantUtc, instant } from '../../../core/model/units.ts'
import { FILTER_OPTIONS, readFilter, readReason, REASON } from './invalidate.ts'
import { letterOf } from '../../../app/letter/task.ts'
import { runOrShow } from './removal-lines.ts'
import { task } from '../../terminal/command.ts'
import { optional, withDefault } from '../../terminal/option.ts'
import { LETTER_WORD, SERVICE_OUTPUT, onService } from '../options.ts'

export const command = task({
  about: `
Show withheld signatures, and count or refuse them. Signatures are withheld if too many came from one part of the
network, or if a crash left them unclear. Refusing is permanent. With FILTER only that part of a group.`,
  examples: ['--folder letter --secrets secrets'],
  words: LETTER_WORD,
  usage: ['[ID] [options]', '[ID] (--release LABEL | --refuse LABEL --reason REASON) [FILTER] [--note TEXT] [options]'],
  options: {
    release: optional('LABEL', 'Let this group count.'),
    refuse: optional('LABEL', 'Refuse this group; with --reason.'),
    reason: REASON,
    ...FILTER_OPTIONS,
    note: withDefault('TEXT', 'A note for those who approve.', ''),
    ...SERVICE_OUTPUT,
  },
  async run(values, call) {
    const { world, words } = call
    const { release, refuse, json, note } = values
    if (release !== undefined && refuse !== undefined)
      throw wrongOption('refuse', 'it is given with --release', 'one of the two')
    const act = release === undefined ? (refuse === undefined ? undefined : 'refuse') : 'release'
    const part = readFilter(values)
    if (act === undefined && Object.keys(part).length > 0)
      throw wrongOption('release', 'a filter is given, and nothing to do', '--release LABEL or --refuse LABEL')
    const reason = act === 'refuse' ? readReason(values.reason) : 'other'
    return onService(values, call, async (service) => {
      const desk = await service.desk()
      const { letter } = letterOf(desk, words[0])
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
  },
})

const listed = (counts: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count ?? 0}`)
    .join(', ')
