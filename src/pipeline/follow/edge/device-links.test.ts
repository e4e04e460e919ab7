import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DeviceLinks } from './device-links.ts'

const key = (nth: number): string => nth.toString(16).padStart(16, '0')
const label = (nth: number): string => `d${key(nth)}`

describe('labels of devices over all edges', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-devices-'))))
  after(() => rm(root, { recursive: true }))

  it('are found over a chain as long as an edge may make it, also after a restart', async () => {
    const LINKS = 30_000
    {
      await using links = await DeviceLinks.open(root)
      for (let nth = 1; nth <= LINKS; nth++) {
        links.labelOf(key(nth), label(nth), undefined)
        // Only the last label of the chain is linked on, so that each step makes it longer.
        if (nth > 1) links.labelOf(key(nth), label(nth - 1), undefined)
      }
      assert.equal(links.labelOf(key(LINKS + 1), label(1), undefined), label(LINKS))
      await links.sync()
    }
    await using again = await DeviceLinks.open(root)
    assert.equal(again.labelOf(key(LINKS + 1), label(1), undefined), label(LINKS))
  })
})
