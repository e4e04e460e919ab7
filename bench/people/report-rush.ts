import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { registryPlace } from '../../src/app/registry/place.ts'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { instant } from '../../src/core/model/units.ts'
import { openReportStore } from '../../src/reports/registry/open.ts'
import { manyAddresses } from './addresses.ts'
import type { Load, Sent } from './load.ts'
import { SECRET, startServed } from './served.ts'

/** Services that the form offers. */
export const SERVICES = ['telegram', 'whatsapp', 'youtube', 'instagram', 'facebook'] as const
/** A form is not taken back faster than anybody reads it. */
const READ_MS = 3100

/** Tickets of so many forms, each fetched as a page; whoever reads it may report several services. */
async function fetchTickets(port: number, count: number): Promise<string[]> {
  const tickets: string[] = []
  while (tickets.length < count) {
    const pages = await Promise.all(
      Array.from({ length: Math.min(20, count - tickets.length) }, async () =>
        (await fetch(`http://127.0.0.1:${port}/kk/report`)).text(),
      ),
    )
    for (const page of pages) {
      const ticket = /name="ticket" value="([\w-]+)"/.exec(page)?.[1]
      if (ticket === undefined) throw new Error('the form has no ticket')
      tickets.push(ticket)
    }
  }
  return tickets
}

export interface ReportRush {
  readonly perSecond: number
  readonly steady: Sent
  readonly serverMicros: number
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
}

/**
 * A site in a process of its own, its registry on disk: reports acknowledged a second; killed in the middle of more;
 * started again, and the rows counted. A report has no name, so they are told apart by number alone: rows fewer than were
 * acknowledged are lost, rows more than were sent are doubled.
 */
export async function reportRush(root: string, load: Load, seconds: number, target: number): Promise<ReportRush> {
  const folder = join(root, 'site')
  let [acknowledged, sent] = [0, 0]
  const note = (word: Sent): void => {
    acknowledged += word.acknowledged.length
    sent += word.sent
  }
  const make = async (port: number, count: number, from: number): Promise<void> => {
    const tickets = await fetchTickets(port, Math.min(400, Math.ceil(count / SERVICES.length)))
    const addresses = manyAddresses(count, from)
    await load.make({ kind: 'report', secret: SECRET, now: Date.now(), addresses, tickets, services: SERVICES })
    await pause(READ_MS)
  }
  const count = Math.ceil(seconds * target * 3)
  const first = await startServed(['serve', '--folder', folder])
  await make(first.port, target * 2, 0)
  note(await load.send(first.port, 60))
  await make(first.port, count, 1e5)
  const before = first.cpuSeconds()
  const steady = await load.send(first.port, seconds)
  const used = first.cpuSeconds() - before
  note(steady)
  await make(first.port, count, 2e5)
  note(await load.send(first.port, seconds, () => first.end('SIGKILL')))
  const second = await startServed(['serve', '--folder', folder])
  await make(second.port, target, 3e5)
  note(await load.send(second.port, 60))
  await second.end('SIGTERM')
  const rows = await rowsOf(folder)
  return {
    perSecond: Math.round(steady.acknowledged.length / steady.seconds),
    steady,
    serverMicros: Math.round((used / steady.acknowledged.length) * 1e6),
    acknowledged,
    lost: Math.max(0, acknowledged - rows),
    doubled: Math.max(0, rows - sent),
  }
}

async function rowsOf(folder: string): Promise<number> {
  await using store = await openReportStore(registryPlace(folder, 'reports', {}))
  const now = Date.now()
  const between = { since: instant(now - DAY_MS), until: instant(now + DAY_MS) }
  return (await store.counts(between, true)).reduce((sum, { count }) => sum + count, 0)
}
