import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import type { CheckedBundle, CheckedStep } from '../../core/evidence/verify/bundle-report.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { readTrustedRoots } from '../../core/evidence/time-stamp/trusted-roots.ts'
import { parsePolicy, type WitnessPolicy } from '../../core/evidence/witness/policy.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { readBounded } from '../../runtime/files/copy-folder.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { NOTE_TOOLS } from '../../app/proof/mirror-key.ts'
import { chooseLang } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'
import { verifyInThread, type VerifyAsked, type VerifyHeard } from '../../app/proof/verify-thread.ts'
import { readSavedCheck, verifySaved, writeSavedReport } from './verify-saved-check.ts'
import { writeHead, writeStep, writeSummary } from './verify-text.ts'

const HELP = `Verifies a bundle of evidence, or a saved check, step by step, offline and trusting nobody, and says
of each step what it means.

Usage: kuager verify BUNDLE|CHECK [options]

  BUNDLE          the folder of a bundle, or its zip as it was downloaded
  CHECK           the file that somebody kept of a check of a connection

  --key KEY       a key of the log that you trust, as a line "name+hash+base64" or a file with such
                  lines; may be given several times. Take it from anywhere but the bundle: without
                  one the check can only name the key that signed
  --policy FILE   your policy of witnesses (C2SP tlog-policy); keys of logs in it are trusted too
  --trusted-root FILE
                  roots of time-stamping authorities that you trust, in PEM; may be given several
                  times. Take them from the authorities. Without one the step of time says that no
                  stamp was checked against a root
  --no-judge      do not judge the measurements again: verdicts, incident and weight are then not
                  checked
  --most N        measurements that are judged again at most (default 20000); about 2 milliseconds
                  each
  --lang LANG     kk, ru or en (default KUAGER_LANG, else kk)
  --json          steps, problems and figures as one JSON object

Steps, limits and forms: docs/formats/bundle.md, docs/formats/saved-check.md
Ends with 0 where no step found anything wrong, with 3 where one did, with 2 where there is neither.
`

const OPTIONS = {
  key: { type: 'string', multiple: true, default: [] as string[] },
  policy: { type: 'string' },
  'trusted-root': { type: 'string', multiple: true, default: [] as string[] },
  'no-judge': { type: 'boolean', default: false },
  most: { type: 'string' },
  lang: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0)
    throw new InputError(`Cannot verify: found ${positionals.length} paths`, {
      code: 'argument.missing',
      path: 'BUNDLE',
      expected: 'the folder or the zip of one bundle, or one saved check',
    })
  const lang = chooseLang(values.lang, world)
  const policy = values.policy === undefined ? undefined : await readPolicy(resolve(world.cwd, values.policy))
  const keys = await Promise.all(values.key.map((given) => readKeys(given, world)))
  const trusted = [...keys.flat(), ...(policy?.keys ?? [])]
  const saved = await readSavedCheck(resolve(world.cwd, path))
  if (saved !== undefined) {
    const report = verifySaved(saved, { trusted, ...defined({ policy: policy?.parsed }) })
    if (values.json) world.out.write(`${JSON.stringify({ name: path, ...report })}\n`)
    else writeSavedReport(lang, path, report, world)
    return report.sound ? 0 : 3
  }
  const progress = progressTo(world)
  const say = values.json ? undefined : stepSayer(lang, world, progress)
  let name = ''
  const asked: VerifyAsked = {
    path,
    cwd: world.cwd,
    trusted: trusted.map(formatVerifierKey),
    judge: !values['no-judge'],
    roots: (await Promise.all(values['trusted-root'].map((path) => readRoots(resolve(world.cwd, path))))).flat(),
    ...defined({ policy: policy?.bytes }),
    ...(values.most === undefined ? {} : { most: readMost(values.most) }),
  }
  const heard: VerifyHeard = {
    onOpened: (found) => {
      name = found
      if (!values.json) writeHead(lang, found === '' ? path : found, world)
    },
    ...defined({ onStep: say }),
    onRead: progress.read,
    onJudged: progress.judged,
  }
  const checked = await verifyInThread(asked, heard, world)
  progress.clear()
  if (values.json) world.out.write(`${JSON.stringify(asJson(name, checked))}\n`)
  else writeSummary(lang, checked, { named: trusted.length > 0 }, world)
  return checked.sound ? 0 : 3
}

/** Keys of an argument `--key`: itself, or the lines of a file. Throws InputError for anything else. */
export async function readKeys(given: string, world: World): Promise<readonly VerifierKey[]> {
  const text = given.includes('+') ? given : await readText(resolve(world.cwd, given))
  if (text === undefined)
    throw wrongOption('key', `no file "${printable(given.slice(0, 120))}"`, 'a key or a file of keys')
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  if (lines.length === 0) throw wrongOption('key', 'an empty file', 'lines of keys')
  return lines.map((line) => {
    try {
      return parseVerifierKey(line, NOTE_TOOLS.digest)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      throw wrongOption('key', `found "${printable(line.slice(0, 120))}"`, 'a line "name+hash+base64" of the log')
    }
  })
}

const MOST_FILE = 1_000_000

async function readText(path: string): Promise<string | undefined> {
  const bytes = await readBounded(path, MOST_FILE)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

interface ReadPolicy {
  readonly bytes: Uint8Array
  readonly parsed: WitnessPolicy
  readonly keys: readonly VerifierKey[]
}

/** A policy of witnesses from a file, with the keys of logs in it. Throws InputError. */
export async function readPolicy(path: string): Promise<ReadPolicy> {
  const bytes = await readBounded(path, MOST_FILE)
  if (bytes === undefined) throw wrongOption('policy', `no file "${printable(path)}"`, 'a policy of witnesses')
  const parsed = parsePolicy(bytes, NOTE_TOOLS.digest)
  return { bytes, parsed, keys: parsed.logs.map(({ key }) => key) }
}

async function readRoots(path: string): Promise<readonly string[]> {
  const pem = await readText(path)
  if (pem === undefined) throw wrongOption('trusted-root', `no file "${printable(path)}"`, 'a root in PEM')
  return readTrustedRoots(pem, NOTE_TOOLS.digest)
}

function readMost(given: string): number {
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given)
  throw wrongOption('most', `found "${printable(given)}"`, 'a number of measurements')
}

interface Progress {
  readonly read: (done: number, total: number) => void
  readonly judged: (done: number, total: number) => void
  readonly clear: () => void
}

const TELL_MS = 100

/** One line over and over on a terminal; elsewhere nothing, since every step says itself. */
function progressTo(world: World): Progress {
  let told = 0
  let shown = false
  const tell = (text: () => string): void => {
    const now = systemClock.monotonic()
    if (!world.terminal || now - told < TELL_MS) return
    told = now
    shown = true
    world.err.write(`\r\u001b[K${text()}`)
  }
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)
  return {
    read: (done, total) => tell(() => `${megabytes(done)} / ${megabytes(total)} MB`),
    judged: (done, total) => tell(() => `${done} / ${total}`),
    clear: () => {
      if (shown) world.err.write('\r\u001b[K')
      shown = false
    },
  }
}

const stepSayer =
  (lang: Lang, world: World, progress: Progress) =>
  (step: CheckedStep): void => {
    progress.clear()
    writeStep(lang, step, world)
  }

const asJson = (name: string, { steps, sound }: CheckedBundle): Record<string, unknown> => ({
  name,
  sound,
  steps: steps.map(({ problemCount, ...step }) => ({ ...step, problem_count: problemCount })),
})

export const command: Command = { help: HELP, run }
