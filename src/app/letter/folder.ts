import { randomBytes } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { letterSchema } from '../../letter/core/letter.ts'
import { openFloodGuard, type FloodGuardOptions } from '../../web/flood/open-flood-guard.ts'
import type { LetterDesk, LetterLog } from '../../letter/contract.ts'
import { LetterLeaves, letterKindOf } from '../../letter/count/letter-leaves.ts'
import { openLetterDesk } from '../../letter/open-letter-desk.ts'
import type { MailQueue } from '../../letter/mail/contract.ts'
import { openMailQueue } from '../../letter/mail/open-mail-queue.ts'
import { mailboxKeysOf } from '../../letter/mailbox-keys.ts'
import { openSecrets, type Secrets } from '../../runtime/files/secrets.ts'
import type { WorkDesk } from '../../web/work/contract.ts'
import { openWork } from '../../web/work/open-work.ts'
import { letterUrls } from '../../letter/pages/urls.ts'
import type { PublishedCheckpoint, TransparencyLog } from '../../pipeline/log/contract.ts'
import { localRight, whyCopy } from '../../pipeline/log/lead/local-right.ts'
import { openTransparencyLog, readLogIdentity } from '../../pipeline/log/open-log.ts'
import type { LetterStore } from '../../letter/registry/contract.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import { holdFolder, takenFault, tryHold, type HeldFolder } from '../../runtime/files/data-folder.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { callHolder, listenInFolder, type FolderListener } from '../../runtime/files/folder-socket.ts'
import { openLog as openLines, type Log } from '../../runtime/log.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import { callOf, streamsOf } from '../folder/folder-call.ts'
import { registryPlace } from '../registry/place.ts'
import { workSecret } from '../web/work-secret.ts'

/** How a letter service uses its folder. */
export interface LetterFolderOptions {
  /** Folder of secrets; absent: `KUAGER_LETTER_SECRETS`, else what needs one is refused. */
  readonly secrets?: string
  /** Public address, after which a log that is begun is named. */
  readonly origin?: string
  /** Address to which the links of mails lead, without a path; absent: that of a service on this machine. */
  readonly linkTo?: string
  /** Of an empty folder, whether its letters are simulated; permanent once the log was begun. */
  readonly simulated?: boolean
  readonly trustedProxies?: readonly string[]
  readonly peopleBehind?: FloodGuardOptions['peopleBehind']
  readonly clock?: Clock
}

/** The folder of a letter service that this process holds: registry, log and desk, each opened when first asked for. */
export class LetterFolder implements AsyncDisposable {
  readonly path: string
  readonly work: WorkDesk
  readonly lines: Log
  readonly #held: HeldFolder
  readonly #env: World['env']
  readonly #options: LetterFolderOptions
  readonly clock: Clock
  #store: Promise<LetterStore> | undefined
  #log: Promise<TransparencyLog> | undefined
  #desk: Promise<LetterDesk> | undefined
  #mail: MailQueue | undefined
  #listener: FolderListener | undefined

  constructor(held: HeldFolder, env: World['env'], options: LetterFolderOptions) {
    this.path = held.path
    this.#held = held
    this.#env = env
    this.#options = options
    this.clock = options.clock ?? systemClock
    this.lines = openLines({ level: 'warn' })
    this.work = openWork({ clock: this.clock, ...workSecret(env, options.simulated === false) })
    HELD.set(held.path, this)
  }

  get logFolder(): string {
    return join(this.path, 'log')
  }

  store(): Promise<LetterStore> {
    this.#store ??= openLetterStore(registryPlace(this.path, 'letters', this.#env))
    return this.#store
  }

