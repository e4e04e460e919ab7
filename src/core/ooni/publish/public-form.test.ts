import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { exchange, measurement, query, webMeasurement, type Json } from '../../../../test/kit/measured/measurement.ts'
import { decodeMeasurement } from '../decode/decode.ts'
import { publicForm, PUBLIC_FORM_VERSION } from './public-form.ts'

const V4 = '203.0.113.77'
const V6 = '2001:db8:7:9:a00:27ff:fe4e:66a1'
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

/** A measurement whose page says something of its visitor. */
const saying = (body: unknown, ip: string): Json =>
  webMeasurement({ root: { probe_ip: ip }, testKeys: { requests: [exchange('http://a.example/', { body })] } })
const bodyOf = (text: string): unknown =>
  (JSON.parse(text) as { test_keys: { requests: { response: { body: unknown } }[] } }).test_keys.requests[0]?.response
    .body // built above

const SPELLINGS_V4 = [
  '203.0.113.77',
  '203.000.113.077',
  '203-0-113-77',
  '203_0_113_77',
  '203%2E0%2E113%2E77',
  '77.113.0.203',
  '77-113-0-203',
  '3405803853',
  'cb00714d',
  'CB00714D',
  '::ffff:203.0.113.77',
  '::ffff:cb00:714d',
  '0:0:0:0:0:ffff:cb00:714d',
  '203.0.113.77'.split('').join('\0'),
]
const SPELLINGS_V6 = [
  V6,
  V6.toUpperCase(),
  '2001:0db8:0007:0009:0a00:27ff:fe4e:66a1',
  V6.replaceAll(':', '%3A'),
  V6.replaceAll(':', '-'),
  '1.a.6.6.e.4.e.f.f.f.7.2.0.0.a.0.9.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2',
  '20010db8000700090a0027fffe4e66a1',
  '2001:db8:7:9::1',
]

describe('publicForm() erases the address of the person', () => {
  for (const [ip, spellings] of [
    [V4, SPELLINGS_V4],
    [V6, SPELLINGS_V6],
  ] as const)
    for (const spelling of spellings)
      it(`written as ${JSON.stringify(spelling)}`, () => {
        for (const text of [
          spelling,
          `ip=${spelling}&x`,
          `host-${spelling}.isp.example`,
          `[${spelling}]:443`,
          `"${spelling}"`,
        ]) {
          const said = bodyOf(publicForm(saying(`you are ${text} today`, ip)))
          assert.ok(typeof said === 'string' && !said.includes(spelling), String(said))
          assert.ok(said.startsWith('you are ') && said.endsWith(' today'))
          const inside = bodyOf(publicForm(saying({ format: 'base64', data: base64(`\xff${text}`) }, ip)))
          const data = (inside as { data: string }).data // the shape is kept
          assert.ok(!Buffer.from(data, 'base64').toString('latin1').includes(spelling))
        }
      })

  it('inside base64 inside a text, at any place', () => {
    for (const front of ['', 'a', 'ab', 'abc'])
      assert.ok(!publicForm(saying(`token ${base64(`${front}${V4};`)} end`, V4)).includes(base64(`${front}${V4};`)))
  })

  it('as raw bytes of a packet or a DNS answer', () => {
    const packet = Buffer.from([69, 0, 203, 0, 113, 77, 1, 2]).toString('base64')
    const row = { ...query('whoami.example', ['203.0.113.77']), raw_response: packet }
    const text = publicForm(webMeasurement({ root: { probe_ip: V4 }, testKeys: { queries: [row] } }))
    assert.ok(!text.includes(packet))
    assert.ok(!text.includes(V4))
    const body = bodyOf(publicForm(saying({ format: 'base64', data: packet }, V4)))
    assert.ok(!Buffer.from((body as { data: string }).data, 'base64').includes(Buffer.from([203, 0, 113, 77])))
  })

  it('in keys, in headers and in the failure', () => {
    const keys = {
      [`from ${V4}`]: 1,
      requests: [exchange('http://a.example/', { headers: [['X-Seen', `by ${V4}`]] })],
      control_failure: `dial ${V4}`,
    }
    assert.ok(!publicForm(webMeasurement({ root: { probe_ip: V4 }, testKeys: keys })).includes(V4))
  })

  it('learnt from client_ip and from what a speed test knows', () => {
    const keys = {
      receiver_data: [{ real_address: V4, internal_address: '10.1.2.3', received: 1, elapsed: 1 }],
      note: `${V4} 10.1.2.3`,
    }
    const text = publicForm(measurement('dash', '0.7.0', keys))
    assert.ok(!text.includes(V4) && !text.includes('10.1.2.3'))
    assert.ok(!publicForm(measurement('ndt', '0.1.0', { client_ip: V6, log: `hello ${V6}` })).includes('66a1'))
  })

  it('up to sixteen of them; a measurement that names more has no public form', () => {
    const naming = (count: number): Json => {
      const rows = Array.from({ length: count }, (_, index) => ({ client_ip: `198.51.100.${index}` }))
      return measurement('ndt', '0.1.0', { rows, log: '198.51.100.15' })
    }
    assert.ok(!publicForm(naming(16)).includes('198.51.100'))
    assert.throws(() => publicForm(naming(17)), { code: 'measurement.addresses' })
  })

  it('for any address and any text around it', () => {
    const words = fc
      .string({ maxLength: 12 })
      .filter((text) => !/[0-9a-f%:.\-_]$/i.test(text) && !/^[0-9a-f%:.\-_]/i.test(text))
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), words, words, (ip, before, after) => {
        fc.pre(!['127.0.0.1', '0.0.0.0', '::', '::1'].includes(ip))
        const said = bodyOf(publicForm(saying(`${before} ${ip} ${after}`, ip)))
        assert.ok(typeof said === 'string' && !said.includes(` ${ip} `), String(said))
      }),
    )
  })
})

