import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { registrableDomain } from '../../core/model/hostname.ts'
import { isNeverHost } from '../../core/model/tables/test-list.ts'
import { loadControls, loadServices } from '../../runtime/tables/measured-lists.ts'
import { loadNever } from '../../runtime/tables/test-lists.ts'
import type { Chance } from './chance.ts'
import { Cover, subsetSize } from './cover.ts'

const controls = loadControls()
const services = loadServices()
const providerOf = new Map(controls.innocent.map(({ host, provider }) => [host, provider]))
const providers = [...new Set(providerOf.values())].filter((one) => one !== undefined)
const sizeOf = (provider: string | undefined): number =>
  [...providerOf.values()].filter((one) => one === provider).length

/** Where services are dialled: a host and an address of each provider. */
const DIALLED = [
  ['www.youtube.com', '142.250.74.110', 'google'],
  ['www.youtube.com', '2a00:1450:400f:80d::200e', 'google'],
  ['storage.signal.org', '142.250.150.121', 'google'],
  ['www.instagram.com', '157.240.205.174', 'meta'],
  ['web.telegram.org', '149.154.167.99', 'telegram'],
  ['www.wikipedia.org', '185.15.59.224', 'wikimedia'],
  ['twitter.com', '104.244.42.1', 'twitter'],
  ['x.com', '104.16.1.1', 'cloudflare'],
  ['cdn.signal.org', '13.32.5.5', 'amazon'],
  ['platform.twitter.com', '151.101.84.157', 'fastly'],
  ['www.tiktok.com', '23.32.10.10', 'akamai'],
  ['www.linkedin.com', '13.107.42.14', 'microsoft'],
  ['identity.ess.apple.com', '17.32.194.37', 'apple'],
  ['webcast.tiktok.com', '71.18.1.1', 'bytedance'],
  ['vk.com', '87.240.132.67', 'vk'],
] as const

/** Draws each item in turn, so that as many draws as there are items give them all. */
function inTurn(): Chance {
  let nth = 0
  return { below: (limit) => nth++ % limit, shuffled: (items) => items }
}

const coverOf = (secret: Uint8Array): Cover => new Cover({ controls, services, secret, chance: inTurn() })

/** Every name a probe sends to an address: more draws than it has names. */
function namesUsed(draw: () => string): ReadonlySet<string> {
  return new Set(Array.from({ length: 16 }, draw))
}

const PROBES = 200
const secrets = Array.from({ length: PROBES }, (_, nth) => hash('sha256', `probe ${nth}`, 'buffer'))
const probes = secrets.map(coverOf)

describe('the list of control names', () => {
  it('has 200 names at least, each with how far it is trusted, and tells whose servers answer for it', () => {
    assert.ok(controls.innocent.length >= 200)
    assert.equal(new Set(controls.innocent.map(({ host }) => host)).size, controls.innocent.length)
    const hosted = new Set(controls.hosting.map(({ provider }) => provider))
    for (const { host, provider, confidence } of controls.innocent) {
      assert.notEqual(confidence, undefined, host)
      assert.ok(provider === undefined || hosted.has(provider), host)
    }
  })

  it('has no name of a service, of its domain or with its own name in it, and none that is never measured', () => {
    const never = loadNever()
    const tested = new Set(
      services.flatMap(({ endpoints }) => endpoints.map(({ host }) => registrableDomain(host.replace('*.', '')))),
    )
    const brands = ['youtube', 'facebook', 'instagram', 'whatsapp', 'telegram', 'twitter', 'tiktok', 'wikipedia']
    for (const { host } of controls.innocent) {
      assert.ok(!tested.has(registrableDomain(host)), host)
      assert.ok(!isNeverHost(host, never), host)
      assert.ok(!brands.some((brand) => host.includes(brand)), host)
    }
  })
})

describe('Cover: no single rule of a name and a network finds the probes', () => {
  it('sends to an address only names of its own provider: each is there for other people too', () => {
    for (const cover of probes.slice(0, 40)) {
      for (const [host, address, provider] of DIALLED) {
        assert.equal(cover.providerOf(host, address), provider, `${host} ${address}`)
        for (const name of namesUsed(cover.namesFor(host, address))) {
          assert.equal(providerOf.get(name), provider, `${name} to ${address}`)
          assert.notEqual(registrableDomain(name), registrableDomain(host))
        }
      }
    }
    assert.deepEqual(new Set(DIALLED.map(([, , provider]) => provider)), new Set(providers))
  })

  it('a rule finds a fifth of the probes at most where a provider has ten names, half of them elsewhere', () => {
    const found = new Map<string, Set<number>>()
    probes.forEach((cover, probe) => {
      for (const [host, address, provider] of DIALLED)
        for (const name of namesUsed(cover.namesFor(host, address))) {
          const rule = `${name} ${provider}`
          found.set(rule, (found.get(rule) ?? new Set()).add(probe))
        }
    })
    // Three standard errors of a share that is drawn for 200 probes are added.
    for (const [rule, users] of found) {
      const size = sizeOf(rule.split(' ')[1])
      const most = size >= 10 ? 0.2 : 0.5
      const error = 3 * Math.sqrt((most * (1 - most)) / PROBES)
      assert.ok(users.size / PROBES <= most + error, `${rule}: ${users.size} of ${PROBES}`)
    }
    // and no name is in no one's draw
    for (const [name, provider] of providerOf)
      if (provider !== undefined && sizeOf(provider) >= 10) assert.ok(found.has(`${name} ${provider}`), name)
  })

  it('a name sent to another server than the service’s is found by an eighth of the probes', () => {
    const found = new Map<string, number>()
    for (const cover of probes)
      for (const name of namesUsed(cover.elsewhere('www.youtube.com'))) {
        assert.equal(providerOf.get(name), undefined, name)
        found.set(name, (found.get(name) ?? 0) + 1)
      }
    const error = 3 * Math.sqrt((1 / 8) * (7 / 8) * PROBES)
    for (const [name, users] of found) assert.ok(users <= PROBES / 8 + error, `${name}: ${users}`)
  })
})

