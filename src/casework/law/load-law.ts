import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { readTable } from '../../runtime/tables/table-file.ts'
import { addDays } from '../deadlines/calendar.ts'
import {
  changesFileSchema,
  daysOffFileSchema,
  DEADLINE_IDS,
  deadlinesFileSchema,
  provisionsFileSchema,
  START_EVENTS,
  type Act,
  type DaysOff,
  type DeadlineId,
  type DeadlineRule,
  type LawChange,
  type Provision,
} from './law-form.ts'

/** The law as the files of one folder hold it. */
export interface Law {
  readonly version: string
  /** Of the list of files with their digests: `sha256sum *.json | sha256sum` gives it. */
  readonly sha256: string
  readonly acts: ReadonlyMap<string, Act>
  readonly provisions: ReadonlyMap<string, Provision>
  /** In the order of a case. */
  readonly rules: readonly DeadlineRule[]
  readonly length: z.infer<typeof deadlinesFileSchema>['length']
  readonly daysOff: DaysOff
  /** The newest last. */
  readonly changes: readonly LawChange[]
}

const WORDS = { what: 'the law', code: 'law.invalid', form: 'the form of docs/formats/law.md' }
const BUNDLED = join(PACKAGE_ROOT, 'data', 'law')
let bundled: Law | undefined

/**
 * Loads the law of a folder, by default the bundled `data/law`. Throws InputError with file and place for what is not of
 * the form, for a name that leads nowhere, and for a row that was changed after a lawyer checked it.
 */
export function loadLaw(folder = BUNDLED): Law {
  if (folder !== BUNDLED) return readLaw(folder)
  return (bundled ??= readLaw(folder))
}

/** The rule of a deadline: every law has each. */
export function ruleOf({ rules }: Law, id: DeadlineId): DeadlineRule {
  const found = rules.find((one) => one.id === id)
  if (found === undefined) throw new Fault(`Cannot find the rule "${id}" in the law`)
  return found
}

/** A row of the law; a name that leads nowhere is a mistake of the program. */
export function provisionOf({ provisions }: Law, id: string): Provision {
  const found = provisions.get(id)
  if (found === undefined) throw new Fault(`Cannot find "${id}" in the law`)
  return found
}

/** Whether a lawyer's check of a row is on record. */
export const isConfirmed = ({ checked_by }: Provision): boolean => checked_by !== null

/** The provisions that a rule takes its length from. */
export const lawOf = (law: Law, { readings, law: only }: DeadlineRule): readonly Provision[] =>
  [...new Set([...readings.map((one) => one.law), ...(only === undefined ? [] : [only])])].map((id) =>
    provisionOf(law, id),
  )

const OWN_FORM = new Set(['deadlines.json', 'days-off.json', 'changes.json'])

function readLaw(folder: string): Law {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
  const read = <S extends z.ZodType>(name: string, schema: S): z.infer<S> =>
    readTable(join(folder, name), schema, WORDS)
  const acts = new Map<string, Act>()
  const provisions = new Map<string, Provision>()
  for (const name of names) {
    if (OWN_FORM.has(name)) continue
    const file = read(name, provisionsFileSchema)
    for (const act of file.acts) put(acts, act, `${name}/acts`)
    for (const row of file.provisions) put(provisions, row, `${name}/provisions`)
  }
  const { rules, length } = read('deadlines.json', deadlinesFileSchema)
  const { version, changes } = read('changes.json', changesFileSchema)
  const list = names.map((name) => `${hash('sha256', readFileSync(join(folder, name)))}  ${name}\n`)
  const law: Law = {
    version,
    sha256: hash('sha256', list.join('')),
    acts,
    provisions,
    rules,
    length,
    daysOff: read('days-off.json', daysOffFileSchema),
    changes,
  }
  checkProvisions(law)
  checkRules(law)
  return law
}

const refuse = (path: string, found: string): InputError =>
  new InputError(`Cannot read the law, ${path}: ${found}`, { code: WORDS.code, path, expected: WORDS.form })

function put<T extends { readonly id: string }>(into: Map<string, T>, one: T, path: string): void {
  if (into.has(one.id)) throw refuse(`${path}/${one.id}`, 'there are two of this name')
  into.set(one.id, one)
}

