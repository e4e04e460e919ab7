// Runs every test of the project, or those whose path holds one of the words given: `npm test -- judge site`. With
// --weights it also notes how long each file took, by which the next run starts the slowest first; with --watch it runs
// the chosen files again whenever they, or what they import, change. `npm test -- beyond` runs the random trials of
// test/beyond/ instead, which take hours; further words choose some of them (test/beyond/words.ts), and --rounds and
// --seed how often and by what chance: `npm test -- beyond standby postgres --rounds 20 --seed 7`.
import { spawn } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { BROWSER_SERVER, openBrowserServer } from '../test/kit/browser/browser.ts'
import { SHARED_WORLDS } from '../test/kit/evening/made-once.ts'
import { installNeeds, needsOf } from './setup-test.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache')
/** Seconds that each file took alone, for files that took more than one. */
const WEIGHTS = join(ROOT, 'scripts/test-weights.json')
const FOLDERS = ['src', 'test', 'lab']
/** A file that hangs ends the run after this long instead of never. */
const HANG_MS = 300_000
/** Files that one process runs one after the other, and their seconds: no group takes more of either. */
const GROUP = { files: 40, seconds: 25 }
/** Seconds from which on a file is started by itself, early. */
const HEAVY = 4
/** Files of which the durations are printed at the end. */
const SHOWN = 15

/**
 * What a file must not have to share a process with others: hooks around all tests of the process, threads of its own, a
 * change or a measurement of what the process has once. What is removed after all tests may wait for those of others.
 */
const OWN_PROCESS =
  /^(?:before|beforeEach|afterEach)\(|worker_threads|new Worker|mock\.|process\.(?!hrtime|execPath|getuid|platform|version)|globalThis|openBrowser|kit\/crash\/(?!eventually)|Postgres|performance\.|\bgc\b/m
/** Files with a browser or a laboratory of their own. */
const LARGE = /^(?:test\/e2e|lab\/net)\//

/** Every test file; a folder without one is an error, because it would pass by testing nothing. */
function testFiles(words: readonly string[]): readonly string[] {
  const all = FOLDERS.flatMap((folder) => {
    const found = globSync(`${folder}/**/*.test.ts`, { cwd: ROOT }).sort()
    if (found.length === 0) throw new Error(`Cannot test ${folder}/: no file matches ${folder}/**/*.test.ts`)
    return found
  })
  const chosen = words.length === 0 ? all : all.filter((path) => words.some((word) => path.includes(word)))
  if (chosen.length === 0) throw new Error(`Cannot test: no test file has ${words.join(' or ')} in its path`)
  return chosen
}

const trials = (): readonly string[] => globSync('test/beyond/run-*.ts', { cwd: ROOT }).sort()

/** Runs the trials that the normal run leaves out, one after another; gives the exit code. */
function runBeyond(
  words: readonly string[],
  { rounds, seed }: { readonly rounds: string | undefined; readonly seed: string | undefined },
): Promise<number> {
  for (const number of [rounds, seed])
    if (number !== undefined && !/^\d{1,9}$/.test(number)) throw new Error(`Cannot test: "${number}" is no number`)
  const files = trials()
  if (files.length === 0) throw new Error('Cannot test: there is no trial in test/beyond/')
  const args = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files]
  const env = {
    ...process.env,
    KUAGER_BEYOND: words.join(' '),
    ...(rounds === undefined ? {} : { KUAGER_ROUNDS: rounds }),
    ...(seed === undefined ? {} : { KUAGER_SEED: seed }),
  }
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}

/** Refuses a Node that is not the one the project runs on, before hundreds of tests fail for that reason alone. */
function checkNode(): void {
  const wanted = /"node": ">=(\d+)"/.exec(readFileSync(join(ROOT, 'package.json'), 'utf8'))?.[1]
  if (Number(process.versions.node.split('.')[0]) < Number(wanted))
    throw new Error(`Cannot test on Node.js ${process.versions.node}: ${wanted} or newer is needed; use "npm test"`)
}

type Seconds = Readonly<Record<string, number>>
const readWeights = (): Seconds => JSON.parse(readFileSync(WEIGHTS, 'utf8')) as Seconds // written below

