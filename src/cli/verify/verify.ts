import { defined } from '../../core/model/defined.ts'
import { resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import type { CheckedBundle, CheckedStep } from '../../core/evidence/verify/bundle-report.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { readTrustedRoots } from '../../core/evidence/time-stamp/trusted-roots.ts'
import { parsePolicy, type WitnessPolicy } from '../../core/evidence/witness/policy.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { readBounded } from '../../runtime/files/copy-folder.ts'
import type { Lang } from '../../core/text/lang.ts'
import { task, type CommandCall } from '../terminal/command.ts'
import { flag, optional, repeatable, wholeNumber, type OptionValues } from '../terminal/option.ts'
import { filePath, json, LANG } from '../terminal/shared-options.ts'
import { NOTE_TOOLS } from '../../app/proof/mirror-key.ts'
import { printable } from '../../core/text/printable.ts'
import { verifyInThread, type VerifyAsked, type VerifyHeard } from '../../app/proof/verify-thread.ts'
import { readSavedCheck, verifySaved, writeSavedReport } from './verify-saved-check.ts'
import { writeHead, writeStep, writeSummary } from './verify-text.ts'

const OPTIONS = {
  key: repeatable(
    'KEY',
    `A key of the log that you trust, as a line "name+hash+base64" or a file with such lines. Take it from anywhere but
    the bundle. Without it: the check can only name the key that signed.`,
  ),
  policy: optional('FILE', 'Your policy of witnesses (C2SP tlog-policy); keys of logs in it are trusted too.', {
    read: filePath,
  }),
  'trusted-root': repeatable(
    'FILE',
    `Roots of time-stamping authorities that you trust, in PEM. Take them from the authorities. Without it: the step of
    time says that no stamp was checked against a root.`,
    { read: filePath },
  ),
  'no-judge': flag('Do not judge the measurements again: verdicts, incident and weight are then not checked.'),
  most: optional('N', 'Measurements that are judged again at most; each takes about 2 milliseconds.', {
    read: wholeNumber(1, 999_999_999),
    byDefault: '20000',
  }),
  lang: LANG,
  json: json('Print steps, problems and figures as one JSON object.'),
}

export const command = task({
  about: `
Check evidence step by step, offline, without trusting anyone. A bundle or a saved check is accepted, and each step
says what it means.`,
  examples: ['evidence.zip', 'evidence.zip --key kuager.key --json'],
  words: {
    'BUNDLE|CHECK': `The folder of a bundle, or its zip as it was downloaded; or the file that a person saved of a check
      of their connection.`,
  },
  options: OPTIONS,
  notes: 'Steps, limits and forms: docs/formats/bundle.md, docs/formats/saved-check.md',
  exit: {
    0: 'no step found a problem',
    2: 'usage error, or there is neither bundle nor check',
    3: 'a step found a problem',
  },
  run,
})

async function run(
  { lang, ...values }: OptionValues<typeof OPTIONS>,
  { world, words: [path = ''] }: CommandCall,
): Promise<number> {
  const policy = values.policy === undefined ? undefined : await readPolicy(values.policy)
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
    roots: (await Promise.all(values['trusted-root'].map(readRoots))).flat(),
    ...(policy === undefined ? {} : { policy: policy.bytes }),
    ...(values.most === undefined ? {} : { most: values.most }),
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
