import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Incident } from '../../core/model/incident/incident.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { instant, parseInstant, type Asn, type Instant } from '../../core/model/units.ts'
import { overlap, NEVER, windowOf } from '../../core/derive/window.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { task } from '../terminal/command.ts'
import { flag, optional } from '../terminal/option.ts'
import { FOLDER, json, LANG, SERVICE, NETWORK, WAREHOUSE } from '../terminal/shared-options.ts'
import { withFolder } from '../../app/folder/open.ts'
import { DETECTED } from '../../app/folder/detection.ts'
import { incidentEntry, nameIncident } from './incident-lines.ts'
import { loadNames } from '../../app/web/load-names.ts'

/** Entries a person is shown; --json gives all. */
const MOST_SHOWN = 40

interface Question {
  readonly service: string | undefined
  readonly asn: Asn | undefined
  readonly since: Instant
  readonly until: Instant
  readonly withdrawn: boolean
}

export const command = task({
  about: 'List when a service was restricted on a network. Each incident is listed with how certain it is.',
  examples: ['--service youtube --since 2026-12-01'],
  options: {
    service: SERVICE,
    network: NETWORK,
    since: optional('DATE', 'Only incidents that reach beyond this day or time, UTC.', {
      read: parseInstant,
    }),
    until: optional('DATE', 'Only incidents that began before this day or time, UTC.', {
      read: parseInstant,
    }),
    all: flag('List withdrawn ones as well.'),
    folder: FOLDER,
    warehouse: WAREHOUSE,
    json: json('Print one JSON object per line: docs/formats/incidents.md.'),
    lang: LANG,
  },
  notes: `
Ongoing incidents come first, then the newest. "kuager detect" finds them, "kuager incident ID" shows one.`,
  run: ({ service, network: asn, since = instant(0), until = NEVER, all: withdrawn, folder, json, lang }, call) =>
    withFolder(call.world, { folder, mustExist: true, ...call }, async (open) => {
      const { world } = call
      const store = await open.incidents((word) => void world.err.write(`${word}\n`))
      const all = await store.current()
      const found = all.filter(fits({ service, asn, since, until, withdrawn }))
      if (json) for (const one of found) world.out.write(`${JSON.stringify(encodeIncident(one))}\n`)
      // Nothing found and nothing looked for are not the same.
      else if (all.length === 0 && !existsSync(join(open.incidentsFolder, DETECTED)))
        world.out.write(
          `${say(lang, 'incidents.title')}\n\n${say(lang, 'incidents.not-sought', { command: 'kuager detect' })}\n`,
        )
      else world.out.write(await render(lang, found))
      return 0
    }),
})

const fits =
  ({ service, asn, since, until, withdrawn }: Question) =>
  (one: Incident): boolean =>
    (service === undefined || one.service === service) &&
    (asn === undefined || one.asn === asn) &&
    (withdrawn || !one.withdrawn) &&
    overlap(windowOf(one), { from: since, until }) >= 0

async function render(lang: Lang, found: readonly Incident[]): Promise<string> {
  const names = await loadNames()
  const entries = (list: readonly Incident[]): string =>
    list.map((one) => incidentEntry(lang, nameIncident(one, names))).join('\n')
  const running = found.filter((one) => one.running)
  const finished = found.filter((one) => !one.running)
  const shown = finished.slice(0, MOST_SHOWN)
  const rest = finished.length - shown.length
  return [
    `${say(lang, 'incidents.title')}\n`,
    found.some(({ simulated }) => simulated) ? `${say(lang, 'incident.simulated')}\n` : '',
    found.length === 0 ? `\n${say(lang, 'incidents.none')}\n` : '',
    running.length === 0 ? '' : `\n${say(lang, 'incidents.running')}\n\n${entries(running)}`,
    shown.length === 0 ? '' : `\n${say(lang, 'incidents.finished')}\n\n${entries(shown)}`,
    rest === 0 ? '' : `\n… + ${rest} (--json)\n`,
  ].join('')
}
