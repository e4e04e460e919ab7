import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CookieJar } from './cookie-jar.ts'

const at = (url: string): URL => new URL(url)
function jarOf(from: string, ...cookies: readonly string[]): CookieJar {
  const jar = new CookieJar()
  jar.take(
    at(from),
    cookies.map((cookie) => ['Set-Cookie', cookie] as const),
  )
  return jar
}

describe('CookieJar', () => {
  it('gives cookies back to the host that set them', () => {
    const jar = jarOf('https://a.example.org/x/y', 'n=1; Path=/', 'm=2')
    assert.equal(jar.header(at('https://a.example.org/x/z')), 'm=2; n=1')
    assert.equal(jar.header(at('https://a.example.org/w')), 'n=1')
    assert.equal(jar.header(at('https://b.example.org/')), undefined)
  })

  it('gives those of a domain to the names below it, of one registration alone', () => {
    const jar = jarOf('https://a.example.org/', 'n=1; Domain=.example.org', 'k=1; Domain=org', 'o=1; Domain=other.org')
    assert.equal(jar.header(at('https://b.example.org/')), 'n=1')
    assert.equal(jar.header(at('https://other.org/')), undefined)
    assert.equal(jarOf('http://192.0.2.1/', 'n=1; Domain=2.1').header(at('http://192.0.2.1/')), undefined)
  })

  it('sends no secure cookie in the clear', () => {
    const jar = jarOf('https://example.org/', 'n=1; Secure; Path=/')
    assert.equal(jar.header(at('http://example.org/')), undefined)
    assert.equal(jar.header(at('https://example.org/')), 'n=1')
  })

  it('drops what is taken back, what is no cookie and what could end a header', () => {
    const jar = jarOf(
      'http://example.org/',
      'n=1; Path=/',
      'n=; Path=/; Max-Age=0',
      'nothing',
      '=x',
      'a=b\u0001c',
      `l=${'x'.repeat(5000)}`,
    )
    assert.equal(jar.header(at('http://example.org/')), undefined)
  })

  it('keeps no more than fifty', () => {
    const jar = jarOf('http://example.org/', ...Array.from({ length: 200 }, (_, i) => `n${i}=1; Path=/`))
    assert.equal(jar.header(at('http://example.org/'))?.split('; ').length, 50)
  })
})
