import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import type { Never } from '../../core/model/tables/test-list.ts'
import { loadControls, loadCrowdCanaries, loadServices } from './measured-lists.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-lists-'))
after(() => rmSync(root, { recursive: true }))

const endpoint = (host: string, checks: readonly string[] = ['tls']): object => ({
  host,
  use: 'page',
  checks,
  source: 'a test',
  checked_at: '2026-11-25',
})
let files = 0
function listOf(...services: readonly object[]): string {
  const file = join(root, `${++files}.json`)
  writeFileSync(file, JSON.stringify({ services: services.map((one) => ({ name: 'x', tests: [], ...one })) }))
  return file
}
const never: Never = {
  categories: [],
  hosts: [{ host: 'banned.example', why: 'a test', source: 'a test', checked_at: '2026-11-25' }],
}
const refusedAs = (error: unknown): boolean => error instanceof InputError && error.code === 'services.invalid'
const NOTHING: Never = { categories: [], hosts: [] }

describe('loadServices()', () => {
  it('refuses a host that is never measured, in any list and tier, and names below it', () => {
    for (const host of ['banned.example', 'www.banned.example', 'banned.example.'])
      for (const tier of ['A', 'B', 'C'])
        assert.throws(
          () => loadServices(listOf({ id: 'innocent', tier, endpoints: [endpoint(host)] }), never),
          (error: unknown) => error instanceof InputError && error.code === 'services.refused',
        )
  })

  it('asks for the second consent for a host that our own list has in the second group, with any name in a file', () => {
    const guarded = loadServices().find(({ tier, endpoints }) => tier === 'B' && endpoints.some(({ checks }) => checks))
    const host = guarded?.endpoints.find(({ host: one, checks }) => checks !== undefined && !one.startsWith('*'))?.host
    assert.ok(host !== undefined)
    const file = listOf(
      { id: 'disguised', endpoints: [endpoint('plain.example'), endpoint(host)] },
      { id: 'plain', endpoints: [endpoint('other.example')] },
    )
    const read = loadServices(file, NOTHING)
    assert.deepEqual(
      read.map(({ id, tier }) => [id, tier]),
      [
        ['disguised', 'B'],
        ['plain', 'A'],
      ],
    )
  })

  it('refuses a protocol of tunnels outside of the third group', () => {
    for (const check of ['openvpn', 'wireguard', 'tor']) {
      const file = (tier: string): string =>
        listOf({
          id: `quiet-${check}-${tier.toLowerCase()}`,
          tier,
          endpoints: [endpoint('vpn.responder.invalid', [check])],
        })
      for (const tier of ['A', 'B']) assert.throws(() => loadServices(file(tier)), InputError)
      assert.equal(loadServices(file('C')).length, 1)
    }
  })

  it('refuses rows that contradict themselves: a family of another address, a success that no check looks for', () => {
    const load = (change: object): unknown =>
      loadServices(listOf({ id: 'odd', endpoints: [{ ...endpoint('one.example'), ...change }] }), NOTHING)
    assert.ok(load({ success: 'own-certificate', confidence: 'low' }))
    assert.ok(load({ host: '192.0.2.1', family: 4, checks: ['tcp'], success: 'connects' }))
    for (const change of [
      { family: 4 },
      { host: '2001:db8::1', family: 4 },
      { success: 'connects' },
      { success: 'resolves' },
      { host: '*.one.example', checks: undefined, success: 'certificate' },
      { confidence: 'certain' },
    ])
      assert.throws(() => load(change), refusedAs, JSON.stringify(change))
  })

  it('takes the bundled list, in which every protocol needs the third consent', () => {
    assert.ok(loadServices().length > 20)
  })
})

describe('loadControls()', () => {
  it('refuses names that are never measured: a control half would name them all the same', () => {
    const host = loadControls().canaries[0]?.host ?? ''
    const barring: Never = {
      categories: [],
      hosts: [{ host, why: 'a test', source: 'a test', checked_at: '2026-11-25' }],
    }
    assert.throws(() => loadControls(undefined, barring), InputError)
    assert.ok(loadControls(undefined, NOTHING).canaries.length >= 5)
  })
})

describe('loadCrowdCanaries()', () => {
  const canary = (service: string, host: string, image = `https://${host}/favicon.ico`): object => ({
    service,
    document: `https://${host}/robots.txt`,
    image,
    source: 'a test',
    checked_at: '2026-11-26',
  })
  const load = (...canaries: readonly object[]): unknown => {
    const file = join(root, `${++files}.json`)
    writeFileSync(file, JSON.stringify({ canaries }))
    return loadCrowdCanaries(file, { never })
  }
  const refusedAs =
    (code: string, found: RegExp) =>
    (error: unknown): boolean =>
      error instanceof InputError && error.code === code && found.test(error.message)

  it('has one canary for every service that core runs measure', () => {
    const services = loadServices().filter(
      ({ tier, endpoints }) => tier === 'A' && endpoints.some(({ core }) => core === true),
    )
    assert.deepEqual(
      loadCrowdCanaries()
        .map(({ service }) => service)
        .toSorted(),
      services.map(({ id }) => id).toSorted(),
    )
  })

  it('refuses services that need more consent, foreign hosts, and what is never measured', () => {
    assert.throws(() => load(canary('protonvpn', 'protonvpn.com')), refusedAs('canaries.refused', /tier A/))
    assert.throws(() => load(canary('youtube', 'www.google.com')), refusedAs('canaries.refused', /none of the pages/))
    assert.throws(() => load(canary('nobody', 'www.google.com')), refusedAs('canaries.refused', /no service/))
    const twice = canary('youtube', 'www.youtube.com')
    assert.throws(() => load(twice, twice), refusedAs('canaries.refused', /twice/))
    const barred: Never = { ...never, hosts: never.hosts.map((one) => ({ ...one, host: 'youtube.com' })) }
    assert.throws(() => loadCrowdCanaries(undefined, { never: barred, services: loadServices(undefined, NOTHING) }))
  })

  it('refuses what is no address of https, has a query, or an image of another host', () => {
    for (const image of [
      'http://www.youtube.com/favicon.ico',
      'https://www.youtube.com/favicon.ico?x=1',
      'https://www.youtube.com:8443/favicon.ico',
      'https://user@www.youtube.com/favicon.ico',
      'https://elsewhere.example/favicon.ico',
      "https://www.youtube.com/'",
    ])
      assert.throws(
        () => load(canary('youtube', 'www.youtube.com', image)),
        refusedAs('canaries.invalid', /image/),
        image,
      )
  })
})
