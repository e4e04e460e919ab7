import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openLetterFolder } from '../../src/app/letter/folder.ts'
import { registryPlace } from '../../src/app/registry/place.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/model/duration.ts'
import { instant, parseSha256 } from '../../src/core/model/units.ts'
import { openReportStore } from '../../src/reports/registry/open.ts'
import { MovedServer, STEP_MS, floodDay, type Scale, type Step } from './flood.ts'
import { makeLetter } from './letter-rush.ts'
import type { Load } from './load.ts'
import { quietWorld } from './quiet-world.ts'
import { SERVICES } from './report-rush.ts'
import { SECRET } from './served.ts'

/** This morning: the run passes midnight, where the keys of parts change. */
const START = Math.floor(Date.now() / DAY_MS) * DAY_MS + 3 * HOUR_MS
/** Steps are as long as they need. */
const SECONDS = 600

export interface FloodRun {
  /** The number that is shown in the end. */
  readonly shown: number
  /** Acts by who sent them, and of these how many were acknowledged, and counted where that can be told. */
  readonly by: Readonly<Record<Step['kinds'][number], { sent: number; acknowledged: number; counted: number }>>
}

const nobody = (): FloodRun['by'] => ({
  real: { sent: 0, acknowledged: 0, counted: 0 },
  attacked: { sent: 0, acknowledged: 0, counted: 0 },
  forged: { sent: 0, acknowledged: 0, counted: 0 },
})

/** A letter over a part of a day, with a flood or without. */
export async function letterDay(root: string, load: Load, scale: Scale, withFlood: boolean): Promise<FloodRun> {
  const [folder, secrets] = [join(root, 'folder'), join(root, 'secrets')]
  await mkdir(secrets, { recursive: true, mode: 0o700 })
  const { letter, sealed } = await makeLetter(START)
  const signal = new AbortController().signal
  {
    await using service = await openLetterFolder(quietWorld(signal), folder, { secrets, simulated: true })
    await (await service.desk()).publish(letter)
  }
  const by = nobody()
  const kinds = new Map<string, Step['kinds'][number]>()
  {
    await using server = await MovedServer.start('./letter-child.ts', [folder, secrets, String(START)])
    for (const step of floodDay(scale, withFlood)) {
      const now = await server.pass(0)
      const { addresses } = step
      if (addresses.length > 0) {
        const ids = await load.make({ kind: 'sign', secret: SECRET, now, letter: letter.id, sealed, addresses })
        const { acknowledged } = await load.send(server.port, SECONDS)
        ids.forEach((id, place) => kinds.set(id, step.kinds[place] ?? 'real'))
        for (const kind of step.kinds) by[kind].sent++
        for (const place of acknowledged) by[step.kinds[place] ?? 'real'].acknowledged++
      }
      // In three parts, as a batch may come in between.
      for (let part = 0; part < 3; part++) await server.pass(STEP_MS / 3)
    }
  }
  await using service = await openLetterFolder(quietWorld(signal), folder, { secrets })
  const store = await service.store()
  for (const [id, kind] of kinds) if ((await store.signature(parseSha256(id)))?.state === 'counted') by[kind].counted++
  const shown = (await (await service.desk()).count(letter.id))?.total ?? 0
  return { shown, by }
}

/** Reports over the same part of a day. A row does not say whose it is: counted ones are known as a sum alone. */
export async function reportDay(root: string, load: Load, scale: Scale, withFlood: boolean): Promise<FloodRun> {
  const folder = join(root, 'folder')
  const by = nobody()
  {
    await using server = await MovedServer.start('./report-child.ts', [folder, String(START)])
    for (const step of floodDay(scale, withFlood)) {
      const { addresses } = step
      if (addresses.length > 0) {
        // Everybody has a form of their own, and forgers have as many as they like.
        const tickets = await server.tickets(addresses.length)
        const now = await server.pass(5000)
        await load.make({ kind: 'report', secret: SECRET, now, addresses, tickets, services: SERVICES })
        const { acknowledged } = await load.send(server.port, SECONDS)
        for (const kind of step.kinds) by[kind].sent++
        for (const place of acknowledged) by[step.kinds[place] ?? 'real'].acknowledged++
      }
      await server.pass(STEP_MS)
    }
  }
  await using store = await openReportStore(registryPlace(folder, 'reports', {}))
  const cells = await store.counts({ since: instant(START - DAY_MS), until: instant(START + 3 * DAY_MS) }, true)
  const shown = cells.reduce((sum, { state, count }) => sum + (state === 'counted' ? count : 0), 0)
  return { shown, by }
}
