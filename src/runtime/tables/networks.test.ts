import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import assert from 'node:assert/strict'
import { InputError } from '../../core/model/errors.ts'
import { parseAsn } from '../../core/model/units.ts'
import { loadNetworks } from './networks.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-networks-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

it('loadNetworks() knows Kazakhtelecom and its group without any file', () => {
  const networks = loadNetworks()
  assert.equal(networks.name(parseAsn(9198)), 'JSC Kazakhtelecom')
  assert.equal(networks.network(parseAsn(29355))?.owner, networks.network(parseAsn(9198))?.owner)
  assert.equal(networks.network(parseAsn(44477))?.use, 'hosting')
})

it('loadNetworks() says of every documentation network that it is simulated', () => {
  const networks = loadNetworks()
  for (let asn = 64496; asn <= 64511; asn++) assert.match(networks.name(parseAsn(asn)), /\(simulated\)$/)
})

it('name() falls back to the number of a network in no table', () => {
  assert.equal(loadNetworks().name(parseAsn(4200000000)), 'AS4200000000')
})

it('lookup() finds both ends of a range, in both families, and nothing beside it', () => {
  const networks = loadNetworks([
    file('a.csv', 'start,end,asn,name\n192.0.2.16,192.0.2.31,64500,"One ""quoted"", two",KZ\n'),
    file('b.csv', '2001:db8:1::,2001:db8:1:ffff:ffff:ffff:ffff:ffff,64501,Six\n'),
  ])
  assert.equal(networks.lookup('192.0.2.16'), 64500)
  assert.equal(networks.lookup('192.0.2.31'), 64500)
  assert.equal(networks.lookup('192.0.2.15'), undefined)
  assert.equal(networks.lookup('192.0.2.32'), undefined)
  assert.equal(networks.lookup('2001:db8:1::7'), 64501)
  assert.equal(networks.lookup('2001:db8:2::'), undefined)
  assert.equal(networks.lookup('not an address'), undefined)
})

it('loadNetworks() keeps a name with quotes, commas and a country column', () => {
  const networks = loadNetworks([file('c.csv', '192.0.2.0,192.0.2.9,65001,"One ""quoted"", two",KZ\n')])
  assert.deepEqual(
    [networks.name(parseAsn(65001)), networks.network(parseAsn(65001))?.country],
    ['One "quoted", two', 'KZ'],
  )
})

it('loadNetworks() refuses overlapping ranges of two networks', () => {
  const path = file('d.csv', '192.0.2.0,192.0.2.9,65001,A\n192.0.2.9,192.0.2.20,65002,B\n')
  assert.throws(() => loadNetworks([path]), { name: 'InputError', code: 'networks.overlap' })
})

it('loadNetworks() names file and line of a row it cannot read', () => {
  for (const row of [
    'nonsense',
    '192.0.2.0,2001:db8::,1,A',
    '192.0.2.9,192.0.2.1,1,A',
    `192.0.2.0,${'9'.repeat(3000)}`,
  ])
    assert.throws(
      () => loadNetworks([file('e.csv', `192.0.2.200,192.0.2.201,65001,A\n${row}\n`)]),
      (error) => error instanceof InputError && error.message.includes('e.csv') && error.path === 'line 2',
    )
})

it('loadNetworks() refuses JSON of another shape and a file that is not there', () => {
  for (const text of ['[]', '{"networks":[{"asn":-1}]}', '{'])
    assert.throws(() => loadNetworks([file('f.json', text)]), { code: 'networks.invalid' })
  assert.throws(() => loadNetworks([join(folder, 'absent.csv')]), { code: 'networks.invalid' })
})

const sample = join(PACKAGE_ROOT, '../shared/data/kazakhstan')
it('loadNetworks() reads tables of the public form, and those of Kazakhstan where they are there', () => {
  const own = [
    file('ipv4.csv', '2.132.0.0,2.135.255.255,9198,JSC Kazakhtelecom\n192.0.2.0,192.0.2.255,207333,"Hoster.KZ, Ltd"\n'),
    file('ipv6.csv', '2a00:12f8::,2a00:12f8:ffff:ffff:ffff:ffff:ffff:ffff,9198,JSC Kazakhtelecom\n'),
  ]
  const published = ['asn-ipv4.csv', 'asn-ipv6.csv'].map((name) => join(sample, name))
  for (const tables of [own, ...(existsSync(sample) ? [published] : [])]) {
    const networks = loadNetworks(tables)
    assert.equal(networks.lookup('2.132.0.1'), 9198)
    assert.equal(networks.lookup('2a00:12f8::1'), 9198)
    assert.match(networks.name(parseAsn(207333)), /Hoster/)
  }
})
