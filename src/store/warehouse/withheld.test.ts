import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { idOf, judged } from '../../../test/kit/measured/judged.ts'
import type { HttpObservation } from '../../core/model/measured/observation.ts'
import { openChdb } from './chdb.ts'
import { openWarehouse } from './open.ts'

const MARK = 'zq7Reader81905kx'
const page: HttpObservation = {
  ...{ kind: 'http', source: '/test_keys/requests/0', side: 'probe', hop: 0, part: 'url', method: 'GET' },
  ...{ origin: 'system', overQuic: false, headers: [], bodyTruncated: false, url: 'http://www.youtube.com/' },
  ...{ status: 302, location: `http://block.example/${MARK}`, title: MARK, bodyBytes: 81905 },
  failure: { code: 'unknown_failure', raw: `malformed answer ${MARK}` },
}

it('rows of submissions that were judged before values were withheld lose them when the tables are brought up', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-withheld-'))
  try {
    {
      await using warehouse = await openWarehouse(folder)
      const grounds = [
        { fact: 'http.redirected-elsewhere', role: 'decisive', values: { host: 'h', location: `${MARK}.example` } },
      ] as const
      const made = (leafIndex: number) =>
        judged({ leafIndex, observations: [page, { ...page, side: 'control' }], verdict: { grounds } })
      const sent = made(1)
      const provenance = { ...sent.provenance, channel: 'collector', origin: 'known:0123456789abcdef' } as const
      await warehouse.insert([{ ...sent, provenance }, made(2)])
    }
    {
      await using engine = await openChdb(folder, { memoryBytes: 2 ** 28, threads: 1 })
      await engine.command('ALTER TABLE migrations DELETE WHERE version >= 5 SETTINGS mutations_sync = 2', {})
    }
    await using warehouse = await openWarehouse(folder)
    const [own, control] = await warehouse.observations(idOf(1))
    assert.ok(!JSON.stringify(own).includes(MARK))
    assert.deepEqual([own?.['status'], own?.['body_bytes'], own?.['url']], [302, null, 'http://www.youtube.com/'])
    assert.equal(control?.['title'], MARK)
    assert.equal((await warehouse.measurement(idOf(1)))?.verdict.grounds[0]?.values['location'], '[withheld]')
    assert.equal((await warehouse.observations(idOf(2)))[0]?.['title'], MARK)
    assert.equal((await warehouse.measurement(idOf(2)))?.verdict.grounds[0]?.values['location'], `${MARK}.example`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
