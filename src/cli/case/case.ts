import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { createCase } from '../../casework/case/case-folder.ts'
import { actorSchema } from '../../casework/case/case-form.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { say } from '../../core/text/format.ts'
import { DEFAULT_LANG } from '../../core/text/lang.ts'
import { ADD_OPTIONS, readPageCount, runAdd } from './add.ts'
import { runBuild } from './build.ts'
import { runLaw } from './law.ts'
import { runCaseStatus } from './status.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { chooseLang } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'

const HELP = `Keeps a case: what was asked and answered, what the author says, which deadlines run, and the
documents made from it.

Usage:
  kuager case new DIR --name NAME
  kuager case add DIR (--ask | --intake FILE)
  kuager case add DIR --means FILE --about ID
  kuager case add DIR --mistake ID --note WHY
  kuager case add DIR --request FILE --to WHOM --day DAY --from WHERE
  kuager case add DIR (--answer FILE --says WHAT | --silence) --about ID --day DAY --from WHERE
                  [--export-order OUT]
  kuager case add DIR --bundle PATH --from WHERE
  kuager case add DIR --saved-check FILE [--key KEY] --day DAY --from WHERE
  kuager case add DIR --DOCUMENT FILE --day DAY --from WHERE
  kuager case add DIR --record KIND --day DAY --from WHERE
  kuager case status DIR [--revisions FILE] [--json]
  kuager case build DIR [--out FOLDER] [--most-pages N]
  kuager case law [DIR] [--json]

new      Makes the folder of a case, for its owner alone. NAME stands in no paper.
add      Copies a document in with its SHA-256, or takes answers in. Each is a line of
         journal.jsonl; nothing is written over. A bundle and a saved check are verified; ends with
         3 where one is found wanting.
status   Says what is there, what is missing, whether the documents are of the case as it is,
         whether the law that they use has changed since, and which deadlines run, each with its
         provisions and how sure it is. Ends with 3 if a document is gone or was changed,
         or if an incident was revised or withdrawn since its bundle.
build    Makes every paper as PDF and DOCX in DIR/papers: requests for the act, a draft claim, a
         draft communication to the Human Rights Committee, of its bundles a statement of facts and
         notes on technical means, an index of annexes. A missing fact is a visible blank. The same
         case gives the same bytes.
law      Prints the provisions that the documents and deadlines of a case use, with what each says,
         how it is known, and its sources. Without DIR: all of data/law.

Documents:
  --request, --receipt, --prolonged, --answer, --complaint, --complaint-answer, --act,
  --court-ruling, --first-judgment, --appeal-judgment,
  --cassation-judgment, --constitutional-ruling, --prosecutor-reply, --other-procedure,
  --other-procedure-result, --authorisation, --saved-check, --independent-data,
  --specialist-opinion, --signed-statement, --translation, --document
  --record KIND      one of these kinds whose document is not at hand

Options:
  --ask              asks each open question on the terminal; an empty answer leaves it open
  --intake FILE      answers as JSON, {"learned": "2026-03-05", "use": {"value": "…", "source":
                     "…"}}; "status --json" names the questions that are open
  --means FILE       what whoever measured says, for the note on technical means: {"who": "…"} with
                     who, purpose, device, source, binary, contract, place, clock, conditions,
                     actions, declaration
  --mistake ID       a record that does not count: it stays in the case and stands in no paper
  --silence          no answer came to a request until DAY; it counts when the term of the answer is
                     over
  --day DAY          day on which it happened, YYYY-MM-DD in Almaty; of a bundle the day it was made
                     where absent
  --learned DAY      day on which the author learned of it, where later: terms run from then
  --to WHOM          ministry, security-committee, technical-service, provider, prosecutor,
                     platform, interior-ministry or defence-ministry
  --until DAY        of --prolonged: until when the body takes longer, as its notice says
  --about ID         what is answered, received or prolonged, or the bundle of --means: r1, r2 …
                     as "status" shows them
  --in LANG          language of a translation: kk, ru or en
  --says WHAT        act-named, no-act, refused, passed-on or other
  --act-number, --act-day   of an act, or of the one that an answer names
  --pages N          pages of the document, for the index of annexes
  --key KEY          key of the log of a saved check, or a file of keys: without, whose log it is is
                     not compared
  --from WHERE       where the document or the knowledge comes from
  --note TEXT        result or content, in own words: stands in the papers
  --revisions FILE   incidents as they stand now, as "kuager incidents --json" prints or
                     /api/v1/incidents answers
  --most-pages N     pages that the Committee takes (default: 50, which a lawyer must confirm)
  --export-order OUT writes an entry for data/record/orders.json; nothing is published
  --actor WHO        who acts, as a function and never a name (default: author)
  --lang LANG        kk, ru or en (default: KUAGER_LANG, else ${DEFAULT_LANG}); papers are made in
                     their own languages

The folder holds names: keep it on an encrypted disk and nowhere else. How to:
docs/operating/case.md
`

