import { hash } from 'node:crypto'
import { isSimulatedOrigin, type Checkpoint } from '../../../core/evidence/log/checkpoint.ts'
import { hashLeaf } from '../../../core/evidence/log/merkle.ts'
import { DAY_MS, MINUTE_MS } from '../../../core/model/duration.ts'
import { Fault, InputError } from '../../../core/model/errors.ts'
import { formatSubmittedBy, type SubmittedBy } from '../../../core/model/standing.ts'
import { formatInstantUtc } from '../../../core/model/units.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import type { WorkerPool } from '../../../runtime/worker-pool.ts'
import type { Archive, SealedItem } from '../../../store/archive/contract.ts'
import { ArchiveStream } from '../../../store/archive/stream/archive-stream.ts'
import type { StreamPlace } from '../../../store/archive/stream/find-extent.ts'
import type { SeenValues } from '../../../store/seen-values/contract.ts'
import { sightingOf } from '../../publish/sighting.ts'
import type { ArchivedValue } from '../../judge/judge-archived.ts'
import type { DeviceLinks } from './device-links.ts'
import { readErasure, readNextKey, whoBrought } from './edge-entries.ts'
import { checkGrown, checkSigned, readEdgeCheckpoint, refuseEdge } from './edge-log.ts'
import { edgeMark, encodeTree, leafMapPath, newEdgeState, saveEdgeState, treeOf, type EdgeState } from './edge-state.ts'
import { LeafMap } from './leaf-map.ts'
import { recogniseEdge, type EdgeSettings, type RecogniseParts } from './recognise-edge.ts'
import { checkRecords, readEdgeRecord, type CheckedRecord, type EdgeRecord } from './take-records.ts'

/** Leaves that are compared with the log and then taken, before the place is written down: bounds memory and repetition. */
const PORTION = 8192
/** Measurements, and bytes of frames, that are checked and archived at once. */
const BATCH = 128
const BATCH_BYTES = 2 * 2 ** 20
/** How far the clock of an edge may be ahead: what is "from the future" waits until it is not. */
const MOST_AHEAD_MS = 10 * MINUTE_MS
/** A leaf that cannot be read for so long is passed over, and read again later. */
const STUCK_MS = 10 * MINUTE_MS
const MOST_MISSED = 1000
/**
 * Erasures of one edge that are done here on one day. An edge that fell into other hands could take away what it
 * delivered: the operator has time to see it.
 */
export const ERASURES_PER_DAY = 20
/** So many erasures of one edge wait at most: then what else its log says of custody waits too, and what is behind it. */
export const MOST_WAITING = 10_000
/** How often it is written down that an edge answers although nothing is new. */
const NOTE_EVERY_MS = MINUTE_MS

export interface FollowerParts extends RecogniseParts {
  readonly archive: Pick<Archive, 'append' | 'readLeaf'>
  readonly pool: WorkerPool
  readonly seen: Pick<SeenValues, 'secret' | 'note'>
  readonly devices: DeviceLinks
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Label under which the collector of this folder counts a key; undefined of one that it does not know. */
  readonly ownLabel: (pseudonym: string) => string | undefined | Promise<string | undefined>
  /** Gets what was added to the archive, to be judged. */
  readonly onAdded: (added: readonly ArchivedValue[]) => void
  /** Erases a measurement that its edge has erased, and everything that was derived from it. */
  readonly erase: (leaf: number, reason: string) => Promise<void>
  /** Whether the disk has space for more. */
  readonly hasRoom: () => boolean
  /** One line for the operator. */
  readonly onLine: (line: string) => void
}

/** What one pass came to. */
export interface EdgePass {
  /** Name of the edge's log; undefined where it has none yet. */
  readonly origin: string | undefined
  readonly counts: EdgeState['counts']
  /** Leaves of its newest checkpoint that are not taken yet. */
  readonly behind: number
}

