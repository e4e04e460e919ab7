import { setTimeout as pause } from 'node:timers/promises'
import { takenFault, tryHold, type HeldFolder } from '../../runtime/files/data-folder.ts'
import { listenWaiting, type Listening } from '../../web/listen.ts'
import { readMarker, type Marker } from './marker.ts'

export interface DoorOptions {
  readonly folder: string
  readonly port: number
  /** Port of the letter service. */
  readonly letterPort: number
  /** What the preparation is at. */
  readonly progress: () => string
}

/** The folder and the ports of a demonstration, taken before anything is prepared: pages answer how far that is. */
export interface Door extends AsyncDisposable {
  readonly held: HeldFolder
  /** What an earlier demonstration wrote about the folder. */
  readonly marker: Marker | undefined
  /** Dispose each before a service takes its port. */
  readonly observatory: Listening
  readonly letter: Listening
}

const COMMAND = 'kuager demo'
const HOST = '127.0.0.1'
/** A demonstration that has just taken the folder says within that time where it will open. */
const SAID_MS = 5000
const LOOK_MS = 100

/**
 * Takes folder and ports, or gives the address of the demonstration that has the folder. Throws InputError for a folder
 * with anything else, Fault where another command has the folder, or another program a port.
 */
export async function openDoor(options: DoorOptions): Promise<Door | { readonly openAt: string }> {
  const { folder, progress } = options
  const marker = await readMarker(folder)
  const held = await holdOrFind(folder)
  if (typeof held === 'string') return { openAt: held }
  await using stack = new AsyncDisposableStack()
  stack.use(held)
  const wait = async (port: number): Promise<Listening> => {
    const said = { title: 'The demonstration of Kuager is being prepared', progress }
    return stack.use(await listenWaiting({ host: HOST, port }, said))
  }
  const observatory = await wait(options.port)
  const letter = await wait(options.letterPort)
  await held.announce({ url: observatory.url })
  const all = stack.move()
  return { held, marker, observatory, letter, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** The folder, or the address at which another demonstration shows it. Throws Fault where another command has it. */
async function holdOrFind(path: string): Promise<HeldFolder | string> {
  for (let looks = SAID_MS / LOOK_MS; ; looks--) {
    const hold = await tryHold(path, COMMAND)
    if (hold.kind === 'held') return hold.folder
    const { holder } = hold
    if (holder?.command === COMMAND && holder.url !== undefined) return holder.url
    if (looks <= 0 || (holder !== undefined && holder.command !== COMMAND)) throw takenFault(path, holder)
    await pause(LOOK_MS)
  }
}
