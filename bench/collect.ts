// Submissions acknowledged a second, generator and server together on this machine, each on disk before its answer; then
// the server is killed in the middle and everything acknowledged is looked for.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LEAF_CODEC } from '../src/core/evidence/log/leaf-record.ts'
import { openArchive } from '../src/store/archive/open.ts'
import type { LoadOrder, LoadWord } from './collect/load-child.ts'
import { openObjects } from '../src/runtime/objects/open-objects.ts'
import { openReadArchive } from '../src/store/archive/read-segments.ts'
import { shippedLeaves } from '../src/store/archive/ship/shipped-leaves.ts'
import { startCeph, WITHOUT_CEPH } from '../test/kit/ceph/ceph.ts'
import type { Bench } from './run.ts'
import { freeCore, startServer } from './served.ts'

const TARGET = 1500
const CONNECTIONS = 96
class Load implements Disposable {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./collect/load-child.ts', import.meta.url)), {
    serialization: 'advanced',
  })

  order(order: LoadOrder): void {
    this.#child.send(order)
  }

  next<K extends LoadWord['kind']>(kind: K): Promise<LoadWord & { kind: K }> {
    return new Promise((resolve) => {
      const listen = (word: LoadWord): void => {
        if (!isOf(word, kind)) return
        this.#child.off('message', listen)
        resolve(word)
      }
      this.#child.on('message', listen)
    })
  }

  async make(count: number, from: number): Promise<void> {
    const made = this.next('made')
    this.order({ kind: 'make', count, from })
    await made
  }

  [Symbol.dispose](): void {
    this.#child.kill()
  }
}

const isOf = <K extends LoadWord['kind']>(word: LoadWord, kind: K): word is LoadWord & { kind: K } => word.kind === kind

/** Counts what was acknowledged and is not there, or stands elsewhere than was said, and ids with more than one leaf. */
async function compare(
  folder: string,
  acknowledged: readonly (readonly [string, number])[],
): Promise<{ lost: number; doubled: number; leaves: number }> {
  await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const leaves = new Map<string, number>()
  let [at, doubled] = [0, 0]
  for await (const found of archive.scan(0)) {
    if (found.kind !== 'blob' || found.leafIndex !== at++) throw new Error(`Leaf ${found.leafIndex} is not whole`)
    if (leaves.has(found.provenance.id)) doubled++
    leaves.set(found.provenance.id, found.leafIndex)
  }
  const lost = acknowledged.filter(([id, leafIndex]) => leaves.get(id) !== leafIndex).length
  return { lost, doubled, leaves: at }
}

const share = (values: readonly number[], of: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length * of)] ?? Number.NaN)

async function measure(folder: string, seconds: number, store?: Store): Promise<Awaited<ReturnType<Bench['run']>>> {
  const env = { ...process.env, ...store?.env, ...(store === undefined ? {} : { KUAGER_ARCHIVE_STORE: store.address }) }
  using load = new Load()
  const server = await startServer(folder, env)
  const count = Math.ceil(seconds * TARGET * 2)
  // Threads start and code is compiled before anything is measured.
  await load.make(TARGET * 3, 0)
  load.order({ kind: 'send', port: server.port, connections: CONNECTIONS, seconds: 60 })
  const warm = await load.next('sent')
  await load.make(count, 1e6)
  const free = freeCore()
  const before = server.cpuSeconds()
  load.order({ kind: 'send', port: server.port, connections: CONNECTIONS, seconds })
  const steady = await load.next('sent')
  const used = server.cpuSeconds() - before
  await load.make(count, 2e6)
  load.order({ kind: 'send', port: server.port, connections: CONNECTIONS, seconds })
  const killed = load.next('sent')
  await load.next('half')
  await server.end('SIGKILL')
  const cut = await killed
  const again = await startServer(folder, env)
  if (store !== undefined) await shippedWhole(folder, store)
  await again.end('SIGTERM')
  const all = [warm, steady, cut].flatMap(({ acknowledged }) => acknowledged)
  const { lost, doubled, leaves } = await compare(folder, all)
  const shipped = store === undefined ? undefined : await leavesOn(store)
  const perSecond = Math.round(steady.acknowledged.length / steady.seconds)
  return {
    table: [
      {
        figure: 'acknowledged submissions a second',
        value: perSecond,
        target: `≥ ${TARGET}`,
        met: perSecond >= TARGET,
      },
      { figure: 'refused or put off', value: steady.refused, target: '0', met: steady.refused === 0 },
      { figure: 'half of the answers within, ms', value: share(steady.latenciesMs, 0.5) },
      { figure: '99 in 100 within, ms', value: share(steady.latenciesMs, 0.99) },
      { figure: 'processor µs of the server, each', value: Math.round((used / steady.acknowledged.length) * 1e6) },
      {
        figure: 'processor µs of the generator, each',
        value: Math.round((steady.cpuSeconds / steady.acknowledged.length) * 1e6),
      },
      { figure: 'share of a core that one thread got before it', value: Math.round(free * 100) / 100 },
      { figure: 'acknowledged before the kill', value: all.length },
      { figure: 'leaves found after it', value: leaves },
      { figure: 'acknowledged and missing', value: lost, target: '0', met: lost === 0 },
      { figure: 'doubled', value: doubled, target: '0', met: doubled === 0 },
      ...(shipped === undefined
        ? []
        : [{ figure: 'leaves on the object storage', value: shipped, target: `${leaves}`, met: shipped === leaves }]),
    ],
    json: { acknowledged_per_s: perSecond, lost, doubled, ...(shipped === undefined ? {} : { shipped }) },
  }
}

/** Where the server ships its folder meanwhile. */
interface Store {
  readonly address: string
  readonly env: Readonly<Record<string, string>>
}

/** Waits until the store has what is on the disk: for a minute the dead server still leads. */
async function shippedWhole(folder: string, store: Store): Promise<void> {
  const { size } = await openReadArchive(join(folder, 'archive'))
  for (let tries = 0; tries < 90 && (await leavesOn(store)) < size; tries++) await pause(1000)
}

async function leavesOn({ address, env }: Store): Promise<number> {
  await using store = openObjects(address, env)
  return shippedLeaves(store)
}

/** Runs with the store of a part: none, a folder on this disk, or a Ceph cluster on this machine. */
async function withStore<T>(
  folder: string,
  part: string | undefined,
  run: (store: Store | undefined) => Promise<T>,
): Promise<T> {
  if (part === undefined) return run(undefined)
  if (part === 'folder') return run({ address: join(folder, 'store'), env: {} })
  if (part !== 'ceph' || WITHOUT_CEPH !== false) throw new Error(WITHOUT_CEPH || 'Parts: folder, ceph')
  await using ceph = await startCeph()
  return await run({ address: `s3://${await ceph.bucket()}`, env: ceph.env })
}

export const bench: Bench = {
  summary: 'submissions of 20 KiB: acknowledged a second, and what a kill in the middle loses; a part ships meanwhile',
  parts: ['folder', 'ceph'],
  async run({ quick, part }) {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-collect-'))
    try {
      return await withStore(folder, part, (store) => measure(join(folder, 'data'), quick ? 3 : 10, store))
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}
