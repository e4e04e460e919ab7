import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { edgeStates, type EdgeState } from '../../pipeline/follow/edge/edge-state.ts'
import { newestTime } from '../../pipeline/receive/clock-guard.ts'
import { systemClock } from '../../runtime/clock.ts'
import { noneBelow } from '../../runtime/files/free-space.ts'
import { loadOperator } from '../../runtime/tables/operator.ts'
import type { OpenFolder } from '../folder/open.ts'
import { viewOutside, type AskedView } from '../folder/outside-view.ts'
import type { CheckupFinding } from './checkup-finding.ts'
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
    ['who runs it', async () => lookAtOperator(options.about ?? join(folder.path, 'about.json'))],
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
export type Look = readonly [string, () => Promise<CheckupFinding | readonly CheckupFinding[]>]

/** Takes looks one after the other. */
export async function runLooks(signal: AbortSignal, looks: readonly Look[]): Promise<readonly CheckupFinding[]> {
  const all: CheckupFinding[] = []
  for (const [about, look] of looks) {
    signal.throwIfAborted()
    try {
      all.push(...[await look()].flat())
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error)
      all.push({ about, state: 'bad', found, todo: 'repair what the message names, and run this again' })
    }
  }
  return all
}

async function lookAtWriting({ path }: OpenFolder): Promise<CheckupFinding> {
  const why = await whyNotWritable(path)
  return why === undefined
    ? { about: 'writing', state: 'good', found: 'the data folder can be written' }
    : { about: 'writing', state: 'bad', found: why, todo: 'make space, or mount the disk for writing' }
}

/** Whether a file says who runs the server. Throws InputError for one that cannot be read. */
export function lookAtOperator(file: string): CheckupFinding {
  const operator = loadOperator(file)
  const name = basename(file)
  return operator === undefined
    ? {
        about: 'who runs it',
        state: 'look',
        found: `${name} is missing`,
        todo: `write "${file}" before the site is public: "kuager serve --public" refuses to start without it`,
      }
    : { about: 'who runs it', state: 'good', found: `${name} names who runs the server` }
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
      found: 'Windows has none of this form',
      todo: 'look at them yourself',
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
  return open.length === 0
    ? { about: 'permissions', state: 'good', found: 'other users of the machine read no key and no registry' }
    : {
        about: 'permissions',
        state: 'bad',
        found: `others may read ${open.slice(0, 3).join(', ')}${open.length > 3 ? ` and ${open.length - 3} more` : ''}`,
        todo: `chmod 700 "${folder}"`,
      }
}

