import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { edgeStates, type EdgeState } from '../../pipeline/follow/edge/edge-state.ts'
import { newestTime } from '../../pipeline/receive/clock-guard.ts'
import { systemClock } from '../../runtime/clock.ts'
import { noneBelow } from '../../runtime/files/free-space.ts'
import { loadOperator } from '../../runtime/tables/operator.ts'
import type { OpenFolder } from '../folder/open.ts'
import { viewOutside, type AskedView } from '../folder/outside-view.ts'
import { findingText, type CheckupFinding, type CheckupTopic, type FindingText } from './checkup-finding.ts'
import { lookAtBackups } from './backup-age.ts'
import { forecastDisk } from './disk-forecast.ts'
import { lookAtShipping } from './shipping-age.ts'
import { NETWORK_DAYS, newestByNetwork } from './newest-by-network.ts'
import { whyNotWritable } from '../folder/reading-folder.ts'

export interface CheckupOptions {
  /** File that says who runs the server; absent: `about.json` of the folder. */
  readonly about?: string
  /** Public address of the site, whose certificate is looked at; absent: none is. */
  readonly origin?: string
  readonly signal: AbortSignal
}

/** A network that was silent for so long is missed. */
const SILENT_MS = 6 * HOUR_MS
/** Days that a certificate should still be valid: those that renew themselves are renewed earlier. */
const CERTIFICATE_DAYS = 14
const FAILURES = 3

/** Looks at everything that an operator must keep in order. What cannot be looked at is itself a finding. */
export async function checkup(folder: OpenFolder, options: CheckupOptions): Promise<readonly CheckupFinding[]> {
  return runLooks(options.signal, [
    ['writing', () => lookAtWriting(folder)],
    ['operator', async () => lookAtOperator(options.about ?? join(folder.path, 'about.json'))],
    ['permissions', () => lookAtPermissions(folder.path)],
    ['disk', () => lookAtDisk(folder)],
    ['backup', () => lookAtBackups(folder.path)],
    ['shipping', () => lookAtShipping(folder)],
    ['clock', () => lookAtClock(folder)],
    ['log', () => lookAtLog(folder)],
    ['networks', () => lookAtNetworks(folder)],
    ['edges', () => lookAtEdges(folder.path)],
    ['certificate', () => lookAtCertificate(options)],
  ])
}

/** One look, with the label of the finding where it fails. */
export type Look = readonly [CheckupTopic, () => Promise<CheckupFinding | readonly CheckupFinding[]>]

/** Takes looks one after the other. */
export async function runLooks(signal: AbortSignal, looks: readonly Look[]): Promise<readonly CheckupFinding[]> {
  const all: CheckupFinding[] = []
  for (const [about, look] of looks) {
    signal.throwIfAborted()
    try {
      all.push(...[await look()].flat())
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error)
      all.push({ about, state: 'bad', found: () => found, todo: findingText('doctor.repair') })
    }
  }
  return all
}

async function lookAtWriting({ path }: OpenFolder): Promise<CheckupFinding> {
  const why = await whyNotWritable(path)
  return why === undefined
    ? { about: 'writing', state: 'good', found: findingText('doctor.writing.good') }
    : {
        about: 'writing',
        state: 'bad',
        found: findingText(`doctor.writing.${why}`),
        todo: findingText('doctor.writing.todo'),
      }
}

/** Whether a file says who runs the server. Throws InputError for one that cannot be read. */
export function lookAtOperator(file: string): CheckupFinding {
  const operator = loadOperator(file)
  const name = basename(file)
  return operator === undefined
    ? {
        about: 'operator',
        state: 'look',
        found: findingText('doctor.operator.missing', { file: name }),
        todo: findingText('doctor.operator.todo', { command: 'kuager serve --public', file }),
      }
    : { about: 'operator', state: 'good', found: findingText('doctor.operator.good', { file: name }) }
}

/** Folders that hold what only the operator may read, and files with keys anywhere near. */
const PRIVATE = ['registry', 'log', 'archive', 'mails', 'subscription-secrets'] as const
const SECRET = /(?:\.key|secret|seed|\.sqlite)/
const MOST_FILES = 10_000

async function lookAtPermissions(folder: string): Promise<CheckupFinding> {
  if (process.platform === 'win32')
    return {
      about: 'permissions',
      state: 'look',
      found: findingText('doctor.permissions.windows'),
      todo: findingText('doctor.permissions.windows-todo'),
    }
  const open: string[] = []
  const note = async (name: string): Promise<void> => {
    if (((await lstat(join(folder, name))).mode & 0o077) !== 0) open.push(name)
  }
  // A folder that only its owner enters keeps what is in it.
  const whole = (await lstat(folder)).mode & 0o077
  if (whole !== 0)
    for (const name of PRIVATE.filter((one) => existsSync(join(folder, one)))) {
      await note(name)
      const files = await readdir(join(folder, name), { recursive: true })
      for (const file of files.slice(0, MOST_FILES)) if (SECRET.test(file)) await note(join(name, file))
    }
  const files = open.slice(0, 3).join(', ')
  return open.length === 0
    ? { about: 'permissions', state: 'good', found: findingText('doctor.permissions.good') }
    : {
        about: 'permissions',
        state: 'bad',
        found:
          open.length > 3
            ? findingText('doctor.permissions.bad-more', { files, count: String(open.length - 3) })
            : findingText('doctor.permissions.bad', { files }),
        todo: () => `chmod 700 "${folder}"`,
      }
}

