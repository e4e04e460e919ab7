// `npm run bench NAME [-- --quick] [-- --json] [-- --part PART]`: one benchmark, as a table with its targets and, last, one line of JSON.
import { globSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

/** One measured figure; `target` is what the project asks for, `met` whether this run reached it. */
export interface Figure {
  readonly figure: string
  readonly value: string | number
  readonly target?: string
  readonly met?: boolean
}

/** What a file bench/NAME.ts exports as `bench`. */
export interface Bench {
  readonly summary: string
  /** Parts that can be measured alone; absent: none. */
  readonly parts?: readonly string[]
  /** Measures; `quick` on less data, to see that it runs: its figures are not to be quoted. */
  run(options: { readonly quick: boolean; readonly part?: string }): Promise<{
    readonly table: readonly Figure[]
    readonly json: Readonly<Record<string, unknown>>
    /** For a person, below the table; left out where the line of JSON is asked for. */
    readonly drawing?: string
  }>
}

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

const isBench = (value: unknown): value is Bench =>
  typeof value === 'object' && value !== null && 'summary' in value && 'run' in value && typeof value.run === 'function'

/** The benchmark of a file in bench/, or undefined where the file is a part of another one. */
async function loadBench(name: string): Promise<Bench | undefined> {
  const module: unknown = await import(pathToFileURL(join(FOLDER, `${name}.ts`)).href)
  const bench: unknown = typeof module === 'object' && module !== null ? Reflect.get(module, 'bench') : undefined
  return isBench(bench) ? bench : undefined
}

const names = (): readonly string[] =>
  globSync('*.ts', { cwd: FOLDER })
    .map((file) => basename(file, '.ts'))
    .filter((name) => name !== 'run' && !name.endsWith('.test'))
    .sort()

async function listBenches(): Promise<string> {
  const loaded = await Promise.all(names().map(async (name) => ({ name, bench: await loadBench(name) })))
  const rows = loaded.flatMap(({ name, bench }) =>
    bench === undefined ? [] : [`  ${name.padEnd(12)} ${bench.summary}`],
  )
  return ['Usage: npm run bench NAME [-- --quick] [-- --json] [-- --part PART]', '', ...rows, ''].join('\n')
}

/** The machine a figure belongs to: without it a figure says nothing. */
export function machine(): string {
  const processors = cpus()
  const model = processors[0]?.model.trim() ?? 'unknown processor'
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${model}, ${processors.length} cores, ${memory} GiB, Node.js ${process.versions.node}, ${process.platform}`
}

/** The figures as lines of a table, numbers with spaces between thousands. */
export function renderTable(table: readonly Figure[]): string {
  const rows = [
    ['figure', 'measured', 'target', ''],
    ...table.map(({ figure, value, target, met }) => [
      figure,
      typeof value === 'number' ? formatNumber(value) : value,
      target ?? '',
      met === undefined ? '' : met ? 'met' : 'missed',
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3
  return value.toLocaleString('en', { maximumFractionDigits: digits }).replaceAll(',', ' ')
}

/** Runs one command line and gives the exit code: 0 measured, 1 broke, 2 wrong use. A missed target is no failure. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      part: { type: 'string' },
    },
  })
  const name = positionals[0]
  const bench = name !== undefined && names().includes(name) ? await loadBench(name) : undefined
  if (bench === undefined) {
    if (name !== undefined) console.error(`Cannot measure "${name}": no such benchmark`)
    console.error(await listBenches())
    return 2
  }
  const { part } = values
  if (part !== undefined && bench.parts?.includes(part) !== true) {
    console.error(`Cannot measure part "${part}" of "${name}": parts are ${bench.parts?.join(', ') ?? 'none'}`)
    return 2
  }
  console.log(`${name}: ${bench.summary}\n${machine()}${values.quick ? '\nquick run: figures not to be quoted' : ''}\n`)
  const { table, json, drawing } = await bench.run({ quick: values.quick, ...(part === undefined ? {} : { part }) })
  console.log(renderTable(table))
  if (drawing !== undefined && !values.json) console.log(`\n${drawing}`)
  if (values.json) console.log(JSON.stringify(json))
  return 0
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error)
    process.exitCode = 1
  }
}
