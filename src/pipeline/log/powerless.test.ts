import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lifeItem } from '../../../test/kit/stores/archive-life.ts'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { checkLogSurvivor, liveLog, servedNow } from '../../../test/kit/stores/log-life.ts'
import { MOMENTS, stoppingDisk, type Moment } from '../../../test/kit/crash/stopping-disk.ts'
import { diskWith, seeded, type VolatileDisk } from '../../../test/kit/crash/volatile-disk.ts'
import type { Checkpoint } from '../../core/evidence/log/checkpoint.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { hashLeaf, rootOf } from '../../core/evidence/log/merkle.ts'
import { instant } from '../../core/model/units.ts'
import { openArchive } from '../../store/archive/open.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { openTransparencyLog } from './open-log.ts'

const ROOT = '/data'
const FOLDER = '/data/log'
/** Ways in which what was not fsynced survives, tried for every act. */
const SURVIVALS = 2
const TWICE = 100

const prepared = (): Promise<VolatileDisk> => diskWith(ROOT)

/**
 * Runs a life that an act on the disk cuts off: `memory` is as the machine sees it then, what was read of it is seen.
 */
async function cutOff(
  memory: VolatileDisk,
  at: { readonly step: number; readonly moment: Moment },
  live: (disk: Disk) => Promise<void>,
): Promise<void> {
  let off = false
  const stop = (): Promise<never> => {
    off = true
    return Promise.reject(new Error('The power is off'))
  }
  const { disk } = stoppingDisk(memory, ROOT, { ...at, stop })
  await live(disk).catch((error: unknown) => {
    if (!off) throw error
  })
}

async function stepsOf(): Promise<readonly string[]> {
  const at = { step: Number.MAX_SAFE_INTEGER, moment: 'before', stop: () => assert.fail('no act is the last') } as const
  const { disk, steps } = stoppingDisk(await prepared(), ROOT, at)
  await liveLog(FOLDER, disk, new LeafArchive(), () => {})
  return steps
}

const explained = (what: string) => (error: unknown) => {
  throw new Error(what, { cause: error })
}

