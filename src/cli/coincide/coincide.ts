import { resolve } from 'node:path'
import { DAY_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { examineCoincidence, withoutClaims } from '../../core/detect/coincidence/examine.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import { localDayEnd } from '../../core/detect/shown/local-day.ts'
import { frozenWhen } from '../../core/evidence/frozen-events.ts'
import { encodeCoincidence } from '../../core/model/incident/coincidence-wire.ts'
import type { CoincidencePlan, FrozenEvents, Hypothesis } from '../../core/model/incident/coincidence.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { formatInstantUtc, parseAsn, parseInstant, type Instant } from '../../core/model/units.ts'
import { readScheduledStudy } from '../../pipeline/detect/scheduled-study.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { renderCoincidence, type ShownPlan, type Tested } from './coincide-drawing.ts'
import { task, type CommandCall } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional, repeatable, required, type OptionReader, type OptionValues } from '../terminal/option.ts'
import { FOLDER, json, LANG, WAREHOUSE } from '../terminal/shared-options.ts'
import type { OpenFolder } from '../../app/folder/open.ts'
import { loadFrozen } from '../../app/proof/frozen-file.ts'
import { readIncidentLines } from './incidents-file.ts'
import { printable } from '../../core/text/printable.ts'
import { logFrozen } from '../../app/folder/log-frozen.ts'
import { checkPublishable, publishStudy, type StudyPlace } from '../../app/observatory/publish-study.ts'
import { STUDY_ID } from '../../app/observatory/studies.ts'

const someDay: OptionReader<string> = (text, { name }) => {
  if (!/^\d{4}-\d\d-\d\d$/.test(text))
    throw wrongOption(name, `found "${printable(text)}"`, 'a day, such as 2025-01-15')
  parseInstant(text)
  return text
}

const studyId: OptionReader<string> = (text, { name }) => {
  if (STUDY_ID.test(text)) return text
  throw wrongOption(name, `found "${printable(text)}"`, 'lower-case letters, digits and hyphens')
}

const OPTIONS = {
  events: required(
    'LIST',
    'List made by "kuager events freeze"; one that was altered is refused.',
    'a list made by "kuager events freeze"',
  ),
  service: repeatable(
    'NAME',
    'Only the pre-registered question about this service (youtube). Several: about all of them together.',
  ),
  network: repeatable(
    'ASN',
    'Only the pre-registered question about this network. Several: about all of them together.',
    { read: parseAsn },
  ),
  since: optional('DATE', 'First day, such as 2025-01-15.', {
    read: someDay,
    byDefault: 'of the pre-registered period',
  }),
  until: optional('DATE', 'Last day.', { read: someDay, byDefault: 'of the pre-registered period' }),
  folder: FOLDER,
  warehouse: WAREHOUSE,
  incidents: optional('FILE', 'Lines of "kuager incidents --json" instead of a data folder.'),
  publish: optional(
    'ID',
    'Show the study on the site of the data folder: the list and the answer are written to studies/ID/ there.',
    { read: studyId },
  ),
  json: json('Print one JSON object: docs/formats/events.md.'),
  lang: LANG,
}
type Ask = OptionValues<typeof OPTIONS>

export const command = task({
  about: 'Test whether restrictions begin when listed events do. The test follows a pre-registered plan.',
  examples: ['--events frozen.json --folder /var/lib/kuager'],
  usage: ['--events LIST [--service NAME]… [options]'],
  options: OPTIONS,
  notes: `
A coincidence is claimed only if both tests are at or below the level of the plan (docs/methods/coincidence.md). A
question, network or period that was not pre-registered is shown as exploration, and nothing is claimed. From a data
folder, incidents are detected again in measurements on the regular schedule only. Exploration is not published, and a
published study is never overwritten.`,
  run,
})

const sameSet = (a: readonly (string | number)[], b: readonly (string | number)[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one))

function choose({ plan }: FrozenEvents, { service: services, network: networks, since, until }: Ask): ShownPlan {
  const asked = { since: since ?? plan.period.since, until: until ?? plan.period.until }
  if (asked.until < asked.since) throw wrongOption('until', 'it is before --since', 'a later day')
  const otherPeriod = asked.since !== plan.period.since || asked.until !== plan.period.until
  const base: CoincidencePlan = { ...plan, period: asked }
  if (services.length === 0 && networks.length === 0) return { plan: base, exploratory: otherPeriod }
  const meant = (one: Hypothesis): boolean =>
    (services.length === 0 || sameSet(one.services, services)) &&
    (networks.length === 0 || sameSet(one.networks, networks))
  const frozen = [plan.primary, ...plan.secondary, ...plan.negativeControls].find(meant)
  if (frozen !== undefined)
    return {
      plan: base,
      ...(frozen === plan.primary ? {} : { only: frozen.id }),
      exploratory: otherPeriod,
    }
  const primary: Hypothesis = {
    ...plan.primary,
    services: services.length === 0 ? plan.primary.services : [...services],
    networks: networks.length === 0 ? plan.primary.networks : [...networks],
  }
  return { plan: { ...base, primary, secondary: [] }, exploratory: true }
}

