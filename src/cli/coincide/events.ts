import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { completePlan, daysKept, floorsOf } from '../../core/detect/coincidence/plan.ts'
import { freezeEvents } from '../../core/evidence/frozen-events.ts'
import { planDraftSchema, type FrozenEvents } from '../../core/model/incident/coincidence.ts'
import { InputError } from '../../core/model/errors.ts'
import { eventsSchema } from '../../core/model/tables/record.ts'
import { systemClock } from '../../runtime/clock.ts'
import { formatP } from '../../core/text/sentence/coincide.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { lateSentences } from './coincide-drawing.ts'
import { group, task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional, required } from '../terminal/option.ts'
import { FOLDER, json, LANG, WAREHOUSE } from '../terminal/shared-options.ts'
import { loadFrozen, parseForm, readJson, textDigest, verifyFile } from '../../app/proof/frozen-file.ts'
import { logFrozen } from '../../app/folder/log-frozen.ts'
import { printable } from '../../core/text/printable.ts'
import { utcMinute } from '../terminal/table.ts'

const listSchema = eventsSchema.extend({ plan: planDraftSchema.optional() })

const FILE = { FILE: 'The list.' }

const FREEZE = task({
  about: `
Write a pre-registered list of events with its test. The events of FILE have the form of data/record/events.json.
Events without a source, repeated ids, and links to the material itself are refused.`,
  examples: ['events.json --plan plan.json --out frozen.json'],
  words: FILE,
  usage: ['FILE [--plan PLAN] --out OUT [--lang LANG]'],
  options: {
    plan: optional(
      'PLAN',
      `The test, as JSON: {"period": {"since", "until"}, "primary": {"id", "label", "kinds", "services", "networks"}, …}.
      Period and main question are needed; the rest is filled in (docs/formats/events.md). Without it: "plan" of FILE.`,
    ),
    out: required(
      'OUT',
      'Where the pre-registered list is written; nothing is overwritten.',
      'a file that does not exist yet',
    ),
    lang: LANG,
  },
  run: ({ plan, out, lang }, { world, words: [file = ''] }) => freeze({ file, plan, out }, world, lang),
})

const VERIFY = task({
  about: 'Check that a pre-registered list is unchanged, step by step.',
  examples: ['frozen.json'],
  words: FILE,
  options: { lang: LANG, json: json('Print one JSON object: the SHA-256 hash and the steps.') },
  exit: { 3: 'a step failed' },
  run: (values, { world, words: [file = ''] }) => verify(file, world, values),
})

const LOG = task({
  about: `
Add a pre-registered list to the log (docs/formats/log.md). The next checkpoint, with the stamps and signatures of
others, shows since when the list exists.`,
  examples: ['frozen.json --folder /var/lib/kuager'],
  words: FILE,
  options: { folder: FOLDER, warehouse: WAREHOUSE, lang: LANG },
  async run({ folder, lang }, call) {
    const { world } = call
    const frozen = await loadFrozen(call.words[0] ?? '', world)
    return onFolder(call, folder, async (open) => {
      const to = await open.log()
      const leaf = await logFrozen(to, frozen)
      await to.sequence()
      world.out.write(`${say(lang, 'coincide.logged', { origin: to.origin, leaf: String(leaf) })}\n`)
      return 0
    })
  },
})

export const command = group({
  about: 'Pre-register a list of events with its test. Do so before anyone reads the measurements.',
  commands: { freeze: async () => FREEZE, verify: async () => VERIFY, log: async () => LOG },
  notes: `
A SHA-256 hash shows that a list is unchanged; only its publication (a log, a time stamp) shows since when it exists.`,
})

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

/** Writes a file that is not there yet: a pre-registered list that could be replaced unseen would prove nothing. */
async function writeNew(out: string, text: string, world: World): Promise<void> {
  try {
    await writeFile(resolve(world.cwd, out), text, { flag: 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code !== 'EEXIST') throw error
    throw new InputError(`Cannot write "${printable(out)}": it exists, and a pre-registered list is never replaced`, {
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