/** Makes one file for the light tests of each folder, so that one process runs them all; gives what to run, slowest first. */
function inGroups(files: readonly string[], weights: Seconds): readonly string[] {
  const folder = join(CACHE, `kuager-tests-${process.pid}`)
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(folder, { recursive: true })
  const isLight = (path: string): boolean =>
    !LARGE.test(path) && (weights[path] ?? 0) < HEAVY && !OWN_PROCESS.test(readFileSync(join(ROOT, path), 'utf8'))
  const groups: { readonly files: string[]; weight: number }[] = []
  const items: { readonly path: string; readonly weight: number }[] = []
  for (const path of files) {
    const weight = weights[path] ?? 0.3
    if (!isLight(path)) {
      items.push({ path: join(ROOT, path), weight: weight + 1 })
      continue
    }
    let group = groups.at(-1)
    if (group === undefined || group.files.length === GROUP.files || group.weight + weight > GROUP.seconds)
      groups.push((group = { files: [], weight: 1 }))
    group.files.push(path)
    group.weight += weight
  }
  for (const [nth, { files: group, weight }] of groups.entries()) {
    const path = join(folder, `${nth}.mjs`)
    const lines = group.map((one) => `await import(${JSON.stringify(pathToFileURL(join(ROOT, one)).href)})`)
    writeFileSync(path, lines.join('\n'))
    items.push({ path, weight })
  }
  return items.sort((a, b) => b.weight - a.weight).map(({ path }) => path)
}

/** Runs files and prints what they say; gives the seconds of each file and whether all passed. */
async function runFiles(
  files: readonly string[],
  weights: Seconds,
): Promise<{ readonly seconds: ReadonlyMap<string, number>; readonly passed: boolean }> {
  const seconds = new Map<string, number>()
  let passed = true
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const stream = run({
    files: [...inGroups(files, weights)],
    // One more than cores: many files wait for a network or a browser.
    concurrency: Math.min(6, availableParallelism() + 1),
    timeout: HANG_MS,
    signal: stop.signal,
    cwd: ROOT,
    execArgv: ['--import', new URL('untracked-promises.ts', import.meta.url).href],
  })
  const took = ({
    file,
    nesting,
    details,
  }: {
    file?: string
    nesting: number
    details: { duration_ms: number }
  }): void => {
    if (nesting !== 0 || file === undefined) return
    const path = relative(ROOT, file)
    seconds.set(path, (seconds.get(path) ?? 0) + details.duration_ms / 1000)
  }
  stream.on('test:pass', took)
  stream.on('test:fail', (event) => {
    took(event)
    if (event.todo === undefined || event.todo === false) passed = false
  })
  const printed = stream.compose(spec)
  printed.pipe(process.stdout)
  await new Promise((resolve, reject) => printed.on('end', resolve).on('error', reject))
  return { seconds, passed }
}

const byTime = (seconds: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...seconds].filter(([path]) => path.endsWith('.test.ts')).sort(([, a], [, b]) => b - a)

/** Name under which the seconds of a whole run stand beside those of files. */
const WHOLE = 'npm test'

/** Notes the files that took longer than a second, and the whole run; of files that were not run the old figure stays. */
function writeWeights(seconds: ReadonlyMap<string, number>, old: Seconds): void {
  const known = { ...old, ...Object.fromEntries([...seconds].map(([path, time]) => [path, Math.round(time)])) }
  const there = new Set([...testFiles([]), WHOLE])
  const lines = Object.entries(known)
    .filter(([path, time]) => time > 1 && there.has(path))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(WEIGHTS, `${JSON.stringify(Object.fromEntries(lines), undefined, 2)}\n`)
}

try {
  checkNode()
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      watch: { type: 'boolean' },
      weights: { type: 'boolean' },
      rounds: { type: 'string' },
      seed: { type: 'string' },
    },
  })
  const beyond = positionals[0] === 'beyond'
  const files = testFiles(beyond ? ['test/beyond/'] : positionals)
  const needs = needsOf(beyond ? [...files, ...trials()] : files)
  installNeeds(needs)
  process.env['PATH'] = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`
  process.env['NODE_COMPILE_CACHE'] ??= join(CACHE, 'node')
  if (beyond) process.exitCode = await runBeyond(positionals.slice(1), { rounds: values.rounds, seed: values.seed })
  else if (values.watch) {
    const child = spawn(process.execPath, ['--test', '--watch', ...files], { cwd: ROOT, stdio: 'inherit' })
    child.on('exit', (code) => (process.exitCode = code ?? 1))
  } else {
    // One browser for all files that need no switches of their own.
    await using server = needs.some(({ what }) => what === 'Chromium') ? await openBrowserServer() : undefined
    if (server !== undefined) process.env[BROWSER_SERVER] = server.wsEndpoint()
    const worlds = mkdtempSync(join(tmpdir(), 'kuager-test-worlds-'))
    process.on('exit', () => rmSync(worlds, { recursive: true, force: true }))
    process.env[SHARED_WORLDS] = worlds
    const weights = readWeights()
    const { seconds, passed } = await runFiles(files, weights)
    const whole = positionals.length === 0 ? [[WHOLE, process.uptime()] as const] : []
    const slowest = byTime(seconds).slice(0, SHOWN)
    console.log(`Slowest files, in seconds without their start:`)
    for (const [path, time] of slowest) console.log(`${time.toFixed(1).padStart(7)}  ${path}`)
    if (values.weights) writeWeights(new Map([...seconds, ...whole]), weights)
    process.exitCode = passed ? 0 : 1
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
