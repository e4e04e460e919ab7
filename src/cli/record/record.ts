import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import type { Source } from '../../core/model/tables/record.ts'
import { InputError } from '../../core/model/errors.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { recordFolder } from '../../app/observatory/live-record.ts'
import { printable } from '../../core/text/printable.ts'
import {
  BUNDLED_RECORD,
  parseRecord,
  readRecordFiles,
  type ParsedRecord,
  type RecordProblem,
} from '../../runtime/tables/record.ts'
import { group, task } from '../terminal/command.ts'
import { FOLDER, json, LANG } from '../terminal/shared-options.ts'

const CHECK = task({
  about: `
Check the lists of statements and legal acts. Problems are named with file, line and column. A server keeps showing
the last version without a problem (docs/formats/record.md).`,
  examples: ['--folder /var/lib/kuager'],
  words: { '[DIR]': 'Folder of the record. Without it: the one that a server of the data folder shows.' },
  options: { folder: FOLDER, lang: LANG, json: json() },
  exit: { 3: 'a file has a problem; each is named' },
  async run({ folder, lang, json: asJson }, { words: [dir], world }) {
    const served = resolve(world.cwd, folder)
    const path = dir === undefined ? servedRecord(served) : resolve(world.cwd, dir)
    const parsed = parseRecord(readRecordFiles(path))
    if (asJson) world.out.write(`${JSON.stringify(answer(path, parsed))}\n`)
    else {
      if (dir === undefined && path === BUNDLED_RECORD)
        world.out.write(`${say(lang, 'record-check.bundled', { folder: printable(served) })}\n`)
      tell(path, parsed, { ...world, lang })
    }
    return parsed.kind === 'whole' ? 0 : 3
  },
})

export const command = group({
  about: `
Check the lists of statements and legal acts. The files are in data/record, or in record/ of a data folder.`,
  commands: { check: async () => CHECK },
})

/** The record that a server of a folder shows. Throws InputError without the folder: the bundled one is not its answer. */
function servedRecord(folder: string): string {
  if (existsSync(folder)) return recordFolder(folder)
  throw new InputError(`Cannot check the record of "${printable(folder)}": there is no such folder`, {
    code: 'folder.missing',
    path: 'folder',
    expected: 'the folder of a record, or --folder or KUAGER_FOLDER with a data folder',
  })
}

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

function tell(folder: string, parsed: ParsedRecord, { out, lang }: Pick<World, 'out'> & { readonly lang: Lang }): void {
  if (parsed.kind === 'damaged') {
    for (const problem of parsed.problems) out.write(`${printable(problemLine(folder, problem))}\n`)
    out.write(`${say(lang, 'record-check.problems', { count: parsed.problems.length })}\n`)
    return
  }
  const { sources, sources_not_read: unread, ...counts } = countsOf(parsed)
  const lines = [
    say(lang, 'record-check.good', { folder: printable(folder) }),
    say(lang, 'record-check.counts', counts),
    say(lang, 'record-check.sources', { count: sources, unread }),
  ]
  out.write(`${lines.join('\n')}\n`)
}

/** As compilers write it, so that an editor leads to the place. */
const problemLine = (folder: string, { file, path, place, found }: RecordProblem): string =>
  [
    `${join(folder, file)}${place === undefined ? '' : `:${place.line}:${place.column}`}`,
    ...(path === '' ? [] : [path]),
    found,
  ].join(': ')