describe('publicForm() withholds what else points to the person', () => {
  it('the envelope keeps no address', () => {
    const made = webMeasurement({
      root: {
        probe_ip: V4,
        resolver_ip: '198.51.100.9',
        probe_city: 'Almaty',
        id: 'a-client',
        probe_id: 'a-pseudonym',
      },
    })
    const root = JSON.parse(publicForm(made)) as Json // publicForm gives an object for an object
    assert.equal(root['probe_ip'], '127.0.0.1')
    assert.equal(root['resolver_ip'], '127.0.0.2')
    for (const key of ['probe_city', 'id', 'probe_id']) assert.equal(root[key], null, key)
  })

  it('the resolver as seen from outside', () => {
    const x_dns_whoami = { system_v4: [{ address: '198.51.100.10' }], udp_v4: { '198.51.100.11:53': [], x: 7 } }
    const keys = { client_resolver: '198.51.100.9', x_dns_whoami }
    const text = publicForm(webMeasurement({ testKeys: keys }))
    assert.ok(!text.includes('198.51.100'))
    assert.ok(text.includes('"x_dns_whoami":{"system_v4":[{"address":"[scrubbed]"}],"udp_v4":{"0":[],"1":null}}'))
  })

  it('headers by which a server tells a visitor its address', () => {
    for (const name of ['X-Client-IP', 'x-forwarded-for', 'CF-Connecting-IP', 'True-Client-Ip', 'X-Real-IP']) {
      const text = publicForm(
        webMeasurement({
          testKeys: { requests: [exchange('http://a.example/', { headers: [[name, '198.51.100.9']] })] },
        }),
      )
      assert.ok(!text.includes('198.51.100.9'), name)
    }
  })

  it('an exit address that is not of Tor', () => {
    const withTor = (tor: Json): string =>
      publicForm(
        measurement('http_requests', '0.2.4', {
          requests: [{ request: { url: 'http://a.example/', tor }, response: null }],
        }),
      )
    assert.ok(!withTor({ is_tor: false, exit_ip: '198.51.100.9' }).includes('198.51.100.9'))
    assert.ok(withTor({ is_tor: true, exit_ip: '198.51.100.9' }).includes('198.51.100.9'))
  })

  it('user names, passwords and home folders in options and annotations', () => {
    const root = {
      options: [
        '-f',
        `/${'home'}/aigerim/urls.txt`,
        `D:\\${'Users'}\\Aigerim\\list.txt`,
        'SafePassword=hunter2',
        '--user',
        'aigerim',
        'Proxy=socks5://aigerim:x@h',
      ],
      annotations: { platform: 'linux', username: 'aigerim', hostname: 'aigerim-laptop' },
    }
    const text = publicForm(webMeasurement({ root }))
    for (const secret of ['aigerim', 'Aigerim', 'hunter2']) assert.ok(!text.includes(secret), secret)
    assert.ok(text.includes('urls.txt') && text.includes('"platform":"linux"'))
  })
})

describe('publicForm() keeps the evidence', () => {
  it('leaves addresses of servers and of answers as they are', () => {
    const text = publicForm(webMeasurement({ root: { probe_ip: V4 } }))
    assert.ok(text.includes('93.184.215.14'))
  })

  it('leaves longer numbers that contain the digits of the address', () => {
    for (const text of ['1203.0.113.77', '203.0.113.770', '13405803853', 'acb00714d'])
      assert.equal(bodyOf(publicForm(saying(text, V4))), text)
  })

  it('is decoded to the same rows as the original', () => {
    const made = webMeasurement({ root: { probe_ip: V4 }, certificates: ['AAAA'] })
    assert.deepEqual(decodeMeasurement(JSON.parse(publicForm(made))), decodeMeasurement(made))
  })

  it('is the same text for the same input, and its own public form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.ipV4(), (testKeys, ip) => {
        const made = measurement(
          'web_connectivity',
          '0.5.0',
          { value: testKeys, probe_ip: ip },
          { root: { probe_ip: ip } },
        )
        const text = publicForm(made)
        assert.equal(publicForm(structuredClone(made)), text)
        assert.equal(publicForm(JSON.parse(text)), text)
      }),
    )
  })

  it('does not change what it is given', () => {
    const made = webMeasurement({ root: { probe_ip: V4 }, testKeys: { client_resolver: '198.51.100.9', note: V4 } })
    const before = structuredClone(made)
    publicForm(made)
    assert.deepEqual(made, before)
  })

  it('says its version, and takes the place of a forged one', () => {
    const root = JSON.parse(publicForm(webMeasurement({ root: { x_public_form: 'forged' } }))) as Json // an object as above
    assert.equal(root['x_public_form'], PUBLIC_FORM_VERSION)
  })

  it('is that of the measurement inside a wrapper', () => {
    const made = webMeasurement({ root: { probe_ip: V4 } })
    assert.equal(publicForm({ format: 'json', content: JSON.stringify(made) }), publicForm(made))
  })

  it('is not led astray by names of the object prototype', () => {
    const hostile = JSON.parse(`{"test_keys":{"__proto__":{"client_ip":"${V4}","x":"${V4}"}}}`) as unknown
    assert.ok(!publicForm(hostile).includes(V4))
  })
})
