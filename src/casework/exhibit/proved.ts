import { createHash } from 'node:crypto'
import { defined } from '../../core/model/defined.ts'
import { say, type PlainKey } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime } from '../../core/text/time.ts'
import {
  blank,
  type Block,
  code,
  factRows,
  heading,
  type Inline,
  type LabelledFact,
  orderedList,
  paragraph,
  spansOf,
  textSpan,
} from '../../documents/paper.ts'
import { listed, type AnnexFile, type ExhibitFinding, type ExhibitGround, type PageBudget } from './finding.ts'

// What stands behind the evidence: method and versions, log and time, annexes, and how to check all of it.

const MANIFEST = 'manifest-sha512.txt'

/** Method in three sentences, versions with digests, and whether the result was derived again. */
export function methodBlocks(lang: Lang, finding: ExhibitFinding): readonly Block[] {
  const { incident, program, rederived } = finding
  return [
    heading(say(lang, 'exhibit.method')),
    paragraph(say(lang, 'exhibit.method-about')),
    factRows([
      ...programRows(lang, program),
      { label: say(lang, 'exhibit.rules'), value: [code(incident.rulesVersion)] },
      { label: say(lang, 'exhibit.cause-table'), value: [code(incident.cause.table)] },
      { label: say(lang, 'incident.cite-seed'), value: String(incident.seed) },
      { label: say(lang, 'exhibit.rederived'), value: say(lang, `exhibit.rederived.${rederived}`) },
    ]),
  ]
}

/** The program that judged, with the digest of its source. */
export const programRows = (lang: Lang, program: ExhibitGround['program']): readonly LabelledFact[] => [
  { label: say(lang, 'exhibit.program'), value: `Kuager ${program.version}, Node.js ${program.node}` },
  { label: say(lang, 'exhibit.source-digest'), value: [code(program.source_sha256)] },
]

/** The log, its key, the stamps from outside, and who handled the evidence. */
export function custodyBlocks(lang: Lang, { log, redactions }: ExhibitGround, room: PageBudget): readonly Block[] {
  const none = say(lang, 'paper.none')
  const stamps = log.stamps.map(({ authority, at }) => `${authority}, ${formatDateTime(lang, at, 'UTC', 'second')} UTC`)
  return [
    heading(say(lang, 'exhibit.custody')),
    factRows([
      { label: say(lang, 'exhibit.log-name'), value: [code(log.origin)] },
      { label: say(lang, 'exhibit.log-size'), value: formatNumber(lang, log.size) },
      { label: say(lang, 'exhibit.log-keys'), value: keyOf(lang, log.keys) },
      {
        label: say(lang, 'exhibit.stamps'),
        value: listed(stamps, room, say(lang, 'exhibit.stamps-none')),
      },
      {
        label: say(lang, 'exhibit.witnesses'),
        value: listed(log.witnesses, room, none),
      },
      { label: say(lang, 'exhibit.custody-events'), value: formatNumber(lang, log.custodyEvents) },
      {
        label: say(lang, 'exhibit.redacted'),
        value: listed(
          redactions.fields.map(({ what }) => what),
          room,
          none,
        ),
      },
    ]),
  ]
}

const keyOf = (lang: Lang, keys: readonly string[]): Inline => {
  const newest = keys.at(-1)
  return newest === undefined ? [blank(say(lang, 'exhibit.log-keys'))] : [code(newest)]
}

/** What a file or the files of a folder hold, by the beginning of the path. */
const CONTENTS: readonly (readonly [prefix: string, key: PlainKey])[] = [
  ['data/raw/', 'exhibit.annex.raw'],
  ['data/incident.json', 'exhibit.annex.incident'],
  ['data/revisions/', 'exhibit.annex.revisions'],
  ['data/derivation.json', 'exhibit.annex.derivation'],
  ['data/verdicts.jsonl', 'exhibit.annex.verdicts'],
  ['data/observations.jsonl', 'exhibit.annex.observations'],
  ['data/events/', 'exhibit.annex.events'],
  ['data/custody/', 'exhibit.annex.custody'],
  ['data/redactions.json', 'exhibit.annex.redactions'],
  ['data/tables/', 'exhibit.annex.tables'],
  ['data/log/', 'exhibit.annex.log'],
  ['data/measurements.jsonl', 'exhibit.annex.measurements'],
  ['data/program.json', 'exhibit.annex.program'],
  ['data/VERIFY.', 'exhibit.annex.verify'],
]

/** One row of the index: a file, or a folder of several. */
interface AnnexRow {
  readonly name: string
  readonly what: PlainKey
  readonly count: number
  /** SHA-512 of the file; of a group, of the lines that the manifest has for its files. */
  readonly sha512: string
  readonly leaves: readonly number[]
  readonly pages?: number
}

