import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import type { Incident } from '../../../src/core/model/incident/incident.ts'
import { axisOf } from '../../../src/site/incident/around.ts'
import { contradictions, type Drawn } from '../measured/contradictions.ts'
import { sampleReadings, sampleRevisions } from './incident-sample.ts'
import { KEPT } from './sample-evening.ts'
import { publishEvening } from './sample-revisions.ts'

const nine = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value

/** What the page of a revision draws: by its own rule, and of a slow one with what was slow marked. */
async function drawn(incident: Incident): Promise<readonly Drawn[]> {
  const newest = Math.max(...sampleRevisions().flatMap(({ id, revision }) => (id === incident.id ? [revision] : [])))
  const axis = await axisOf('en', incident, {
    readings: async (service, asn) => sampleReadings(service, asn),
    record: undefined,
    of: { published: incident, isNewest: incident.revision === newest && !incident.withdrawn },
  })
  return axis?.readings ?? []
}

describe('the evening of the samples', () => {
  let made: readonly string[] = []
  before(async () => {
    const { revisions, episodes } = await publishEvening()
    made = [
      ...revisions.map((revision) => JSON.stringify({ revision }, nine)),
      ...episodes.map((episode) => JSON.stringify({ episode }, nine)),
    ]
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(KEPT, `${made.join('\n')}\n`)
  })

  it('is what the detector publishes of its measurements, every figure of it', () => {
    const kept = readFileSync(KEPT, 'utf8').trimEnd().split('\n')
    assert.equal(made.length, kept.length)
    for (const [at, line] of made.entries()) assert.deepEqual(JSON.parse(line), JSON.parse(kept[at] ?? ''))
  })

  it('contradicts itself nowhere: what is counted is drawn, what is drawn was known, and the parts give the whole', async () => {
    for (const incident of sampleRevisions())
      assert.deepEqual(contradictions(incident, await drawn(incident)), [], incident.id)
  })
})
