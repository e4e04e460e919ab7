import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { kuagerDocument } from '../../../../../test/kit/measured/kuager-document.ts'
import { endpoint } from '../../../../../test/kit/measured/kuager-endpoint.ts'
import type { Json } from '../../../../../test/kit/measured/measurement.ts'
import { InputError } from '../../../model/errors.ts'
import { decodeMeasurement, type Measurement } from '../decode.ts'

function decode(json: unknown): Measurement {
  const decoded = decodeMeasurement(json)
  if (decoded.kind !== 'measurement') throw new TypeError('not a measurement')
  return decoded
}

const keysOf = (json: Json): Json => json['test_keys'] as Json
const withEndpoint = (put: Json): Json => kuagerDocument({ endpoints: [{ ...endpoint('www.youtube.com'), ...put }] })

describe('decodeKuager()', () => {
  it('gives one set for each endpoint, with its own control and the parts of its pairs', () => {
    const { sets, head } = decode(
      kuagerDocument({
        endpoints: [
          endpoint('www.youtube.com', { tls: ['+.+', '+.+'], crossed: '+.' }),
          endpoint('149.154.167.51', { use: 'datacenter', control: null }),
        ],
      }),
    )
    assert.deepEqual(
      sets.map(({ part }) => part),
      ['page www.youtube.com:443', 'datacenter 149.154.167.51:443'],
    )
    assert.deepEqual(
      sets[0]?.tlsHandshakes.map(({ role, round }) => `${role}-${round}`),
      ['innocent-0', 'target-0', 'innocent-0', 'innocent-1', 'target-1', 'innocent-1', 'innocent-0', 'crossed-0'],
    )
    assert.equal(sets[0]?.control?.pairs?.length, 2)
    assert.equal(sets[1]?.control, undefined)
    assert.equal(head.scheduled, true)
    assert.equal(head.scope, 'full')
    assert.equal(head.probe, '0123456789abcdef')
    assert.equal(head.line?.state, 'ok')
    assert.equal(head.line?.canaries.length, 3)
  })

  it('reads by whom questions were answered, where the probe asked', () => {
    const resolvers = {
      invented_answered: false,
      system_asns: [64500],
      listed: [{ resolver_address: '9.9.9.9:53', asn: 64500, differs: true }, { asn: 64500 }],
    }
    assert.deepEqual(decode(kuagerDocument({ resolvers })).head.resolvers, {
      inventedAnswered: false,
      systemAsns: [64500],
      listed: [{ resolverAddress: '9.9.9.9:53', asn: 64500, differs: true }],
    })
    assert.equal(decode(kuagerDocument()).head.resolvers, undefined)
    for (const wrong of [{ system_asns: ['45.10.3.53'] }, { listed: [{ ...resolvers.listed[0], asn: -1 }] }])
      assert.throws(() => decode(kuagerDocument({ resolvers: { ...resolvers, ...wrong } })), InputError)
  })

  it('says where each row stands', () => {
    const { sets } = decode(kuagerDocument())
    assert.equal(sets[1]?.tlsHandshakes[0]?.source, '/test_keys/endpoints/1/tls_handshakes/0')
  })

  const refused: readonly (readonly [string, Json, string])[] = [
    ['no state of the line', kuagerDocument({ line: { state: undefined } }), '/test_keys/line/state'],
    ['an unknown state of the line', kuagerDocument({ line: { state: 'fine' } }), '/test_keys/line/state'],
    [
      'an unknown part of a pair',
      withEndpoint({ tcp_connect: [{ ip: '1.1.1.1', port: 443, x_role: 'guilty' }] }),
      'x_role',
    ],
    [
      'a round that is no number',
      withEndpoint({ tcp_connect: [{ ip: '1.1.1.1', port: 443, x_round: -1 }] }),
      'x_round',
    ],
    ['a host that is none', withEndpoint({ host: 'https://x/' }), '/test_keys/endpoints/0/host'],
    ['an endpoint without a port', withEndpoint({ port: null }), '/test_keys/endpoints/0/port'],
    ['an endpoint without a use', withEndpoint({ use: 7 }), '/test_keys/endpoints/0/use'],
    ['endpoints without number', kuagerDocument({ endpoints: Array.from({ length: 201 }, () => ({})) }), 'endpoints'],
    [
      'a list in the place of an endpoint',
      kuagerDocument({ root: { test_keys: { line: { state: 'ok' }, endpoints: [[]] } } }),
      '/test_keys/endpoints/0',
    ],
  ]
  for (const [name, json, path] of refused)
    it(`refuses ${name}, naming the place`, () => {
      assert.throws(
        () => decode(json),
        (error) => error instanceof InputError && error.path.includes(path),
      )
    })

  it('leaves out what is no curve, no role of a control, no tally of canaries', () => {
    const made = decode(
      kuagerDocument({
        line: {
          canaries: [
            { moment: 'before', tried: 3, passed: 9 },
            { moment: 'later', tried: 1, passed: 1 },
          ],
        },
        endpoints: [
          {
            ...endpoint('www.youtube.com'),
            x_transfers: [
              {
                direction: 'down',
                bytes: 10,
                duration: 1,
                arrivals: [
                  [1, 5],
                  [0.5, 9],
                  [2, 4],
                  ['x', 1],
                ],
              },
            ],
            control: { x_pairs: [{ address: '1.1.1.1:443', network: 'tcp', role: 'judge' }, { address: 'none' }] },
          },
        ],
      }),
    )
    assert.deepEqual(made.head.line?.canaries, [])
    assert.deepEqual(made.sets[0]?.transfers[0]?.arrivals, [[1, 5]])
    assert.deepEqual(made.sets[0]?.control?.pairs, [])
  })

  it('reads any content or throws InputError', () => {
    const sample = kuagerDocument({ endpoints: [endpoint('www.youtube.com', { tls: ['+.+'], quic: ['+++'] })] })
    const paths: (readonly string[])[] = []
    const walk = (value: unknown, path: readonly string[]): void => {
      if (path.length > 0) paths.push(path)
      if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
    }
    walk(keysOf(sample), [])
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, put) => {
        const json = structuredClone(sample)
        let at: Json = keysOf(json)
        for (const key of path.slice(0, -1)) at = at[key] as Json
        at[path.at(-1)!] = put // paths are not empty
        try {
          decode(json)
        } catch (error) {
          if (!(error instanceof InputError)) throw error
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
