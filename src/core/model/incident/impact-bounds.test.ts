import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { knownBounds } from './impact-bounds.ts'
import type { Impact } from './incident.ts'

const impact = (values: Readonly<Record<string, number>>): Impact => ({
  atLeast: 0,
  atMost: 1,
  personHours: { atLeast: 0, atMost: 1 },
  basis: 'thin',
  inputs: Object.entries(values).map(([what, value]) => ({ what, value, source: 'a table', asOf: '2026' })),
})

describe('knownBounds()', () => {
  it('are the devices that were counted, and the users of their networks', () => {
    const two = {
      'internet-users': 900,
      'network-users:AS1': 100,
      'network-users:AS2': 50,
      'probes:AS1': 9,
      'probes-failed:AS1': 3,
      'probes-failed:AS2': 2,
    }
    assert.deepEqual(knownBounds(impact(two)), { devices: 5, atMost: 150, of: 'networks' })
    assert.equal(knownBounds(impact({ ...two, 'internet-users': 120 }))?.atMost, 120)
  })

  it('are as wide as the country where a network has no figure, and absent where nothing was counted', () => {
    const unknown = { 'internet-users': 900, 'network-users:AS1': 100, 'probes-failed:AS1': 3, 'probes-failed:AS2': 1 }
    assert.deepEqual(knownBounds(impact(unknown)), { devices: 4, atMost: 900, of: 'country' })
    assert.equal(knownBounds(impact({ 'internet-users': 900 })), undefined)
    assert.equal(knownBounds(impact({ 'probes-failed:AS1': 3 })), undefined)
  })
})
