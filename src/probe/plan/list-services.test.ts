import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceSchema } from '../../core/model/tables/service.ts'
import { listServices } from './list-services.ts'

const row = (url: string): { url: string; category_code: string; country_code: string } => ({
  url,
  category_code: 'NEWS',
  country_code: 'KZ',
})
const known = serviceSchema.parse({
  id: 'known',
  name: 'Known',
  tests: [],
  endpoints: [{ host: 'www.known.example', use: 'page', source: 's', checked_at: '2026-11-25' }],
})

describe('listServices()', () => {
  it('makes one service of tier B for each host, named by it, in cleartext where the list says so', () => {
    const services = listServices(
      [row('https://news.example/a?b=1'), row('https://news.example/other'), row('http://plain.example/')],
      [],
      '2026-11-25',
    )
    assert.deepEqual(
      services.map(({ id, tier, endpoints }) => [id, tier, endpoints[0]?.path, endpoints[0]?.checks]),
      [
        ['news.example', 'B', '/a?b=1', ['tls', 'page']],
        ['plain.example', 'B', '/', ['plain']],
      ],
    )
    assert.ok(services.every(({ endpoints }) => endpoints.every(({ core }) => core === undefined)))
  })

  it('leaves out hosts that a listed service has', () => {
    assert.deepEqual(listServices([row('https://www.known.example/')], [known], '2026-11-25'), [])
  })
})
