import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeCanonical } from '../../evidence/canonical-json.ts'
import { makeSavedCheck, MOST_CHECK_BYTES } from '../../evidence/saved-check/saved-check.ts'
import { samplePlan } from '../../../../test/kit/site/check-plan.ts'
import { checkPlanSchema, crowdHourSchema, type CrowdCheck } from './crowd-check.ts'

describe('the checks of an hour', () => {
  it('fit into a saved check, also the longest that there can be', () => {
    const one = { document: 'timed-out', document_ms: 60_000, image: 'timed-out', image_ms: 60_000 } as const
    const results = Array.from({ length: 20 }, (_, nth): CrowdCheck['results'][0] => ({
      service: `${nth}`.padStart(64, 'x'),
      outcome: 'not-the-site',
      tries: [one, one],
    }))
    const check: CrowdCheck = {
      format: 'kuager-crowd-check/1',
      at_utc: '2026-03-05T16:10Z',
      network: 'AS4294967295',
      region: 'abroad',
      online: false,
      results,
    }
    const hour = crowdHourSchema.parse({
      format: 'kuager-crowd-hour/1',
      checks: Array.from({ length: 20 }, () => check),
    })
    assert.ok(encodeCanonical(hour).length <= MOST_CHECK_BYTES, `${encodeCanonical(hour).length}`)
    assert.ok(makeSavedCheck(hour, new Uint8Array(16)).salt.length > 0)
    assert.equal(crowdHourSchema.safeParse({ ...hour, checks: [...hour.checks, check] }).success, false)
  })
})

describe('the control hosts of a plan', () => {
  const control = (host: string, of = host) => ({ document: `https://${host}/reach`, image: `https://${of}/reach.png` })
  const isPlan = (...controls: readonly ReturnType<typeof control>[]): boolean =>
    checkPlanSchema.safeParse(samplePlan(undefined, { controls: [...controls] })).success

  it('are up to three of different hosts, or none', () => {
    const [one, two, three, four] = ['a.example', 'b.example', 'c.example', 'd.example'].map((host) => control(host))
    assert.ok(one !== undefined && two !== undefined && three !== undefined && four !== undefined)
    assert.equal(isPlan(), true)
    assert.equal(isPlan(one, two, three), true)
    assert.equal(isPlan(one, two, three, four), false)
    assert.equal(isPlan(one, control('A.example')), false)
    assert.equal(isPlan(control('a.example', 'b.example')), false)
  })

  it('are not put in the place that one had before', () => {
    const { controls, ...rest } = samplePlan(undefined)
    assert.equal(checkPlanSchema.safeParse({ ...rest, control: controls[0] }).success, false)
  })
})
