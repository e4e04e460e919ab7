import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { rootOf } from '../../core/evidence/log/merkle.ts'
import { BEAT_MS, Lead, OWN_SILENCE_MS } from '../../pipeline/log/lead/lead.ts'
import {
  databaseRegister,
  lockedRegister,
  objectRegister,
  type LeadRegister,
} from '../../pipeline/log/lead/register.ts'
import type { OwnTree } from '../../pipeline/log/lead/right.ts'
import { readLogState } from '../../pipeline/log/open-log.ts'
import { systemClock } from '../../runtime/clock.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { openLog } from '../../runtime/log.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { PostgresLeadSession } from '../../store/registry/lead-session.ts'
import type { World } from '../../runtime/world.ts'

/** Where machines agree on who signs; at least one of the two. */
export interface LeadPlace {
  /** Address of the object storage to which the archive is shipped. */
  readonly archiveStore?: string
  /** Address of PostgreSQL. */
  readonly database?: string
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
  /** How many of so many leaves are where the next machine finds them; set by what ships them. */
  ships: (size: number) => Promise<number>
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
  { archiveStore, database }: LeadPlace,
  { env, takesOver }: { readonly env: World['env']; readonly takesOver: boolean },
): Promise<Leading> {
  const objects = archiveStore === undefined ? undefined : openObjects(archiveStore, env)
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
    if (lead.lost === undefined || lost.signal.aborted) return
    log.error({ why: lead.lost }, 'another machine signs the log: this one has ended to, for good')
    lost.abort(new Error(lead.lost))
  }
  return {
    ...{ lead, register, objects, lost: lost.signal },
    beats() {
      timer ??= setInterval(() => void beat(), BEAT_MS)
    },
    ships: async (size) => (objects === undefined ? size : 0),
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
 * not where another folder leads, or led last: a server that was replaced does not come back by itself.
 */
export async function leadAgain(
  leading: Leading,
  dataFolder: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const beginning = await beginningOf(dataFolder)
  for (const begun = systemClock.monotonic(); ;) {
    const found = await leading.lead.look(beginning)
    if (found.kind === 'leading') {
      leading.beats()
      return undefined
    }
    if (found.neededMs === Infinity)
      return `another machine leads, as generation ${found.generation} (${leading.register.name})`
    if (systemClock.monotonic() - begun > 2 * OWN_SILENCE_MS)
      return `another process leads with a clone of this folder (${leading.register.name})`
    await pause(LOOK_MS, undefined, { signal })
  }
}
