import { parseArgs } from 'node:util'
import { axisWindow } from '../../core/model/incident/bounds.ts'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { say } from '../../core/text/format.ts'
import { DEFAULT_LANG } from '../../core/text/lang.ts'
import type { Command } from '../terminal/command.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { historyTable, incidentPage, nameIncident } from './incident-lines.ts'
import { chooseLang } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'
import { loadNames } from '../../app/observatory/serve.ts'

const HELP = `Shows one incident: what, where, from when to when, how sure, and what speaks against it.

Usage: kuager incident ID [options]

  ID             as "kuager incidents" lists it: youtube-as9198-20250115T1502Z
  --history      every revision with its reason
  --folder DIR   data folder (default: KUAGER_FOLDER, else kuager-data)
  --json         the newest revision as one JSON object; with --history every revision, one a line
  --lang LANG    kk, ru or en (default: KUAGER_LANG, else ${DEFAULT_LANG})
`

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      history: { type: 'boolean', default: false },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
      lang: { type: 'string' },
    },
  })
  const lang = chooseLang(values.lang, world)
  const [id, ...more] = positionals
  if (id === undefined || more.length > 0)
    throw wrong(`found ${positionals.length} ids`, 'one id; "kuager incidents" lists them')
  const folder = values.folder ?? defaultFolder(world)
  return withFolder(world, { folder, name: 'incident', args, mustExist: true }, async (open) => {
    const store = await open.incidents((word) => void world.err.write(`${word}\n`))
    const revisions = await store.revisions(id)
    const latest = (await store.current()).find((one) => one.id === id)
    if (latest === undefined)
      throw wrong(`there is no "${printable(id.slice(0, 120))}"`, 'an id that "kuager incidents" lists')
    const told = values.history ? revisions : [latest]
    if (values.json) for (const one of told) world.out.write(`${JSON.stringify(encodeIncident(one))}\n`)
    else {
      const window = axisWindow(latest)
      const { service, asn, simulated } = latest
      const warehouse = await open.warehouse()
      const apart =
        window === undefined
          ? 0
          : await warehouse.apart(service, asn, { since: window.from, until: window.until, simulated })
      world.out.write(incidentPage(lang, nameIncident(latest, await loadNames()), apart))
      if (values.history) world.out.write(`\n${say(lang, 'incident.revisions')}\n${historyTable(lang, revisions)}`)
    }
    return 0
  })
}

const wrong = (found: string, expected: string): InputError =>
  new InputError(`Cannot show an incident: ${found}; expected ${expected}`, {
    code: 'incident.unknown',
    path: 'ID',
    expected,
  })

export const command: Command = { help: HELP, run }