/** A period that the data do not reach yet cannot be tested: events ahead of the data would count as quiet. */
function checkReached({ plan }: ShownPlan, last: Instant | undefined): void {
  const until = localDayEnd(plan.period.until, plan.zone)
  const known = last ?? systemClock.now()
  if (known >= until - DAY_MS) return
  throw new InputError(
    `Cannot test events up to ${plan.period.until}: measurements end at ${formatInstantUtc(known)}; look once, when the period is over`,
    { code: 'coincide.future', path: 'period', expected: 'measurements of the whole period' },
  )
}

async function run(ask: Ask, call: CommandCall): Promise<number> {
  const { world } = call
  const frozen = await loadFrozen(ask.events, world)
  const asked = choose(frozen, ask)
  const place = placeOf(ask, world)
  if (place !== undefined) await checkPublishable(place, asked.exploratory)
  if (ask.incidents !== undefined && place === undefined)
    return show({ ask, frozen, asked }, await readLines(ask.incidents, { frozen, asked }, world), world)
  return onFolder(call, ask.folder, async (open) => {
    const question = { frozen, asked }
    const tested =
      ask.incidents === undefined
        ? await readFolder(open, question, world)
        : await readLines(ask.incidents, question, world)
    if (place !== undefined) {
      // Before it is shown: from then on it cannot be said that the list was another one.
      const log = await open.begunLog()
      if (log !== undefined) await logFrozen(log, frozen)
    }
    return show({ ask, ...question }, tested, world)
  })
}

/** Incidents of a file that was named. */
async function readLines(
  file: string,
  { frozen, asked }: { readonly frozen: FrozenEvents; readonly asked: ShownPlan },
  world: World,
): Promise<Tested> {
  checkReached(asked, undefined)
  return { data: { events: frozen.events, incidents: await readIncidentLines(file, world) }, source: 'file' }
}

/** Where the study is to be published; undefined where it is not. */
const placeOf = ({ publish, folder }: Ask, world: World): StudyPlace | undefined =>
  publish === undefined ? undefined : { folder: resolve(world.cwd, folder), id: publish }

async function readFolder(
  open: OpenFolder,
  { frozen, asked }: { readonly frozen: FrozenEvents; readonly asked: ShownPlan },
  world: World,
): Promise<Tested> {
  const store = await open.incidents()
  const study = await readScheduledStudy(asked.plan, {
    warehouse: await open.warehouse(),
    published: await store.current(),
    comparisons: loadTables()
      .services.filter(({ comparison }) => comparison === true)
      .map(({ id }) => id),
    settings: defaultSettings({ zone: asked.plan.zone }),
    simulated: frozen.simulated,
    signal: world.signal,
  })
  if (study.last === undefined)
    throw new InputError('Cannot test events: no scheduled measurement of these services in the period', {
      code: 'coincide.no-data',
      path: 'folder',
      expected: frozen.simulated ? 'simulated measurements of the period' : 'measurements of the period',
    })
  checkReached(asked, study.last)
  const { incidents, watched } = study
  return { data: { events: frozen.events, incidents, watched }, source: 'scheduled-readings' }
}

interface Question {
  readonly ask: Ask
  readonly frozen: FrozenEvents
  readonly asked: ShownPlan
}

async function show({ ask, frozen, asked }: Question, tested: Tested, world: World): Promise<number> {
  const examined = examineCoincidence(asked.plan, tested.data)
  const report = asked.exploratory ? withoutClaims(examined) : examined
  const answer = `${JSON.stringify({ ...aboutOf({ ask, frozen, asked }, tested), ...encodeCoincidence(report) })}\n`
  const place = placeOf(ask, world)
  if (place !== undefined) await publishStudy(place, frozen, answer)
  world.out.write(ask.json ? answer : renderCoincidence(ask.lang, { frozen, asked, tested, report }))
  return 0
}

const aboutOf = ({ frozen, asked }: Question, tested: Tested): Record<string, unknown> => ({
  events_sha256: frozen.sha256,
  frozen_at_utc: frozen.frozenAtUtc,
  frozen_when: frozenWhen(frozen),
  simulated: frozen.simulated,
  exploratory: asked.exploratory,
  source: tested.source,
  watched_known: tested.data.watched !== undefined,
  question: asked.only ?? asked.plan.primary.id,
  level: asked.plan.level,
  linear: asked.plan.linear,
  window_hours: asked.plan.windowHours,
})
