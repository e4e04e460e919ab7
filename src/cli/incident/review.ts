import { wrongOption } from '../../core/model/errors.ts'
import { encodeStandingAct, REVIEW_ACTS, REVIEW_ROLES, type StandingAct } from '../../core/model/incident/review.ts'
import { parseInstant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { reviewFacts, reviewKind, reviewWho } from '../../core/text/sentence/review.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { printable } from '../../core/text/printable.ts'
import type { World } from '../../runtime/world.ts'
import { task } from '../terminal/command.ts'
import { writeHanging } from '../terminal/hanging.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional, wordOf } from '../terminal/option.ts'
import { FOLDER, json, LANG, WAREHOUSE } from '../terminal/shared-options.ts'

const INDENT = '  '

export const command = task({
  about: `
List the review entries of an incident, or add one. Entries are note, dispute, hold (pause), withdraw, confirm and
lift (cancel). Each is a custody event in the log and is shown on the incident's page. The program's revision and its
weight never change.

A pause has an effect at once and lapses after a day unless a second person confirms it. A withdrawal has an effect
only when a second person has confirmed it, within seven days (docs/formats/review.md).`,
  examples: ['youtube-as9198-20261205T1503Z-1'],
  words: {
    ID: 'As "kuager incidents" lists it.',
    '[ACT]': `${REVIEW_ACTS.join(', ')}. Without it: the entries so far.`,
  },
  options: {
    role: optional('ROLE', `Role of the person: ${REVIEW_ROLES.join(', ')}.`, { read: wordOf(REVIEW_ROLES) }),
    actor: optional('WHO', 'Pseudonym of the person, such as editor-2. It is published: name no person.'),
    reason: optional('TEXT', 'Why, in one sentence or more. It is published: name no person.'),
    'reason-lang': optional('LANG', `Language of the reason: ${LANGS.join(', ')}. Default: that of --lang.`, {
      read: wordOf(LANGS),
    }),
    until: optional('TIME', 'End of a pause, UTC; at most 14 days from now.', { read: parseInstant }),
    of: optional('ACT', 'Id of the entry that is confirmed or cancelled, or its first eight characters.'),
    folder: FOLDER,
    warehouse: WAREHOUSE,
    json: json('Print one JSON object per entry.'),
    lang: LANG,
  },
  exit: { 2: 'wrong use, or an act that the rules do not allow' },
  run: ({ folder, json: asJson, lang, until, ...values }, call) => {
    const [incident = '', word] = call.words
    const kind = REVIEW_ACTS.find((one) => one === word)
    if (word !== undefined && kind === undefined)
      throw wrongOption('act', `found "${printable(word.slice(0, 40))}"`, REVIEW_ACTS.join(', '))
    const needed = (name: 'role' | 'actor' | 'reason'): never => {
      throw wrongOption(name, 'it is missing', `--${name} for every act`)
    }
    const asked =
      kind === undefined
        ? undefined
        : {
            ...{ incident, kind, lang: values['reason-lang'] ?? lang },
            role: values.role ?? needed('role'),
            actor: values.actor ?? needed('actor'),
            reason: values.reason ?? needed('reason'),
          }
    return onFolder(call, folder, async (open) => {
      const reviews = await open.reviews()
      const { world } = call
      const { acts } = reviews.of(incident)
      if (asked === undefined) {
        for (const act of acts)
          if (asJson) world.out.write(`${JSON.stringify(encodeStandingAct(act))}\n`)
          else writeReview(lang, act, world)
        if (acts.length === 0 && !asJson) world.out.write(`${say(lang, 'review.none')}\n`)
        return 0
      }
      const of = values.of === undefined ? undefined : idOf(values.of, acts)
      const act = await reviews.act({
        ...asked,
        ...(until === undefined ? {} : { until }),
        ...(of === undefined ? {} : { of }),
      })
      const said = {
        act: say(lang, `review.act.${act.kind}`),
        state: say(lang, `review.state.${act.state}`),
        id: act.id,
      }
      world.out.write(
        asJson ? `${JSON.stringify(encodeStandingAct(act))}\n` : `${say(lang, 'review.recorded', said)}\n`,
      )
      return 0
    })
  },
})

/** The id of the one act that begins so. Throws InputError where there is none, or several. */
function idOf(start: string, acts: readonly StandingAct[]): string {
  const found = acts.filter(({ id }) => start.length >= 8 && id.startsWith(start))
  const [act] = found
  if (act !== undefined && found.length === 1) return act.id
  throw wrongOption('of', `no act begins with "${printable(start.slice(0, 40))}"`, 'an id that this command lists')
}

/** One act for a terminal: what, when, who, why, and how it stands. */
export function writeReview(lang: Lang, act: StandingAct, world: Pick<World, 'out' | 'outColumns'>): void {
  writeHanging(world, '', `${formatDateTime(lang, act.at)} \u00b7 ${reviewKind(lang, act)}`)
  const lines = [
    reviewWho(lang, act),
    `${say(lang, 'review.reason')}: ${printable(act.reason)}`,
    ...reviewFacts(lang, act),
  ]
  for (const line of lines) writeHanging(world, INDENT, line)
  world.out.write('\n')
}
