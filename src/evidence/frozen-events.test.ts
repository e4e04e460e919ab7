import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { completePlan, daysKept, daysOf, floorsOf } from '../detect/coincidence/plan.ts'
import type { Hypothesis } from '../model/coincidence.ts'
import { InputError } from '../model/errors.ts'
import type { OutsideEvent } from '../model/record.ts'
import { parseInstant } from '../model/units.ts'
import { encodeCanonical } from './canonical-json.ts'
import { eventProblems, freezeEvents, frozenAfterPeriod, verifyFrozen } from './frozen-events.ts'

const digest = (text: string): string => hash('sha256', text)
const now = parseInstant('2025-08-01T00:00:00Z')
const words = (text: string) => ({ kk: text, ru: text, en: text })
const primary: Hypothesis = {
  id: 'streams',
  label: words('streams'),
  kinds: ['livestream'],
  services: ['youtube'],
  networks: [],
}
const plan = completePlan({ period: { since: '2025-01-01', until: '2025-07-01' }, primary })
const event = (id: string, over: Partial<OutsideEvent> = {}): OutsideEvent => ({
  id,
  kind: 'livestream',
  label: words('Stream'),
  start: '2025-02-01T14:00:00Z',
  source: { url: 'https://example.org/news/1', title: 'Example News', checked: true },
  ...over,
})
const freeze = (events: readonly OutsideEvent[], simulated = false) =>
  freezeEvents(events, plan, { simulated, at: parseInstant('2025-01-01T00:00:00Z'), digest })
const outcomes = (value: unknown): readonly string[] =>
  verifyFrozen(value, { digest, now }).steps.map(({ outcome }) => outcome)

describe('freezeEvents()', () => {
  it('gives a list that verifies, also after a round trip through JSON', () => {
    const frozen = freeze([event('one'), event('two')])
    assert.deepEqual(outcomes(JSON.parse(JSON.stringify(frozen))), ['ok', 'ok', 'ok', 'ok'])
  })

  it('gives the same digest for any order of the events', () => {
    const early = event('early', { start: '2025-01-03T14:00:00Z' })
    assert.equal(freeze([event('one'), early]).sha256, freeze([early, event('one')]).sha256)
  })

  it('refuses what would point at the material itself', () => {
    for (const over of [
      { source: { url: 'https://www.youtube.com/watch?v=abc', title: 'x', checked: true } },
      { source: { url: 'https://t.me/channel/1', title: 'x', checked: true } },
      { source: { url: 'https://web.archive.org/web/2020/https://www.facebook.com/a', title: 'x', checked: true } },
      { source: { archived: 'https://web.archive.org/web/2020/https://youtu.be/a', title: 'x', checked: true } },
      { label: { ...words('Stream'), ru: 'Эфир: https://example.org' } },
      { label: words('Stream of @somebody') },
      { channel: 'youtube.com/somebody' },
    ] satisfies Partial<OutsideEvent>[])
      assert.throws(() => freeze([event('one', over)]), isInputError('events.link'), JSON.stringify(over))
  })

  it('takes news about a platform for a source', () => {
    const source = {
      url: 'https://example.org/youtube.com-does-not-open',
      title: 'YouTube does not open',
      checked: false,
    }
    assert.deepEqual(eventProblems([event('one', { source })], false), [])
  })

  it('refuses a list without source, with an id twice, with an end before its start', () => {
    const bare = event('one', { source: { title: 'somebody', checked: false } })
    assert.throws(() => freeze([bare]), isInputError('events.source'))
    assert.throws(() => freeze([event('one'), event('one')]), isInputError('events.duplicate'))
    assert.throws(() => freeze([event('one', { end: '2025-01-31T14:00:00Z' })]), isInputError('events.order'))
    assert.equal(freeze([bare], true).simulated, true)
  })
})

const isInputError = (code: string) => (error: unknown) => error instanceof InputError && error.code === code

describe('verifyFrozen()', () => {
  const frozen = freeze([event('one'), event('two', { channel: 'Somebody' })])

  it('fails when any character of the frozen text is changed', () => {
    const text = encodeCanonical(frozen)
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', '7', 'a', 'z', '"', ' '), (place, letter) => {
        if (text[place] === letter) return
        const changed = text.slice(0, place) + letter + text.slice(place + 1)
        let value: unknown
        try {
          value = JSON.parse(changed)
        } catch {
          return
        }
        if (encodeCanonical(value) === text) return
        assert.ok(outcomes(value).includes('failed'), changed)
      }),
      { numRuns: 300 },
    )
  })

  it('says of every step what it found', () => {
    assert.deepEqual(outcomes({ ...frozen, events: frozen.events.slice(1) }), ['ok', 'failed', 'ok', 'ok'])
    assert.deepEqual(outcomes({ ...frozen, frozenAtUtc: '2030-01-01T00:00:00Z' }), ['ok', 'failed', 'ok', 'failed'])
    assert.deepEqual(outcomes({ events: [] }), ['failed', 'not-checked', 'not-checked', 'not-checked'])
    assert.equal(verifyFrozen({ ...frozen, simulated: true }, { digest, now }).frozen, undefined)
  })

  it('knows a list that was frozen after its period', () => {
    const late = freezeEvents([event('one')], plan, { simulated: false, at: parseInstant('2025-07-02'), digest })
    assert.deepEqual([frozenAfterPeriod(late), frozenAfterPeriod(frozen)], [true, false])
  })
})

describe('completePlan()', () => {
  it('fills in the window of the law, both tests and the least N that reaches 5 %', () => {
    assert.deepEqual([plan.windowHours, plan.linear], [[-1, 3], { step: 'day', shifts: 19 }])
    assert.deepEqual([daysOf(plan.period), daysKept(plan), floorsOf(plan)], [182, 144, { weeks: 1 / 26, linear: 0.05 }])
  })
})
