import { spawn } from 'node:child_process'
import { createHash, randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import type { CheckedBundle } from '../../core/evidence/verify/bundle-report.ts'
import { formatVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { openShownForms } from '../../pipeline/publish/shown-forms.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { getOutside, readOutsideAddress } from '../../runtime/post/outside-post.ts'
import { readDerivationFiles } from '../../runtime/tables/derivation-files.ts'
import { postWebhook, readWebhookAddress, type WebhookAddress } from '../../runtime/post/webhook.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { openAsker, type Asker } from '../../app/letter/asker.ts'
import { readAddress } from '../../app/letter/fetch-log.ts'
import type { Alert } from '../../app/monitor/finding.ts'
import {
  checkSame,
  COUNTED,
  isPassing,
  monitorRound,
  type RoundFound,
  type RoundTools,
} from '../../app/monitor/round.ts'
import { keepFork, readMonitorState, writeMonitorState } from '../../app/monitor/state.ts'
import { printable } from '../../core/text/printable.ts'
import { readKeys, readPolicy } from '../verify/verify.ts'
import { verifyInThread } from '../../app/proof/verify-thread.ts'
import { task, type CommandCall } from '../terminal/command.ts'
import {
  flag,
  optional,
  repeatable,
  wholeNumber,
  withDefault,
  type OptionPlace,
  type OptionValues,
} from '../terminal/option.ts'
import { filePath, json, ROUTE } from '../terminal/shared-options.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE_MS, h: HOUR_MS }
/** One round: a server that answers slowly on purpose is not waited for longer. */
const ROUND_LIMIT = millis(15 * MINUTE_MS)
const WITNESS_LIMIT = millis(30_000)
const ALERT_LIMIT = millis(30_000)
const MOST_NOTE = 100_000
const BUNDLE_PATIENCE_MS = 5 * MINUTE_MS
const BUNDLE_HEAP_MB = 1024

interface Watching {
  readonly address: URL
  readonly state: string
  readonly alerts: readonly AlertWay[]
  readonly json: boolean
  readonly accept: boolean
  readonly world: World
  readonly asker: Asker
  readonly tools: Omit<RoundTools, 'get' | 'now' | 'verify' | 'atWitness'>
}

/** Where an alert goes besides the error stream. */
type AlertWay =
  { readonly kind: 'webhook'; readonly address: WebhookAddress } | { readonly kind: 'command'; readonly path: string }

const OPTIONS = {
  state: withDefault(
    'FILE',
    'What was seen last, a few KB. If checkpoints fork, both are stored in FILE.fork-….json.',
    'kuager-monitor.json',
    filePath,
  ),
  key: repeatable(
    'KEY',
    'Key of the log that you trust, or a file of them. Without it: the keys of the first round are trusted from then on.',
  ),
  policy: optional(
    'FILE',
    `Your policy of witnesses (C2SP tlog-policy). Witnesses in it that have an address are asked which checkpoint they
    have. Without it: the quorum that the server publishes is required.`,
    { read: filePath },
  ),
  once: flag('End after one round.'),
  every: withDefault('TIME', 'Time between two rounds, from 10s to 24h.', '10m', readEvery),
  sample: withDefault('N', 'Incidents and earlier entries that each round checks, 0 to 99.', '3', wholeNumber(0, 99)),
  alert: repeatable(
    'URL|PROGRAM',
    'An https address that gets the alert by POST, or a program that gets it on its standard input.',
    { read: readAlert },
  ),
  route: ROUTE,
  accept: flag('Accept what is served now as right; no alert is raised.'),
  json: json(),
}

export const command = task({
  about: `
Monitor the log of an observatory from elsewhere. It needs no data folder. It checks each checkpoint, that the log
only grows, witnesses, new entries, and a sample of incidents from what is public (docs/operating/monitor.md).`,
  examples: ['https://kuager.example --alert https://alerts.example/hook'],
  words: { URL: 'Address of the observatory.' },
  options: OPTIONS,
  exit: { 3: 'with --once: an alert was raised' },
  run: monitor,
})

async function monitor(
  values: OptionValues<typeof OPTIONS>,
  { world, words: [given = ''] }: CommandCall,
): Promise<number> {
  const address = readAddress(given)
  const { every } = values
  const policy = values.policy === undefined ? undefined : await readPolicy(values.policy)
  const keys = await Promise.all(values.key.map((key) => readKeys(key, world)))
  using asker = await openAsker(values.route)
  // What the server gives is judged in a thread, within a budget of work.
  const tables = readDerivationFiles({ fingerprintFiles: fingerprintFiles([], world) })
  await using forms = openShownForms({ tables }, () => undefined)
  const watching: Watching = {
    address,
    state: values.state,
    alerts: values.alert,
    ...{ json: values.json, accept: values.accept, world, asker },
    tools: {
      url: address.origin,
      trusted: [...keys.flat(), ...(policy?.keys ?? [])],
      ...defined({ policy: policy?.parsed }),
      judge: forms.judge,
      sample: values.sample,
      below: (most) => randomInt(most),
    },
  }
  if (values.once) return (await watchOnce(watching)).alerts.length === 0 ? 0 : 3
  let said = ''
  while (!world.signal.aborted) {
    ;({ said } = await watchOnce(watching, said))
    await pause(every, undefined, { signal: world.signal }).catch(() => undefined)
  }
  return 0
}

/**
 * One round; gives its alerts, and the text of those that got through. What was said last is said again only where it changed, or did
 * not get through: no one reads an alert every ten minutes, and no one else may hold one back by blocking it once.
 */
async function watchOnce(
  watching: Watching,
  before = '',
): Promise<{ readonly alerts: readonly Alert[]; readonly said: string }> {
  const { address, state: path, world, json, accept } = watching
  const kept = await readMonitorState(path)
  checkSame(kept, address.origin)
  using deadline = openDeadline(world.signal, ROUND_LIMIT, 'monitor')
  const found = await monitorRound(kept, toolsOf(watching, deadline.signal))
  const { alerts, next } = found
  if (json)
    world.out.write(`${JSON.stringify({ url: address.origin, first: kept === undefined, ...summary(found) })}\n`)
  else world.out.write(`${sentence(found)}\n`)
  const now = JSON.stringify(alerts)
  const isNew = !accept && alerts.length > 0 && now !== before
  // First of all: a disk that refuses the evidence or the state must not hold the alert back.
  const gotThrough = !isNew || (await raise(watching, alerts))
  for (const fork of found.forks) {
    const evidence = await keepFork(path, fork, { url: address.origin })
    world.err.write(
      `Both signed checkpoints are kept in "${printable(evidence)}": if no tree holds both, they prove a fork\n`,
    )
  }
  // After an alert the state stays: what was wrong is found again until it is over or accepted.
  if (next !== undefined && (isPassing(alerts) || accept)) await writeMonitorState(path, next)
  return { alerts: accept ? [] : alerts, said: gotThrough ? now : '' }
}

const summary = ({ alerts, counts, size }: RoundFound): object => ({ size: size ?? null, alerts, checked: counts })
const sentence = ({ alerts, counts, size }: RoundFound): string =>
  `${size ?? 'No'} entries verified; checked ${COUNTED.map((what) => `${what} ${counts[what]}`).join(', ')}; alerts: ${alerts.length}`

function toolsOf({ address, asker, tools, world }: Watching, signal: AbortSignal): RoundTools {
  return {
    ...tools,
    now: systemClock.now(),
    get: (path, most, also = []) => asker.get(new URL(path, address), { as: 'data', most, also }, signal),
    verify: (zip) => verifyZip(zip, { trusted: tools.trusted, world, signal }),
    atWitness: (url, origin) => fetchAtWitness(url, origin, signal),
  }
}

/** The newest checkpoint that a witness publishes of a log, at the hash of its origin. */
async function fetchAtWitness(url: string, origin: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const mark = createHash('sha256').update(origin).digest('hex')
  const at = readOutsideAddress(`${url}/${mark}/checkpoint`, false)
  const answer = await getOutside(at, { mostBytes: MOST_NOTE, limit: WITNESS_LIMIT, signal })
  return answer.kind === 'answered' && answer.status === 200 ? answer.body : undefined
}

/** Verifies a bundle in a thread that is ended where it takes too long or too much. */
async function verifyZip(
  zip: Uint8Array,
  { trusted, world, signal }: { readonly trusted: readonly VerifierKey[]; world: World; signal: AbortSignal },
): Promise<CheckedBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-monitor-'))
  try {
    const path = join(folder, 'bundle.zip')
    await writeFile(path, zip)
    const asked = { path, cwd: world.cwd, trusted: trusted.map(formatVerifierKey), judge: true }
    return await verifyInThread(asked, {}, { signal, patienceMs: BUNDLE_PATIENCE_MS, heapMegabytes: BUNDLE_HEAP_MB })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Says what is wrong on the error stream and in every way that was asked for; gives whether each way passed it on. */
async function raise({ alerts: ways, address, world }: Watching, alerts: readonly Alert[]): Promise<boolean> {
  for (const { kind, about } of alerts) world.err.write(`ALERT ${kind}: ${printable(about.slice(0, 1000))}\n`)
  const body = Buffer.from(`${JSON.stringify({ format: 'kuager-log-alert/1', url: address.origin, alerts })}\n`)
  let gotThrough = true
  for (const way of ways) {
    const why = way.kind === 'webhook' ? await post(way.address, body, world) : await runCommand(way.path, body, world)
    if (why === undefined) continue
    gotThrough = false
    world.err.write(`Cannot pass the alert on (${way.kind}): ${printable(why)}\n`)
  }
  return gotThrough
}

async function post(address: WebhookAddress, body: Buffer, { signal }: World): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json' }
  const answer = await postWebhook(address, { headers, body, limit: ALERT_LIMIT, signal })
  if (answer.kind === 'failed') return answer.why
  return answer.status >= 200 && answer.status < 300 ? undefined : `status ${answer.status}`
}

/** Starts a program of the person who watches, without a shell, with the alert on its standard input. */
function runCommand(path: string, body: Buffer, { signal }: World): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn(path, [], { stdio: ['pipe', 'ignore', 'inherit'], signal, timeout: ALERT_LIMIT })
    child.on('error', (error) => done(error.message))
    child.on('close', (code) => done(code === 0 ? undefined : `it ended with ${code ?? 'a signal'}`))
    child.stdin.on('error', () => undefined) // a program that reads nothing
    child.stdin.end(body)
  })
}

function readAlert(way: string, { name, world }: OptionPlace): AlertWay {
  if (/^https?:/i.test(way)) return { kind: 'webhook', address: readWebhookAddress(way, false) }
  if (way === '') throw wrongOption(name, 'it is empty', 'an address of https, or the path of a program')
  return { kind: 'command', path: resolve(world.cwd, way) }
}

function readEvery(text: string, { name }: OptionPlace): Millis {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,4})([smh])$/.exec(text) ?? []
  const every = Number(digits) * (UNITS[unit] ?? 0)
  if (every >= 10_000 && every <= DAY_MS) return millis(every)
  throw wrongOption(name, `found "${printable(text)}"`, 'a time from 10s to 24h, such as 10m')
}
