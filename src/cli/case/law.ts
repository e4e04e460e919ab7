import type { World } from '../../runtime/world.ts'
import { resolve } from 'node:path'
import { systemClock } from '../../runtime/clock.ts'
import { task } from '../terminal/command.ts'
import { json, LANG } from '../terminal/shared-options.ts'
import { ACTOR } from './options.ts'
import { openCaseFolder } from '../../casework/case/case-folder.ts'
import { withoutMistakes } from '../../casework/case/occurrences.ts'
import { dayOf } from '../../casework/deadlines/calendar.ts'
import { actName, saysOf } from '../../casework/law/cite.ts'
import { knownText, lawUsed } from '../../casework/law/law-list.ts'
import type { Provision } from '../../casework/law/law-form.ts'
import { lawOf, loadLaw, provisionOf, type Law } from '../../casework/law/load-law.ts'
import { viewCase } from '../../casework/documents/case-view.ts'
import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { papersOf } from './build.ts'
import { writeHanging } from '../terminal/hanging.ts'

export const command = task({
  about: 'Print the provisions that a case uses, with sources. Each is shown with its content and how it is known.',
  examples: ['my-case'],
  words: { '[DIR]': 'Folder of the case. Without it: all of data/law.' },
  options: { json: json(), actor: ACTOR, lang: LANG },
  run({ json, lang }, { world, words: [place] }) {
    const folder = place === undefined ? undefined : resolve(world.cwd, place)
    return writeLaw(folder, { world, lang, now: systemClock.now(), json })
  },
})

async function writeLaw(
  folder: string | undefined,
  {
    world,
    lang,
    now,
    json,
  }: { readonly world: World; readonly lang: Lang; readonly now: Instant; readonly json: boolean },
): Promise<number> {
  const law = loadLaw()
  const rows = folder === undefined ? [...law.provisions.values()] : await usedBy(folder, law)
  if (json) {
    world.out.write(
      `${JSON.stringify({ version: law.version, sha256: law.sha256, provisions: rows, rules: law.rules })}\n`,
    )
    return 0
  }
  const today = dayOf(now)
  const citing = { law, lang, on: { event: today, document: today } }
  writeHanging(world, '', `${say(lang, 'law.version', { version: law.version })}, SHA-256: ${law.sha256}`)
  for (const row of rows) {
    world.out.write('\n')
    writeHanging(world, '', actName(citing, row))
    writeHanging(world, '  ', saysOf(row, lang))
    writeHanging(world, '  ', `${knownText(citing, row)}; ${say(lang, markOf(row))}`)
    // What is open is a note from one lawyer to another: it is kept in English.
    if (row.open !== undefined && lang === 'en') writeHanging(world, '  ', row.open)
    if (row.sources.length > 0) writeHanging(world, '  ', `${say(lang, 'law.sources')}: ${row.sources.join(' ; ')}`)
  }
  return 0
}

const markOf = ({ checked_by }: Provision): 'deadline.mark.confirmed' | 'deadline.mark.lawyer-must-confirm' =>
  checked_by === null ? 'deadline.mark.lawyer-must-confirm' : 'deadline.mark.confirmed'

async function usedBy(folder: string, law: Law): Promise<readonly Provision[]> {
  const file = withoutMistakes(await openCaseFolder(folder))
  const views = { kk: viewCase(file, 'kk', law), ru: viewCase(file, 'ru', law), en: viewCase(file, 'en', law) }
  const cited = papersOf(views).flatMap(({ paper }) => lawUsed(law, paper))
  const counted = views.kk.deadlines
    .filter(({ kind }) => kind !== 'not-running')
    .flatMap(({ rule }) => lawOf(law, rule).map(({ id }) => id))
  return [...new Set([...counted, ...cited])].map((id) => provisionOf(law, id))
}
