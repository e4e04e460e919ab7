// Runs scenarios of the laboratory end to end: `npm run lab -- [NAME…] [--list] [--json] [--jobs N] [--keep]`.
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { InputError } from '../../src/core/model/errors.ts'
import { formatMatrix } from './matrix.ts'
import { missingForLab } from './needs.ts'
import { planWorld } from './plan.ts'
import { expectsInterference, loadScenario, scenarioNames } from './scenario.ts'
import { isReport, type Report } from './report.ts'
import type { Result } from './run-scenario.ts'

const HELP = `Runs the scenarios of the laboratory: a small internet in network namespaces, with a censor or without.

Usage: npm run lab -- [NAME…] [options]

  NAME       scenario, or the beginning of the names of several; without: all
  --list     only print what there is
  --json     end with one line: {"scenarios":[{"name","expected","got","ok"}],"unexpected":0}
  --jobs N   worlds at once (default 3); each takes about 800 MB
  --keep     leave the world of a scenario standing until Ctrl-C, to look around in it; takes one NAME

Exit code: 0 all as expected, 3 something was not, 2 wrong use or something is missing on this machine, 1 it broke.
`
const MOST_JOBS = 8

interface Options {
  readonly names: readonly string[]
  readonly json: boolean
  readonly keep: boolean
  readonly jobs: number
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

function chosen(words: readonly string[]): readonly string[] {
  const all = scenarioNames()
  if (words.length === 0) return all
  const found = words.flatMap((word) => {
    const named = all.filter((name) => name === word)
    const begun = named.length > 0 ? named : all.filter((name) => name.startsWith(word))
    if (begun.length > 0) return begun
    throw new InputError(`Cannot run scenario "${word}": there is none; "--list" says which there are`, {
      code: 'scenario.unknown',
      path: 'NAME',
      expected: 'a scenario',
    })
  })
  return [...new Set(found)]
}

async function list(names: readonly string[]): Promise<number> {
  const plan = planWorld()
  let without = 0
  for (const name of names) {
    const scenario = await loadScenario(name, plan)
    if (!expectsInterference(scenario)) without += 1
    say(`${name.padEnd(28)} ${scenario.about}`)
  }
  say(`${names.length} scenarios, ${without} of them without interference`)
  return 0
}

/** Runs scenarios in several processes, each with a world of its own; tells each result as it comes. */
async function runAll({ names, jobs, keep }: Options, onResult: (result: Result) => void): Promise<string | undefined> {
  const waiting = [...names]
  const workers: ChildProcess[] = []
  const stop = (signal: NodeJS.Signals): void => workers.forEach((one) => one.kill(signal))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const problems: string[] = []
  const work = (): Promise<void> =>
    new Promise((resolve) => {
      const worker = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), keep ? ['--keep'] : [])
      workers.push(worker)
      const next = (): void => {
        const name = waiting.shift()
        worker.send(name === undefined ? { kind: 'end' } : { kind: 'run', name })
      }
      worker.on('message', (message: unknown) => {
        if (!isReport(message)) return
        const report: Report = message
        if (report.kind === 'broken') problems.push(report.why)
        if (report.kind === 'result') onResult(report.result)
        if (report.kind !== 'broken') next()
      })
      worker.on('exit', (code) => {
        if (code !== 0 && problems.length === 0) problems.push(`a world ended with code ${code ?? 'none'}`)
        resolve()
      })
    })
  await Promise.all(Array.from({ length: Math.min(jobs, names.length) }, work))
  process.off('SIGINT', stop).off('SIGTERM', stop)
  return problems[0]
}

function tell({ name, expected, got, ok, seconds, words }: Result): void {
  say(`${ok ? 'ok ' : 'NOT'} ${name} (${seconds} s)\n      expected ${expected}\n      got      ${got}`)
  if (!ok && words !== undefined && words !== '') say(words.replaceAll(/^/gm, '      | '))
}

async function run(options: Options): Promise<number> {
  const plan = planWorld()
  for (const name of options.names) await loadScenario(name, plan) // a wrong file is told before a world is made
  const results: Result[] = []
  const problem = await runAll(options, (result) => {
    results.push(result)
    tell(result)
  })
  results.sort((one, other) => (one.name < other.name ? -1 : 1))
  const unexpected = results.filter(({ ok }) => !ok)
  const missed = options.names.filter((name) => !results.some((one) => one.name === name))
  say(`\n${formatMatrix(results)}\n`)
  say(
    `${results.length} scenarios, ${unexpected.length} not as expected: ${unexpected.map(({ name }) => name).join(', ') || 'none'}`,
  )
  if (missed.length > 0) say(`not run: ${missed.join(', ')}`)
  if (problem !== undefined) process.stderr.write(`${problem}\n`)
  if (options.json) {
    const scenarios = results.map(({ name, expected, got, ok }) => ({ name, expected, got, ok }))
    say(JSON.stringify({ scenarios, unexpected: unexpected.length }))
  }
  if (problem !== undefined || missed.length > 0) return 1
  return unexpected.length > 0 ? 3 : 0
}

function readJobs(text: string): number {
  const jobs = Number(text)
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS) return jobs
  throw new InputError(`Cannot read --jobs: found "${text}", expected a number from 1 to ${MOST_JOBS}`, {
    code: 'argument.invalid',
    path: '--jobs',
    expected: `1 to ${MOST_JOBS}`,
  })
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '3' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const names = chosen(positionals)
  if (values.list) return list(names)
  const missing = missingForLab()
  if (missing.length > 0) {
    process.stderr.write(`Cannot open the laboratory:\n${missing.map((one) => `  ${one}\n`).join('')}`)
    return 2
  }
  return run({
    names: values.keep ? names.slice(0, 1) : names,
    json: values.json,
    keep: values.keep,
    jobs: readJobs(values.jobs),
  })
}

try {
  process.exitCode = await main()
} catch (error) {
  const wrongUse = error instanceof InputError || (error instanceof TypeError && 'code' in error)
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = wrongUse ? 2 : 1
}
