import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseCheckpoint } from '../../../src/core/evidence/log/checkpoint.ts'
import type { Instant } from '../../../src/core/model/units.ts'
import { deliver } from '../../../src/probe/deliver/deliver.ts'
import { Receipts } from '../../../src/probe/spool/receipts.ts'
import { Spool } from '../../../src/probe/spool/spool.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { decodeRecordHead, idOf, NONCE_BYTES, recordBytes } from '../../../src/store/archive/record.ts'
import { decodeSegmentHead, SEGMENT_HEAD_BYTES } from '../../../src/store/archive/segment-head.ts'
import { SeenHistory } from '../stores/seen-history.ts'
import { ChildProgram } from './child-process.ts'
import { edgeDocuments } from './made-edge.ts'
import { TrialEdge } from './trial-edge.ts'

const TOKEN = 'trial'.repeat(8)
const CENTRE = fileURLToPath(new URL('centre-child.ts', import.meta.url))
const PROBE = 'aaaaaaaaaaaaaaaa'

/** The centre of a trial. */
export interface TrialCentre extends AsyncDisposable {
  readonly folder: string
  start(): Promise<void>
  kill(): Promise<void>
}

/** What a trial came to. */
export interface TrialOutcome {
  readonly acknowledged: number
  /** Of these, how many the centre has. */
  readonly found: number
  readonly lost: number
  /** Of the lost ones, those that were not only on a disk that is gone: each is an error. */
  readonly wrong: number
  /** Time between answer and loss of the oldest of the others. */
  readonly oldestMs: number
  /** Measurements that the centre has twice. */
  readonly doubled: number
  /** Histories that the centre signed: one, or it forked. */
  readonly logs: number
}

export interface TrialWorldOptions {
  readonly edges: number
  /** Probes that submit all the time, each with a spool of its own. */
  readonly probes: number
  /** Whether edges ship to a store, from which the centre reads; absent: it reads them over HTTP. */
  readonly ships?: true
  /** Whether edges are whole servers, on small disks that can be full; absent: processes without pages. */
  readonly served?: true
  /** How the centre is run; absent: a process without pages. */
  readonly centre?: (addresses: () => readonly string[], parts: { folder: string; tokenFile: string }) => TrialCentre
}

/** Edges, a centre and probes that deliver to any of the edges, with everything between them to be killed and cut. */
export class TrialWorld implements AsyncDisposable {
  readonly edges: readonly TrialEdge[]
  readonly centre: TrialCentre
  /** Keys of logs that the centre is given at its next start. */
  readonly keys: string[]
  readonly #root: string
  readonly #stop = new AbortController()
  readonly #running: Promise<void>[] = []
  readonly #acknowledged = new Map<string, Instant>()
  /** Measurements that only a disk had which is gone, and when it went. */
  readonly #exposed = new Map<string, Instant>()
  readonly #history: SeenHistory
  /** Documents that each probe has not delivered, after the last one was made. */
  readonly #left = new Map<number, number>()
  readonly #probes: number
  #serial = 0
  #feeding = true

  private constructor(
    root: string,
    parts: { edges: readonly TrialEdge[]; centre: TrialCentre; keys: string[]; probes: number },
  ) {
    this.#probes = parts.probes
    this.#root = root
    this.edges = parts.edges
    this.centre = parts.centre
    this.keys = parts.keys
    this.#history = new SeenHistory(parts.centre.folder)
  }

  /** Opens and starts everything in a folder of its own. */
  static async open(root: string, options: TrialWorldOptions): Promise<TrialWorld> {
    const tokenFile = join(root, 'token')
    await writeFile(tokenFile, TOKEN)
    const edges: TrialEdge[] = []
    const how = { tokenFile, ships: options.ships === true, served: options.served === true }
    for (let nth = 0; nth < options.edges; nth++) edges.push(await TrialEdge.open(join(root, `edge-${nth}`), how))
    const addresses = (): readonly string[] => edges.flatMap((edge) => edge.addresses)
    const folder = join(root, 'centre')
    const made = { folder, tokenFile }
    const keys: string[] = []
    const centre = options.centre?.(addresses, made) ?? lightCentre(addresses, { ...made, keys })
    const world = new TrialWorld(root, { edges, centre, keys, probes: options.probes })
    try {
      await Promise.all(edges.map((edge) => edge.start()))
      await centre.start()
    } catch (error) {
      await world[Symbol.asyncDispose]() // otherwise what is open keeps the process of the test
      throw error
    }
    for (let nth = 0; nth < options.probes; nth++) world.#running.push(world.#submit(nth))
    world.#running.push(world.#watchLog())
    return world
  }

