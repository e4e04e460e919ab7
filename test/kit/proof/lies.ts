import type { Files } from './bundle-maker.ts'
import { textAt } from './forge.ts'
import { editJson, editLines } from './reseal.ts'

type Json = Readonly<Record<string, unknown>>

interface Index {
  readonly about: Json
  readonly counts: Readonly<Record<string, number>>
  readonly span: Json
  readonly log: Json
  readonly without: readonly string[]
}
const editIndex = (files: Files, change: (index: Index) => unknown): void =>
  editJson<Index>(files, 'data/bundle.json', change)

/** A line of `measurements.jsonl`, as far as it is looked at. */
export interface LineJson {
  readonly leaf: number
  readonly id: string
  readonly role: string
}
const linesOf = (files: Files): readonly LineJson[] =>
  textAt(files, 'data/measurements.jsonl')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LineJson)
/** Leaves of the measurements with a role. */
export const linesWith = (files: Files, role: string): readonly number[] =>
  linesOf(files).flatMap((one) => (one.role === role ? [one.leaf] : []))
const idsOf = (files: Files): ReadonlyMap<number, string> => new Map(linesOf(files).map(({ leaf, id }) => [leaf, id]))

/** Takes the file of a measurement away, and what was judged of it. */
function unjudge(files: Files, leaf: number): void {
  files.delete(`data/raw/${leaf}.json`)
  for (const path of ['verdicts', 'observations'])
    editLines(files, `data/${path}.jsonl`, (one: LineJson) => (one.leaf === leaf ? undefined : one))
}

/** Takes a measurement away with its line. */
function drop(files: Files, leaf: number): void {
  unjudge(files, leaf)
  editLines(files, 'data/measurements.jsonl', (one: LineJson) => (one.leaf === leaf ? undefined : one))
}

/**
 * What the keeper of an observatory may change before he signs, and what is then found: all of it, or a line among others.
 * For a bundle of a simulated incident with control measurements and no exhibit.
 */
export const LIES: readonly (readonly [string, readonly string[] | RegExp, (files: Files) => void])[] = [
  ['nothing at all', [], () => undefined],
  [
    'a conclusion about another incident than is derived',
    /^description: not-agreeing data\/derivation\.json: incident$/,
    (files) => {
      const id = 'telegram-as64496-20261006T1513Z'
      const [logged = ''] = [...files.keys()].filter((path) => path.startsWith('data/revisions/'))
      const forged = (one: Json): Json => ({ ...one, id, service: 'telegram' })
      const [free = -1] = linesWith(files, 'comparison')
      drop(files, free)
      files.set(`data/revisions/${free}.json`, files.get(logged) ?? new Uint8Array())
      editJson(files, `data/revisions/${free}.json`, forged)
      editJson(files, 'data/incident.json', (all: readonly Json[]) => all.map(forged))
      editIndex(files, (index) => ({
        ...index,
        about: { ...index.about, incident: id },
        counts: { ...index.counts, measurements: index.counts['measurements']! - 1, revisions: 2 }, // is counted
      }))
    },
  ],
  [
    'a control measurement silenced',
    /^description: not-agreeing data\/measurements\.jsonl: leaf \d+$/,
    (files) => {
      const first = linesWith(files, 'comparison')[0]
      editLines(files, 'data/measurements.jsonl', (one: Json) =>
        one['leaf'] === first ? { ...one, role: 'apart' } : one,
      )
      editIndex(files, (index) => ({ ...index, counts: { ...index.counts, apart: 1 } }))
    },
  ],
  [
    'a control measurement named otherwise',
    /^verdicts: not-agreeing data\/measurements\.jsonl: leaf \d+$/,
    (files) =>
      editLines(files, 'data/measurements.jsonl', (one: Json) =>
        one['role'] === 'comparison' ? { ...one, role: 'same-service' } : one,
      ),
  ],
  [
    'a longer time of measuring',
    ['verdicts: not-agreeing data/bundle.json: span'],
    (files) => editIndex(files, (index) => ({ ...index, span: { ...index.span, since_utc: '2026-01-01T00:00:00Z' } })),
  ],
  [
    'an earlier making of the bundle',
    ['description: not-agreeing data/bundle.json: made_at_utc'],
    (files) => editIndex(files, (index) => ({ ...index, made_at_utc: '2026-10-07T00:00:00Z' })),
  ],
  [
    'a bundle that was made after it was sealed',
    /^seal: seal-differs at$/,
    (files) => editIndex(files, (index) => ({ ...index, made_at_utc: '2036-11-27T00:00:00Z' })),
  ],
  [
    'simulated data for real ones',
    /^verdicts: not-agreeing data\/bundle\.json: simulated$/,
    (files) =>
      editIndex(files, (index) => ({
        ...index,
        simulated: false,
        log: { ...index.log, origin: 'kuager.example/log' },
      })),
  ],
  [
    'one id for two measurements',
    /^description: not-agreeing data\/measurements\.jsonl: leaf \d+$/,
    (files) => {
      const [one, other] = linesWith(files, 'comparison')
      const id = idsOf(files).get(one ?? -1)
      editLines(files, 'data/measurements.jsonl', (line: Json) => (line['leaf'] === other ? { ...line, id } : line))
    },
  ],
  [
    'a measurement hidden as one of an earlier form',
    /^description: not-agreeing data\/redactions\.json: leaf \d+$/,
    (files) => {
      const [hidden = -1] = linesWith(files, 'comparison')
      unjudge(files, hidden)
      editLines(files, 'data/measurements.jsonl', (one: Json) =>
        one['leaf'] === hidden ? { ...one, state: 'form-changed' } : one,
      )
      editJson(files, 'data/redactions.json', (one: Json) => ({
        ...one,
        form_changed: [{ leaf: hidden, public: 'a'.repeat(64) }],
      }))
      editIndex(files, (index) => ({ ...index, counts: { ...index.counts, form_changed: 1 } }))
    },
  ],
  [
    'nothing derived of an incident that stands',
    /^description: not-agreeing data\/derivation\.json: result$/,
    (files) => editJson(files, 'data/derivation.json', (one: Json) => ({ ...one, result: null })),
  ],
  [
    'other settings of the detection',
    /^verdicts: tables-differ/,
    (files) =>
      editJson(files, 'data/derivation.json', (one: Json & { settings: Json }) => ({
        ...one,
        settings: { ...one.settings, draws: 500 },
      })),
  ],
  [
    'an exhibit in one language',
    ['data/exhibit-kk.pdf', 'data/exhibit-ru.pdf'].map((path) => `description: not-agreeing ${path}`),
    (files) => {
      files.set('data/exhibit.pdf', Buffer.from('%PDF'))
      for (const lang of ['kk', 'ru']) files.delete(`data/exhibit-${lang}.pdf`)
      editIndex(files, (index) => ({ ...index, without: index.without.filter((one) => one !== 'exhibit.pdf') }))
    },
  ],
]
