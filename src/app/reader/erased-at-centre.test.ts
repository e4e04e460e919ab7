import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { listen } from '../../web/listen.ts'
import { withGone } from '../../web/answer/gone-elsewhere.ts'
import { testSite } from '../../../test/kit/servers/test-site.ts'
import { askErased } from './erased-at-centre.ts'

const [ERASED, UNKNOWN] = ['a'.repeat(64), 'b'.repeat(64)]

describe('a reader that does not have a measurement', () => {
  it('says what the centre says where it was erased, and asks for nothing else', async () => {
    const asked: string[] = []
    await using centre = await listen(
      testSite((path, language) => {
        asked.push(path)
        return path.includes(ERASED)
          ? { status: 410, text: `erased: asked for (${language})` }
          : { status: 404, text: '' }
      }),
      { host: '127.0.0.1', port: 0 },
    )
    const reader = withGone(
      testSite((path) => (path === '/en/' ? { status: 200, text: 'first page' } : { status: 404, text: 'not here' })),
      askErased(new URL(centre.url)),
    )
    const get = async (path: string): Promise<string> => {
      const answer = await reader.request(path, { headers: { 'accept-language': 'kk' } })
      return `${answer.status} ${await answer.text()}`
    }
    for (const path of [`/ru/m/${ERASED}`, `/m/${ERASED}.json`, `/api/v1/measurement/${ERASED}`])
      assert.equal(await get(path), '410 erased: asked for (kk)')
    assert.equal(await get(`/en/m/${UNKNOWN}`), '404 not here')
    assert.equal(asked.length, 4)
    for (const path of ['/en/', '/en/i/x', `/en/m/${ERASED}/more`, `/de/m/${ERASED}`, '/m/x.json']) await get(path)
    assert.equal(asked.length, 4)
  })

  it('says that it has none where the centre is away', async () => {
    const centre = await listen(
      testSite(() => ({ status: 410, text: '' })),
      { host: '127.0.0.1', port: 0 },
    )
    await centre[Symbol.asyncDispose]()
    const reader = withGone(
      testSite(() => ({ status: 404, text: 'not here' })),
      askErased(new URL(centre.url)),
    )
    assert.equal((await reader.request(`/en/m/${ERASED}`)).status, 404)
  })
})