describe('Cover', () => {
  it('over QUIC crosses to another provider that answers it, never to that of the service', () => {
    const quic = new Set(controls.hosting.filter((one) => one.quic).map(({ provider }) => provider))
    for (const [host, address, provider] of DIALLED)
      for (const cover of probes.slice(0, 10))
        for (const name of namesUsed(cover.elsewhereOverQuic(host, address))) {
          const other = providerOf.get(name)
          assert.ok(other !== undefined && quic.has(other) && other !== provider, `${name} for ${host}`)
        }
  })

  it('uses the same few names for one secret, and unrelated ones for the next', () => {
    const [secret, next] = [secrets[0]!, secrets[1]!] // 200 were made
    const of = (one: Uint8Array): readonly string[] =>
      [...namesUsed(coverOf(one).namesFor('x.com', '104.16.1.1'))].toSorted()
    assert.deepEqual(of(secret), of(secret))
    assert.equal(of(secret).length, subsetSize(sizeOf('cloudflare')))
    assert.notDeepEqual(of(secret), of(next))
  })

  it('two months of one probe have no more names in common than two probes have', () => {
    const own = (text: string): ReadonlySet<string> =>
      namesUsed(coverOf(hash('sha256', text, 'buffer')).namesFor('x.com', '104.16.1.1'))
    let common = 0
    for (let probe = 0; probe < 100; probe++) {
      const later = own(`${probe} 2026-12`)
      common += [...own(`${probe} 2026-11`)].filter((name) => later.has(name)).length
    }
    const size = subsetSize(sizeOf('cloudflare'))
    const expected = (size * size) / sizeOf('cloudflare')
    assert.ok(Math.abs(common / 100 - expected) < 0.3, `${common / 100} in common, ${expected} by chance`)
  })

  it('never draws a name that a check found gone, nor one of a service of the run', () => {
    const gone = controls.innocent.map((one) =>
      one.provider === 'telegram' && one.host !== 'tg.dev' ? { ...one, left_at: '2026-12-01' } : one,
    )
    const chance = inTurn()
    const secret = secrets[0]!
    const cover = new Cover({ controls: { ...controls, innocent: gone }, services, secret, chance })
    assert.deepEqual([...namesUsed(cover.namesFor('t.me', '149.154.167.99'))], ['tg.dev'])
    const tested = [{ endpoints: services[0]!.endpoints.map((one) => ({ ...one, host: 'www.gstatic.com' })) }]
    const without = new Cover({ controls, services: tested, secret, chance })
    const drawn = namesUsed(without.namesFor('www.youtube.com', '142.250.74.110'))
    assert.ok([...drawn].every((name) => !name.endsWith('.gstatic.com')))
  })

  it('never draws a name that has the name of the service in it', () => {
    for (const cover of probes)
      for (const name of namesUsed(cover.namesFor('www.google.com', '142.250.74.110')))
        assert.ok(!name.includes('google'), name)
  })

  it('at a cache inside of an access network takes names of the service’s provider', () => {
    const cover = probes[0]! // 200 were made
    for (const name of namesUsed(cover.namesFor('rr1---sn-a.googlevideo.com', '92.46.127.18')))
      assert.equal(providerOf.get(name), 'google')
  })

  it('at an address of no known provider takes names whose caches are in many networks', () => {
    const cover = probes[0]! // 200 were made
    const embedded = new Set(controls.hosting.filter((one) => one.embedded).map(({ provider }) => provider))
    for (const name of namesUsed(cover.namesFor('adilsoz.kz', '195.210.46.1')))
      assert.ok(embedded.has(providerOf.get(name) ?? ''), name)
  })

  it('gives a name from any list, however little it says', () => {
    const sourced = { source: 'test', checked_at: '2026-11-30' }
    const bare = { ...controls, innocent: [{ host: 'innocent.example', ...sourced }], hosting: [] }
    const chance = inTurn()
    const cover = new Cover({ controls: bare, services: [], secret: randomBytes(32), chance })
    assert.equal(cover.namesFor('www.youtube.com', '142.250.74.110')(), 'innocent.example')
    assert.equal(cover.namesFor('innocent.example', '192.0.2.1')(), 'innocent.example')
    assert.equal(cover.elsewhere('www.youtube.com')(), 'innocent.example')
  })
})
