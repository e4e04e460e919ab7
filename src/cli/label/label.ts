import { hash } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { writeNewFile } from '../../app/proof/frozen-file.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import type { Observation } from '../../core/model/measured/observation.ts'
import { formatAsn, formatInstantUtc } from '../../core/model/units.ts'
import { printable } from '../../core/text/printable.ts'
import type { JudgedBytes } from '../../pipeline/judge/judge-bytes.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { task } from '../terminal/command.ts'
import { flag, required, type OptionReader } from '../terminal/option.ts'
import { judgedCases, LABELS, type ReviewLabel } from './blind-cases.ts'

const reviewerName: OptionReader<string> = (text, { name }) => {
  if (/^[A-Za-z0-9_-]{1,40}$/.test(text)) return text
  throw wrongOption(name, `found "${printable(text)}"`, 'letters, digits, hyphens')
}

export const command = task({
  about: `
Label measurements without seeing a verdict. Type r reachable, i interfered, u unreachable, n inconclusive, q to end.
Two reviewers label separately, each in an order of their own; "kuager evaluate" compares them
(docs/methods/validation.md, section 7). A later run continues where you stopped.`,
  examples: ['measurements.jsonl --reviewer A --out A.jsonl'],
  words: { 'FILE…': 'Measurements, as "kuager judge" reads them.' },
  options: {
    reviewer: required('NAME', 'Who labels: a pseudonym. It decides the order.', 'a name', reviewerName),
    out: required('OUT', 'Where the labels are written, one JSON object a line, or the table.', 'a file'),
    sheet: flag('Write a table to fill in, instead of asking.'),
  },
  exit: { 3: 'some measurements have no label yet' },
  async run({ reviewer, out, sheet }, { world, words }) {
    const tools = { tables: loadTables(), certificates: openCertificates() }
    const place = resolve(world.cwd, out)
    const order = ({ id }: JudgedBytes): string => hash('sha256', `${reviewer} ${id}`)
    const cases = (await judgedCases(words, { world, tools })).toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    if (sheet) {
      const rows = cases.map((one) => [one.id, '', about(one).join(' | ')].map(csvCell).join(','))
      await writeNewFile(out, `id,label,what_was_measured\n${rows.join('\n')}\n`, world)
      world.out.write(`${cases.length} measurements. Words for the column label: ${LABELS.join(', ')}\n`)
      return 3
    }
    if (world.ask === undefined)
      throw new InputError('Cannot label: there is no terminal to ask', {
        code: 'label.terminal',
        path: '--sheet',
        expected: 'a terminal, or --sheet',
      })
    const done = await labelled(place)
    let given = cases.filter(({ id }) => done.has(id)).length
    for (const one of cases) {
      if (done.has(one.id)) continue
      const text = about(one).map((line) => `  ${printable(line)}\n`)
      world.err.write(`\n${given + 1} of ${cases.length}\n${text.join('')}`)
      const label = await ask(world.ask, world.signal)
      if (label === undefined) break
      await appendFile(place, `${JSON.stringify({ id: one.id, reviewer, label })}\n`)
      given++
    }
    world.out.write(`${given} of ${cases.length} labelled\n`)
    return given < cases.length ? 3 : 0
  },
})

async function ask(
  question: (text: string, signal: AbortSignal) => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<ReviewLabel | undefined> {
  for (;;) {
    const answer = (await question('r, i, u, n or q: ', signal))?.toLowerCase()
    if (answer === undefined || answer === 'q') return undefined
    const label = answer === 'n' ? 'inconclusive' : LABELS.find((one) => answer !== '' && one.startsWith(answer))
    if (label !== undefined) return label
  }
}

async function labelled(place: string): Promise<ReadonlySet<string>> {
  try {
    const lines = (await readFile(place, 'utf8')).split('\n').filter((line) => line !== '')
    return new Set(lines.map((line) => String((JSON.parse(line) as { readonly id?: unknown }).id)))
  } catch (error) {
    if (isMissing(error)) return new Set()
    throw error
  }
}

/** What was measured, without any judgement of this program: who, when, what, and every operation of both sides. */
function about({ head, observations }: JudgedBytes): readonly string[] {
  const first = `${head.testName} ${head.testVersion}, ${formatAsn(head.probeAsn)} ${head.probeCc}, ${formatInstantUtc(head.startedAt)}, ${head.input ?? 'no address'}`
  const rows = observations.map(operation)
  const counts = Map.groupBy(rows, (row) => row)
  return [first, ...[...counts].map(([row, same]) => (same.length === 1 ? row : `${row} ×${same.length}`))]
}

/** One operation in words and values: its fields as they were observed. */
function operation(row: Observation): string {
  const left = new Set([
    'source',
    'startedAt',
    'endedAt',
    'transaction',
    'round',
    'failure',
    'kind',
    'side',
    'hop',
    'read',
    'body',
  ])
  const fields = Object.entries(row).flatMap(([name, value]) =>
    left.has(name) || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
      ? []
      : [`${name}=${(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200)}`],
  )
  return `${row.side}, hop ${row.hop}, ${row.kind}: ${row.failure === undefined ? 'completed' : `${row.failure.code} (${row.failure.raw})`}; ${fields.join(', ')}`
}

const csvCell = (text: string): string => {
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
