import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { localHours } from './local-hours.ts'

const utc = (text: string): number => Date.parse(text)

describe('localHours()', () => {
  it('knows that Almaty was six hours ahead until 1 March 2024 and five hours since', () => {
    const almaty = localHours('Asia/Almaty')
    assert.equal(almaty.hourAt(utc('2018-05-15T14:00:00Z')), 20)
    assert.equal(almaty.hourAt(utc('2024-02-29T17:59:00Z')), 23)
    assert.equal(almaty.hourAt(utc('2024-02-29T18:30:00Z')), 23)
    assert.equal(almaty.hourAt(utc('2025-01-15T15:02:00Z')), 20)
  })

  it('gives the next local hour also where the offset is no whole hour', () => {
    const kathmandu = localHours('Asia/Kathmandu')
    assert.equal(kathmandu.nextHour(utc('2025-01-15T15:02:00Z')), utc('2025-01-15T15:15:00Z'))
    assert.equal(kathmandu.nextHour(utc('2025-01-15T15:15:00Z')), utc('2025-01-15T16:15:00Z'))
    assert.equal(kathmandu.hourAt(utc('2025-01-15T15:15:00Z')), 21)
  })

  it('follows a change of clocks within the day', () => {
    const berlin = localHours('Europe/Berlin')
    assert.equal(berlin.hourAt(utc('2025-03-30T00:59:00Z')), 1)
    assert.equal(berlin.hourAt(utc('2025-03-30T01:00:00Z')), 3)
    assert.equal(berlin.hourAt(utc('2025-10-26T01:00:00Z')), 2)
  })

  it('counts an unknown zone as UTC', () => {
    assert.equal(localHours('Nowhere/Land').hourAt(utc('2025-01-15T15:02:00Z')), 15)
  })
})
