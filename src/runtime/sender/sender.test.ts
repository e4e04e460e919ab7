import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openSenders } from './sender.ts'

describe('openSenders()', () => {
  const direct = openSenders([])
  const behind = openSenders(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'])

  it('believes no header where no proxy is trusted', () => {
    assert.equal(direct('20.1.2.3', '95.56.1.1'), '20.1.2.3')
    assert.equal(direct('::ffff:20.1.2.3', undefined), '20.1.2.3')
    assert.equal(behind('20.1.2.3', '95.56.1.1'), '20.1.2.3')
  })

  it('takes the last address that no trusted proxy vouches for further', () => {
    assert.equal(behind('10.0.0.1', '95.56.1.1'), '95.56.1.1')
    assert.equal(behind('127.0.0.1', '1.2.3.4, 95.56.1.1, 10.9.9.9'), '95.56.1.1')
    assert.equal(behind('fd00::1', '2a00:1fa0::1'), '2a00:1fa0::1')
    assert.equal(behind('10.0.0.1', '[2a00:1fa0::1]:443'), '2a00:1fa0::1')
    assert.equal(behind('10.0.0.1', '95.56.1.1:5000'), '95.56.1.1')
  })

  it('is the proxy itself where the header is missing or no address', () => {
    assert.equal(behind('10.0.0.1', undefined), '10.0.0.1')
    assert.equal(behind('10.0.0.1', 'unknown'), '10.0.0.1')
    assert.equal(behind('10.0.0.1', '1.2.3.4,'.repeat(1000)), '10.0.0.1')
    assert.equal(direct(undefined, '95.56.1.1'), undefined)
  })

  it('refuses what is no prefix', () => {
    for (const prefix of ['10.0.0.0/33', 'proxy', '', '10.0.0.0/x', '::/129'])
      assert.throws(() => openSenders([prefix]), { code: 'argument.invalid' })
  })
})
