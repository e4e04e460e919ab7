import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from '../core/model/errors.ts'
import { reachableAddresses } from './reachable-address.ts'

const rule = reachableAddresses({ allow: [], own: ['20.0.0.9', '2a00:1:2::9', 'fe80::1%eth0'] })

/** Ways to say an address of the inside. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'the far end of loopback'],
  ['0.0.0.0', 'this host'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'shared by a carrier'],
  ['169.254.169.254', 'metadata of a cloud'],
  ['192.0.0.170', 'protocol assignments'],
  ['192.0.2.1', 'documentation'],
  ['192.88.99.1', 'relay of 6to4'],
  ['198.18.0.1', 'benchmarking'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::127.0.0.1', 'IPv4-compatible'],
  ['::ffff:127.0.0.1', 'IPv4-mapped'],
  ['::ffff:7f00:1', 'IPv4-mapped in hexadecimal'],
  ['::ffff:8.8.8.8', 'IPv4-mapped, though public'],
  ['0:0:0:0:0:ffff:a00:1', 'IPv4-mapped, written out'],
  ['64:ff9b::7f00:1', 'NAT64 of loopback'],
  ['64:ff9b::10.0.0.1', 'NAT64 of a private address'],
  ['64:ff9b:1::a00:1', 'NAT64 of a local prefix'],
  ['2002:7f00:1::', '6to4 of loopback'],
  ['2002:a00:1::1', '6to4 of a private address'],
  ['2002:808:808::1', '6to4, though public'],
  ['2001:0:7f00:1::', 'Teredo'],
  ['2001:db8::1', 'documentation'],
  ['3fff::1', 'documentation'],
  ['2001:2::1', 'benchmarking'],
  ['2001:20::1', 'ORCHID'],
  ['100::1', 'discard'],
  ['fc00::1', 'unique local'],
  ['fd12:3456::1', 'unique local'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with a zone'],
  ['2a00:1:3::1%eth0', 'public with a zone'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['5f00::1', 'segment routing'],
  ['20.0.0.9', 'this machine'],
  ['2a00:1:2::9', 'this machine'],
  ['2a00:1:2:0:0:0:0:9', 'this machine, written out'],
  ['example.org', 'a name'],
  ['', 'nothing'],
  ['0177.0.0.1', 'octal'],
  ['0x7f.0.0.1', 'hexadecimal'],
  ['2130706433', 'decimal'],
  ['127.1', 'short'],
  ['8.8.8.8.', 'with a dot behind'],
]

describe('reachableAddresses()', () => {
  for (const [address, what] of REFUSED)
    it(`refuses "${address}" (${what})`, () => {
      assert.equal(rule.address(address), false)
    })

  it('lets through what the public internet routes', () => {
    for (const address of [
      '8.8.8.8',
      '20.1.2.3',
      '172.32.0.1',
      '192.0.1.1',
      '100.128.0.1',
      '2a00:1:2::8',
      '2606:4700::1',
    ])
      assert.equal(rule.address(address), true, address)
  })

  it('opens the blocks of a test lab and nothing else', () => {
    const lab = reachableAddresses({ allow: ['127.77.0.0/16', 'fd00:7::/32', '20.0.0.9/32'], own: ['20.0.0.9'] })
    for (const address of ['127.77.0.0', '127.77.255.255', 'fd00:7:1::1', '20.0.0.9', '8.8.8.8'])
      assert.equal(lab.address(address), true, address)
    for (const address of ['127.76.255.255', '127.78.0.0', 'fd00:8::1', '::ffff:127.77.0.1', '10.0.0.1'])
      assert.equal(lab.address(address), false, address)
    assert.equal(lab.bogon('127.77.0.1'), false)
    assert.equal(lab.bogon('127.78.0.1'), true)
  })

  it('refuses ports of mail, shells and chat', () => {
    for (const port of [0, -1, 1.5, 22, 25, 110, 465, 587, 993, 6667, 65_536, Number.NaN])
      assert.equal(rule.port(port), false, String(port))
    for (const port of [80, 443, 853, 1194, 5222, 8443, 9001, 51_820, 65_535]) assert.equal(rule.port(port), true)
  })

  it('refuses a block that is none', () => {
    for (const block of ['', '10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', 'x/8', '::/129', '10.0.0.0/8/8', 'fe80::%1/8'])
      assert.throws(() => reachableAddresses({ allow: [block], own: [] }), InputError, block)
  })
})
