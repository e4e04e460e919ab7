// What 16 KB of a hostile sender cost: the time of one thread, the wait of honest senders, the pages of what was taken.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { defined } from '../src/core/model/defined.ts'
import { HOUR_MS, MINUTE_MS } from '../src/core/model/duration.ts'
import { webMeasurement } from '../test/kit/measured/measurement.ts'
import { makeSigner, signed, wrapped } from '../test/kit/measured/signed-submission.ts'
import { ITEMS, makeBody, type Item } from './hostile/items.ts'
import { spentSince, threadMs, untilQuiet } from './hostile/threads.ts'
import { runAlone, startServed } from './people/served.ts'
import type { Served } from './served.ts'
import type { Bench, Figure } from './run.ts'

const TARGETS = { itemMs: 200, waitMs: 500, blockMs: 100 }
/** Hostile submissions at once, behind which an honest one waits. */
const CROWD = 16
/** Addresses of the invited probe: it has sent from each before. */
const ADDRESSES = 50
const LANGS = ['kk', 'ru', 'en'] as const
/** A figure that reaches this was not waited for. */
const GIVE_UP_MS = MINUTE_MS
/** Items whose cost is shown, the dearest first. */
const SHOWN = 8

let serial = 0
const startedAt = (): string => new Date(Date.now() - HOUR_MS).toISOString().slice(0, 19).replace('T', ' ')

interface Answer {
  readonly ms: number
  /** 0: none within `GIVE_UP_MS`. */
  readonly status: number
  readonly id?: string
  readonly standing?: string
}

async function ask(served: Served, path: string, init: RequestInit = {}): Promise<Answer> {
  const begun = performance.now()
  try {
    const signal = AbortSignal.timeout(GIVE_UP_MS)
    const response = await fetch(`http://127.0.0.1:${served.port}${path}`, { ...init, signal })
    const text = await response.text()
    const id = /"x_id":"([0-9a-f]{64})"/.exec(text)?.[1]
    const standing = /"x_standing":"([a-z]+)"/.exec(text)?.[1]
    return { ms: performance.now() - begun, status: response.status, ...defined({ id, standing }) }
  } catch {
    return { ms: performance.now() - begun, status: 0 }
  }
}