  /**
   * Whether its letters are simulated: as its log says, else as its drafts do, else as was given when it was opened.
   */
  async simulated(): Promise<boolean> {
    const identity = await readLogIdentity(this.logFolder)
    if (identity !== undefined) return identity.simulated
    const [first] = await (await this.store()).letters()
    return first === undefined
      ? (this.#options.simulated ?? true)
      : letterSchema.parse(JSON.parse(first.document)).simulated
  }

  /** The log, begun where the registry has its first leaf; undefined before. One whose write failed is reopened. */
  async log(): Promise<TransparencyLog | undefined> {
    const held = this.#log
    const log = await held?.catch(() => undefined)
    if (log?.broken === true && this.#log === held) {
      this.#log = undefined
      await log[Symbol.asyncDispose]()
    }
    if (this.#log === undefined) {
      if ((await this.store()).size === 0 && (await readLogIdentity(this.logFolder)) === undefined) return undefined
      this.#log ??= this.#openTransparencyLog()
      this.#log.catch(() => (this.#log = undefined))
    }
    return this.#log
  }

  /** As witnesses and authorities are asked over it. */
  begunLog(): Promise<TransparencyLog | undefined> {
    return this.log()
  }

  async #openTransparencyLog(): Promise<TransparencyLog> {
    const { origin } = this.#options
    return openTransparencyLog(this.logFolder, {
      archive: new LetterLeaves(await this.store()),
      keys: (await this.secrets()).logKeys,
      kindOf: letterKindOf,
      openRight: (tree) => localRight({ folder: this.logFolder, machine: thisMachine(), now: this.clock.now }, tree),
      begin: {
        simulated: await this.simulated(),
        at: this.clock.now(),
        ...(origin === undefined ? {} : { address: `${origin}/letter` }),
      },
    })
  }

  /** Throws InputError where its folder of secrets is not named, is inside, or does not read. */
  secrets(): Promise<Secrets> {
    const named = this.#options.secrets ?? this.#env['KUAGER_LETTER_SECRETS']
    if (named === undefined || named === '')
      throw new InputError('Cannot open the letter service: no folder of secrets was named', {
        code: 'secrets.missing',
        path: '--secrets',
        expected: 'a folder outside the folder of the service',
      })
    return openSecrets(named, [this.path])
  }

