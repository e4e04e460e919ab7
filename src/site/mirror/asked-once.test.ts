import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleOptions } from '../../../test/kit/site/site-sample.ts'
import { instant, parseAsn, parseSha256, type Sha256 } from '../../core/model/units.ts'
import { askedOnce } from './asked-once.ts'

const idOf = (nth: number): Sha256 => parseSha256(nth.toString(16).padStart(64, '0'))

describe('askedOnce()', () => {
  it('asks a question once, however often and in what turn, and never takes one for another', async () => {
    const { warehouse, archive } = await sampleOptions()
    const asked: string[] = []
    const counting = {
      archive,
      warehouse: {
        ...warehouse,
        apart: async (...of: Parameters<typeof warehouse.apart>) => asked.push(JSON.stringify(of)),
      },
    }
    const once = askedOnce(counting)
    const period = { since: instant(0), until: instant(1), simulated: false }
    const ask = (service: string, until: number): Promise<number> =>
      once.warehouse.apart(service, parseAsn(9198), { ...period, until: instant(until) })
    const answers = await Promise.all([ask('youtube', 1), ask('youtube', 1), ask('youtube', 2), ask('telegram', 1)])
    assert.deepEqual(answers, [1, 1, 2, 3])
    assert.deepEqual(await Promise.all([ask('telegram', 1), ask('youtube', 1)]), [3, 1])
    assert.equal(asked.length, 3)
  })

  it('asks again what broke, and what was asked for long ago', async () => {
    const { warehouse } = await sampleOptions()
    let reads = 0
    const read = async (): Promise<undefined> => {
      reads++
      if (reads === 1) throw new Error('broken')
    }
    const once = askedOnce({ warehouse, archive: { read } })
    await assert.rejects(once.archive.read(idOf(0)), /broken/)
    await once.archive.read(idOf(0))
    await once.archive.read(idOf(0))
    assert.equal(reads, 2)
    for (let nth = 1; nth <= 300; nth++) await once.archive.read(idOf(nth))
    await once.archive.read(idOf(0))
    assert.equal(reads, 303)
  })
})