async function lookAtDisk(folder: OpenFolder): Promise<CheckupFinding> {
  const { space, left, days } = await forecastDisk(folder)
  const forecast =
    days === undefined
      ? findingText('doctor.disk.nothing')
      : days > 3650
        ? findingText('doctor.disk.years')
        : findingText('doctor.disk.days', { count: String(Math.floor(days)) })
  const found: FindingText = (lang) =>
    say(lang, 'doctor.disk.free', {
      free: gibibytes(space.free),
      size: gibibytes(space.size),
      forecast: forecast(lang),
    })
  const state = space.free < noneBelow(space) ? 'bad' : left < 0 || (days ?? 365) < 30 ? 'look' : 'good'
  return {
    ...{ about: 'disk', state, found },
    ...(state === 'good' ? {} : { todo: findingText('doctor.disk.todo') }),
  }
}

const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1)

/** Files that say that a service keeps the clock right: systemd-timesyncd, chrony, ntpsec. */
const KEEPS_CLOCK = ['/run/systemd/timesync/synchronized', '/run/chrony/chronyd.pid', '/run/ntpd.pid'] as const

async function lookAtClock(folder: OpenFolder): Promise<CheckupFinding> {
  const now = systemClock.now()
  const newest = await newestTime(await folder.archive())
  if (newest > now)
    return {
      about: 'clock',
      state: 'bad',
      found: findingText('doctor.clock.behind', { now: formatInstantUtc(now), newest: formatInstantUtc(newest) }),
      todo: findingText('doctor.clock.behind-todo', { option: '--clock-is-right' }),
    }
  return KEEPS_CLOCK.some((file) => existsSync(file))
    ? { about: 'clock', state: 'good', found: findingText('doctor.clock.good') }
    : {
        about: 'clock',
        state: 'look',
        found: findingText('doctor.clock.none'),
        todo: findingText('doctor.clock.none-todo', { first: 'chrony', second: 'systemd-timesyncd' }),
      }
}

async function lookAtLog(folder: OpenFolder): Promise<readonly CheckupFinding[]> {
  const log = await folder.begunLog()
  if (log === undefined) return [{ about: 'log', state: 'good', found: findingText('doctor.log.none') }]
  const size = (await log.latest())?.size ?? 0
  const waiting = (await folder.archive()).size - size
  const { authorities, witnesses, quorum, wrong } = await viewOutside(folder.logFolder, log)
  const late = (one: AskedView): boolean => one.failures >= FAILURES
  const outside = (about: 'stamps' | 'witnesses', asked: readonly AskedView[]): CheckupFinding =>
    asked.length === 0
      ? {
          about,
          state: 'look',
          found: findingText('doctor.none'),
          todo: findingText(`doctor.${about}.todo`, { page: 'docs/operating/proof.md' }),
        }
      : asked.some(late)
        ? {
            ...{ about, state: 'bad', todo: findingText('doctor.log.status', { command: 'kuager log status' }) },
            found: (lang) =>
              asked
                .filter(late)
                .map(({ name, why }) => `${name}: ${why ?? say(lang, 'doctor.log.no-answer')}`)
                .join('; '),
          }
        : { about, state: 'good', found: () => asked.map(({ name }) => name).join(', ') }
  return [
    {
      about: 'log',
      state: 'good',
      found: findingText('doctor.log.good', { size: String(size), waiting: String(waiting) }),
    },
    log.refusal === undefined
      ? {
          about: 'signing',
          state: 'good',
          found: findingText('doctor.signing.good', { generation: String(log.generation) }),
        }
      : {
          ...{ about: 'signing', state: 'bad', found: findingText('doctor.signing.bad', { why: log.refusal }) },
          todo: findingText('doctor.signing.todo', { page: 'docs/operating/standby.md' }),
        },
    outside('stamps', authorities),
    outside('witnesses', witnesses),
    ...(quorum !== null && !quorum.satisfied
      ? [
          {
            about: 'quorum',
            state: 'look',
            found: findingText('doctor.quorum.missing'),
            todo: findingText('doctor.quorum.todo', { command: 'kuager log status' }),
          } as const,
        ]
      : []),
    ...wrong.map((found): CheckupFinding => ({
      about: 'log',
      state: 'bad',
      found: () => found,
      todo: findingText('doctor.log.repair'),
    })),
  ]
}

