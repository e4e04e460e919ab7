import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { publicForm } from './public-form.ts'
import { redactedFields } from './redacted-fields.ts'

const byWhat = (json: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(redactedFields(json).map(({ what, why }) => [what, why]))

describe('redactedFields()', () => {
  it('names what the public form takes out, with the reason and nothing of the content', () => {
    const json = {
      probe_ip: '203.0.113.9',
      probe_city: 'Almaty',
      resolver_ip: '203.0.113.1',
      id: 'x',
      annotations: { device_name: 'mine', origin: 'autorun', x_key: 'k' },
      x_signature: 's',
      test_keys: {
        client_resolver: '203.0.113.2',
        requests: [{ response: { headers: { 'X-Client-IP': '203.0.113.9' }, headers_list: [['X-Real-IP', 'x']] } }],
        queries: [{ answers: [{ ipv4: '198.51.100.7' }] }, { hostname: 'a', answers: [{ ipv4: '203.0.113.9' }] }],
        '203.0.113.9:80': 1,
      },
    }
    const found = byWhat(json)
    assert.deepEqual(found, {
      '/probe_ip': 'address',
      '/probe_city': 'place',
      '/resolver_ip': 'resolver',
      '/id': 'identity',
      '/annotations/device_name': 'personal-word',
      '/annotations/x_key': 'signature',
      '/x_signature': 'signature',
      '/test_keys/client_resolver': 'resolver',
      '/test_keys/requests/*/response/headers/X-Client-IP': 'address',
      '/test_keys/requests/*/response/headers_list/*/X-Real-IP': 'address',
      '/test_keys/queries/*/answers/*/ipv4': 'address',
      '/test_keys/*': 'address',
    })
    assert.doesNotMatch(JSON.stringify(found), /203\.0\.113/)
  })

  it('finds nothing where what is withheld elsewhere, or lies deep, stands unchanged', () => {
    const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => ({ inner }), 'open')
    const shown = JSON.parse(publicForm({ test_keys: { rows: { id: [{ id: {} }] }, deep } })) as unknown
    assert.deepEqual(redactedFields(shown), [])
  })

  it('finds nothing in a public form', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (json) => {
        const shown = JSON.parse(publicForm({ test_keys: {}, ...json })) as unknown
        assert.deepEqual(redactedFields(shown), [])
      }),
    )
  })

  it('finds something wherever the public form differs', () => {
    const address = fc.constantFrom('203.0.113.9', 'to 203.0.113.9.', 'open')
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, address, fc.array(tie('any')), fc.dictionary(fc.string(), tie('any'))),
    })).any
    fc.assert(
      fc.property(value, (inner) => {
        const json = { probe_ip: '203.0.113.9', test_keys: { inner } }
        const { x_public_form: _, ...shown } = JSON.parse(publicForm(json)) as Record<string, unknown>
        const inside = redactedFields(json).filter(({ what }) => what !== '/probe_ip')
        assert.equal(inside.length > 0, JSON.stringify(shown['test_keys']) !== JSON.stringify(json.test_keys))
      }),
    )
  })
})
