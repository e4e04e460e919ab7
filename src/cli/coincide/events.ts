import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { completePlan, daysKept, floorsOf } from '../../core/detect/coincidence/plan.ts'
import { freezeEvents } from '../../core/evidence/frozen-events.ts'
import { planDraftSchema, type FrozenEvents } from '../../core/model/incident/coincidence.ts'
import { InputError } from '../../core/model/errors.ts'
import { eventsSchema } from '../../core/model/tables/record.ts'
import { systemClock } from '../../runtime/clock.ts'
import { formatP } from '../../core/text/sentence/coincide.ts'
import { say } from '../../core/text/format.ts'
import { DEFAULT_LANG, isLang, LANGS, type Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { lateSentences } from './coincide-drawing.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { loadFrozen, parseForm, readJson, textDigest, verifyFile } from '../../app/proof/frozen-file.ts'
import { logFrozen } from '../../app/folder/log-frozen.ts'
import { printable } from '../../core/text/printable.ts'
import { utcMinute } from '../terminal/table.ts'

const HELP = `Freezes a list of events and the whole of a test before anyone looks at the measurements.

Usage:
  kuager events freeze FILE [--plan PLAN] --out OUT [--lang LANG]
  kuager events verify FILE [--lang LANG] [--json]
  kuager events log FILE [--folder DIR] [--lang LANG]

freeze   FILE holds events in the form of data/record/events.json, PLAN the test (or FILE holds it
         as "plan"): period and main question; the rest is filled in (docs/formats/events.md). OUT
         is never overwritten. Refuses events without a source, ids that stand twice, and links to
         the material itself.
verify   Says of each step whether it holds. Ends with 3 if one does not.
log      Takes a frozen list into the log of a data folder (docs/formats/log.md): the checkpoint
         after it, and stamps and signatures of others under that, show since when the list stands.

Options:
  --folder DIR  data folder (KUAGER_FOLDER, else kuager-data)
  --plan PLAN   JSON: {"period": {"since", "until"}, "primary": {"id", "label", "kinds", "services",
                "networks"}, …}
  --out OUT     where the frozen list goes
  --lang LANG   kk, ru or en (default: KUAGER_LANG, else ${DEFAULT_LANG})
  --json        one JSON object: the digest and the steps

A digest shows that a list is unchanged; only its publication (a log, a time-stamp) shows since
when.
`

const listSchema = eventsSchema.extend({ plan: planDraftSchema.optional() })

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      folder: { type: 'string' },
      plan: { type: 'string' },
      out: { type: 'string' },
      lang: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const [action, file, ...more] = positionals
  const lang = values.lang ?? world.env['KUAGER_LANG'] ?? DEFAULT_LANG
  if (!isLang(lang)) throw wrongUse(`found language "${printable(lang)}"`, LANGS.join(', '))
  if (file === undefined || more.length > 0) throw wrongUse('it takes one file', 'freeze FILE, verify FILE or log FILE')
  if (action === 'verify') return verify(file, world, { lang, json: values.json })
  if (action === 'log') return log({ file, folder: values.folder ?? defaultFolder(world), lang, args }, world)
  if (action !== 'freeze') throw wrongUse(`found "${printable(action ?? '')}"`, 'freeze, verify or log')
  if (values.out === undefined) throw wrongUse('freeze needs --out', 'a file that does not exist yet')
  return freeze({ file, plan: values.plan, out: values.out }, world, lang)
}

const wrongUse = (found: string, expected: string): InputError =>
  new InputError(`Cannot run events: ${found}; see "kuager events --help"`, {
    code: 'events.usage',
    path: 'arguments',
    expected,
  })

interface FreezeTask {
  readonly file: string
  readonly plan: string | undefined
  readonly out: string
}