function checkProvisions({ acts, provisions, rules }: Law): void {
  for (const row of provisions.values()) {
    const wrong = (found: string): InputError => refuse(row.id, found)
    const act = acts.get(row.act)
    if (act === undefined) throw wrong(`no act is called "${row.act}"`)
    if (row.article !== undefined && act.unit === undefined) throw wrong('its act has no unit, and it has a number')
    if (row.part !== undefined && (act.share === undefined || typeof row.article !== 'string'))
      throw wrong('it has a part, and its act or its article has none')
    for (const id of [...(row.see ?? []), ...(row.replaced_by === undefined ? [] : [row.replaced_by])])
      if (!provisions.has(id)) throw wrong(`no row is called "${id}"`)
    if (row.from !== undefined && row.until !== undefined && row.until < row.from)
      throw wrong(`it ends on ${row.until}, before ${row.from}`)
    const next = row.replaced_by === undefined ? undefined : provisions.get(row.replaced_by)
    if (next !== undefined && (row.until === undefined || next.from !== addDays(row.until, 1)))
      throw wrong(`it is replaced by "${next.id}", which is not in force from the day after it`)
    if (row.opened === false && row.confidence === 'high') throw wrong('it was not opened, and is sure')
    if (row.checked_by !== null && row.checked_by.sha256 !== checkedDigest(row, rules))
      throw wrong(`it was changed since it was checked; its digest is ${checkedDigest(row, rules)}`)
  }
}

/**
 * SHA-256 of a row as a lawyer checks it: of all but the record of the check, with each length that a deadline takes from
 * it. Without the lengths a changed number of days would stay confirmed, though it was the words that were checked.
 */
export function checkedDigest(row: Provision, rules: readonly DeadlineRule[]): string {
  const lengths = rules.flatMap(({ id: rule, readings, prolonged }) =>
    [...readings, ...(prolonged === undefined ? [] : [prolonged])]
      .filter(({ law }) => law === row.id)
      .map(({ unit, count }) => ({ rule, unit, count })),
  )
  const checked = Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'checked_by'))
  return hash('sha256', encodeCanonical(lengths.length === 0 ? checked : { ...checked, lengths }))
}

function checkRules({ rules, provisions, length, daysOff, version, changes }: Law): void {
  for (const id of DEADLINE_IDS)
    if (rules.filter((rule) => rule.id === id).length !== 1)
      throw refuse(`deadlines.json/${id}`, 'not exactly one rule')
  for (const event of START_EVENTS)
    if (!rules.some(({ starts }) => starts.includes(event))) throw refuse('deadlines.json', `"${event}" starts nothing`)
  const cited = [
    ...rules.flatMap(({ readings, law, prolonged, exceptions = [] }) => [
      ...readings.map((one) => one.law),
      ...[law, prolonged?.law].flatMap((one) => one ?? []),
      ...exceptions,
    ]),
    length.law,
    ...daysOff.law,
  ]
  for (const id of cited) if (!provisions.has(id)) throw refuse('deadlines.json', `no row is called "${id}"`)
  for (const rule of rules)
    if (rule.readings.length === 0 && rule.law === undefined)
      throw refuse(`deadlines.json/${rule.id}`, 'it has neither a length nor a provision')
  const versions = changes.map((one) => one.version)
  if (versions.at(-1) !== version || versions.toSorted().join() !== versions.join())
    throw refuse('changes.json', `the last change is ${versions.at(-1) ?? 'none'}, the version ${version}`)
}

/**
 * SHA-256 of what a rule or a provision says, by name: `rule:appeal`, `law:appeal-term`. Where it was read, how sure it
 * is and who checked it do not enter: a case gets a notice of a rule that changed, not of one that was read again.
 */
export function saidDigest(law: Law, name: string): string | undefined {
  const [kind, id = ''] = name.split(':')
  if (kind === 'days-off') return hash('sha256', encodeCanonical(law.daysOff))
  if (kind === 'rule') {
    const rule = law.rules.find((one) => one.id === id)
    return rule === undefined ? undefined : hash('sha256', encodeCanonical(rule))
  }
  const row = law.provisions.get(id)
  if (row === undefined) return undefined
  const { act, article, part, name: called, from, until, replaced_by, says } = row
  const kept = Object.entries({ act, article, part, called, from, until, replaced_by, says }).filter(
    ([, value]) => value !== undefined,
  )
  return hash('sha256', encodeCanonical(Object.fromEntries(kept)))
}
