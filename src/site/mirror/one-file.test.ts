import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instant, millis } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { FIRST_NAMES, FIRST_NOW, firstIncidents, firstRows } from '../../../test/kit/evening/first-sample.ts'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { sampleOptions } from '../../../test/kit/site/site-sample.ts'
import { makeOneFile, ONE_FILE_BYTES } from './one-file.ts'

const NETWORKS = 400
const named = (asn: number): string => `Example Regional Network of a Far District ${asn}`

async function pageOf(incidents = firstIncidents()): Promise<string> {
  const site = await sampleOptions({
    simulated: true,
    warehouse: memoryWarehouse(firstRows({ networks: NETWORKS })),
    incidents: memoryIncidents(incidents),
    names: { ...FIRST_NAMES, networkName: named },
    clock: { now: () => FIRST_NOW, monotonic: () => millis(0) },
  })
  const { page } = await makeOneFile({ site, madeAt: FIRST_NOW, langs: LANGS, digest: sha256 })
  return page
}

const bytesOf = (page: string): number => new TextEncoder().encode(page).length

const MORE = ['және тағы', 'и ещё', 'and more'] as const
/** What is said to be left out, in each language. */
const leftOf = (page: string): readonly (readonly number[])[] =>
  MORE.map((words) => [...page.matchAll(new RegExp(`${words}: (\\d+)`, 'g'))].map(([, count]) => Number(count)))

describe('makeOneFile()', () => {
  it('fits with hundreds of networks: names those with most devices, and says how many more there are', async () => {
    const page = await pageOf()
    assert.ok(bytesOf(page) < ONE_FILE_BYTES, String(bytesOf(page)))
    assert.ok(page.includes(named(64500)))
    const [kk = [], ru, en] = leftOf(page)
    assert.deepEqual([ru, en], [kk, kk])
    assert.ok(kk.length > 0 && kk.every((count) => count > 100 && count < NETWORKS), kk.join())
    assert.ok(!page.includes(named(64500 + NETWORKS - 1)))
  })

  it('fits with hundreds of restricted sites: leaves out the last, and says how many', async () => {
    const [running] = firstIncidents().filter((one) => one.running)
    assert.ok(running !== undefined)
    const sites = Array.from({ length: 300 }, (_, nth) => ({
      ...sampleIncident({ ...running, id: `web-${nth}`, service: `web:${'long-'.repeat(20)}${nth}.example.org` }),
      revisedAt: instant(FIRST_NOW + nth),
    }))
    const page = await pageOf(sites)
    assert.ok(bytesOf(page) < ONE_FILE_BYTES, String(bytesOf(page)))
    const [kk = [], ru, en] = leftOf(page)
    assert.deepEqual([ru, en], [kk, kk])
    assert.ok((kk.at(-1) ?? 0) >= sites.length - 20, kk.join())
  })
})
