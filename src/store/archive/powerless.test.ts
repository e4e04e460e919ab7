import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSurvivor, liveArchive } from '../../../test/kit/archive-life.ts'
import type { Happening } from '../../../test/kit/archive-life.ts'
import { stoppingDisk } from '../../../test/kit/stopping-disk.ts'
import { VolatileDisk } from '../../../test/kit/volatile-disk.ts'

const ROOT = '/data'
const FOLDER = '/data/archive'
/** Ways in which what was not fsynced survives, tried for every act. */
const SURVIVALS = 12

/** A stream of numbers in [0, 1), the same for the same seed (xorshift32). */
function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

async function prepared(): Promise<VolatileDisk> {
  const disk = new VolatileDisk()
  await disk.makeFolder(ROOT)
  await disk.syncFolder('/')
  return disk
}

describe('An archive whose machine loses power', () => {
  it('keeps every promise, whatever survives of what was not fsynced', async () => {
    const { disk: whole, steps } = stoppingDisk(await prepared(), ROOT, {
      step: Number.MAX_SAFE_INTEGER,
      moment: 'before',
      stop: () => assert.fail('no act has this number'),
    })
    await liveArchive(FOLDER, whole, () => {})
    for (let step = 0; step <= steps.length; step++)
      for (let survival = 0; survival < SURVIVALS; survival++) {
        const memory = await prepared()
        const happened: Happening[] = []
        let off = false
        const lost = (): Promise<never> => {
          off = true
          return Promise.reject(new Error('The power is off'))
        }
        const { disk } = stoppingDisk(memory, ROOT, { step, moment: 'before', stop: lost })
        await liveArchive(FOLDER, disk, (what) => happened.push(what)).catch((error: unknown) => {
          if (!off) throw error
        })
        const survivor = memory.survive(seeded(step * SURVIVALS + survival + 1))
        await checkSurvivor(FOLDER, survivor, happened).catch((error: unknown) => {
          throw new Error(`Power lost before step ${step} (${steps[step] ?? 'end'}), survival ${survival}`, {
            cause: error,
          })
        })
      }
  })
})
