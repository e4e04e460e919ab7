import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSurvivor, liveArchive, type Happening } from '../../../test/kit/stores/archive-life.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { stoppingDisk } from '../../../test/kit/crash/stopping-disk.ts'
import { diskWith, seeded, type VolatileDisk } from '../../../test/kit/crash/volatile-disk.ts'

const ROOT = '/data'
const FOLDER = '/data/archive'
/** Ways in which what was not fsynced survives, tried for every act. */
const SURVIVALS = 12
const TWICE = 600

const prepared = (): Promise<VolatileDisk> => diskWith(ROOT)

/** A disk on which `live` has been interrupted by a loss of power before an act, as it is when the power is back. */
async function interrupt(
  memory: VolatileDisk,
  at: { readonly step: number; readonly random: () => number },
  live: (disk: Disk) => Promise<void>,
): Promise<VolatileDisk> {
  let off = false
  const stop = (): Promise<never> => {
    off = true
    return Promise.reject(new Error('The power is off'))
  }
  const { disk } = stoppingDisk(memory, ROOT, { step: at.step, moment: 'before', stop })
  await live(disk).catch((error: unknown) => {
    if (!off) throw error
  })
  return memory.survive(at.random)
}

async function stepsOf(live: (disk: Disk) => Promise<void>): Promise<readonly string[]> {
  const at = { step: Number.MAX_SAFE_INTEGER, moment: 'before', stop: () => assert.fail('no act is the last') } as const
  const { disk, steps } = stoppingDisk(await prepared(), ROOT, at)
  await live(disk)
  return steps
}

describe('An archive whose machine loses power', () => {
  it('keeps every promise, with any remainder of what was not fsynced', async () => {
    const steps = await stepsOf((disk) => liveArchive(FOLDER, disk, () => {}))
    for (let step = 0; step <= steps.length; step++)
      for (let survival = 0; survival < SURVIVALS; survival++) {
        const happened: Happening[] = []
        const random = seeded(step * SURVIVALS + survival + 1)
        const live = (disk: Disk): Promise<void> => liveArchive(FOLDER, disk, (what) => happened.push(what))
        const survivor = await interrupt(await prepared(), { step, random }, live)
        await checkSurvivor(FOLDER, survivor, happened).catch((error: unknown) => {
          throw new Error(`Power lost before step ${step} (${steps[step] ?? 'end'}), survival ${survival}`, {
            cause: error,
          })
        })
      }
  })

  it('keeps them also when the power goes again while it recovers', async () => {
    const steps = await stepsOf((disk) => liveArchive(FOLDER, disk, () => {}))
    for (let run = 0; run < TWICE; run++) {
      const random = seeded(run + 1)
      const happened: Happening[] = []
      const first = Math.floor(random() * steps.length)
      const second = Math.floor(random() * 30)
      const live = (disk: Disk): Promise<void> => liveArchive(FOLDER, disk, (what) => happened.push(what))
      const once = await interrupt(await prepared(), { step: first, random }, live)
      const twice = await interrupt(once, { step: second, random }, (disk) => checkSurvivor(FOLDER, disk, happened))
      await checkSurvivor(FOLDER, twice, happened).catch((error: unknown) => {
        throw new Error(
          `Power lost before step ${first} (${steps[first] ?? ''}), then before step ${second}, run ${run}`,
          {
            cause: error,
          },
        )
      })
    }
  })
})
