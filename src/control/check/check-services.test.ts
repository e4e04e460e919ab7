import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { loopbackBlock, openOrigin, openZone, type Origin } from '../../../test/kit/net/control-world.ts'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { freePort } from '../../../test/kit/net/quic-servers.ts'
import type { UdpResolver } from '../../../test/kit/net/udp-resolver.ts'
import { serviceCheckSchema, type ServiceCheck } from '../../core/model/tables/service-check.ts'
import { servicesSchema, type Service } from '../../core/model/tables/service.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { reachableAddresses } from '../reachable-address.ts'
import { openResolver } from '../resolve-names.ts'
import { checkServices, type CheckResult } from './check-services.ts'

const skip = hasProgram('openssl') ? false : 'needs openssl'
const { block, address } = loopbackBlock()

/** Endpoints as a list of services writes them. */
const listOf = (...rows: readonly object[]): readonly Service[] =>
  servicesSchema.parse({
    services: [
      {
        id: 'example',
        name: 'Example',
        tests: [],
        endpoints: rows.map((row) => ({ use: 'page', source: 'a test', checked_at: '2026-11-25', ...row })),
      },
    ],
  }).services

describe('checkServices()', { skip }, () => {
  const known = new LabAuthority()
  const own = new LabAuthority()
  const origins: Origin[] = []
  let mute: Server
  let resolver: UdpResolver
  let port: number
  let closed: number
  const shown: string[] = []

  before(async () => {
    port = await freePort()
    closed = await freePort()
    const serve = async (host: number, names: readonly string[], authority = known, location?: string) =>
      origins.push(
        await openOrigin(
          { address: address(host), port, issued: authority.issue(`at${host}`, { names }) },
          (_, response) => {
            response.writeHead(location === undefined ? 200 : 301, location === undefined ? {} : { location })
            response.end('page')
          },
        ),
      )
    await serve(1, ['alive.test', 'www.alive.test'])
    await serve(2, ['elsewhere.test'])
    await serve(3, ['moved.test'], known, 'https://www.new-home.test/path')
    await serve(4, ['stays.test'], known, 'https://www.stays.test/path')
    await serve(5, ['own.test'], own)
    mute = createServer((socket) => socket.on('error', () => undefined)).listen(port, address(6))
    await once(mute, 'listening')
    resolver = await openZone({
      'alive.test': [address(1)],
      'other-certificate.test': [address(2)],
      'moved.test': [address(3)],
      'stays.test': [address(4)],
      'own.test': [address(5)],
      'mute.test': [address(6)],
      'late.test': () => (shown.push('late') > 2 ? [address(1)] : []),
      'inside.test': ['10.0.0.1'],
      'empty.test': [],
    })
  })
  after(async () => {
    for (const origin of origins) await origin[Symbol.asyncDispose]()
    mute.close()
    await resolver[Symbol.asyncDispose]()
    known[Symbol.dispose]()
    own[Symbol.dispose]()
  })

  const check = (rows: readonly object[], signal = new AbortController().signal): Promise<CheckResult> =>
    checkServices(listOf(...rows.map((row) => ({ port, ...row }))), {
      from: 'Testland',
      day: '2026-12-01',
      resolve: openResolver({ kind: 'udp', resolver: { address: '127.0.0.1', port: resolver.port } }),
      reachable: reachableAddresses({ allow: [block], own: [] }),
      pause: millis(1),
      net: { clock: systemClock, signal, limit: millis(1_500), extraRoots: [known.root] },
    })
  const checked = async (...rows: readonly object[]): Promise<ServiceCheck> => {
    const result = await check(rows)
    assert.ok(result.kind === 'checked', JSON.stringify(result))
    return serviceCheckSchema.parse(result.check)
  }
  const alive = { host: 'alive.test', checks: ['tls', 'page'], success: 'certificate' }
  /** As many hosts that are alive as keep a check from being unfit. */
  const most = Array.from({ length: 9 }, () => alive)

  it('finds what died, moved or shows another certificate, and proposes nothing for what is alive', async () => {
    const tls = { checks: ['tls'], success: 'certificate' }
    const found = await checked(
      ...most,
      { host: 'gone.test', ...tls },
      { host: 'inside.test', ...tls },
      { host: 'other-certificate.test', ...tls },
      { host: 'moved.test', checks: ['tls', 'page'], success: 'certificate' },
      { host: 'stays.test', checks: ['tls', 'page'], success: 'certificate' },
      { host: 'alive.test', port: closed, checks: ['tcp'], success: 'connects' },
      { host: 'mute.test', ...tls },
      { host: 'own.test', ...tls },
      { host: 'own.test', checks: ['tls'], success: 'own-certificate' },
      { host: 'mute.test', checks: ['tcp'], success: 'connects' },
      { host: '*.alive.test' },
    )
    assert.deepEqual(
      found.rows.map(({ host, found: what, action, to }) => [host, what, action, to]),
      [
        ['gone.test', 'no-name', 'remove', undefined],
        ['inside.test', 'no-name', 'remove', undefined],
        ['other-certificate.test', 'certificate', 'change', undefined],
        ['moved.test', 'moved', 'change', 'www.new-home.test'],
        ['alive.test', 'closed', 'remove', undefined],
        ['mute.test', 'silent', 'change', undefined],
        ['own.test', 'certificate', 'change', undefined],
      ],
    )
    assert.deepEqual([found.hosts, found.alive, found.unchecked, found.list_day], [19, 12, 0, '2026-11-25'])
    assert.equal(found.rows[0]?.source, 'checked from Testland, without any address of the operator')
    assert.doesNotMatch(JSON.stringify(found), /127\.|10\.0/)
  })

  it('says of a host that the list doubts that it is alive, and looks a second time before it calls one dead', async () => {
    const found = await checked(...most, { ...alive, confidence: 'low' }, { host: 'late.test', success: 'resolves' })
    assert.deepEqual(
      found.rows.map(({ host, found: what, confidence }) => [host, what, confidence]),
      [['alive.test', 'alive', 'low']],
    )
    assert.ok(shown.length > 2)
  })

  it('calls no address of IPv6 dead from a machine that reaches none', async () => {
    const six = ['2001:db8::1', '2001:db8::2'].map((host) => ({
      host,
      family: 6,
      checks: ['tcp'],
      success: 'connects',
    }))
    const found = await checked(...most, ...six)
    assert.deepEqual([found.rows, found.unchecked, found.alive], [[], 2, 9])
  })

  it('proposes nothing where most hosts fail: then the connection is at fault', async () => {
    const gone = Array.from({ length: 10 }, (_, nth) => ({ host: `gone${nth}.test`, success: 'resolves' }))
    assert.deepEqual(await check([...most, ...gone]), { kind: 'unfit', hosts: 19, failed: 10 })
  })

  it('ends with its time, also while a host is silent', async () => {
    const aborted = AbortSignal.timeout(300)
    const rows = [...most, { host: 'mute.test', checks: ['tls'], success: 'certificate' }]
    await assert.rejects(check(rows, aborted))
  })
})
