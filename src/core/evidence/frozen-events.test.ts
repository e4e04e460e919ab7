import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { completePlan, daysKept, daysOf, floorsOf } from '../detect/coincidence/plan.ts'
import { planDraftSchema, type Hypothesis } from '../model/incident/coincidence.ts'
import { InputError } from '../model/errors.ts'
import type { OutsideEvent } from '../model/tables/record.ts'
import { parseInstant } from '../model/units.ts'
import { encodeCanonical } from './canonical-json.ts'
import { eventProblems, freezeEvents, frozenWhen, verifyFrozen } from './frozen-events.ts'

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
      { label: words('Stream of @someone') },
      { channel: 'youtube.com/somebody' },
      { source: { url: 'https://www.youtube-nocookie.com/embed/abc', title: 'x', checked: true } },
      { source: { url: 'https://youtube.com./watch?v=abc', title: 'x', checked: true } },
      { source: { url: 'https://archive.example/https%3A%2F%2Fyoutube.com/watch?v=abc', title: 'x', checked: true } },
      { label: words('See live.example/abc') },
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

  it('takes a day for an end on the day of the start, and no day before it', () => {
    assert.deepEqual(eventProblems([event('one', { end: '2025-02-01' })], false), [])
    assert.deepEqual(eventProblems([event('one', { end: '2025-02' })], false), [])
    assert.throws(() => freeze([event('one', { end: '2025-01-31' })]), isInputError('events.order'))
  })

  it('freezes nothing that would not verify: no empty list, none beyond ten thousand', () => {
    assert.throws(() => freeze([]), isInputError('events.count'))
    const many = Array.from({ length: 10_001 }, (_, index) => event(`event-${index}`))
    assert.throws(() => freeze(many), isInputError('events.count'))
  })

  it('belongs to a plan whose questions each have an id of their own', () => {
    const draft = { period: plan.period, primary, secondary: [primary] }
    assert.equal(planDraftSchema.safeParse(draft).success, false)
    assert.equal(planDraftSchema.safeParse({ ...draft, secondary: [{ ...primary, id: 'others' }] }).success, true)
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

  it('knows when a list was frozen by the days of its own zone', () => {
    const at = (time: string) =>
      frozenWhen(freezeEvents([event('one')], plan, { simulated: false, at: parseInstant(time), digest }))
    assert.deepEqual([at('2024-12-31T18:59:00Z'), at('2024-12-31T19:00:00Z')], ['before', 'during'])
    assert.deepEqual([at('2025-07-01T18:59:00Z'), at('2025-07-01T19:00:00Z')], ['during', 'after'])
  })
})

describe('completePlan()', () => {
  it('fills in the window of the law, both tests and the least N that reaches 5 %', () => {
    assert.deepEqual([plan.windowHours, plan.linear], [[-1, 3], { step: 'day', shifts: 19 }])
    assert.deepEqual([daysOf(plan.period), daysKept(plan), floorsOf(plan)], [182, 144, { weeks: 1 / 26, linear: 0.05 }])
  })
})
