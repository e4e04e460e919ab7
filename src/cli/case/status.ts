import { join } from 'node:path'
import { task } from '../terminal/command.ts'
import { optional } from '../terminal/option.ts'
import { json, LANG } from '../terminal/shared-options.ts'
import { ACTOR, CASE, caseCall } from './options.ts'
import type { World } from '../../runtime/world.ts'
import { openCaseFolder, readJournal } from '../../casework/case/case-folder.ts'
import type { CaseFile } from '../../casework/case/case-form.ts'
import { occurrencesOf, requestsOf, withoutMistakes } from '../../casework/case/occurrences.ts'
import { readLawRecord, readPapersState } from '../../casework/case/paper-folder.ts'
import { QUESTIONS } from '../../casework/case/questions.ts'
import { unfittingDays } from '../../casework/case/unfitting-days.ts'
import { findChange } from '../../casework/case/take-in.ts'
import { dayOf } from '../../casework/deadlines/calendar.ts'
import { byDate, computeDeadlines, isConfirmedRule, isOver, type Deadline } from '../../casework/deadlines/compute.ts'
import { lawNotice } from '../../casework/law/law-notice.ts'
import { lawOf, loadLaw } from '../../casework/law/load-law.ts'
import type { Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import { completeness } from '../../casework/statement/completeness.ts'
import { besideBundle, readFindings } from '../../app/case/facts.ts'
import { readRevisions, sinceBundles, type BundleSince } from '../../app/case/revisions.ts'
import { writeStatus, type BundlePoints, type Changes } from './status-text.ts'

interface StatusOptions {
  readonly world: World
  readonly lang: Lang
  readonly now: Instant
  readonly json: boolean
  /** File with incidents as they stand now, to hold those of the bundles to. */
  readonly revisions?: string
}

export const command = task({
  about: `
Show what a case has, lacks, and when deadlines end. It also says whether the documents match the current case and
whether the law they use has changed. Each deadline is shown with its provisions and how certain it is.`,
  examples: ['my-case'],
  words: CASE,
  options: {
    revisions: optional(
      'FILE',
      'Incidents as they are now, as "kuager incidents --json" prints or /api/v1/incidents answers.',
    ),
    json: json(),
    actor: ACTOR,
    lang: LANG,
  },
  exit: { 3: 'a document is gone or was changed, or an incident was revised or withdrawn since its bundle' },
  run({ revisions, json, lang, ...values }, call) {
    const { folder, acting } = caseCall(values, call)
    const options = { world: call.world, lang, now: acting.now, json }
    return writeCaseStatus(folder, { ...options, ...(revisions === undefined ? {} : { revisions }) })
  },
})

/** Says what a case holds as it is at `now`. Gives 3 if a document is gone or changed, or an incident was revised since. */
export async function writeCaseStatus(folder: string, options: StatusOptions): Promise<number> {
  const { world, json } = options
  const whole = await openCaseFolder(folder)
  const file = withoutMistakes(whole)
  await readJournal(folder)
  const changes = await findChanges(folder, whole, world.signal)
  const points = changes.size === 0 ? await pointsOf(folder, file, world) : []
  const papers = await readPapersState(join(folder, 'papers'), file)
  const law = loadLaw()
  const record = await readLawRecord(join(folder, 'papers'))
  const notice = lawNotice(law, whole, { built: papers.kind !== 'none', record })
  const since =
    options.revisions === undefined ? undefined : sinceBundles(file, await readRevisions(options.revisions, world))
  if (json)
    world.out.write(
      `${JSON.stringify({ ...asJson(file, { whole, changes, since }, options.now), papers: papers.kind, points, law: { version: law.version, sha256: law.sha256, notice: notice ?? null } })}\n`,
    )
  else
    writeStatus(
      {
        whole,
        file,
        changes,
        since,
        papers,
        notice,
        points,
        deadlines: deadlinesOf(file),
        unanswered: unanswered(file),
      },
      options,
    )
  const moved = [...(since?.values() ?? [])].some(({ kind }) => kind === 'revised' || kind === 'withdrawn')
  return changes.size === 0 && !moved ? 0 : 3
}

/** Records whose copy is gone or is not what was taken in. */
export async function findChanges(folder: string, { records }: CaseFile, signal: AbortSignal): Promise<Changes> {
  const found = new Map<string, 'missing' | 'changed'>()
  for (const { id, held } of records) {
    const change = held === undefined ? undefined : await findChange(folder, held, signal)
    if (change !== undefined) found.set(id, change)
  }
  return found
}

/** The twenty-five points for each incident that a bundle of the case shows. */
async function pointsOf(folder: string, file: CaseFile, world: World): Promise<readonly BundlePoints[]> {
  return (await readFindings(folder, file, world)).map(({ record, finding }) => ({
    record: record.id,
    incident: finding.incident.id,
    found: completeness(finding, besideBundle(file, record.id)),
  }))
}

const deadlinesOf = (file: CaseFile): readonly Deadline[] =>
  byDate(computeDeadlines(occurrencesOf(file, loadLaw()), loadLaw()))
const unanswered = ({ answers }: CaseFile): readonly (typeof QUESTIONS)[number]['id'][] =>
  QUESTIONS.map(({ id }) => id).filter((id) => answers[id] === undefined)

function asJson(
  file: CaseFile,
  {
    whole,
    changes,
    since,
  }: {
    readonly whole: CaseFile
    readonly changes: Changes
    readonly since: ReadonlyMap<string, BundleSince> | undefined
  },
  now: Instant,
): Readonly<Record<string, unknown>> {
  const today = dayOf(now)
  return {
    id: file.id,
    name: file.name,
    records: whole.records.map(({ id, kind, day, held, bundle, check, mistake }) => ({
      id,
      mistake: mistake ?? null,
      kind,
      day,
      sha256: held?.sha256 ?? null,
      copy: held === undefined ? null : (changes.get(id) ?? 'whole'),
      verified: bundle?.verified.kind ?? check?.kind ?? null,
      incident: bundle?.incident?.id ?? null,
      revision: bundle?.incident?.revision ?? null,
      since: since?.get(id)?.kind ?? null,
    })),
    requests: requestsOf(file).map(({ request, reply }) => ({
      id: request.id,
      to: request.addressee,
      sent: request.day,
      reply: reply === undefined ? null : { id: reply.id, kind: reply.kind, day: reply.day, says: reply.says ?? null },
    })),
    unanswered: unanswered(file),
    unfitting: unfittingDays(file),
    deadlines: deadlinesOf(file).map((one) => ({
      rule: one.rule.id,
      state: one.kind,
      ...(one.kind === 'not-running'
        ? {}
        : { start: one.from.event, from: one.from.day, record: one.from.record ?? null }),
      ...(one.kind === 'running'
        ? {
            last: one.last,
            safe: one.safe,
            safe_passed: one.safe < today,
            passed: isOver(one, today),
            doubts: one.doubts,
          }
        : {}),
      law: lawOf(loadLaw(), one.rule).map(({ id }) => id),
      mark: isConfirmedRule(one.rule, loadLaw()) ? 'confirmed' : 'lawyer-must-confirm',
    })),
  }
}
