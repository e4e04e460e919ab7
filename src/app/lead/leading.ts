import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { rootOf } from '../../core/evidence/log/merkle.ts'
import { readFence } from '../../pipeline/log/lead/fence.ts'
import { BEAT_MS, Lead, OWN_SILENCE_MS, type LookedAtLead } from '../../pipeline/log/lead/lead.ts'
import {
  databaseRegister,
  lockedRegister,
  objectRegister,
  type LeadRegister,
} from '../../pipeline/log/lead/register.ts'
import type { OwnTree } from '../../pipeline/log/lead/right.ts'
import { readLogState } from '../../pipeline/log/open-log.ts'
import { Fault } from '../../core/model/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { openLog } from '../../runtime/log.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { PostgresLeadSession } from '../../store/registry/lead-session.ts'

/** Where machines agree on who signs; at least one of the two. */
export interface LeadPlace {
  /** The object storage to which the archive is shipped. */
  readonly objects?: () => ObjectStore
  /** Address of PostgreSQL. */
  readonly database?: string
}

/**
 * Where machines of one observatory agree: in the object storage to which it is shipped, and in PostgreSQL, that of
 * `KUAGER_LEAD` or else of the registry; undefined where there is neither.
 */
export function leadPlace(
  shipping: { readonly store: () => ObjectStore } | undefined,
  env: Readonly<Record<string, string | undefined>>,
): LeadPlace | undefined {
  const database = [env['KUAGER_LEAD'], env['KUAGER_REGISTRY']].find((one) => /^postgres(?:ql)?:/.test(one ?? ''))
  if (shipping === undefined && database === undefined) return undefined
  return defined({ objects: shipping?.store, database })
}

/** A machine that leads or wants to, until disposed. */
export interface Leading extends AsyncDisposable {
  readonly lead: Lead
  readonly register: LeadRegister
  readonly objects: ObjectStore | undefined
  /** Aborted when another machine has taken over: nothing of this one may be signed or shipped any more. */
  readonly lost: AbortSignal
  /** Writes the register from now on, as long as this machine leads. */
  beats(): void
  /** Ends to lead, for good and for a reason. */
  lose(why: string): void
}

const idSchema = z.strictObject({ format: z.literal('kuager-lead/1'), id: z.string().regex(/^[0-9a-f]{32}$/) })

/** Which folder this is, to itself after a restart; made at the first asking. */
async function folderId(dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'lead.json')
  const bytes = await readWhole(path)
  if (bytes !== undefined) return idSchema.parse(JSON.parse(bytes.toString('utf8'))).id
  const id = randomBytes(16).toString('hex')
  await writeDurable(path, Buffer.from(`${JSON.stringify({ format: 'kuager-lead/1', id })}\n`))
  return id
}

/** Opens the register of a data folder that exists. Nothing is written to it yet. */
export async function openLeading(
  dataFolder: string,
  { objects: openStore, database }: LeadPlace,
  { takesOver }: { readonly takesOver: boolean },
): Promise<Leading> {
  const objects = openStore?.()
  const session = database === undefined ? undefined : new PostgresLeadSession(database)
  const register =
    objects === undefined
      ? databaseRegister(session ?? new PostgresLeadSession(''))
      : session === undefined
        ? objectRegister(objects)
        : lockedRegister(objectRegister(objects), session)
  const holder = randomBytes(16).toString('hex')
  const folder = await folderId(dataFolder)
  const lead = new Lead({ register, clock: systemClock, holder, folder, takesOver })
  const lost = new AbortController()
  const log = openLog({ level: 'warn' })
  let timer: NodeJS.Timeout | undefined
  let failing = false
  const beat = async (): Promise<void> => {
    try {
      await lead.beat()
      failing = false
    } catch (error) {
      if (!failing) log.error({ error }, 'the register of the log cannot be written: signing ends with the lease')
      failing = true
    }
    if (lead.lost !== undefined) lose(lead.lost)
  }
  const lose = (why: string): void => {
    if (lost.signal.aborted) return
    log.error({ why }, 'another machine signs the log: this one has ended to, for good')
    lost.abort(new Error(why))
  }
  return {
    ...{ lead, register, objects, lost: lost.signal },
    beats() {
      timer ??= setInterval(() => void beat(), BEAT_MS)
    },
    lose,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await lead.leave()
      await register[Symbol.asyncDispose]()
      await objects?.[Symbol.asyncDispose]()
    },
  }
}

/** The state of a log on this disk, for a register that knows none yet. */
export async function beginningOf(
  dataFolder: string,
): Promise<Pick<OwnTree, 'origin' | 'size' | 'root' | 'generation'>> {
  const found = await readLogState(join(dataFolder, 'log'))
  return found ?? { origin: '', size: 0, root: rootOf([], sha256), generation: 1 }
}

const LOOK_MS = 1000

/**
 * Leads with a folder that is its own: one that no register knows yet, or that led when its process ended. Gives why
 * not where another folder leads, or led last: a server that was replaced does not come back by itself. A register that
 * does not answer is asked again.
 */
export async function leadAgain(
  leading: Leading,
  dataFolder: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const log = openLog({ level: 'warn' })
  const beginning = await beginningOf(dataFolder)
  let said = ''
  for (let begun = systemClock.monotonic(); !signal.aborted;) {
    const found = await lookAt(leading, beginning).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      if (message !== said) log.error({ error }, 'the register of the log does not answer: nothing is signed')
      said = message
      return undefined
    })
    if (found === undefined) begun = systemClock.monotonic()
    if (found?.kind === 'leading') {
      leading.beats()
      return undefined
    }
    if (found?.neededMs === Infinity)
      return `another machine leads, as generation ${found.generation} (${leading.register.name})`
    if (systemClock.monotonic() - begun > 2 * OWN_SILENCE_MS)
      return `another process leads with a clone of this folder (${leading.register.name})`
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}

/** Throws Fault where the store keeps versions: nothing is written there, since nothing could be erased. */
async function lookAt(
  { lead, objects }: Leading,
  beginning: Awaited<ReturnType<typeof beginningOf>>,
): Promise<LookedAtLead> {
  if ((await objects?.keepsVersions()) === 'yes')
    throw new Fault(`Cannot use ${objects?.name}: the bucket keeps versions, or kept them once; use another bucket`)
  return lead.look(beginning)
}

/** How long a start waits for the register before it serves without it: nothing is signed until it has answered. */
const FIRST_MS = 4000

/**
 * Opens the register and leads, as far as that is known within some seconds; goes on asking behind what is served. Gives
 * why not where another machine leads.
 */
export async function startLeading(
  dataFolder: string,
  place: LeadPlace,
  signal: AbortSignal,
): Promise<{ readonly leading: Leading } | { readonly why: string }> {
  // An operator who let this folder take over has said that the one which leads is gone.
  const fence = await readFence(join(dataFolder, 'log'), thisMachine(), true)
  const takesOver = fence.kind === 'here' && fence.fence.taken?.recorded === false
  const leading = await openLeading(dataFolder, place, { takesOver })
  const asking = leadAgain(leading, dataFolder, AbortSignal.any([signal, leading.lost]))
  const first = await Promise.race([asking, pause(FIRST_MS, undefined, { signal }).catch(() => undefined)])
  if (typeof first === 'string') {
    await leading[Symbol.asyncDispose]()
    return { why: first }
  }
  void asking.then((why) => (why === undefined ? undefined : leading.lose(why)))
  return { leading }
}