/**
 * Annexes by path; a folder with more than one file is one row. Its digest is that of its lines of the manifest, as
 * `grep '  data/raw/' manifest-sha512.txt | sha512sum` gives it.
 */
export function annexRows(files: readonly AnnexFile[]): readonly AnnexRow[] {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const groups = Map.groupBy(sorted, ({ path }) => /^data\/[^/]+\//.exec(path)?.[0] ?? path)
  return [...groups].flatMap(([name, members]): readonly AnnexRow[] => {
    const [first] = members
    if (first === undefined) return []
    const what = CONTENTS.find(([prefix]) => first.path.startsWith(prefix))?.[1] ?? 'exhibit.annex.other'
    const leaves = members.flatMap(({ leaf }) => (leaf === undefined ? [] : [leaf]))
    if (members.length === 1)
      return [
        {
          name: first.path,
          what,
          count: 1,
          sha512: first.sha512,
          leaves,
          ...defined({ pages: first.pages }),
        },
      ]
    const lines = members.map(({ path, sha512 }) => `${sha512}  ${path}\n`).join('')
    return [{ name, what, count: members.length, sha512: createHash('sha512').update(lines).digest('hex'), leaves }]
  })
}

/** The index of annexes: file, content, digest, place in the log. */
export function exhibitAnnexBlocks(lang: Lang, { annexes }: ExhibitGround, room: PageBudget): readonly Block[] {
  const rows = annexRows(annexes)
  const [shown, rest] = [rows.slice(0, room.annexes), rows.slice(room.annexes)]
  return [
    heading(say(lang, 'exhibit.annexes')),
    {
      kind: 'table',
      columns: [
        { head: '№', share: 0.4 },
        { head: say(lang, 'exhibit.annex-file'), share: 2.6 },
        { head: say(lang, 'exhibit.annex-what'), share: 2.6 },
        { head: say(lang, 'exhibit.annex-digest'), share: 1.9 },
        { head: say(lang, 'exhibit.annex-leaf'), align: 'number', share: 1.3 },
      ],
      rows: [
        ...shown.map((row, at): readonly Inline[] => [
          String(at + 1),
          [code(row.name)],
          row.count === 1
            ? say(lang, row.what)
            : `${say(lang, row.what)}. ${say(lang, 'exhibit.annex-files', { count: formatNumber(lang, row.count) })}`,
          [code(row.sha512.slice(0, 16))],
          leafText(row.leaves),
        ]),
        ...(rest.length === 0
          ? []
          : [
              [
                '',
                say(lang, 'exhibit.more-compared', { count: formatNumber(lang, rest.length) }),
                say(lang, 'exhibit.more-items-in', { file: MANIFEST }),
                '',
                '',
              ],
            ]),
      ],
    },
    paragraph(
      `${say(lang, 'exhibit.annexes-about', { file: MANIFEST })} ${say(lang, 'exhibit.annex-group', { file: MANIFEST })}`,
    ),
  ]
}

/** Places in the log: one, or the first and the last. */
export function leafText(leaves: readonly number[]): string {
  if (leaves.length === 0) return ''
  const [low, high] = leaves.reduce(
    ([least, most], one) => [Math.min(least, one), Math.max(most, one)],
    [Number.MAX_SAFE_INTEGER, 0],
  )
  return low === high ? String(low) : `${low} \u2013 ${high}`
}

const line = (lang: Lang, key: PlainKey, value: string): Inline => [textSpan(`${say(lang, key)} `), code(value)]

/** How to verify, in lines to follow; `more` stands last. */
export const verifyBlocks = (lang: Lang, { id, log }: ExhibitGround, more: readonly Inline[]): readonly Block[] => [
  heading(say(lang, 'exhibit.verify')),
  orderedList([
    line(lang, 'exhibit.verify.files', `sha512sum -c --strict ${MANIFEST}`),
    line(lang, 'exhibit.verify.key', log.keys.at(-1) ?? 'data/log/keys.txt'),
    line(lang, 'exhibit.verify.program', `kuager verify ${id}`),
    [
      ...spansOf(line(lang, 'exhibit.verify.by-hand', 'data/VERIFY.md')),
      textSpan('. '),
      ...spansOf(line(lang, 'exhibit.verify.browser', 'data/VERIFY.html')),
    ],
    ...more,
  ]),
]

/** The code that leads from a paper back to the revision. */
export const codeLine = (lang: Lang, { code: check, incident }: ExhibitFinding): Inline => [
  ...spansOf(line(lang, 'exhibit.verify.code', check)),
  textSpan(`. ${say(lang, 'incident.source', { id: incident.id, revision: formatNumber(lang, incident.revision) })}`),
]
