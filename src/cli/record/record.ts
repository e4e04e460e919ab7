import { join, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import type { Source } from '../../core/model/tables/record.ts'
import { recordFolder } from '../../app/observatory/live-record.ts'
import { printable } from '../../core/text/printable.ts'
import { parseRecord, readRecordFiles, type ParsedRecord, type RecordProblem } from '../../runtime/tables/record.ts'
import { group, task } from '../terminal/command.ts'
import { FOLDER, json } from '../terminal/shared-options.ts'

const CHECK = task({
  about: `
Check the lists of statements and legal acts. Problems are named with file, line and column. A server keeps showing
the last version without a problem (docs/formats/record.md).`,
  examples: ['--folder /var/lib/kuager'],
  words: { '[DIR]': 'Folder of the record. Without it: the one that a server of the data folder shows.' },
  options: { folder: FOLDER, json: json() },
  exit: { 3: 'a file has a problem; each is named' },
  async run({ folder, json: asJson }, { words: [dir], world }) {
    const path = dir === undefined ? recordFolder(resolve(world.cwd, folder)) : resolve(world.cwd, dir)
    const parsed = parseRecord(readRecordFiles(path))
    if (asJson) world.out.write(`${JSON.stringify(answer(path, parsed))}\n`)
    else tell(path, parsed, world)
    return parsed.kind === 'whole' ? 0 : 3
  },
})

export const command = group({
  about: `
Check the lists of statements and legal acts. The files are in data/record, or in record/ of a data folder.`,
  commands: { check: async () => CHECK },
})

type Whole = Extract<ParsedRecord, { readonly kind: 'whole' }>

/** How many rows there are of each kind, and of how many sources no person has read the sentence. */
function countsOf({ record, events }: Whole) {
  const sources: readonly Source[] = [
    ...record.statements.map(({ source }) => source),
    ...record.chronicle.flatMap((row) => [...row.sources, ...(row.course === undefined ? [] : [row.course.source])]),
    ...record.orders.map(({ source }) => source),
    ...events.map(({ source }) => source),
    ...record.demands.map(({ source }) => source),
  ]
  return {
    statements: record.statements.length,
    chronicle: record.chronicle.length,
    orders: record.orders.length,
    events: events.length,
    demands: record.demands.length,
    sources: sources.length,
    sources_not_read: sources.filter(({ checked }) => !checked).length,
  }
}

const answer = (folder: string, parsed: ParsedRecord): object =>
  parsed.kind === 'whole'
    ? { folder, problems: [], ...countsOf(parsed) }
    : {
        folder,
        problems: parsed.problems.map(({ place, ...problem }) => ({
          ...problem,
          ...(place ?? { line: null, column: null }),
        })),
      }

function tell(folder: string, parsed: ParsedRecord, { out }: Pick<World, 'out'>): void {
  if (parsed.kind === 'damaged') {
    for (const problem of parsed.problems) out.write(`${printable(problemLine(folder, problem))}\n`)
    out.write(`Problems: ${parsed.problems.length}\n`)
    return
  }
  const { statements, chronicle, orders, events, demands, sources, sources_not_read: unread } = countsOf(parsed)
  out.write(`${printable(folder)}: no problem\n`)
  out.write(
    `Statements: ${statements}, chronicle: ${chronicle}, acts: ${orders}, events: ${events}, demands: ${demands}\n`,
  )
  out.write(`Sources: ${sources}, of which not yet read: ${unread}\n`)
}

/** As compilers write it, so that an editor leads to the place. */
const problemLine = (folder: string, { file, path, place, found }: RecordProblem): string =>
  [
    `${join(folder, file)}${place === undefined ? '' : `:${place.line}:${place.column}`}`,
    ...(path === '' ? [] : [path]),
    found,
  ].join(': ')
