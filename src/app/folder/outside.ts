import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { defined } from '../../core/model/defined.ts'
import { loadAuthorities } from '../../pipeline/log/outside/authorities.ts'
import { stampCheckpoint, type StampResult } from '../../pipeline/log/outside/stamps.ts'
import { askWitnesses, loadPolicy, type WitnessRound } from '../../pipeline/log/outside/witnesses.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { postOutside } from '../../runtime/post/outside-post.ts'
import type { CustodyBook } from '../../pipeline/custody/custody-book.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'

/** How often to check whether a witness or an authority is due. */
const LOOK_MS = 5000

/** A folder with a log; custody, where it keeps one, hears of stamps. */
export interface LoggedFolder {
  readonly logFolder: string
  begunLog(): Promise<TransparencyLog | undefined>
  custody?(): Promise<CustodyBook>
}

export interface AskedOutside {
  /** Absent where no policy was written. */
  readonly witnesses?: WitnessRound
  readonly stamps: readonly StampResult[]
}

/** What was asked last in each folder: one round at a time, since rounds share their memory on the disk. */
const TURNS = new WeakMap<LoggedFolder, Promise<unknown>>()

export interface AskingOutside {
  /**
   * Who is asked now, due or not, unless they have answered already. Absent: only those that are due. `witnesses` asks no
   * authority, since authorities count queries; `authorities` also asks the witnesses that are due, and asks them first.
   */
  readonly now?: 'witnesses' | 'authorities' | 'all'
  readonly signal: AbortSignal
}

/**
 * Has the newest checkpoint of a folder cosigned by its witnesses and then stamped by its authorities; nothing where
 * the folder has no log. What they do is a result and no error. Throws InputError where the operator's files do not
 * read.
 */
export function askOutside(folder: LoggedFolder, how: AskingOutside): Promise<AskedOutside> {
  const asked = (TURNS.get(folder) ?? Promise.resolve()).then(() => askBoth(folder, how))
  TURNS.set(
    folder,
    asked.catch(() => undefined),
  )
  return asked
}

async function askBoth(folder: LoggedFolder, { now, signal }: AskingOutside): Promise<AskedOutside> {
  const log = await folder.begunLog()
  if (log === undefined) return { stamps: [] }
  const parts = { folder: folder.logFolder, log, post: postOutside, clock: systemClock }
  const loaded = await loadPolicy(folder.logFolder)
  const cosign = { now: now === 'witnesses' || now === 'all', signal }
  const witnesses = loaded === undefined ? undefined : await askWitnesses({ ...parts, policy: loaded.policy }, cosign)
  const authorities = now === 'witnesses' ? [] : await loadAuthorities(folder.logFolder)
  const stamp = { now: now !== undefined, signal }
  if (authorities.length === 0) return { stamps: [], ...defined({ witnesses }) }
  const custody = await folder.custody?.()
  const asking = { ...parts, authorities, random: randomBytes, ...defined({ custody }) }
  const stamps = await stampCheckpoint(asking, stamp)
  return { stamps, ...defined({ witnesses }) }
}

/**
 * Asks witnesses for every new checkpoint and authorities every hour, until disposed. Failures are kept with the log
 * and tried again; each is said once until it is over. The operator's files are re-read each time.
 */
export function openLiveOutside(folder: LoggedFolder, stop: AbortSignal): AsyncDisposable {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, stop])
  const logger = openLog({ level: 'warn' })
  const said = new Map<string, string>()
  const say = (who: string, found: { readonly problem: string; readonly why: string } | undefined): void => {
    const { problem, why } = found ?? {}
    if (problem !== undefined && said.get(who) !== problem) logger.warn({ who, problem, why }, 'no answer that counts')
    if (found === undefined) said.delete(who)
    else said.set(who, found.problem)
  }
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const { stamps, witnesses } = await askOutside(folder, { signal })
        for (const one of stamps)
          if (one.kind !== 'not-due') say(`authority ${one.authority}`, one.kind === 'failed' ? one : undefined)
        for (const one of witnesses?.results ?? [])
          if (one.kind !== 'not-due') say(`witness ${one.witness}`, one.kind === 'failed' ? one : undefined)
        say('files', undefined)
      } catch (error) {
        if (!signal.aborted) say('files', { problem: String(error), why: 'the log of this folder' })
      }
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  const following = follow()
  following.catch(() => undefined) // thrown again where it is awaited
  return {
    async [Symbol.asyncDispose]() {
      controller.abort()
      await following
    },
  }
}