const OPTIONS = {
  ...ADD_OPTIONS,
  name: { type: 'string' },
  out: { type: 'string' },
  'most-pages': { type: 'string' },
  actor: { type: 'string', default: 'author' },
  lang: { type: 'string' },
  revisions: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/** Options of each action besides `--lang` and `--actor`. */
const OWN: Readonly<Record<'new' | 'add' | 'status' | 'build' | 'law', readonly string[]>> = {
  new: ['name'],
  add: Object.keys(ADD_OPTIONS),
  status: ['revisions', 'json'],
  build: ['out', 'most-pages'],
  law: ['json'],
}

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    tokens: true,
  })
  const [action, place, ...more] = positionals
  if (action !== 'new' && action !== 'add' && action !== 'status' && action !== 'build' && action !== 'law')
    throw wrongUse(
      action === undefined ? 'nothing to do is named' : `found "${printable(action)}"`,
      'new, add, status, build or law',
    )
  if ((place === undefined && action !== 'law') || more.length > 0)
    throw wrongUse(`found ${positionals.length - 1} folders`, 'one folder')
  const foreign = tokens.find(
    (token) => token.kind === 'option' && ![...OWN[action], 'lang', 'actor'].includes(token.name),
  )
  if (foreign?.kind === 'option') throw wrongUse(`"${action}" takes no --${foreign.name}`, 'an option of it')
  const lang = chooseLang(values.lang, world)
  if (action === 'law') {
    const of = place === undefined ? undefined : resolve(world.cwd, place)
    return runLaw(of, { world, lang, now: systemClock.now(), json: values.json })
  }
  const folder = resolve(world.cwd, place ?? '')
  if (!actorSchema.safeParse(values.actor).success)
    throw wrongOption('actor', `found "${printable(values.actor)}"`, 'a function of at most 80 letters')
  const acting = { actor: values.actor, now: systemClock.now() }
  switch (action) {
    case 'new':
      if (values.name === undefined) throw wrongOption('name', 'it is missing', 'a name for yourself')
      await createCase(folder, values.name, acting)
      world.out.write(`${say(lang, 'casework.made', { folder: printable(place ?? '') })}\n`)
      world.err.write(`${say(lang, 'casework.safety')}\n${say(lang, 'casework.safety-disk')}\n`)
      return 0
    case 'add':
      return runAdd(folder, values, { world, lang, acting })
    case 'status':
      return runCaseStatus(folder, {
        world,
        lang,
        now: acting.now,
        json: values.json,
        ...defined({ revisions: values.revisions }),
      })
    case 'build':
      return runBuild(folder, {
        world,
        lang,
        ...(values.out === undefined ? {} : { out: resolve(world.cwd, values.out) }),
        ...(values['most-pages'] === undefined ? {} : { mostPages: readPageCount('most-pages', values['most-pages']) }),
      })
  }
}

const wrongUse = (found: string, expected: string): InputError =>
  new InputError(`Cannot run case: ${found}; see "kuager case --help"`, {
    code: 'case.usage',
    path: 'arguments',
    expected,
  })

export const command: Command = { help: HELP, run }
