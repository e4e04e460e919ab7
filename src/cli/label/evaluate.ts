import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { clopperPearson } from '../../core/detect/statistics/binomial.ts'
import { cohenKappa, type Agreement } from '../../core/detect/statistics/kappa.ts'
import { parseCsv } from '../../core/model/csv.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { formatAsn } from '../../core/model/units.ts'
import { printable } from '../../core/text/printable.ts'
import type { World } from '../../runtime/world.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { task } from '../terminal/command.ts'
import { repeatable } from '../terminal/option.ts'
import { json } from '../terminal/shared-options.ts'
import { judgedCases, LABELS, type ReviewLabel } from './blind-cases.ts'

export const command = task({
  about: `
Compare the program with the labels of two reviewers. The reviewers are compared with each other (Cohen's kappa) and
with the program's verdicts: in total, by rule and by network (docs/methods/validation.md, section 7). Measurements on
which the reviewers differ enter no error rate.`,
  examples: ['measurements.jsonl --labels A.jsonl --labels B.jsonl'],
  words: { 'FILE…': 'The measurements that were labelled.' },
  options: {
    labels: repeatable('LABELS', 'Labels of one reviewer: give it twice.'),
    json: json('Print one JSON object.'),
  },
  exit: { 3: 'the program and the reviewers differ somewhere' },
  async run({ labels, json: asJson }, { world, words }) {
    const [first, second, ...more] = labels
    if (first === undefined || second === undefined || more.length > 0)
      throw wrongOption('labels', `found ${labels.length} files`, 'the labels of two reviewers')
    const [a, b] = [await readReview(first, world), await readReview(second, world)]
    const both = [...a].flatMap(([id, label]): readonly (readonly [string, ReviewLabel, ReviewLabel])[] => {
      const other = b.get(id)
      return other === undefined ? [] : [[id, label, other]]
    })
    if (both.length === 0)
      throw new InputError('Cannot evaluate: no measurement was labelled by both reviewers', {
        code: 'evaluate.none',
        path: '--labels',
        expected: 'labels of the same measurements',
      })
    const tools = { tables: loadTables(), certificates: openCertificates() }
    const judged = new Map((await judgedCases(words, { world, tools })).map((one) => [one.id as string, one]))
    const agreed = both.flatMap(([id, label, other]): readonly EvaluatedCase[] => {
      const one = judged.get(id)
      if (label !== other || one === undefined) return []
      const { verdict, head } = one
      return [{ id, label, verdict: verdict.kind, rule: verdict.rule, network: formatAsn(head.probeAsn) }]
    })
    const found: Evaluation = {
      agreement: cohenKappa(both.map(([, label, other]) => [label, other])),
      differ: both.filter(([, label, other]) => label !== other).map(([id]) => id),
      total: tableOf(agreed),
      byRule: grouped(agreed, ({ rule }) => rule),
      byNetwork: grouped(agreed, ({ network }) => network),
    }
    world.out.write(asJson ? `${JSON.stringify(found)}\n` : render(found))
    return agreed.some(({ label, verdict }) => label !== verdict) ? 3 : 0
  },
})

interface EvaluatedCase {
  readonly id: string
  readonly label: ReviewLabel
  readonly verdict: string
  readonly rule: string
  readonly network: string
}

/** Verdicts against labels, and errors with the one-sided upper limit of their share at 95 %. */
interface Confusion {
  readonly n: number
  readonly wrong: number
  readonly upper95: number
  /** Called interfered where the reviewers saw none. */
  readonly wronglyInterfered: number
  /** `label verdict` → number. */
  readonly cells: Readonly<Record<string, number>>
}

interface Evaluation {
  readonly agreement: Agreement
  readonly differ: readonly string[]
  readonly total: Confusion
  readonly byRule: Readonly<Record<string, Confusion>>
  readonly byNetwork: Readonly<Record<string, Confusion>>
}

function tableOf(cases: readonly EvaluatedCase[]): Confusion {
  const wrong = cases.filter(({ label, verdict }) => label !== verdict)
  const cells = Map.groupBy(cases, ({ label, verdict }) => `${label} ${verdict}`)
  return {
    n: cases.length,
    wrong: wrong.length,
    upper95: clopperPearson(wrong.length, cases.length, 0.9)[1],
    wronglyInterfered: wrong.filter(({ verdict }) => verdict === 'interfered').length,
    cells: Object.fromEntries([...cells].map(([cell, same]) => [cell, same.length])),
  }
}

const grouped = (cases: readonly EvaluatedCase[], key: (one: EvaluatedCase) => string): Record<string, Confusion> =>
  Object.fromEntries(
    [...Map.groupBy(cases, key)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, some]) => [name, tableOf(some)]),
  )

/** Labels by id: JSON lines of `kuager label`, or the table that it wrote, filled in. Rows without a label are left out. */
async function readReview(named: string, world: World): Promise<ReadonlyMap<string, ReviewLabel>> {
  const text = await readFile(resolve(world.cwd, named), 'utf8')
  const labels = new Map<string, ReviewLabel>()
  const refuse = (line: number, found: string): InputError =>
    new InputError(`Cannot read labels "${printable(named)}", line ${line}: found "${printable(found)}"`, {
      code: 'labels.word',
      path: `line ${line}`,
      expected: LABELS.join(', '),
    })
  const add = (line: number, id: string, word: string): void => {
    if (word === '') return
    const label = LABELS.find((one) => one === word.trim().toLowerCase())
    if (label === undefined) throw refuse(line, word)
    labels.set(id, label)
  }
  if (!text.startsWith('{'))
    for (const { line, cells } of parseCsv(text).slice(1)) add(line, cells[0] ?? '', cells[1] ?? '')
  else
    for (const [i, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue
      let one: { readonly id?: unknown; readonly label?: unknown }
      try {
        one = JSON.parse(line) as typeof one
      } catch {
        throw refuse(i + 1, line.slice(0, 60))
      }
      add(i + 1, String(one.id), String(one.label))
    }
  return labels
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

function render({ agreement, differ, total, byRule, byNetwork }: Evaluation): string {
  const { kappa, n, observed } = agreement
  const row = (name: string, { n: cases, wrong, upper95, wronglyInterfered }: Confusion): string =>
    `${printable(name).padEnd(32)} ${String(cases).padStart(6)} ${String(wrong).padStart(6)} ${percent(upper95).padStart(9)} ${String(wronglyInterfered).padStart(6)}`
  const cells = LABELS.map(
    (label) =>
      `${label.padEnd(14)}${LABELS.map((verdict) => String(total.cells[`${label} ${verdict}`] ?? 0).padStart(14)).join('')}`,
  )
  return `${[
    `Labelled by both: ${n}. They agree on ${percent(observed)}.`,
    kappa === undefined
      ? 'Cohen’s kappa: not defined, all labels are the same word'
      : `Cohen’s kappa: ${kappa.value.toFixed(2)} (95 %: ${kappa.lo95.toFixed(2)} to ${kappa.hi95.toFixed(2)})`,
    `They differ on: ${differ.length === 0 ? 'none' : differ.join(', ')}`,
    '',
    `label \\ verdict${LABELS.map((verdict) => verdict.padStart(14))
      .join('')
      .slice(1)}`,
    ...cells,
    '',
    `${''.padEnd(32)}  cases  wrong   at most wrongly interfered`,
    row('all', total),
    ...Object.entries(byRule).map(([name, some]) => row(`rule ${name}`, some)),
    ...Object.entries(byNetwork).map(([name, some]) => row(`network ${name}`, some)),
  ].join('\n')}\n`
}
