import assert from 'node:assert/strict'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../../src/core/evidence/log/checkpoint.ts'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { hashLeaf, rootOf } from '../../../src/core/evidence/log/merkle.ts'
import { sha256 } from '../../../src/runtime/ed25519.ts'
import type { Archive } from '../../../src/store/archive/contract.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { until } from '../crash/eventually.ts'
import { giveKeys, Machine, type Acknowledged } from './standby-pair.ts'

/** What happens to the machine that signs. `cut`: nothing goes to where machines agree, or comes from there. */
export type MachineFault = 'kill' | 'pause' | 'cut'

/** Where two machines agree, and how one of them is cut off. */
export interface TrialPlace {
  /** Options and environment of the machine with that number. */
  of(nth: number): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  cut?(nth: number): void
  restore?(nth: number): void
}

/** A take-over, in milliseconds from the fault. */
export interface TakeOver {
  readonly fault: MachineFault
  /** To the moment at which the other machine leads. */
  readonly ledAfter: number
  /** To its first acknowledgement. */
  readonly took: number
}

/** What a trial came to. */
export interface Trial {
  readonly takeOvers: readonly TakeOver[]
  readonly checkpoints: number
  readonly acknowledged: number
}

/**
 * Lets two machines follow one another, as often as there are faults, and compares at the end every checkpoint that was
 * ever in a folder, and every acknowledged leaf that a checkpoint covers, with the archive of the last one.
 */
export async function runTrial(
  root: string,
  place: TrialPlace,
  faults: readonly MachineFault[],
  onTakeOver: (one: TakeOver) => void = () => undefined,
): Promise<Trial> {
  await mkdir(root, { recursive: true })
  const seen = new Map<string, Buffer>()
  const acknowledged: Acknowledged[] = []
  const takeOvers: TakeOver[] = []
  const running: Machine[] = []
  const note = async (): Promise<void> => {
    for (const machine of running) {
      const found = await machine.checkpoint()
      if (found !== undefined) seen.set(found.toString('latin1'), found)
    }
  }
  const start = async (nth: number, more: readonly string[] = []): Promise<Machine> => {
    const { args, env } = place.of(nth)
    const machine = await Machine.start(join(root, `machine-${nth}`), [...args, ...more], env)
    running.push(machine)
    return machine
  }
  try {
    let active = await start(0)
    await active.ready()
    for (const [nth, fault] of faults.entries()) {
      for (let count = 0; count < 2; count++) acknowledged.push(await active.submit())
      const covered = acknowledged.length
      await until(async () => (await active.size()) >= (acknowledged.at(-1)?.leaf ?? 0) + 1)
      await giveKeys(active.folder, join(root, `machine-${nth + 1}`))
      const next = await start(nth + 1, ['--standby'])
      await until(async () => next.said.includes('stands by'))
      await until(async () => (await next.size()) >= 1)
      // Some that may or may not be shipped when it happens.
      const last = await Promise.all([active.submit(), active.submit()])
      const begun = performance.now()
      if (fault === 'kill') await active.end('SIGKILL')
      else if (fault === 'pause') active.signal('SIGSTOP')
      else place.cut?.(nth)
      await note()
      let copied = 0
      let ledAfter = 0
      await until(async () => {
        if (ledAfter === 0 && next.said.includes('has taken over')) ledAfter = performance.now() - begun
        copied = Math.max(copied, (await next.copied()) ?? 0)
        return (await next.reasons())?.length === 0
      }, 180)
      const first = await next.submit()
      const took = performance.now() - begun
      takeOvers.push({ fault, ledAfter, took })
      onTakeOver({ fault, ledAfter, took })
      acknowledged.splice(covered, Infinity, ...last.filter(({ leaf }) => leaf < copied), first)
      await until(async () => (await next.size()) > first.leaf)
      const before = await active.checkpoint()
      if (fault === 'pause') active.signal('SIGCONT')
      if (fault === 'cut') place.restore?.(nth)
      if (fault !== 'kill') {
        // What is awake again signs nothing, accepts nothing, and says so.
        await until(async () => (await active.reasons())?.includes('standby') === true)
        await assert.rejects(active.submit())
        await note()
        const size = (bytes: Buffer | undefined): number => Number(bytes?.toString('utf8').split('\n')[1] ?? 0)
        assert.ok(size(await active.checkpoint()) <= Math.max(size(before), first.leaf))
      }
      await active.end('SIGKILL')
      await note()
      active = next
    }
    await note()
    await active.end()
    await note()
    await checkHistory(active.folder, [...seen.values()], acknowledged)
  } catch (error) {
    throw new Error(running.map(({ folder, said }) => `${folder}:\n${said}`).join('\n'), { cause: error })
  } finally {
    for (const machine of running) await machine.end('SIGKILL')
  }
  await rm(root, { recursive: true })
  return { takeOvers, checkpoints: seen.size, acknowledged: acknowledged.length }
}

/** Leaves of an archive by the ids of their measurements. */
export async function leavesById(archive: Pick<Archive, 'scan'>): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for await (const one of archive.scan(0)) if (one.kind === 'blob') found.set(one.provenance.id, one.leafIndex)
  return found
}

async function checkHistory(
  folder: string,
  checkpoints: readonly Buffer[],
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const digests: Uint8Array[] = []
  for await (const leaf of archive.leaves(0, archive.size)) digests.push(hashLeaf(leaf, sha256))
  const origins = new Set<string>()
  for (const bytes of checkpoints) {
    const { origin, size, root } = parseCheckpoint(bytes)
    origins.add(origin)
    assert.ok(size <= digests.length, `a checkpoint of ${size} leaves, and the archive has ${digests.length}`)
    assert.deepEqual(Buffer.from(root), Buffer.from(rootOf(digests.slice(0, size), sha256)), `size ${size}`)
  }
  assert.equal(origins.size, 1)
  const found = await leavesById(archive)
  for (const { id, leaf } of acknowledged)
    assert.equal(found.get(id), leaf, `leaf ${leaf} was acknowledged and shipped`)
}
