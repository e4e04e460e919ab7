import { axisWindow } from '../../core/model/incident/bounds.ts'
import { InputError } from '../../core/model/errors.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { say } from '../../core/text/format.ts'
import { task } from '../terminal/command.ts'
import { flag } from '../terminal/option.ts'
import { FOLDER, json, LANG, WAREHOUSE } from '../terminal/shared-options.ts'
import { withFolder } from '../../app/folder/open.ts'
import { writeReview } from './review.ts'
import { historyTable, incidentText, nameIncident } from './incident-lines.ts'
import { printable } from '../../core/text/printable.ts'
import { loadNames } from '../../app/web/load-names.ts'

export const command = task({
  about: `
Show one incident, with what speaks against it. It says what, where, when and how certain. "kuager incident review ID"
is for a person's review of it.`,
  examples: ['youtube-as9198-20261205T1503Z-1 --lang en'],
  commands: { review: async () => (await import('./review.ts')).command },
  words: { ID: 'As "kuager incidents" lists it, such as youtube-as9198-20250115T1502Z.' },
  options: {
    history: flag('Show every revision with its reason.'),
    folder: FOLDER,
    warehouse: WAREHOUSE,
    json: json('Print the newest revision as one JSON object; with --history every revision, one per line.'),
    lang: LANG,
  },
  run: ({ folder, ...values }, call) =>
    withFolder(call.world, { folder, mustExist: true, ...call }, async (open) => {
      const {
        world,
        words: [id = ''],
      } = call
      const { lang } = values
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
        world.out.write(incidentText(lang, nameIncident(latest, await loadNames()), apart))
        const { acts } = (await open.reviews()).of(id)
        if (acts.length > 0) world.out.write(`\n${say(lang, 'review.title')}\n\n`)
        for (const act of acts) writeReview(lang, act, world)
        if (values.history) world.out.write(`\n${say(lang, 'incident.revisions')}\n${historyTable(lang, revisions)}`)
      }
      return 0
    }),
})

const wrong = (found: string, expected: string): InputError =>
  new InputError(`Cannot show an incident: ${found}; expected ${expected}`, {
    code: 'incident.unknown',
    path: 'ID',
    expected,
  })
