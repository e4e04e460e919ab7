import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis, parseInstant } from '../../model/units.ts'
import { Frame, failureWord, writtenStart } from './moment.ts'

const AT = parseInstant('2026-11-25 19:12:47')

describe('writtenStart()', () => {
  it('tells the minute and not the second', () => {
    assert.equal(writtenStart(AT, undefined), '2026-11-25 19:12:00')
    assert.equal(writtenStart(AT, millis(30_000)), '2026-11-25 19:12:00')
  })

  it('corrects a clock that is off by more than a minute and by less than twelve hours', () => {
    assert.equal(writtenStart(AT, millis(3_600_000)), '2026-11-25 20:12:00')
    assert.equal(writtenStart(AT, millis(-3_600_000)), '2026-11-25 18:12:00')
    assert.equal(writtenStart(AT, millis(86_400_000)), '2026-11-25 19:12:00')
  })
})

describe('Frame', () => {
  it('writes seconds since the start, three decimals, never before it', () => {
    const frame = new Frame(millis(1000))
    assert.deepEqual([frame.seconds(millis(2234.56)), frame.seconds(millis(900))], [1.235, 0])
    assert.deepEqual([frame.nextFlow(), frame.nextFlow()], [1, 2])
  })
})

describe('failureWord()', () => {
  it('is null for success and the closed word else', () => {
    assert.equal(failureWord(undefined), null)
    assert.equal(failureWord({ code: 'connection_reset', stage: 'handshake', detail: 'x' }), 'connection_reset')
    assert.equal(failureWord({ code: 'unknown_failure', stage: 'answer', detail: 'odd' }), 'unknown_failure: odd')
  })
})
