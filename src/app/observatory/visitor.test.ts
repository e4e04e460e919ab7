import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { VisitorOf } from '../../site/visitor.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { siteVisitor } from './visitor.ts'

const network = (asn: number, country: string, use: string): object => ({
  asn,
  name: `Network ${asn}`,
  country,
  use,
  source: 'made for this test',
  checked_at: '2026-03-05',
})

describe('the network of a visitor', () => {
  let folder = ''
  let look: VisitorOf
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-visitor-'))
    const [table, ranges] = [join(folder, 'networks.json'), join(folder, 'ranges.csv')]
    const networks = [
      network(64500, 'KZ', 'access'),
      network(64501, 'KZ', 'hosting'),
      network(64502, 'DE', 'access'),
      network(64503, 'KZ', 'corporate'),
    ]
    await writeFile(table, JSON.stringify({ networks }))
    const rows = [64500, 64501, 64502, 64503, 65551].map(
      (asn, n) => `198.51.100.${n * 16},198.51.100.${n * 16 + 15},${asn},name ${n}`,
    )
    await writeFile(ranges, [...rows, '2001:db8::,2001:db8::ffff,64500,name'].join('\n'))
    look = siteVisitor(loadNetworks([table, ranges]), ['192.0.2.0/24'])
  })
  after(() => rm(folder, { recursive: true }))

  it('is known for an access network of Kazakhstan, over IPv4, IPv6 and a mapped address', () => {
    for (const address of ['198.51.100.3', '2001:db8::7', '::ffff:198.51.100.3'])
      assert.deepEqual(look(address, undefined), { kind: 'known', asn: 64500 }, address)
  })

  it('is asked about where it is hosting, abroad, of another use, in no table, or where there is no address', () => {
    assert.deepEqual(look('198.51.100.17', undefined), { kind: 'ask', why: 'hosting' })
    assert.deepEqual(look('198.51.100.33', undefined), { kind: 'ask', why: 'foreign' })
    assert.deepEqual(look('198.51.100.49', undefined), { kind: 'ask', why: 'unknown' })
    assert.deepEqual(look('198.51.100.65', undefined), { kind: 'ask', why: 'unknown' })
    assert.deepEqual(look('127.0.0.1', undefined), { kind: 'ask', why: 'unknown' })
    assert.deepEqual(look(undefined, '198.51.100.3'), { kind: 'ask', why: 'unknown' })
  })

  it('is that of the client behind a trusted proxy, and no one else is believed', () => {
    assert.deepEqual(look('192.0.2.7', '198.51.100.3'), { kind: 'known', asn: 64500 })
    assert.deepEqual(look('198.51.100.33', '198.51.100.3'), { kind: 'ask', why: 'foreign' })
    assert.deepEqual(look('192.0.2.7', '<script>, 198.51.100.33'), { kind: 'ask', why: 'foreign' })
    assert.deepEqual(look('192.0.2.7', 'x'.repeat(10_000)), { kind: 'ask', why: 'unknown' })
  })
})
