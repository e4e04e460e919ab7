import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { folderDetection } from '../folder/detection.ts'
import { openLiveDetection } from '../folder/live-detection.ts'
import { openLiveLog } from '../folder/live-log.ts'
import type { FolderLimits } from '../folder/folder-parts.ts'
import { OpenFolder } from '../folder/open.ts'
import { serveFolder } from '../folder/start.ts'
import { loadNames } from '../web/load-names.ts'
import type { Door } from './door.ts'
import { openDemoLetter } from './letter.ts'
import type { TellPreparation } from './load.ts'
import { actingIn } from './acting.ts'
import { openDemoCanaries } from './canaries.ts'
import { openLiving } from './living.ts'
import type { Lived, Marker } from './marker.ts'
import { prepareDemo, publishDemo, type PreparedDemo } from './prepare.ts'
import { spanUntil, untilOf } from './story.ts'
import type { Operator } from '../../core/model/operator.ts'
import type { Instant } from '../../core/model/units.ts'
import { takeOver } from '../../pipeline/log/lead/take-over.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { systemClock } from '../../runtime/clock.ts'

/** What is heard of a start. */
export interface DemoHeard {
  readonly tell: TellPreparation
  readonly prepared: (what: PreparedDemo) => void
  /** Both services are open. */
  readonly opened: () => void
}

/** Together with what Node.js and the library of the warehouse take, less than 1 GB; a server has other limits. */
const LIMITS: FolderLimits = {
  warehouse: { memoryBytes: 256 * 2 ** 20, threads: 2 },
  judges: { threads: Math.min(availableParallelism(), 2), heapMegabytes: 128, youngMegabytes: 16 },
  detectors: { threads: Math.min(availableParallelism(), 2), heapMegabytes: 192, youngMegabytes: 16 },
}

/** How a demonstration is served. */
export interface DemoAsked {
  /** Days of a new folder. */
  readonly days: number
  /** Time at which the demonstration stays; absent: its time runs. */
  readonly at?: Instant
}

/**
 * Prepares the demonstration behind its door, and serves it until the signal of the world. Time in which it was not open
 * is simulated behind its open pages; where its time stays, before they open.
 */
export async function serveDemo(door: Door, { days, at }: DemoAsked, world: World, heard: DemoHeard): Promise<void> {
  await using folder = new OpenFolder(door.held, world, LIMITS)
  // A copied demonstration is another one: nothing in it is real, and its log says so in its name.
  await takeOver(folder.logFolder, thisMachine(), { at: systemClock.now(), reason: 'the demonstration was copied' })
  await using _letter = await openDemoLetter(folder.path, door)
  const clock = at === undefined ? systemClock : { ...systemClock, now: () => at }
  // What it finds is of the demonstration's time.
  await folderDetection(folder, world, clock)
  const marker = markerOf(door.marker, clock.now(), days)
  if (marker.state !== 'ready') heard.prepared(await prepareDemo(folder, marker, world, heard.tell))
  await using living = openLiving({ folder, marker: { ...marker, state: 'ready' }, world, clock })
  if (at !== undefined && (await living.advance())) await publishDemo(folder, world, heard.tell)
  await folder.listen(withoutImports(world.runCommand))
  await using _live = openLiveDetection(folder, world)
  await using _log = openLiveLog(folder, world)
  await using invented = await openDemoCanaries(
    (service, asn, now) => actingIn(now, now + 1)(service, asn, now),
    () => clock.now(),
  )
  const { hostname, port } = new URL(door.observatory.url)
  const options = {
    ...{ host: hostname, port: Number(port), isPublic: false, signal: world.signal, env: world.env },
    invented,
    names: await loadNames(),
    frame: {
      ...PLAIN_FRAME,
      origin: new URL(door.observatory.url).origin,
      operator: DEMO_OPERATOR,
      simulatedTime: () => living.said,
    },
    subscriptions: {
      kind: 'files' as const,
      secrets: join(folder.path, 'subscription-secrets'),
      mails: join(folder.path, 'mails'),
    },
    beforeListening: async () => door.observatory[Symbol.asyncDispose](),
  }
  await serveFolder(folder, options, () => {
    heard.opened()
    if (at === undefined) living.run()
  })
}

/** The marker of a folder; of a new one, which covers a number of days up to now. */
const markerOf = (found: Marker | undefined, now: Instant, days: number): Lived =>
  found === undefined
    ? { simulated: true, state: 'loading', ...spanUntil(now, days) }
    : { ...found, until: found.until ?? untilOf(found) }

/** Commands of other processes on this folder: reading is welcome, real measurements are not. */
const withoutImports =
  (run: World['runCommand']): World['runCommand'] =>
  async (argv, world) => {
    if (argv[0] !== 'import' && argv[0] !== 'follow') return run(argv, world)
    world.err.write(`kuager: Cannot ${argv[0]} into this folder: it belongs to the demonstration\n`)
    return 2
  }

const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })

/** Who runs the demonstration: invented, and it says so. */
const DEMO_OPERATOR: Operator = {
  name: words('Мысал бюросы (модельденген)', 'Бюро «Пример» (смоделировано)', 'Example Bureau (simulated)'),
  seat: words(
    'Ойдан алынған қалада тіркелген',
    'Зарегистрировано в вымышленном городе',
    'Registered in an invented town',
  ),
  funders: [
    {
      name: words('Мысал қоры (модельденген)', 'Фонд «Пример» (смоделировано)', 'Example Fund (simulated)'),
      since: '2026',
      share: '60 %',
    },
  ],
  interests: [
    words(
      'Бюро сотта өтініш берушілердің өкілі болады.',
      'Бюро представляет заявителей в суде.',
      'The bureau represents applicants in court.',
    ),
  ],
  contacts: [
    { kind: 'web', value: 'https://bureau.example/' },
    { kind: 'mail', value: 'write@bureau.example' },
  ],
  confirmed: '2026-11-01',
}
