import { join } from 'node:path'
import { DAY_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import type { CaseFile, CaseRecord } from '../../casework/case/case-form.ts'
import { requestsOf, shownBundles, stayedSilent } from '../../casework/case/occurrences.ts'
import type { QuestionId } from '../../casework/case/questions.ts'
import { loadLaw } from '../../casework/law/load-law.ts'
import type { ExhibitFinding } from '../../casework/exhibit/finding.ts'
import type { BesideBundle } from '../../casework/statement/completeness.ts'
import { momentBounds } from '../../core/model/moment.ts'
import type { Order, Statement } from '../../core/model/tables/record.ts'
import type { Instant } from '../../core/model/units.ts'
import { loadRecord } from '../../runtime/tables/record.ts'
import { readFinding } from './finding.ts'
import { names } from './names.ts'

/** A bundle of a case with what its files say. */
export interface CaseFinding {
  readonly record: CaseRecord
  readonly finding: ExhibitFinding
}

/**
 * What the bundles of a case say, oldest incident first. Nothing is read out of one that fails verification, or that
 * has no incident.
 */
export async function readFindings(folder: string, file: CaseFile, world: World): Promise<readonly CaseFinding[]> {
  const found: CaseFinding[] = []
  for (const record of shownBundles(file)) {
    const { held, bundle } = record
    if (held === undefined || bundle === undefined || bundle.verified.kind === 'wanting') continue
    const path = join(folder, held.path)
    const finding = await readFinding(path, bundle.verified, { names: names(), world })
    if (finding !== undefined) found.push({ record, finding })
  }
  return found.toSorted((a, b) => startOf(a) - startOf(b))
}

const startOf = ({ finding: { incident } }: CaseFinding): number =>
  incident.start.median ?? incident.start.bracket[1] ?? 0

/** Statements so long before and after an incident are shown next to it. */
const AROUND_MS = 30 * DAY_MS

/**
 * Statements made at the time of the incidents, and acts on record that name their services. Simulated incidents have
 * no statement next to them that was really made.
 */
export function besideFindings(findings: readonly CaseFinding[]): {
  readonly statements: readonly Statement[]
  readonly orders: readonly Order[]
} {
  const record = loadRecord()
  const real = findings.filter(({ finding }) => finding.incident.simulated === record.simulated)
  const services = new Set(real.map(({ finding }) => finding.incident.service))
  const spans = real.flatMap(({ finding: { incident } }) => {
    const from = incident.start.lo95 ?? incident.start.median ?? incident.start.bracket[1]
    const until = incident.end.hi95 ?? incident.end.median ?? incident.end.bracket[0] ?? from
    return from === undefined || until === undefined ? [] : [{ from: from - AROUND_MS, until: until + AROUND_MS }]
  })
  const near = (at: Instant, until: Instant): boolean => spans.some((span) => at < span.until && until > span.from)
  return {
    statements: record.statements.filter(({ at }) => {
      const bounds = momentBounds(at)
      return near(bounds.from, bounds.until)
    }),
    orders: record.orders.filter(({ scope }) => scope.some((one) => services.has(one))),
  }
}

const EFFECT: readonly QuestionId[] = ['use', 'purpose', 'harm', 'substitute']

/** What the case holds besides a bundle, by the id of its record, for the list of what a court looks for. */
export function besideBundle(file: CaseFile, bundle: string): BesideBundle {
  const means = file.means?.[bundle] ?? {}
  const holds = (kind: CaseRecord['kind']): boolean => file.records.some((one) => one.kind === kind)
  const states = requestsOf(file)
  const law = loadLaw()
  const request = states.some(({ reply }) => reply?.kind === 'answer')
    ? 'answered'
    : states.some((one) => stayedSilent(one, file, law))
      ? 'term-passed'
      : 'sent'
  return {
    qualification: means.who !== undefined,
    device: means.device !== undefined,
    contract: means.contract !== undefined,
    clock: means.clock !== undefined,
    independent: holds('independent-data'),
    signedStatement: holds('signed-statement'),
    specialist: holds('specialist-opinion'),
    translations: file.records.flatMap((one) => (one.in === undefined ? [] : [one.in])),
    attribution: file.records.some(({ kind, says }) => kind === 'act' || says === 'act-named'),
    ...(states.length === 0 ? {} : { request }),
    effect: EFFECT.every((id) => file.answers[id] !== undefined),
    consent: file.answers.consent?.value === true,
  }
}
