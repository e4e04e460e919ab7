import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { instant, parseAsn, parseInstant, type Asn, type Instant } from '../../core/model/units.ts'
import { overlap, NEVER, windowOf } from '../../core/derive/window.ts'
import { say } from '../../core/text/format.ts'
import { DEFAULT_LANG, type Lang } from '../../core/text/lang.ts'
import type { Command } from '../terminal/command.ts'
import { chooseLang } from '../terminal/options.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { DETECTED } from '../../app/folder/detection.ts'
import { incidentEntry, nameIncident } from './incident-lines.ts'
import { loadNames } from '../../app/observatory/serve.ts'

const HELP = `Lists incidents: when a service was restricted on a network, and how sure that is.

Usage: kuager incidents [options]

  --service NAME   id of data/services.json (youtube) or web:HOST
  --network ASN    AS9198 or 9198
  --since DATE     only incidents that reach beyond this day or instant, UTC
  --until DATE     only incidents that began before it
  --all            withdrawn ones as well
  --folder DIR     data folder (default: KUAGER_FOLDER, else kuager-data)
  --json           one JSON object a line: docs/formats/incidents.md
  --lang LANG      kk, ru or en (default: KUAGER_LANG, else ${DEFAULT_LANG})

Running incidents stand first, then the newest. "kuager detect" finds them, "kuager incident ID"
shows one.
`

/** Entries a person is shown; --json gives all. */
const MOST_SHOWN = 40

interface Question {
  readonly service: string | undefined
  readonly asn: Asn | undefined
  readonly since: Instant
  readonly until: Instant
  readonly withdrawn: boolean
}

async function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      service: { type: 'string' },
      network: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
      all: { type: 'boolean', default: false },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
      lang: { type: 'string' },
    },
  })
  const lang = chooseLang(values.lang, world)
  const question: Question = {
    service: values.service,
    asn: values.network === undefined ? undefined : parseAsn(values.network),
    since: values.since === undefined ? instant(0) : parseInstant(values.since),
    until: values.until === undefined ? NEVER : parseInstant(values.until),
    withdrawn: values.all,
  }
  const folder = values.folder ?? defaultFolder(world)
  return withFolder(world, { folder, name: 'incidents', args, mustExist: true }, async (open) => {
    const store = await open.incidents((word) => void world.err.write(`${word}\n`))
    const all = await store.current()
    const found = all.filter(fits(question))
    if (values.json) for (const one of found) world.out.write(`${JSON.stringify(encodeIncident(one))}\n`)
    // Nothing found and nothing looked for are not the same.
    else if (all.length === 0 && !existsSync(join(open.incidentsFolder, DETECTED)))
      world.out.write(
        `${say(lang, 'incidents.title')}\n\n${say(lang, 'incidents.not-sought', { command: 'kuager detect' })}\n`,
      )
    else world.out.write(await render(lang, found))
    return 0
  })
}

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

export const command: Command = { help: HELP, run }
