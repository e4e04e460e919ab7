import assert from 'node:assert/strict'
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  addressFamily,
  canonicalAddress,
  inBlock,
  isBogon,
  parseAddress,
  parseBlock,
  unmappedBytes,
  splitEndpoint,
} from './address.ts'

describe('addressFamily()', () => {
  it('agrees with the platform on what is an address', () => {
    const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{1,24}$/))
    fc.assert(
      fc.property(text, (candidate) => {
        const expected = isIPv4(candidate) ? 4 : isIPv6(candidate) ? 6 : undefined
        assert.equal(addressFamily(candidate), expected, candidate)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('canonicalAddress()', () => {
  it('gives one spelling for every spelling of an address', () => {
    const one = canonicalAddress('2606:2800:21f:cb07:6820:80da:af6b:8b2c')
    assert.equal(canonicalAddress('2606:2800:021F:CB07:6820:80DA:AF6B:8B2C'), one)
    assert.equal(canonicalAddress('::1'), canonicalAddress('0:0:0:0:0:0:0:1'))
    assert.equal(canonicalAddress('not an address'), undefined)
  })
})

describe('isBogon()', () => {
  it('knows the blocks that never serve the public internet', () => {
    const bogons = [
      '0.0.0.0',
      '10.10.34.36',
      '100.64.0.1',
      '127.0.0.53',
      '169.254.1.1',
      '172.31.255.255',
      '192.168.1.1',
      '198.18.0.1',
      '198.51.100.7',
      '203.0.113.9',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      'fd00::1',
      'fe80::1',
      '2001:db8::1',
      'ff02::1',
      '2002:a00:1::',
      '::ffff:8.8.8.8',
      'no address',
    ]
    for (const address of bogons) assert.equal(isBogon(address), true, address)
  })

  it('leaves their neighbours alone', () => {
    const open = [
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '172.32.0.0',
      '192.167.1.1',
      '198.20.0.1',
      '64:ff9b::808:808',
      '2606:4700::1111',
    ]
    for (const address of open) assert.equal(isBogon(address), false, address)
  })
})

describe('splitEndpoint()', () => {
  it('splits both families and refuses what has no port or no address', () => {
    assert.deepEqual(splitEndpoint('1.1.1.1:443'), { address: '1.1.1.1', port: 443 })
    assert.deepEqual(splitEndpoint('[2606:4700::1111]:443'), { address: '2606:4700::1111', port: 443 })
    for (const wrong of [
      '1.1.1.1',
      'example.com:443',
      '1.1.1.1:70000',
      '1.1.1.1:',
      '1.1.1.1:4x',
      '1.1.1.1:000443',
      ':443',
      '[::1]',
      '',
    ])
      assert.equal(splitEndpoint(wrong), undefined, wrong)
  })
})

describe('parseBlock()', () => {
  it('reads blocks of both versions, and nothing else', () => {
    assert.deepEqual(parseBlock('192.0.2.0/24'), { bytes: [192, 0, 2, 0], bits: 24 })
    assert.equal(parseBlock('2001:db8::/32')?.bytes.length, 16)
    for (const wrong of [
      '192.0.2.0',
      '192.0.2.0/33',
      '192.0.2.0/',
      '/8',
      '192.0.2.0/8/8',
      'fe80::%eth0/10',
      '2001:db8::/129',
    ])
      assert.equal(parseBlock(wrong), undefined, wrong)
  })

  it('agrees with the platform on what is inside', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (start, address, bits) => {
        const list = new BlockList()
        list.addSubnet(start, bits)
        const block = parseBlock(`${start}/${bits}`)
        assert.equal(block !== undefined && inBlock(parseAddress(address) ?? [], block), list.check(address))
      }),
    )
  })
})

describe('unmappedBytes()', () => {
  it('gives the address of version 4 that one of version 6 maps', () => {
    for (const text of ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201'])
      assert.deepEqual(unmappedBytes(text), [192, 0, 2, 1])
    assert.equal(unmappedBytes('2001:db8::1')?.length, 16)
    assert.equal(unmappedBytes('no address'), undefined)
  })
})