async function freeze({ file, plan, out }: FreezeTask, world: World, lang: Lang): Promise<number> {
  const list = parseForm(listSchema, await readJson(file, world), file)
  const draft = plan === undefined ? list.plan : parseForm(planDraftSchema, await readJson(plan, world), plan)
  if (draft === undefined)
    throw wrongUse(`"${printable(file)}" holds no plan`, '--plan PLAN with a period and a main question')
  const frozen = freezeEvents(list.events, completePlan(draft), {
    simulated: list.simulated,
    at: systemClock.now(),
    digest: textDigest,
  })
  await writeNew(out, `${JSON.stringify(frozen, undefined, 2)}\n`, world)
  world.out.write(summary(frozen, out, lang))
  return 0
}

/** Writes a file that is not there yet: a frozen list that could be replaced unseen would prove nothing. */
async function writeNew(out: string, text: string, world: World): Promise<void> {
  try {
    await writeFile(resolve(world.cwd, out), text, { flag: 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code !== 'EEXIST') throw error
    throw new InputError(`Cannot write "${printable(out)}": it exists, and a frozen list is never replaced`, {
      code: 'events.exists',
      path: '--out',
      expected: 'a file that does not exist yet',
    })
  }
}

function summary(frozen: FrozenEvents, out: string, lang: Lang): string {
  const { plan, events } = frozen
  const tested = events.filter(
    ({ kind, channel, start }) =>
      start.includes('T') &&
      start.slice(0, 10) >= plan.period.since &&
      start.slice(0, 10) <= plan.period.until &&
      plan.primary.kinds.includes(kind) &&
      (plan.primary.channels === undefined || (channel !== undefined && plan.primary.channels.includes(channel))),
  ).length
  const floors = floorsOf(plan)
  const short = Math.max(floors.weeks, floors.linear) > plan.level || daysKept(plan) === 0
  const p = (value: number): string => formatP(lang, value)
  return [
    frozen.simulated ? say(lang, 'sentence.simulated') : '',
    say(lang, 'coincide.frozen-file', { file: printable(out) }),
    say(lang, 'coincide.frozen', {
      at: utcMinute(systemClock.now()),
      digest: frozen.sha256,
    }),
    say(lang, 'coincide.frozen-events', {
      count: formatNumber(lang, events.length),
      tested: formatNumber(lang, tested),
    }),
    say(lang, 'coincide.frozen-floors', { weeks: p(floors.weeks), linear: p(floors.linear), level: p(plan.level) }),
    short ? say(lang, 'coincide.frozen-short') : '',
    ...lateSentences(lang, frozen),
    say(lang, 'coincide.frozen-unshown'),
  ]
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('')
}

interface LogTask {
  readonly file: string
  readonly folder: string
  readonly lang: Lang
  readonly args: readonly string[]
}

async function log({ file, folder, lang, args }: LogTask, world: World): Promise<number> {
  const frozen = await loadFrozen(file, world)
  return withFolder(world, { folder, name: 'events', args, mustExist: true }, async (open) => {
    const to = await open.log()
    const leaf = await logFrozen(to, frozen)
    await to.sequence()
    world.out.write(`${say(lang, 'coincide.logged', { origin: to.origin, leaf: String(leaf) })}\n`)
    return 0
  })
}

async function verify(
  file: string,
  world: World,
  { lang, json }: { readonly lang: Lang; readonly json: boolean },
): Promise<number> {
  const { steps, frozen } = await verifyFile(file, world)
  if (json) world.out.write(`${JSON.stringify({ file, sha256: frozen?.sha256 ?? null, steps })}\n`)
  else
    for (const { step, outcome, found } of steps) {
      const detail = found === undefined ? '' : ` (${printable(found)})`
      world.out.write(`${say(lang, `coincide.step.${step}`)}: ${say(lang, `coincide.outcome.${outcome}`)}${detail}\n`)
    }
  if (!json && frozen !== undefined) world.out.write(`SHA-256: ${frozen.sha256}\n`)
  return frozen === undefined ? 3 : 0
}

export const command: Command = { help: HELP, run }
