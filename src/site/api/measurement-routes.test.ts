import assert from 'node:assert/strict'
import { it } from 'node:test'
import { apiSample } from '../../../test/kit/evening/api-sample.ts'
import { sampleId } from '../../../test/kit/site/site-sample.ts'
import { instant } from '../../core/model/units.ts'

it('reads a measurement from the archive only where it was thinned, to say when', async () => {
  const id = sampleId('youtube', 4, 1)
  const provenance = { id, receivedAt: instant(0), channel: 'collector', origin: '' } as const
  const thinnedAt = instant(Date.UTC(2026, 11, 1))
  let reads = 0
  const answer = async (isThinned: boolean): Promise<unknown> => {
    const site = await apiSample({
      archive: {
        isThinned: () => isThinned,
        read: async () => {
          reads++
          return { kind: 'thinned', leafIndex: 0, provenance, salt: new Uint8Array(16), size: 9, thinnedAt }
        },
      },
    })
    const body = (await (await site.request(`/api/v1/measurement/${id}`)).json()) as Record<string, unknown>
    return [body['id'], body['thinned_at_utc'], reads]
  }
  assert.deepEqual(await answer(false), [id, undefined, 0])
  assert.deepEqual(await answer(true), [id, '2026-12-01T00:00:00Z', 1])
})
