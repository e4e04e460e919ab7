import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { idOf, judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehousesOf } from '../../../test/kit/stores/clickhouse-server.ts'
import type { HttpObservation } from '../../core/model/measured/observation.ts'

const MARK = 'zq7Reader81905kx'
const page: HttpObservation = {
  ...{ kind: 'http', source: '/test_keys/requests/0', side: 'probe', hop: 0, part: 'url', method: 'GET' },
  ...{ origin: 'system', overQuic: false, headers: [], bodyTruncated: false, url: 'http://www.youtube.com/' },
  ...{ status: 302, location: `http://block.example/${MARK}`, title: MARK, bodyBytes: 81905 },
  failure: { code: 'unknown_failure', raw: `malformed answer ${MARK}` },
}

for (const kind of WAREHOUSE_KINDS)
  it(`rows of submissions that were judged before values were withheld lose them when the tables are brought up, ${kind}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-withheld-'))
    const warehouses = warehousesOf(kind)
    try {
      await warehouses.begin()
      {
        await using warehouse = await warehouses.open(folder)
        const grounds = [
          { fact: 'http.redirected-elsewhere', role: 'decisive', values: { host: 'h', location: `${MARK}.example` } },
        ] as const
        const made = (leafIndex: number) =>
          judged({ leafIndex, observations: [page, { ...page, side: 'control' }], verdict: { grounds } })
        const sent = made(1)
        const provenance = { ...sent.provenance, channel: 'collector', origin: 'known:0123456789abcdef' } as const
        await warehouse.insert([{ ...sent, provenance }, made(2)])
      }
      await warehouses.command(folder, 'ALTER TABLE migrations DELETE WHERE version >= 5 SETTINGS mutations_sync = 2')
      await using warehouse = await warehouses.open(folder)
      const [own, control] = await warehouse.observations(idOf(1))
      assert.ok(!JSON.stringify(own).includes(MARK))
      assert.deepEqual([own?.['status'], own?.['body_bytes'], own?.['url']], [302, null, 'http://www.youtube.com/'])
      assert.equal(control?.['title'], MARK)
      assert.equal((await warehouse.measurement(idOf(1)))?.verdict.grounds[0]?.values['location'], '[withheld]')
      assert.equal((await warehouse.observations(idOf(2)))[0]?.['title'], MARK)
      assert.equal((await warehouse.measurement(idOf(2)))?.verdict.grounds[0]?.values['location'], `${MARK}.example`)
    } finally {
      await warehouses.end()
      await rm(folder, { recursive: true, force: true })
    }
  })