const submit = (
  served: Served,
  body: string | Uint8Array<ArrayBuffer>,
  sender: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  ask(served, '/api/v1/submit_measurement', {
    method: 'POST',
    body,
    headers: {
      'x-forwarded-for': sender,
      ...(typeof body === 'string' ? {} : { 'content-encoding': 'gzip' }),
      ...headers,
    },
  })

const ordinary = (): ReturnType<typeof webMeasurement> =>
  webMeasurement({ startedAt: startedAt(), root: { x_serial: `honest ${serial++}` } })

const signer = makeSigner()
let sent = 0
/** An invited sender; throws where it is not taken as such. */
async function honest(served: Served, invitation?: string): Promise<Answer> {
  const headers = defined({ 'x-kuager-invitation': invitation })
  const answer = await submit(served, wrapped(signed(ordinary(), signer)), `95.56.98.${sent++ % ADDRESSES}`, headers)
  if (answer.status !== 0 && answer.standing !== 'enrolled')
    throw new Error(`An invited sender was answered ${answer.status} ${answer.standing}`)
  return answer
}

/** Nobody has heard of this sender, at an address from which nothing has come. */
const unknown = (served: Served): Promise<Answer> =>
  submit(served, wrapped(JSON.stringify(ordinary())), `95.57.${serial % 250}.${Math.floor(serial / 250) % 250}`)

const hostile = (item: Item): { readonly body: Uint8Array<ArrayBuffer>; readonly expanded: number } => {
  const { body, expanded } = makeBody(item, startedAt(), `hostile ${serial++}`)
  return { body: new Uint8Array(body), expanded }
}

interface Cost {
  readonly item: Item
  readonly wireBytes: number
  readonly expanded: number
  readonly status: number
  /** Processor time of the thread that worked most, from the first byte until what was taken is judged and stored. */
  readonly threadMs: number
  /** Longest time that the main thread did not answer while the three pages were opened; 0 where there is no page. */
  readonly blockMs: number
}

/** Longest wait for a trifle while something else is done: what the main thread was blocked. */
async function blockedWhile(served: Served, act: () => Promise<unknown>): Promise<number> {
  let [done, longest] = [false, 0]
  const watch = async (): Promise<void> => {
    while (!done) {
      longest = Math.max(longest, (await ask(served, '/robots.txt')).ms)
      await pause(2)
    }
  }
  const watching = watch()
  await act()
  done = true
  await watching
  return longest
}

async function openPages(served: Served, id: string): Promise<number> {
  for (let tries = 0; (await ask(served, `/api/v1/measurement/${id}`)).status !== 200; tries++) {
    if (tries === 40) return 0
    await pause(500)
  }
  const opened = async (): Promise<void> => {
    for (const lang of LANGS) await ask(served, `/${lang}/m/${id}`)
  }
  return blockedWhile(served, opened)
}

async function costOf(served: Served, item: Item): Promise<Cost> {
  const { body, expanded } = hostile(item)
  await untilQuiet(served.pid, GIVE_UP_MS)
  const before = threadMs(served.pid)
  const { status, id } = await submit(served, body, item.sender)
  await untilQuiet(served.pid, GIVE_UP_MS)
  const { most } = spentSince(served.pid, before)
  const blockMs = id === undefined ? 0 : await openPages(served, id)
  return { item, wireBytes: body.length, expanded, status, threadMs: most, blockMs }
}

/** The longest wait, and the most that one thread worked during a wait: what it would be on a machine that does nothing else. */
interface Wait {
  readonly ms: number
  readonly workMs: number
  /** The same of honest senders that the collector does not know. */
  readonly unknownMs: number
}

/** Longest wait of an invited sender and of unknown ones, one after the other, until the last of the hostile submissions is answered. */
async function waitBehind(served: Served, item: Item): Promise<Wait> {
  const bodies = Array.from({ length: CROWD }, () => hostile(item).body)
  let [open, longest, workMs, unknownMs] = [CROWD, 0, 0, 0]
  const crowd = bodies.map(async (body, index) => {
    await submit(served, body, item.sender.includes(':') ? `2a00:1fa0:${index + 1}::9` : `92.46.9.${index + 1}`)
    open--
  })
  const strangers = async (): Promise<void> => {
    for (; open > 0; await pause(20)) unknownMs = Math.max(unknownMs, (await unknown(served)).ms)
  }
  const strange = strangers()
  while (open > 0) {
    const before = threadMs(served.pid)
    const { ms } = await honest(served)
    longest = Math.max(longest, ms)
    workMs = Math.max(workMs, spentSince(served.pid, before).most)
    await pause(20)
  }
  await Promise.all([...crowd, strange])
  return { ms: longest, workMs, unknownMs }
}

const round = (ms: number): number => Math.round(ms)

async function measure(folder: string, items: readonly Item[]): Promise<Awaited<ReturnType<Bench['run']>>> {
  const invitation = (await runAlone(['keys', 'invite', '--folder', folder])).split('\n')[0] ?? ''
  const served = await startServed(['serve', '--folder', folder, '--rate', '999999', '--strangers-per-day', '999G'])
  try {
    for (let warm = 0; warm < 200; warm++) await honest(served, warm === 0 ? invitation : undefined)
    await untilQuiet(served.pid, GIVE_UP_MS)
    const before = threadMs(served.pid)
    const alone = await honest(served)
    await untilQuiet(served.pid, GIVE_UP_MS)
    const honestMs = spentSince(served.pid, before).most
    const costs: Cost[] = []
    for (const item of items) costs.push(await costOf(served, item))
    const dearest = costs.toSorted((a, b) => b.threadMs - a.threadMs)
    const waits: Wait[] = []
    for (const { item } of dearest.slice(0, 2)) waits.push(await waitBehind(served, item))
    const waitMs = Math.max(...waits.map(({ ms }) => ms))
    const unknownMs = Math.max(...waits.map((one) => one.unknownMs))
    const [slowest] = dearest
    const itemMs = slowest?.threadMs ?? Number.NaN
    const blocked = costs.toSorted((a, b) => b.blockMs - a.blockMs)[0]
    const blockMs = blocked?.blockMs ?? Number.NaN
    const table: readonly Figure[] = [
      { figure: 'an honest submission, ms of one thread', value: round(honestMs) },
      { figure: 'its answer, ms', value: round(alone.ms) },
      ...dearest.slice(0, SHOWN).map(({ item, wireBytes, expanded, status, threadMs: ms }) => ({
        figure: `${item.name}: ${wireBytes} bytes, expanded ${(expanded / 1e6).toFixed(1)} MB, answer ${status}`,
        value: round(ms),
      })),
      target('slowest hostile submission, ms of one thread', itemMs, TARGETS.itemMs),
      target(`longest wait of an invited sender behind ${CROWD}, ms`, waitMs, TARGETS.waitMs),
      { figure: 'the same of an unknown honest sender, ms', value: round(unknownMs) },
      {
        figure: 'most that one thread worked during a wait, ms',
        value: round(Math.max(...waits.map((one) => one.workMs))),
      },
      target(`main thread blocked by three pages (${blocked?.item.name ?? ''}), ms`, blockMs, TARGETS.blockMs),
    ]
    return {
      table,
      json: {
        ...{ slowest_item_ms: round(itemMs), honest_wait_ms: round(waitMs) },
        ...{ unknown_wait_ms: round(unknownMs), page_block_ms: round(blockMs) },
      },
    }
  } finally {
    await served.end('SIGKILL')
  }
}

const target = (figure: string, ms: number, most: number): Figure => ({
  figure,
  value: round(ms),
  target: `< ${most}`,
  met: ms < most,
})

export const bench: Bench = {
  summary: 'hostile submissions of 16 KB: time of a thread, wait of honest senders, pages that block',
  async run({ quick }) {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-hostile-'))
    try {
      return await measure(join(folder, 'data'), quick ? ITEMS.slice(0, 4) : ITEMS)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