describe('A log whose process or machine stops', () => {
  it('does everything that a crash is tried at', async () => {
    const steps = await stepsOf()
    for (const kind of [
      'rename log/public/tile/0/',
      'rename log/public/tile/entries/',
      'rename log/state.json',
      'rename log/public/checkpoint',
      'rename log/log.json',
      'rename log/keys/',
      'remove log/public/tile/0/000.p/',
      'removeFolder log/public/tile/entries/000.p',
    ])
      assert.ok(
        steps.some((step) => step.startsWith(kind)),
        `the life has a step "${kind}"`,
      )
    // Tiles, then the state, then what is signed over it.
    const first = steps.findIndex((step) => step === 'rename log/public/checkpoint')
    const state = steps.slice(0, first).findLastIndex((step) => step === 'syncFolder log')
    const tile = steps.slice(0, first).findLastIndex((step) => step.startsWith('syncFolder log/public/tile/'))
    assert.ok(tile !== -1 && tile < state && state < first)
  })

  it('never has signed two checkpoints that contradict each other: before an act, in its midst, after it', async () => {
    const steps = await stepsOf()
    for (const [step, name] of steps.entries())
      for (const moment of MOMENTS) {
        if (moment === 'torn' && !name.startsWith('write ')) continue
        // A kill after one act finds the same files as a kill before the next one, and fewer promises: only the last
        // counts.
        if (moment === 'after' && step < steps.length - 1) continue
        const memory = await prepared()
        const archive = new LeafArchive()
        const seen: Checkpoint[] = []
        await cutOff(memory, { step, moment }, (disk) => liveLog(FOLDER, disk, archive, (one) => seen.push(one)))
        // A killed process leaves the disk as the machine sees it.
        await checkLogSurvivor(FOLDER, memory, archive, seen).catch(explained(`Killed ${moment} ${step} (${name})`))
      }
  })

  it('nor where power was lost, with any part surviving of what was not fsynced', async () => {
    const steps = await stepsOf()
    for (let step = 0; step <= steps.length; step++)
      for (let survival = 0; survival < SURVIVALS; survival++) {
        const memory = await prepared()
        const archive = new LeafArchive()
        const seen: Checkpoint[] = []
        const at = { step, moment: 'before' } as const
        await cutOff(memory, at, (disk) => liveLog(FOLDER, disk, archive, (one) => seen.push(one)))
        // The content under its name at that time may have been served to a reader.
        const served = await servedNow(FOLDER, memory)
        if (served !== undefined) seen.push(served)
        const survivor = memory.survive(seeded(step * SURVIVALS + survival + 1))
        await checkLogSurvivor(FOLDER, survivor, archive, seen).catch(
          explained(`Power lost before step ${step} (${steps[step] ?? 'end'}), survival ${survival}`),
        )
      }
  })

  it('nor where the archive lies on the same disk: no checkpoint is beyond what the archive keeps', async () => {
    const life = async (disk: Disk, saw: (one: Checkpoint) => void): Promise<void> => {
      await using archive = await openArchive('/data/archive', { leaves: LEAF_CODEC, segmentBytes: 1500, disk })
      await using log = await openTransparencyLog(FOLDER, {
        archive,
        disk,
        begin: { simulated: false, at: instant(1) },
      })
      for (let nth = 0; nth < 6; nth++) {
        await archive.append([lifeItem(2 * nth), lifeItem(2 * nth + 1)])
        if (nth === 2) await log.append('custody-event', Buffer.from('done'), instant(2))
        const latest = await log.sequence()
        if (latest !== undefined) saw(latest)
      }
    }
    const at = { step: Number.MAX_SAFE_INTEGER, moment: 'before', stop: () => assert.fail() } as const
    const { disk, steps } = stoppingDisk(await prepared(), ROOT, at)
    await life(disk, () => {})
    for (let step = 0; step <= steps.length; step++) {
      const memory = await prepared()
      const seen: Checkpoint[] = []
      await cutOff(memory, { step, moment: 'before' }, (one) => life(one, (saw) => seen.push(saw)))
      const served = await servedNow(FOLDER, memory)
      if (served !== undefined) seen.push(served)
      const survivor = memory.survive(seeded(step + 1))
      const check = async (): Promise<void> => {
        await life(survivor, (saw) => seen.push(saw))
        await using archive = await openArchive('/data/archive', { leaves: LEAF_CODEC, disk: survivor })
        const digests: Uint8Array[] = []
        for await (const leaf of archive.leaves(0, archive.size)) digests.push(hashLeaf(leaf, sha256))
        for (const { size, root } of seen)
          assert.deepEqual(Buffer.from(root), Buffer.from(rootOf(digests.slice(0, size), sha256)), `size ${size}`)
      }
      await check().catch(explained(`Power lost before step ${step} (${steps[step] ?? 'end'})`))
    }
  })

  it('nor where it goes again while the log recovers', async () => {
    const steps = await stepsOf()
    for (let run = 0; run < TWICE; run++) {
      const random = seeded(run + 1)
      const archive = new LeafArchive()
      const seen: Checkpoint[] = []
      const first = Math.floor(random() * steps.length)
      const second = Math.floor(random() * 40)
      const memory = await prepared()
      await cutOff(memory, { step: first, moment: 'before' }, (disk) =>
        liveLog(FOLDER, disk, archive, (one) => seen.push(one)),
      )
      const once = memory.survive(random)
      await cutOff(once, { step: second, moment: 'before' }, (disk) => checkLogSurvivor(FOLDER, disk, archive, seen))
      const served = await servedNow(FOLDER, once)
      if (served !== undefined) seen.push(served)
      await checkLogSurvivor(FOLDER, once.survive(random), archive, seen).catch(
        explained(`Power lost before step ${first} (${steps[first] ?? ''}), then before step ${second}, run ${run}`),
      )
    }
  })
})