  desk(): Promise<LetterDesk> {
    if (this.#desk === undefined) {
      const opening = this.#openDesk()
      this.#desk = opening
      opening.catch(() => (this.#desk = undefined))
    }
    return this.#desk
  }

  async #openDesk(): Promise<LetterDesk> {
    const { linkTo = 'http://localhost:8421', trustedProxies = [], peopleBehind } = this.#options
    const secrets = await this.secrets()
    const settings = await secrets.mail()
    const lines = this.lines
    if (settings !== undefined) this.#mail = openMailQueue({ settings, clock: this.clock, log: lines })
    const senderOf = openSenders(trustedProxies)
    return openLetterDesk({
      store: await this.store(),
      log: this.#lazyLog(),
      clock: this.clock,
      work: this.work,
      guard: openFloodGuard({
        clock: this.clock,
        senderOf,
        ...defined({ peopleBehind }),
      }),
      ...defined({ mail: this.#mail }),
      senderOf,
      keys: mailboxKeysOf(secrets),
      folder: this.path,
      simulated: await this.simulated(),
      random: (length) => randomBytes(length),
      confirmUrl: (token, lang) => `${linkTo}${letterUrls.confirm(lang, token)}`,
      lines,
    })
  }

  /** The log as the desk sees it, also before there is one. */
  #lazyLog(): LetterLog {
    const begun = async (): Promise<TransparencyLog> => {
      const log = await this.log()
      if (log === undefined) throw new Fault(`Cannot prove from the log of "${this.path}": it was not begun`)
      return log
    }
    let origin = ''
    const latest = async (): Promise<PublishedCheckpoint | undefined> => {
      const log = await this.log()
      origin = log?.origin ?? origin
      return log?.latest()
    }
    return {
      get origin() {
        return origin
      },
      latest,
      sequence: async () => (await this.log())?.sequence(),
      prove: async (leaves) => (await begun()).prove(leaves),
    }
  }

  /** Resolves when no mail waits any more. */
  async mailed(): Promise<void> {
    await this.#mail?.idle()
  }

  /** Runs the commands of other processes on this folder from now on. */
  async listen(run: World['runCommand']): Promise<void> {
    this.#listener ??= await listenInFolder(this.path, (call, streams) =>
      run([call.command, ...call.args], { ...call, ...streams, runCommand: run }),
    )
    await this.#held.announce({ socket: this.#listener.path })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#listener?.[Symbol.asyncDispose]()
      await (await this.#desk?.catch(() => undefined))?.[Symbol.asyncDispose]()
      await this.#mail?.[Symbol.asyncDispose]()
      await (await this.#log?.catch(() => undefined))?.[Symbol.asyncDispose]()
      await (await this.#store?.catch(() => undefined))?.[Symbol.asyncDispose]()
    } finally {
      HELD.delete(this.path)
      await this.#held[Symbol.asyncDispose]()
    }
  }
}

/** Folders of letter services that this process holds, by real path. */
const HELD = new Map<string, LetterFolder>()

/** Folder of a command that names none: KUAGER_LETTER_FOLDER, else `kuager-letter` where the command is run. */
export const defaultLetterFolder = (world: World): string => world.env['KUAGER_LETTER_FOLDER'] ?? 'kuager-letter'

/**
 * Opens the folder of a letter service only for this process. Throws Fault that names the holder where it is held, and
 * for a copy: signatures that it accepts would be in no log.
 */
export async function openLetterFolder(
  world: World,
  folder: string,
  options: LetterFolderOptions,
): Promise<LetterFolder> {
  const path = resolve(world.cwd, folder)
  const copy = await whyCopy(join(path, 'log'), thisMachine())
  if (copy !== undefined) throw new Fault(`Cannot serve letters of "${path}": its log is not signed here: ${copy}`)
  return new LetterFolder(await holdFolder(path, 'kuager letter serve'), world.env, inCwd(options, world))
}

const inCwd = (options: LetterFolderOptions, { cwd }: World): LetterFolderOptions =>
  options.secrets === undefined ? options : { ...options, secrets: resolve(cwd, options.secrets) }

export interface LetterTask extends LetterFolderOptions {
  readonly folder: string | undefined
  /** What stood behind `kuager letter`, to be repeated by the process that holds the folder. */
  readonly args: readonly string[]
  /** Whether a missing folder is an error; otherwise it is made. */
  readonly mustExist?: boolean
}

/**
 * Runs a part of `kuager letter` on a folder and gives its exit code: here, if no process holds it; else in the process
 * that holds it, which runs the same command with its own secrets. Throws Fault that names the holder if it does not
 * listen.
 */
export async function withLetterFolder(
  world: World,
  { folder, args, mustExist = true, ...options }: LetterTask,
  run: (folder: LetterFolder) => Promise<number>,
): Promise<number> {
  const path = resolve(world.cwd, folder ?? defaultLetterFolder(world))
  const real = await realPath(path)
  if (real === undefined && mustExist)
    throw new InputError(`Cannot open folder "${path}": there is none`, {
      code: 'folder.missing',
      path: 'folder',
      expected: 'the folder of a letter service; "kuager letter publish" and "kuager letter serve" make one',
    })
  const here = HELD.get(real ?? path)
  if (here !== undefined) return run(here)
  const hold = await tryHold(path, `kuager letter ${args[0] ?? ''}`)
  if (hold.kind === 'held') {
    await using opened = new LetterFolder(hold.folder, world.env, inCwd(options, world))
    return await run(opened)
  }
  const socket = hold.holder?.socket
  const call = callOf(world, { folder: path, name: 'letter', args })
  const exit = socket === undefined ? undefined : await callHolder(socket, call, streamsOf(world))
  if (exit === undefined) throw takenFault(path, hold.holder)
  return exit
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
