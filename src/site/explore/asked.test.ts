import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { parseAsn, parseInstant } from '../../core/model/units.ts'
import { periodOf } from '../query.ts'
import { urls } from '../urls.ts'
import { parseExplored } from './asked.ts'
import type { ExploreAsked } from './choice.ts'

// 01:30 of the 6th in Astana.
const defaults = { service: 'youtube', last: parseInstant('2026-03-05T20:30:00Z') }
const parse = (query: Readonly<Record<string, readonly string[]>>): ExploreAsked => parseExplored(query, defaults)
const DAYS = { since: ['2026-02-01'], until: ['2026-03-01'] }

describe('the choice of the page', () => {
  it('is thirty days of the usual service where the address says nothing, up to the day of Astana', () => {
    assert.deepEqual(parse({}), {
      services: ['youtube'],
      networks: [],
      days: { since: '2026-02-05', until: '2026-03-06' },
      by: 'day',
      value: 'failed',
      chart: 'line',
    })
  })

  it('is read again from its own address', () => {
    const asked: ExploreAsked = {
      services: ['telegram', 'web:example.org'],
      networks: [parseAsn(9198), parseAsn(64500)],
      days: { since: '2026-02-01', until: '2026-02-20' },
      with: { since: '2026-01-01', until: '2026-01-20' },
      by: 'hour',
      value: 'mechanism',
      chart: 'heat',
    }
    const query = new URL(urls.explore('kk', asked), 'https://kuager.example').searchParams
    const all = Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]))
    assert.deepEqual(parse(all), asked)
  })

  it('takes a name once, and an empty field of the form for none', () => {
    const asked = parse({ ...DAYS, service: ['signal', 'signal'], since2: [''], until2: [''] })
    assert.deepEqual(asked.services, ['signal'])
    assert.equal(asked.with, undefined)
  })

  it('shows days instead of hours of more than a month', () => {
    assert.equal(parse({ since: ['2026-01-01'], until: ['2026-01-31'], by: ['hour'] }).by, 'hour')
    assert.equal(parse({ since: ['2026-01-01'], until: ['2026-02-01'], by: ['hour'] }).by, 'day')
    const other = { since2: ['2025-01-01'], until2: ['2025-06-01'] }
    assert.equal(parse({ since: ['2026-01-01'], until: ['2026-01-02'], by: ['hour'], ...other }).by, 'day')
  })

  it('refuses what it cannot show, and names the part', () => {
    const refused: readonly (readonly [string, Readonly<Record<string, readonly string[]>>])[] = [
      ['service', { service: ['<script>'] }],
      ['service', { service: ['a', 'b', 'c', 'd', 'e'] }],
      ['network', { network: ['9198'] }],
      ['network', { service: ['a', 'b'], network: ['AS1', 'AS2', 'AS3', 'AS4', 'AS5'] }],
      ['until', { since: ['2026-03-02'], until: ['2026-03-01'] }],
      ['until', { since: ['2020-03-02'], until: ['2026-03-01'] }],
      ['since', { since: ['yesterday'], until: ['2026-03-01'] }],
      ['since', { since: ['2026-03-01', '2026-03-02'] }],
      ['until2', { ...DAYS, since2: ['2026-03-01'] }],
      ['until2', { ...DAYS, since2: ['2026-03-02'], until2: ['2026-03-01'] }],
      ['by', { by: ['minute'] }],
      ['query', { colour: ['red'] }],
    ]
    for (const [path, query] of refused)
      assert.throws(
        () => parse(query),
        (error) => error instanceof InputError && error.path === path,
        JSON.stringify(query),
      )
  })

  it('spans days from midnight to midnight in Astana, also where its clocks changed', () => {
    const iso = (days: { since: string; until: string }): readonly string[] => {
      const { since, until } = periodOf(days)
      return [since, until].map((at) => new Date(at).toISOString().slice(0, 16))
    }
    assert.deepEqual(iso({ since: '2026-03-01', until: '2026-03-03' }), ['2026-02-28T19:00', '2026-03-03T19:00'])
    assert.deepEqual(iso({ since: '2024-02-29', until: '2024-02-29' }), ['2024-02-28T18:00', '2024-02-29T19:00'])
  })
})
