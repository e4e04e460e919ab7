import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { eventsSchema } from '../model/tables/record.ts'
import { eventProblems } from './frozen-events.ts'

const file = new URL('../../../data/record/events.json', import.meta.url)

describe('data/record/events.json', () => {
  const { simulated, events } = eventsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

  it('can be frozen: every event once, with a source that is not the material itself', () => {
    assert.equal(simulated, false)
    assert.deepEqual(eventProblems(events, false), [])
  })

  it('is in order of time', () => {
    const keys = events.map(({ start, id }) => `${start} ${id}`)
    assert.deepEqual(keys, keys.toSorted())
  })

  it('says what happened without saying who restricted anything, or why', () => {
    for (const { label, id } of events)
      for (const words of Object.values(label))
        assert.doesNotMatch(words, /block|censor|shutdown|блокир|цензур|отключ|бұғатта|шектеу/iu, id)
  })
})
