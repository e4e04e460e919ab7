import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSurvivor, liveArchive, type Happening } from '../../../test/kit/stores/archive-life.ts'
import { MOMENTS, stoppingDisk, type Moment } from '../../../test/kit/crash/stopping-disk.ts'
import { diskWith, seeded } from '../../../test/kit/crash/volatile-disk.ts'
import type { Disk } from '../../runtime/files/disk.ts'

const ROOT = '/data'
const FOLDER = '/data/archive'
const SURVIVALS = 2
/** Acts in a row that the disk refuses: a retry must not rest on what an earlier one left. */
const REFUSED = [1, 3]

/** A disk that refuses some acts in a row, as one without space does, and then no more. */
function refusing(inner: Disk, at: { readonly step: number; readonly moment: Moment; readonly acts: number }): Disk {
  let disk = inner
  for (let nth = at.acts - 1; nth >= 0; nth--) {
    const stop = (): Promise<never> => Promise.reject(Object.assign(new Error('No space'), { code: 'ENOSPC' }))
    disk = stoppingDisk(disk, ROOT, { step: at.step + nth, moment: at.moment, stop }).disk
  }
  return disk
}

/** Repeats an act that fails, as senders repeat what was not acknowledged. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 0; tried < 20; tried++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
  return work()
}

describe('An archive whose disk refuses acts and then no more', () => {
  it('goes on without being opened again, and keeps every promise over a loss of power that follows', async () => {
    const counted = stoppingDisk(await diskWith(ROOT), ROOT, {
      step: Number.MAX_SAFE_INTEGER,
      moment: 'before',
      stop: () => assert.fail('no act is the last'),
    })
    await liveArchive(FOLDER, counted.disk, () => {})
    for (let step = 0; step < counted.steps.length; step++)
      for (const moment of MOMENTS)
        for (const acts of REFUSED)
          for (let survival = 0; survival < SURVIVALS; survival++) {
            const memory = await diskWith(ROOT)
            const happened: Happening[] = []
            try {
              await liveArchive(
                FOLDER,
                refusing(memory, { step, moment, acts }),
                (what) => happened.push(what),
                patiently,
              )
              const survivor = survival === 0 ? memory : memory.survive(seeded(step * SURVIVALS + survival))
              await checkSurvivor(FOLDER, survivor, happened)
            } catch (cause) {
              const what = `${acts} acts from ${step} (${counted.steps[step] ?? ''}), ${moment}, survival ${survival}`
              throw new Error(`Refused ${what}`, { cause })
            }
            assert.equal(happened.filter(({ kind }) => kind === 'acked').length, 7)
          }
  })
})
