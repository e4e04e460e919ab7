import { parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { tilePath } from '../../core/evidence/log/tile.ts'
import { logFolder } from '../../pipeline/log/log-folder.ts'
import { readState, writeState } from '../../pipeline/log/recover-log.ts'
import { tilesAfter } from '../../pipeline/log/ship-log.ts'
import { TileFiles, type NewTile } from '../../pipeline/log/tile-files.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { mirrorArchive, type Mirrored } from '../../store/archive/ship/mirror-archive.ts'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BEAT_MS } from '../../pipeline/log/lead/lead.ts'
import { whyCopy } from '../../pipeline/log/lead/local-right.ts'
import { writeFence, readFence } from '../../pipeline/log/lead/fence.ts'
import { systemClock } from '../../runtime/clock.ts'
import { Fault, reasonOf } from '../../core/model/errors.ts'
import type { HealthReason } from '../../core/model/health.ts'
import { openMetrics, type Figure } from '../../runtime/metrics.ts'
import { holdFolder } from '../../runtime/files/data-folder.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { openLog } from '../../runtime/log.ts'
import type { World } from '../../runtime/world.ts'
import { operatorSite, standbySite, type StandbyView } from '../../web/answer/ready.ts'
import { listen } from '../../web/listen.ts'
import { healthFigure, sayFigures, spaceFigures, type OperatorPlace } from '../operator/operator-port.ts'
import { fingerprintFiles } from '../folder/fingerprint-files.ts'
import { completeRows } from '../folder/import-stores.ts'
import { OpenFolder } from '../folder/open.ts'
import { openLeading, type Leading, type LeadPlace } from './leading.ts'

export interface StandbyOptions {
  /** Absolute path. */
  readonly path: string
  readonly host: string
  readonly port: number
  readonly lead: LeadPlace
  /** Where figures for the operator are served; absent: nowhere. */
  readonly operator?: OperatorPlace
}

/** Time between two looks at the register. */
const LOOK_MS = 1000
/** Time between two rounds of copying. */
const ROUND_MS = 3000
/** Rows of what came are made at most so often: the folder is opened for it. */
const ROWS_MS = 20_000
/** From a silence of so long on a take-over is expected. */
const SILENT_MS = 2 * BEAT_MS

/**
 * Copies what the machine that leads ships, and watches it, until that is silent: then takes over, copies the rest and
 * gives the right to lead. Gives undefined where the signal came first.
 *
 * Crash after the take-over and before the copy is whole: the register names this folder, and a later start goes on here
 * (the folder leads again), copies the rest first, and then opens.
 */
export async function serveStandby(
  { path, host, port, lead: place, operator: figuresAt }: StandbyOptions,
  world: World,
): Promise<Leading | undefined> {
  const log = openLog({ level: 'info' })
  await REAL_DISK.makeFolder(path)
  await using _held = await holdFolder(path, 'kuager serve --standby')
  const copy = await whyCopy(join(path, 'log'), thisMachine(), true)
  if (copy !== undefined) throw new Fault(`Cannot use "${path}" for a standby: ${copy}`)
  const leading = await openLeading(path, place, { takesOver: true })
  try {
    const view: StandbyView = {
      generation: 0,
      silent_seconds: 0,
      leaves: 0,
      copied_seconds_ago: null,
      problem: null,
      not_judged: null,
    }
    const change = (what: Partial<StandbyView>): void => void Object.assign(view, what)
    await using server = await listen(
      standbySite(() => view),
      { host, port },
    )
    let copiedAt: number | undefined
    const reasons = (): readonly HealthReason[] => ['standby']
    const figures = openMetrics(figuresOf(view, { path, reasons, copiedAt: () => copiedAt }))
    await using operator = figuresAt === undefined ? undefined : await listen(operatorSite(reasons, figures), figuresAt)
    world.out.write(`Kuager stands by at ${server.url}; it takes over when the server that signs is silent\n`)
    sayFigures(world, operator?.url)
    let judged = { leaves: 0, at: -Infinity }
    let silentMs = 0
    const stop = new AbortController()
    const judging = { ...world, signal: AbortSignal.any([stop.signal, world.signal]) }
    const copyOnce = async (): Promise<void> => {
      if (leading.objects === undefined) return
      const generation = leading.lead.seen?.generation ?? 1
      const { leaves } = await mirrorFolder(leading.objects, path, { generation, signal: world.signal })
      copiedAt = systemClock.monotonic()
      change({ leaves, problem: null })
      if (leaves <= judged.leaves || copiedAt - judged.at < ROWS_MS) return
      // A take-over would have to wait until the folder is closed again, and makes the rows itself.
      if (silentMs > SILENT_MS) return
      try {
        await makeRows(path, judging)
        judged = { leaves, at: systemClock.monotonic() }
        change({ not_judged: null })
      } catch (error) {
        judged = { ...judged, at: systemClock.monotonic() }
        if (judging.signal.aborted) return
        const why = reasonOf(error)
        if (why !== view.not_judged) log.warn({ error }, 'what was copied could not be judged: it is tried again')
        change({ not_judged: why })
      }
    }
    const copying = (async () => {
      while (!stop.signal.aborted && !world.signal.aborted) {
        await copyOnce().catch((error: unknown) => {
          if (world.signal.aborted) return
          const problem = reasonOf(error)
          if (problem !== view.problem) log.warn({ error }, 'what is shipped could not be copied: it is tried again')
          change({ problem })
        })
        await pause(ROUND_MS, undefined, { signal: stop.signal }).catch(() => undefined)
      }
    })()
    while (!world.signal.aborted) {
      const found = await leading.lead.look().catch((error: unknown) => {
        log.warn({ error }, 'the register of the log does not answer')
      })
      if (found?.kind === 'leading') break
      silentMs = found?.silentMs ?? silentMs
      change({
        ...(found === undefined
          ? {}
          : { generation: found.generation, silent_seconds: Math.round(found.silentMs / 1000) }),
        copied_seconds_ago: copiedAt === undefined ? null : Math.round((systemClock.monotonic() - copiedAt) / 1000),
      })
      await pause(LOOK_MS, undefined, { signal: world.signal }).catch(() => undefined)
    }
    if (leading.lead.leads) leading.beats()
    stop.abort()
    await copying
    if (!leading.lead.leads) {
      await leading[Symbol.asyncDispose]()
      return undefined
    }
    log.warn({ generation: leading.lead.seen?.generation }, 'this machine has taken over: it signs the log from now on')
    await copyRest(path, leading, world.signal)
    return leading
  } catch (error) {
    await leading[Symbol.asyncDispose]()
    throw error
  }
}

/** Figures of a machine in reserve; not whether it signs: it should not. */
const figuresOf = (
  view: StandbyView,
  of: {
    readonly path: string
    readonly reasons: () => readonly HealthReason[]
    readonly copiedAt: () => number | undefined
  },
): readonly Figure[] => [
  healthFigure(of.reasons),
  { name: 'kuager_archive_leaves', help: 'Entries of the archive.', read: () => view.leaves || undefined },
  {
    name: 'kuager_log_generation',
    help: 'How often another machine or folder has taken over to sign, from 1.',
    read: () => view.generation || undefined,
  },
  {
    name: 'kuager_standby_copied_age_seconds',
    help: 'Time since all that was on the object storage then was copied; absent before that was done once.',
    read: () => {
      const at = of.copiedAt()
      return at === undefined ? undefined : (systemClock.monotonic() - at) / 1000
    },
  },
  {
    name: 'kuager_standby_failed',
    help: '1 where the last copying failed, or the last judging of what was copied, else 0.',
    read: () => Number(view.problem !== null || view.not_judged !== null),
  },
  ...spaceFigures(of.path),
]

/**
 * Copies everything that the register covers: with less this folder does not open. The fence says at once that this
 * folder is of several machines, so that it never signs without asking them.
 */
async function copyRest(path: string, { lead, objects, register }: Leading, signal: AbortSignal): Promise<void> {
  const generation = lead.seen?.generation ?? 1
  if (objects !== undefined)
    for (let tries = 0; ; tries++)
      try {
        await mirrorFolder(objects, path, { generation, signal })
        break
      } catch (error) {
        if (tries === 10 || signal.aborted) throw error
        await pause(LOOK_MS, undefined, { signal })
      }
  const folder = join(path, 'log')
  await REAL_DISK.makeFolder(folder)
  if ((await readFence(folder, thisMachine(), true)).kind === 'none')
    await writeFence(folder, thisMachine(), { generation, at: systemClock.now(), register: register.name })
}

/** Judges what came, so that a take-over has little left to do. The folder stays held by the caller. */
async function makeRows(path: string, world: World): Promise<void> {
  const held = { path, announce: async () => undefined, [Symbol.asyncDispose]: async () => undefined }
  await using folder = new OpenFolder(held, world, { keysOfAnother: true })
  await completeRows(folder, world, { fingerprintFiles: fingerprintFiles([], world) })
}

/** Tiles asked for at once. */
const AT_ONCE = 16
const JOURNAL = ['revisions.jsonl', 'acknowledged.json']

/**
 * Brings a data folder that no process has open to what the one that leads has shipped: archive, public log, journal of
 * incidents. What then is here is a data folder, without keys and registry. A round that meets a change of the store is
 * ended by the next one.
 */
async function mirrorFolder(
  store: ObjectStore,
  folder: string,
  { generation, signal }: { readonly generation: number; readonly signal: AbortSignal },
): Promise<Mirrored> {
  const mirrored = await mirrorArchive(store, join(folder, 'archive'), signal)
  await mirrorLog(store, join(folder, 'log'), { generation, signal })
  await REAL_DISK.makeFolder(join(folder, 'incidents'))
  for (const name of JOURNAL) await bringFile(store, `incidents/${name}`, join(folder, 'incidents', name))
  return mirrored
}

/** Tiles, then the state, then the checkpoint, as where it was signed. */
async function mirrorLog(
  store: ObjectStore,
  folder: string,
  { generation, signal }: { readonly generation: number; readonly signal: AbortSignal },
): Promise<void> {
  const at = logFolder(folder)
  const found = await store.get('log/public/checkpoint')
  if (found === undefined || (await readWhole(at.checkpoint))?.equals(found.bytes) === true) return
  await REAL_DISK.makeFolder(at.served)
  const { size, root } = parseCheckpoint(found.bytes)
  const before = (await readState(at, REAL_DISK))?.size ?? 0
  if (before > size) return
  const tiles = new TileFiles(at.served, REAL_DISK)
  const wanted = tilesAfter(before, size)
  for (let nth = 0; nth < wanted.length; nth += AT_ONCE) {
    signal.throwIfAborted()
    const brought = wanted.slice(nth, nth + AT_ONCE).map(async (tile): Promise<NewTile> => {
      const object = await store.get(`log/public/${tilePath(tile)}`)
      if (object === undefined) throw new Error(`"${tilePath(tile)}" is gone meanwhile`)
      return { tile, bytes: object.bytes }
    })
    await tiles.write(await Promise.all(brought))
  }
  await bringFile(store, 'log/log.json', at.identity)
  await writeState(at, { size, root, generation }, REAL_DISK)
  await writeDurable(at.checkpoint, found.bytes)
}

async function bringFile(store: ObjectStore, key: string, path: string): Promise<void> {
  const found = await store.get(key)
  if (found !== undefined && (await readWhole(path))?.equals(found.bytes) !== true)
    await writeDurable(path, found.bytes)
}
