import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { canonicalHostname, nameCovers, registrableDomain } from './hostname.ts'

describe('canonicalHostname()', () => {
  it('gives one form for a name in capitals, with a final dot, and in its own letters', () => {
    assert.equal(canonicalHostname('WWW.Example.COM.'), 'www.example.com')
    assert.equal(canonicalHostname('қазақстан.example'), canonicalHostname('ҚАЗАҚСТАН.example'))
    assert.match(canonicalHostname('қазақстан.example') ?? '', /^xn--/)
  })

  it('refuses what no URL could carry', () => {
    for (const wrong of ['a b', 'example.com/path', 'user@example.com', 'example.com:80', ''])
      assert.equal(canonicalHostname(wrong), undefined, wrong)
  })
})

describe('registrableDomain()', () => {
  it('keeps what someone registered', () => {
    assert.equal(registrableDomain('a.b.example.com'), 'example.com')
    assert.equal(registrableDomain('www.example.co.uk'), 'example.co.uk')
    assert.equal(registrableDomain('news.example.com.kz'), 'example.com.kz')
    assert.equal(registrableDomain('example.kz'), 'example.kz')
    assert.equal(registrableDomain('192.0.2.1'), '192.0.2.1')
  })
})

describe('nameCovers()', () => {
  it('lets a wildcard stand for one label and no more', () => {
    assert.equal(nameCovers('*.example.com', 'www.example.com'), true)
    assert.equal(nameCovers('*.example.com', 'a.b.example.com'), false)
    assert.equal(nameCovers('*.example.com', 'example.com'), false)
    assert.equal(nameCovers('EXAMPLE.com', 'example.com'), true)
  })
})
