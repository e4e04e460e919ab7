import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instant, parseAsn } from '../../core/model/units.ts'
import { remember } from './availability.ts'

const series = { service: 'youtube', asn: parseAsn(64496), simulated: true }
const period = { since: instant(0), until: instant(1000) }

describe('remember()', () => {
  it('asks once a minute for one question, and for each question of its own', async () => {
    let asked = 0
    let now = 0
    const ask = remember(
      () => {
        asked++
        return Promise.resolve(undefined)
      },
      () => now,
    )
    await ask(series, period)
    await ask(series, period)
    assert.equal(asked, 1)
    await ask({ ...series, service: 'facebook' }, period)
    assert.equal(asked, 2)
    now = 60_001
    await ask(series, period)
    assert.equal(asked, 3)
  })

  it('forgets an answer that failed, and the oldest of more than five hundred', async () => {
    let asked = 0
    const failing = remember(() => Promise.reject(new Error(`no ${asked++}`)))
    await assert.rejects(failing(series, period), /no 0/)
    await assert.rejects(failing(series, period), /no 1/)
    const counting = remember(() => {
      asked++
      return Promise.resolve(undefined)
    })
    asked = 0
    for (let i = 0; i <= 500; i++) await counting(series, { ...period, until: instant(i) })
    await counting(series, { ...period, until: instant(0) })
    assert.equal(asked, 502)
  })
})