const hours = (lang: Lang, ms: number): string => say(lang, 'doctor.hours', { count: String(Math.round(ms / HOUR_MS)) })

async function lookAtNetworks(folder: OpenFolder): Promise<CheckupFinding> {
  const now = systemClock.now()
  const newest = await newestByNetwork(folder, now)
  const silent = [...newest].filter(([, at]) => now - at > SILENT_MS)
  if (newest.size === 0)
    return {
      about: 'networks',
      state: 'look',
      found: findingText('doctor.networks.none', { count: String(NETWORK_DAYS) }),
      todo: findingText('doctor.networks.none-todo', { command: 'kuager keys invite' }),
    }
  if (silent.length === 0)
    return {
      about: 'networks',
      state: 'good',
      found: findingText('doctor.networks.good', { count: String(newest.size) }),
    }
  return {
    ...{ about: 'networks', state: 'look' },
    found: (lang) =>
      say(lang, 'doctor.networks.silent', {
        networks: silent
          .map(([network, at]) => say(lang, 'doctor.networks.silent-one', { network, age: hours(lang, now - at) }))
          .join(', '),
      }),
    todo: findingText('doctor.networks.silent-todo'),
  }
}

/** How long the certificate of the site is valid; nothing without an address. Throws InputError for one that browsers refuse. */
export async function lookAtCertificate({ origin, signal }: CheckupOptions): Promise<readonly CheckupFinding[]> {
  if (origin === undefined) return []
  const url = new URL(origin)
  if (url.protocol !== 'https:') return []
  const until = await validUntil(url, signal)
  const days = Math.floor((until - systemClock.now()) / DAY_MS)
  const about = 'certificate'
  if (days >= CERTIFICATE_DAYS)
    return [{ about, state: 'good', found: findingText('doctor.certificate.found', { count: String(days) }) }]
  return [
    {
      about,
      state: days < 3 ? 'bad' : 'look',
      found: findingText('doctor.certificate.found', { count: String(days) }),
      todo: findingText('doctor.certificate.todo'),
    },
  ]
}

/** When the certificate of a server ends. Throws InputError where it does not answer, or shows one that browsers refuse. */
function validUntil({ hostname, port }: URL, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (found: string): void =>
      reject(
        new InputError(`Cannot read the certificate of ${hostname}: ${found}`, {
          code: 'certificate',
          path: 'origin',
          expected: 'an address that answers with a valid certificate',
        }),
      )
    const socket = connect(
      {
        host: hostname,
        port: Number(port || 443),
        timeout: 10_000,
        ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      },
      () => {
        resolve(Date.parse(socket.getPeerCertificate().valid_to))
        socket.destroy()
      },
    )
    socket.on('error', (error: Error) => refuse(error.message))
    socket.on('timeout', () => {
      refuse('no answer within ten seconds')
      socket.destroy()
    })
    signal.addEventListener('abort', () => socket.destroy(new Error('stopped')), { once: true })
  })
}

/** An edge that has not answered for so long is missed. */
const EDGE_SILENT_MS = 10 * MINUTE_MS

/** What each edge that a folder follows needs; nothing where it follows none. */
async function lookAtEdges(folder: string): Promise<readonly CheckupFinding[]> {
  return (await edgeStates(folder)).map((state) => {
    const finding = edgeFinding(state)
    return {
      about: 'edge',
      ...finding,
      found: (lang) => say(lang, 'doctor.edge.found', { origin: state.origin, found: finding.found(lang) }),
    }
  })
}

function edgeFinding(state: EdgeState): Omit<CheckupFinding, 'about'> {
  const { answered = 0, size, place, missed, erasures, stuck } = state
  const since = systemClock.now() - answered
  const behind = size - place.leaf
  if (since > EDGE_SILENT_MS)
    return {
      state: 'bad',
      found: (lang) => say(lang, 'doctor.edge.silent', { age: hours(lang, since), count: String(place.leaf) }),
      todo: findingText('doctor.edge.silent-todo', { folder: 'follow/' }),
    }
  if (missed.length > 0 || stuck !== undefined)
    return {
      state: 'bad',
      found:
        stuck === undefined
          ? findingText('doctor.edge.missed', { count: String(missed.length) })
          : findingText('doctor.edge.stuck', {
              count: String(missed.length),
              leaf: String(stuck.leaf),
              why: stuck.why,
            }),
      todo: findingText('doctor.edge.missed-todo', { command: 'kuager archive verify' }),
    }
  if (erasures.length > 0)
    return {
      state: 'look',
      found: findingText('doctor.edge.erasures', { count: String(erasures.length) }),
      todo: findingText('doctor.edge.erasures-todo'),
    }
  return { state: 'good', found: findingText('doctor.edge.good', { count: String(place.leaf), left: String(behind) }) }
}
