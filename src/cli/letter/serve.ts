import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createLetterSite } from '../../letter/pages/site.ts'
import { InputError } from '../../core/model/errors.ts'
import { listen } from '../../web/listen.ts'
import type { ServedLog } from '../../web/answer/log-routes.ts'
import { clearFreedMemory } from '../../runtime/collect-garbage.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import type { World } from '../terminal/command.ts'
import { wrongOption } from '../terminal/options.ts'
import { openLiveOutside } from '../../app/folder/outside.ts'
import { peopleOfNetwork } from '../../app/web/people-of-network.ts'
import { printable } from '../../core/text/printable.ts'
import { openSenderRate } from '../../app/web/sender-rate.ts'
import { readFrameOptions } from '../../app/web/frame.ts'
import { proveToCosigned, publishedPolicy } from '../../app/observatory/served-log.ts'
import { readLetterAssets } from '../../app/letter/assets.ts'
import { defaultLetterFolder, openLetterFolder, type LetterFolder, type LetterFolderOptions } from '../../app/letter/folder.ts'
import { requireSecrets } from '../../app/letter/require-secrets.ts'
import { startRemarks } from './start-remarks.ts'

/** How often it is looked what is due: batches, ends of letters, confirmations that came too late. */
const TICK_MS = 5000
/** A page takes one form, a proof of work and a second look: behind one address of an operator stand thousands. */
const RATE = { perSecond: 50, burst: 3000 }

const OPTIONS = {
  folder: { type: 'string' },
  secrets: { type: 'string' },
  port: { type: 'string', default: '8421' },
  host: { type: 'string', default: '127.0.0.1' },
  origin: { type: 'string' },
  onion: { type: 'string' },
  public: { type: 'boolean', default: false },
  'trusted-proxy': { type: 'string', multiple: true, default: [] as string[] },
  networks: { type: 'string', multiple: true, default: [] as string[] },
} as const

/** `kuager letter serve`: the pages of a letter service, and everything of it that is due by the clock. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
  if (!(port <= 65_535)) throw wrongOption('port', `found "${printable(values.port)}"`, 'a number from 0 to 65535')
  const { origin, onion } = readFrameOptions(
    {
      mirror: [],
      ...(values.origin === undefined ? {} : { origin: values.origin }),
      ...(values.onion === undefined ? {} : { onion: values.onion }),
    },
    world,
  )
  const isPublic = values.public
  if (isPublic && origin === undefined)
    throw wrongOption('origin', 'it is missing', 'the address of the service: links of mails lead there')
  const networks = loadNetworks(values.networks.map((file) => resolve(world.cwd, file)))
  const settings: LetterFolderOptions = {
    simulated: !isPublic,
    trustedProxies: values['trusted-proxy'],
    peopleBehind: (address) => peopleOfNetwork(networks, address),
    ...(values.secrets === undefined ? {} : { secrets: values.secrets }),
    linkTo: origin ?? `http://localhost:${port}`,
    ...(origin === undefined ? {} : { origin }),
  }
  await using folder = await openLetterFolder(world, values.folder ?? defaultLetterFolder(world), settings)
  await requireSecrets(folder)
  if (isPublic && (await folder.simulated())) throw simulatedLetters(folder.path)
  const desk = await folder.desk()
  await folder.listen(world.runCommand)
  await using _outside = openLiveOutside(folder, world.signal)
  const asked = { host: values.host, port, trustedProxies: values['trusted-proxy'] }
  const frame = { ...(origin === undefined ? {} : { origin }), ...(onion === undefined ? {} : { onion }) }
  await serveLetter(folder, { ...asked, frame, signal: world.signal }, (url) => {
    world.out.write(`The letter service is open at ${url}\n`)
    const started = { isPublic, trustedProxies: asked.trustedProxies, networks: values.networks }
    for (const remark of startRemarks({ ...started, takesMail: desk.takesMail })) world.err.write(`${remark}\n`)
  })
  return 0
}

const simulatedLetters = (path: string): InputError =>
  new InputError(`Cannot serve folder "${path}" in public: its letters are simulated`, {
    code: 'folder.simulated',
    path: 'folder',
    expected: 'a folder with a real letter, or no --public',
  })

export interface LetterServing {
  readonly host: string
  readonly port: number
  readonly trustedProxies: readonly string[]
  readonly frame: { readonly origin?: string; readonly onion?: string }
  readonly signal: AbortSignal
}

/** Serves an open folder until the signal ends it, and does what is due meanwhile; `ready` is told the address. */
export async function serveLetter(
  folder: LetterFolder,
  { host, port, trustedProxies, frame, signal }: LetterServing,
  ready: (url: string) => void,
): Promise<void> {
  clearFreedMemory()
  const desk = await folder.desk()
  const { assets, tag, seals } = await readLetterAssets()
  const site = createLetterSite({
    desk,
    work: folder.work,
    transparency: () => letterLog(folder),
    frame: { ...frame, assets: tag, seals },
    assets,
    clock: folder.clock,
    log: folder.lines,
    rate: openSenderRate(folder.clock, trustedProxies, RATE),
    random: (bytes) => randomBytes(bytes),
  })
  await using server = await listen(site, { host, port, overwrites: true })
  ready(server.url)
  let said = ''
  while (!signal.aborted) {
    try {
      await desk.tick()
      said = ''
    } catch (error) {
      // Said once: it comes again and again until somebody makes room, say.
      const what = error instanceof Error ? error.name + error.message : String(error)
      if (what !== said) folder.lines.error({ error }, 'what is due could not be done')
      said = what
    }
    await pause(TICK_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** The log as it is served; undefined before the first letter was published. */
async function letterLog(folder: LetterFolder): Promise<ServedLog | undefined> {
  const log = await folder.log()
  if (log === undefined) return undefined
  return {
    folder: log.folder,
    keys: log.keys,
    latest: () => log.latest(),
    policy: () => publishedPolicy(log, folder.logFolder),
    prove: (leaves) => proveToCosigned(log, folder.logFolder, leaves),
  }
}