const NO_COUNTS: EdgeState['counts'] = newEdgeState('', { address: '', keys: [] }).counts
/** Edges that this process is reading: two readers of one would write the same state. */
const AT_WORK = new Set<string>()

/**
 * Takes what an edge has received into an archive: everything that its log has signed, in its order, each measurement
 * with its standing, the mark of the edge and the minute of its receipt. Rules: docs/formats/import.md, "An edge".
 */
export class EdgeFollower implements AsyncDisposable {
  readonly #parts: FollowerParts
  readonly #settings: EdgeSettings
  readonly #stream: ArchiveStream
  #state: EdgeState | undefined
  #map: LeafMap | undefined
  #busy: string | undefined

  constructor(parts: FollowerParts, settings: EdgeSettings) {
    this.#parts = parts
    this.#settings = settings
    this.#stream = new ArchiveStream(settings.store)
  }

  /** As it was written down last; undefined before the edge answered. */
  get state(): EdgeState | undefined {
    return this.#state
  }

  /**
   * Reads the newest checkpoint and takes everything before it. Throws InputError for an edge that gives what its log did
   * not sign, and Fault where it cannot be reached; what was taken until then stays taken.
   */
  async pass(): Promise<EdgePass> {
    const { store } = this.#settings
    const checkpoint = await readEdgeCheckpoint(store)
    if (checkpoint === undefined) return { origin: undefined, counts: NO_COUNTS, behind: 0 }
    const state = (this.#state ??= await this.#begin(checkpoint))
    this.#map ??= await LeafMap.open(leafMapPath(this.#parts.folder, state))
    checkSigned(checkpoint, state.origin, state.keys)
    if (checkpoint.size < state.place.leaf)
      throw refuseEdge(
        'back',
        `its log has ${checkpoint.size} entries, and ${state.place.leaf} were read before`,
        'a log that only grows: the folder of the edge was replaced by an older copy',
      )
    await checkGrown(treeOf(state), checkpoint, store)
    const before = { ...state.counts }
    state.size = checkpoint.size
    do {
      this.#parts.signal.throwIfAborted()
      if (!this.#parts.hasRoom()) throw new Fault('The disk is full: nothing is taken of edges until it has space')
    } while (state.place.leaf < checkpoint.size && (await this.#takePortion(state, checkpoint)))
    await this.#eraseSome(state)
    await this.#noteAnswer(state)
    const counts = Object.fromEntries(
      Object.entries(state.counts).map(([name, count]) => [
        name,
        (count ?? 0) - (before[name as keyof typeof before] ?? 0),
      ]),
    ) as EdgeState['counts'] // the same members
    return { origin: state.origin, counts, behind: checkpoint.size - state.place.leaf }
  }

  /**
   * Takes what is behind the newest checkpoint too, as it is there: of an edge that will sign nothing more, since its disk
   * is gone. Only the store answers for it. Gives how many leaves were read.
   */
  async takeUnsigned(): Promise<number> {
    const state = this.#state
    if (state === undefined || state.place.leaf < state.size) return 0
    const from = state.place.leaf
    while (await this.#takePortion(state, undefined).catch(noMoreLeaves)) this.#parts.signal.throwIfAborted()
    return state.place.leaf - from
  }

  /** Tries again what could not be read for long. */
  async readMissed(): Promise<void> {
    const state = this.#state
    if (state === undefined || state.missed.length === 0) return
    for (const missed of [...state.missed])
      try {
        if (await this.#takeAt(state, missed)) state.missed = state.missed.filter((one) => one !== missed)
      } catch (error) {
        if (!(error instanceof InputError || error instanceof Fault)) throw error // it stays missed, and costs no other
      }
    await this.#map?.sync()
    await saveEdgeState(this.#parts.folder, state)
  }

  /** Takes the one leaf at a place, which must be the one that was signed; whether that could be done. */
  async #takeAt(state: EdgeState, { place, leaf: sha256OfLeaf }: EdgeState['missed'][number]): Promise<boolean> {
    const [leafBytes] = await this.#stream.leaves(place, 1)
    if (leafBytes === undefined || hash('sha256', leafBytes) !== sha256OfLeaf) return false
    let taken = 0
    for await (const streamed of this.#stream.records(place, [leafBytes]))
      taken += await this.#takeBatch(state, [await readEdgeRecord(streamed, leafBytes)])
    return taken === 1
  }

  async #begin(checkpoint: Checkpoint): Promise<EdgeState> {
    const { folder, onLine } = this.#parts
    const { state, isNew } = await recogniseEdge(checkpoint, this.#settings, this.#parts)
    const busy = `${folder} ${edgeMark(state)}`
    if (AT_WORK.has(busy)) throw refuseEdge('busy', 'this process follows it already', 'each edge once')
    this.#busy = busy
    AT_WORK.add(busy)
    if (isNew)
      onLine(`${state.origin}: followed from now on as ${edgeMark(state)}; its log signs with ${state.keys.join(' ')}`)
    return state
  }

  /** Takes the next leaves; whether it came to the end of them. Each step says what a crash right after it leaves. */
  async #takePortion(state: EdgeState, checkpoint: Checkpoint | undefined): Promise<boolean> {
    // 1. Leaves, compared with the signed tree, in memory. Crash: nothing.
    const from: StreamPlace = state.place
    const count = checkpoint === undefined ? PORTION : Math.min(PORTION, checkpoint.size - from.leaf)
    const leaves = await this.#stream.leaves(from, count)
    const grown = treeOf(state)
    for (const leaf of leaves) grown.push(hashLeaf(leaf, sha256))
    if (checkpoint !== undefined) await checkGrown(grown, checkpoint, this.#settings.store)

    // 2. Measurements, batch by batch: checked, archived, to the judge. Crash: they are read again and found as known.
    let place = from
    let batch: EdgeRecord[] = []
    let bytes = 0
    const settle = async (): Promise<boolean> => {
      const taken = batch.length === 0 ? 0 : await this.#takeBatch(state, batch, place)
      place = batch[taken - 1]?.next ?? place
      const whole = taken === batch.length
      ;[batch, bytes] = [[], 0]
      return whole
    }
    let whole = true
    for await (const streamed of this.#stream.records(from, leaves)) {
      const record = await readEdgeRecord(streamed, leaves[streamed.leaf - from.leaf]!) // one for each leaf
      batch.push(record)
      bytes += record.kind === 'measurement' ? record.frame.length : 0
      if (batch.length < BATCH && bytes < BATCH_BYTES) continue
      if (!(whole = await settle())) break
    }
    whole = whole && (await settle())
    const settled = place.leaf - from.leaf

    // 3. Where the leaves are here, and then the place. Crash between the two: as after 2.
    await this.#map?.sync()
    const tree = treeOf(state)
    for (const leaf of leaves.slice(0, settled)) tree.push(hashLeaf(leaf, sha256))
    state.tree = encodeTree(tree)
    state.place = { ...place }
    if (state.stuck !== undefined && state.stuck.leaf < place.leaf) delete state.stuck
    await saveEdgeState(this.#parts.folder, state)
    if (whole && settled < leaves.length && checkpoint !== undefined)
      throw refuseEdge('record', `the record of leaf ${place.leaf} is not there`, 'every record that its log covers')
    return whole && settled > 0
  }

  /**
   * Settles records from the first one on; gives how many. It stops before one that is to be read again: damaged, or of a
   * time that has not come. `from`: place of the first; without it none is passed over.
   */
  async #takeBatch(state: EdgeState, records: readonly EdgeRecord[], from?: StreamPlace): Promise<number> {
    const { clock, pool, seen, realm } = this.#parts
    const now = clock.now()
    const ahead = records.findIndex(
      (one) => one.kind === 'measurement' && one.provenance.receivedAt > now + MOST_AHEAD_MS,
    )
    const due = ahead === -1 ? records : records.slice(0, ahead)
    const measured = due.filter((one) => one.kind === 'measurement')
    const checked = new Map(
      (
        await checkRecords(measured, {
          pool,
          secret: seen.secret,
          realm: (await realm()) ?? (isSimulatedOrigin(state.origin) ? 'simulated' : 'real'),
        })
      ).map((one) => [one.record.leaf, one]),
    )
    const good: Extract<CheckedRecord, { frame: Uint8Array }>[] = []
    let count = 0
    for (const record of due) {
      const isEvent = record.kind === 'entry' && record.read?.entry === 'custody-event'
      if (isEvent && state.erasures.length >= MOST_WAITING) break
      const found = checked.get(record.leaf)
      const why = record.kind === 'damaged' ? record.why : found?.found.kind === 'wrong' ? found.found.why : undefined
      const place = records[count - 1]?.next ?? from
      if (
        why !== undefined &&
        (place === undefined || !this.#passOver(state, { place, leafBytes: record.leafBytes }, why))
      )
        break
      if (found !== undefined && 'frame' in found) good.push(found)
      else if (found?.found.kind === 'refused') {
        state.counts.refused++
        this.#parts.onLine(`${state.origin}: leaf ${record.leaf} is not taken: ${found.found.why}`)
      }
      this.#takeOther(state, record)
      count++
    }
    await this.#archive(state, good)
    const first = records[ahead]
    if (first?.kind === 'measurement' && count === ahead)
      this.#parts.onLine(
        `${state.origin}: leaf ${first.leaf} was received at ${formatInstantUtc(first.provenance.receivedAt)}, which is ` +
          'in the future here: its clock or ours is wrong; it waits',
      )
    return count
  }

  /** Whether a leaf that cannot be read is left behind, after it was tried for long enough. */
  #passOver(
    state: EdgeState,
    { place, leafBytes }: { readonly place: StreamPlace; readonly leafBytes: Uint8Array },
    why: string,
  ): boolean {
    const { clock, onLine } = this.#parts
    const now = clock.now()
    if (state.stuck?.leaf !== place.leaf) {
      state.stuck = { leaf: place.leaf, since: now, why }
      onLine(`${state.origin}: leaf ${place.leaf} cannot be read: ${why}; tried again`)
      return false
    }
    if (now - state.stuck.since < STUCK_MS || state.missed.length >= MOST_MISSED) return false
    state.missed.push({ place: { ...place }, leaf: hash('sha256', leafBytes), why })
    onLine(`${state.origin}: leaf ${place.leaf} is passed over: ${why}; it is tried again each hour`)
    return true
  }

  #takeOther(state: EdgeState, record: EdgeRecord): void {
    const counted = record.kind === 'entry' ? 'entries' : record.kind
    if (counted !== 'measurement' && counted !== 'damaged') state.counts[counted] = (state.counts[counted] ?? 0) + 1
    const read = record.kind === 'entry' ? record.read : undefined
    if (read?.entry === 'key-change') {
      const after = readNextKey(read.bytes, state.keys)
      if (after !== undefined) state.keys = [...state.keys, after]
    }
    if (read?.entry === 'custody-event') {
      const erasure = readErasure(read.bytes, record.leaf)
      if (erasure !== undefined && !state.erasures.some(({ leaf }) => leaf === erasure.leaf))
        state.erasures.push(erasure)
    }
  }

  /** Devices, archive, map, values that were seen, judge: what counts by a label is on disk after the label. */
  async #archive(state: EdgeState, good: readonly Extract<CheckedRecord, { frame: Uint8Array }>[]): Promise<void> {
    if (good.length === 0) return
    const { archive, devices, seen, onAdded } = this.#parts
    const edge = edgeMark(state)
    const items: SealedItem[] = []
    for (const { record, found, frame } of good) {
      const { provenance, by, salt, size, logged } = record
      const origin = formatSubmittedBy({ ...(await this.#counted(by)), edge })
      const { publicSha256 } = found
      items.push({ provenance: { ...provenance, origin }, publicSha256, size, frame, salt, original: logged.original })
    }
    await devices.sync()
    const appended = await archive.append(items)
    const places: { leaf: number; here: number }[] = []
    const added: ArchivedValue[] = []
    for (const [nth, place] of appended.entries()) {
      const [one, item] = [good[nth]!, items[nth]!] // one result for each
      state.counts[place.kind]++
      const { receivedAt } = item.provenance
      if (receivedAt > (state.newest ?? 0)) state.newest = receivedAt
      if (place.kind === 'barred') continue
      places.push({ leaf: one.record.leaf, here: place.leafIndex })
      if (place.kind === 'added') {
        const { provenance, frame, size } = item
        added.push({ leafIndex: place.leafIndex, provenance, bytes: frame, expandsTo: size })
      }
    }
    await this.#map?.note(places)
    if (added.length > 0) onAdded(added)
    const sightings = appended.flatMap((place, nth) => {
      const [one, { provenance }] = [good[nth]!, items[nth]!] // one result for each
      return place.kind === 'added' ? sightingOf({ provenance, leafIndex: place.leafIndex }, one.found.brought) : []
    })
    if (sightings.length > 0) seen.note(sightings)
  }

  /** The sender with the label under which its device counts over all edges. */
  async #counted(by: SubmittedBy): Promise<SubmittedBy> {
    const { pseudonym, device } = by
    if (pseudonym === undefined || device === undefined) return by
    const { devices, ownLabel } = this.#parts
    return { ...by, device: devices.labelOf(pseudonym, device, await ownLabel(pseudonym)) }
  }

  /** Does erasures of the edge here, as many as a day allows. Crash: one that was done is done again, which changes nothing. */
  async #eraseSome(state: EdgeState): Promise<void> {
    const now = this.#parts.clock.now()
    const waiting = state.erasures.length
    state.erased = state.erased.filter((at) => now - at < DAY_MS)
    for (const erasure of [...state.erasures]) {
      const here = await this.#map?.of(erasure.leaf)
      const brought = here === undefined ? 'no' : whoBrought(await this.#parts.archive.readLeaf(here), edgeMark(state))
      if (brought === 'own' && state.erased.length >= ERASURES_PER_DAY) break
      // Also what was erased: a crash may have come before the rest of it.
      if (brought === 'own' || brought === 'erased') await this.#parts.erase(here!, erasure.reason) // it was read there
      if (brought === 'own') state.erased.push(now)
      if (brought === 'other')
        this.#parts.onLine(`${state.origin}: its erasure of leaf ${here} here is not done: it did not bring that first`)
      state.erasures = state.erasures.filter((one) => one !== erasure)
    }
    if (state.erasures.length === waiting) return
    await saveEdgeState(this.#parts.folder, state)
    if (state.erasures.length > 0)
      this.#parts.onLine(
        `${state.origin}: ${state.erasures.length} of its erasures wait: at most ${ERASURES_PER_DAY} a day are done here`,
      )
  }

  async #noteAnswer(state: EdgeState): Promise<void> {
    const now = this.#parts.clock.now()
    if (now - (state.answered ?? 0) < NOTE_EVERY_MS) return
    state.answered = now
    await saveEdgeState(this.#parts.folder, state)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#busy !== undefined) AT_WORK.delete(this.#busy)
    await this.#map?.[Symbol.asyncDispose]()
  }
}

/** Where nothing is promised, what is missing is the end. */
function noMoreLeaves(error: unknown): false {
  if (error instanceof InputError && error.code === 'stream.missing') return false
  throw error
}