  /** Resolves when so many more measurements were acknowledged, or after some seconds. */
  async more(count: number): Promise<void> {
    const before = this.#acknowledged.size
    for (let waited = 0; waited < 200 && this.#acknowledged.size < before + count; waited++) await pause(25)
  }

  /** Takes the disk of an edge away, its process first. What only that disk had is lost, and counted so. */
  async loseDisk(edge: TrialEdge): Promise<void> {
    await edge.kill()
    const centre = await idsOf(this.centre.folder)
    const now = systemClock.now()
    const shipped = edge.store === undefined ? new Set<string>() : await idsOf(edge.store, await signedOf(edge.store))
    for (const id of await idsOf(edge.folder)) if (!centre.has(id) && !shipped.has(id)) this.#exposed.set(id, now)
    await edge.replaceDisk()
  }

  /** One probe: measures and delivers without a pause, to its edges in an order of its own. */
  async #submit(nth: number): Promise<void> {
    const folder = join(this.#root, `probe-${nth}`)
    const stores = { spool: new Spool(folder), receipts: new Receipts(folder) }
    const collectors = this.edges.map((_, at) => {
      const { submit } = this.edges[(at + nth) % this.edges.length]! // within the list
      return `http://127.0.0.1:${submit.port}`
    })
    const { signal } = this.#stop
    const known = new Set<string>()
    while (!signal.aborted) {
      const now = systemClock.now()
      const started = new Date(now - 60_000).toISOString().slice(0, 19).replace('T', ' ')
      if (this.#feeding)
        for (const document of edgeDocuments(started, (this.#serial += 3), 3))
          await stores.spool.add(document, { at: now, scope: 'core', probe: PROBE })
      const report = await deliver(
        stores,
        { collectors, routes: [{ kind: 'direct' }], extraRoots: [] },
        {
          ...{ clock: systemClock, signal, random: Math.random },
          wait: () => pause(20),
          introduce: () => Promise.resolve({}),
          onAccepted: () => Promise.resolve(),
          onBadInvitation: () => Promise.resolve(),
        },
      ).catch((error: unknown) => {
        if (!signal.aborted) throw error
        return undefined
      })
      for (const { id } of await stores.receipts.list())
        if (!known.has(id)) {
          known.add(id)
          this.#acknowledged.set(id, systemClock.now())
        }
      // Said after the receipts are noted: who sees that nothing is left sees them all.
      if (!this.#feeding && report !== undefined) this.#left.set(nth, report.left)
      await pause(this.#feeding ? 10 : 200)
    }
  }

  /** Notes every checkpoint that the centre publishes. */
  async #watchLog(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#history.note()
      await pause(100)
    }
  }

  /** Ends the feeding, mends what is cut, and waits until the centre has what was acknowledged; then looks. */
  async settle(allowedMs: number): Promise<TrialOutcome> {
    this.#feeding = false
    const until = systemClock.monotonic() + allowedMs
    const isOver = async (): Promise<boolean> => {
      if (this.#left.size < this.#probes || [...this.#left.values()].some((left) => left > 0)) return false
      const ids = await idsOf(this.centre.folder)
      return [...this.#acknowledged.keys()].every((id) => ids.has(id) || this.#exposed.has(id))
    }
    while (systemClock.monotonic() < until && !(await isOver())) await pause(500)
    this.#stop.abort()
    await Promise.all(this.#running)
    await pause(500)
    await this.#history.note()
    await this.centre.kill()
    return this.#look()
  }

  async #look(): Promise<TrialOutcome> {
    const { ids, ...rest } = await this.#history.look()
    const lost = [...this.#acknowledged].filter(([id]) => !ids.has(id))
    const ages = lost.flatMap(([id, at]) =>
      [this.#exposed.get(id)].flatMap((gone) => (gone === undefined ? [] : gone - at)),
    )
    const acknowledged = this.#acknowledged.size
    return {
      ...{ ...rest, acknowledged, found: acknowledged - lost.length, lost: lost.length },
      wrong: lost.length - ages.length,
      oldestMs: Math.max(0, ...ages),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled(this.#running)
    await this.centre[Symbol.asyncDispose]()
    for (const edge of this.edges) await edge[Symbol.asyncDispose]()
  }
}

function lightCentre(
  addresses: () => readonly string[],
  { folder, tokenFile, keys }: { folder: string; tokenFile: string; keys: readonly string[] },
): TrialCentre {
  let program: ChildProgram | undefined
  const kill = async (): Promise<void> => program?.kill()
  return {
    folder,
    async start() {
      program = new ChildProgram([CENTRE, folder, tokenFile, ...addresses()], /open\n/)
      await program.start({ KUAGER_EDGE_KEYS: keys.join(' ') })
    },
    kill,
    [Symbol.asyncDispose]: kill,
  }
}

/**
 * Ids in an archive by its segments, or by the pieces of a store that have their leaves: read beside the process that
 * writes it, and from the disk of one that was killed.
 */
async function idsOf(data: string, beforeLeaf = Infinity): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  const folder = join(data, 'archive')
  const names = await readdir(folder, { recursive: true }).catch((): string[] => [])
  for (const name of names) {
    const isPiece = name.startsWith('tail/')
    if (!name.endsWith('.segment') || (isPiece && !names.includes(name.replace(/segment$/, 'leaves')))) continue
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0))
    const hasHead = decodeSegmentHead(bytes) !== undefined
    if (!hasHead && !isPiece) continue
    const start = hasHead ? SEGMENT_HEAD_BYTES : 0
    const nonce = Buffer.from(bytes.subarray(start, start + NONCE_BYTES))
    for (let at = start; at < bytes.length;) {
      const record = decodeRecordHead(bytes.subarray(at), nonce)
      if (record === undefined) break
      if (record.leafIndex < beforeLeaf) ids.add(idOf(bytes.subarray(at)).toString('hex'))
      at += recordBytes(record)
    }
  }
  return ids
}

/** Leaves that the log in a folder or store has signed. */
async function signedOf(data: string): Promise<number> {
  const bytes = await readFile(join(data, 'log/public/checkpoint')).catch(() => undefined)
  return bytes === undefined ? 0 : parseCheckpoint(bytes).size
}