async function lookAtDisk(folder: OpenFolder): Promise<CheckupFinding> {
  const { space, left, days } = await forecastDisk(folder)
  const free = `${gibibytes(space.free)} of ${gibibytes(space.size)} free`
  const forecast =
    days === undefined
      ? 'nothing came in this week'
      : `as this week, it lasts for ${days > 3650 ? 'years' : `${Math.floor(days)} days`}`
  const state = space.free < noneBelow(space) ? 'bad' : left < 0 || (days ?? 365) < 30 ? 'look' : 'good'
  return {
    ...{ about: 'disk', state, found: `${free}; ${forecast}` },
    ...(state === 'good' ? {} : { todo: 'make space, or move the folder to a larger disk' }),
  }
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

/** Files that say that a service keeps the clock right: systemd-timesyncd, chrony, ntpsec. */
const KEEPS_CLOCK = ['/run/systemd/timesync/synchronized', '/run/chrony/chronyd.pid', '/run/ntpd.pid'] as const

async function lookAtClock(folder: OpenFolder): Promise<CheckupFinding> {
  const now = systemClock.now()
  const newest = await newestTime(await folder.archive())
  if (newest > now)
    return {
      about: 'clock',
      state: 'bad',
      found: `it says ${formatInstantUtc(now)}, but the archive has an entry of ${formatInstantUtc(newest)}`,
      todo: 'set the clock; if it is right and was wrong before, start with --clock-is-right',
    }
  return KEEPS_CLOCK.some((file) => existsSync(file))
    ? { about: 'clock', state: 'good', found: 'a service of the machine keeps it right' }
    : {
        about: 'clock',
        state: 'look',
        found: 'no service is seen that keeps it right',
        todo: 'install chrony or systemd-timesyncd: times of receipt are evidence',
      }
}

async function lookAtLog(folder: OpenFolder): Promise<readonly CheckupFinding[]> {
  const log = await folder.begunLog()
  if (log === undefined)
    return [{ about: 'log', state: 'good', found: 'there is none yet: it begins with the first measurement' }]
  const size = (await log.latest())?.size ?? 0
  const waiting = (await folder.archive()).size - size
  const { authorities, witnesses, quorum, wrong } = await viewOutside(folder.logFolder, log)
  const late = (one: AskedView): boolean => one.failures >= FAILURES
  const outside = (about: string, asked: readonly AskedView[], none: string): CheckupFinding =>
    asked.length === 0
      ? { about, state: 'look', found: 'there is none', todo: none }
      : asked.some(late)
        ? {
            ...{ about, state: 'bad', todo: '"kuager log status" says why' },
            found: `${asked
              .filter(late)
              .map(({ name, why }) => `${name}: ${why ?? 'no answer'}`)
              .join('; ')}`,
          }
        : { about, state: 'good', found: asked.map(({ name }) => name).join(', ') }
  return [
    { about: 'log', state: 'good', found: `${size} entries; ${waiting} wait for the next checkpoint` },
    log.refusal === undefined
      ? { about: 'right to sign', state: 'good', found: `this folder signs, as generation ${log.generation}` }
      : {
          ...{ about: 'right to sign', state: 'bad', found: `this folder does not sign: ${log.refusal}` },
          todo: 'docs/operating/standby.md says who may',
        },
    outside('time stamps', authorities, 'choose two authorities (docs/operating/proof.md)'),
    outside('witnesses', witnesses, 'ask two witnesses to cosign (docs/operating/proof.md)'),
    ...(quorum !== null && !quorum.satisfied
      ? [
          {
            about: 'quorum',
            state: 'look',
            found: 'the newest checkpoint does not have it',
            todo: 'wait for the witnesses; after an hour see "kuager log status"',
          } as const,
        ]
      : []),
    ...wrong.map((found): CheckupFinding => ({ about: 'log', state: 'bad', found, todo: 'repair the file' })),
  ]
}

async function lookAtNetworks(folder: OpenFolder): Promise<CheckupFinding> {
  const now = systemClock.now()
  const newest = await newestByNetwork(folder, now)
  const silent = [...newest].filter(([, at]) => now - at > SILENT_MS)
  if (newest.size === 0)
    return {
      about: 'networks',
      state: 'look',
      found: `none measured within ${NETWORK_DAYS} days`,
      todo: 'invite volunteers: kuager keys invite',
    }
  if (silent.length === 0)
    return { about: 'networks', state: 'good', found: `all ${newest.size} measured within six hours` }
  const hours = (at: number): string => `${Math.round((now - at) / HOUR_MS)} hours`
  return {
    ...{ about: 'networks', state: 'look' },
    found: `silent: ${silent.map(([network, at]) => `${network} for ${hours(at)}`).join(', ')}`,
    todo: 'ask their volunteers; a restriction of this address looks the same, so offer them another one',
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
  if (days >= CERTIFICATE_DAYS) return [{ about, state: 'good', found: `valid for ${days} more days` }]
  return [
    {
      about,
      state: days < 3 ? 'bad' : 'look',
      found: `valid for ${days} more days`,
      todo: 'renew it, and see why that does not happen by itself',
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
    return { about: 'edge', ...finding, found: `${state.origin}: ${finding.found}` }
  })
}

function edgeFinding(state: EdgeState): Omit<CheckupFinding, 'about'> {
  const { answered = 0, size, place, missed, erasures, stuck } = state
  const since = systemClock.now() - answered
  const behind = size - place.leaf
  if (since > EDGE_SILENT_MS)
    return {
      state: 'bad',
      found: `no good answer for ${Math.round(since / HOUR_MS)} hours; ${place.leaf} entries were read`,
      todo: 'read the log of this server: it says why. If the edge was given up, remove its file from follow/',
    }
  if (missed.length > 0 || stuck !== undefined)
    return {
      state: 'bad',
      found: `${missed.length} entries passed over${stuck === undefined ? '' : `; entry ${stuck.leaf}: ${stuck.why}`}`,
      todo: 'run "kuager archive verify" on the edge, and put the damaged segment back from its bucket or backup',
    }
  if (erasures.length > 0)
    return {
      state: 'look',
      found: `${erasures.length} of its erasures wait`,
      todo: 'if no one asked for them, stop following this edge; at most 20 a day are done here',
    }
  return { state: 'good', found: `${place.leaf} entries read; ${behind} of its newest checkpoint left` }
}
