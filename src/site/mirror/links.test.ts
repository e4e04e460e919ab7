import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linksOf, rewriteLinks, rewriteStyle, type Target } from './links.ts'

const words = { away: 'opens "the site"', gone: 'not here' }
const rewrite = (html: string, target: (path: string) => Target): string =>
  rewriteLinks(html, { from: 'kk/i/a/index.html', words, target: (url) => target(url.pathname + url.search) })
const file = (path: string): Target => ({ kind: 'file', path })

describe('rewriteLinks()', () => {
  it('makes addresses of the site relative, with their fragments, and leaves others alone', () => {
    const html =
      '<a class="b" href="/kk/s/x#against">s</a><img src="/card/x.png"><a href="https://example.org/">e</a><a href="#top">t</a><a href="//other.example/x">o</a>'
    assert.equal(
      rewrite(html, (path) => file(path === '/kk/s/x' ? 'kk/s/x/index.html' : 'card/x.png')),
      '<a class="b" href="../../s/x/index.html#against">s</a><img src="../../../card/x.png"><a href="https://example.org/">e</a><a href="#top">t</a><a href="//other.example/x">o</a>',
    )
  })

  it('reads an address as a browser does, with its entities', () => {
    const seen: string[] = []
    rewrite('<a href="/kk/s/x?since=1&amp;until=2&#39;">s</a>', (path) => {
      seen.push(path)
      return { kind: 'gone' }
    })
    assert.equal(seen[0], '/kk/s/x?since=1&until=2%27')
  })

  it('makes plain text of what is not there, wherever the tag is broken into lines', () => {
    const html = '<a class="x" rel="next"\n href="/kk/k/1"\n  ><b>code</b></a\n ><a href="/kk/here">h</a>'
    assert.equal(
      rewrite(html, (path) => (path === '/kk/here' ? file('kk/here.html') : { kind: 'gone' })),
      '<span class="x" title="not here"><b>code</b></span><a href="../../here.html">h</a>',
    )
  })

  it('leads to the site where it is known, and says so', () => {
    assert.equal(
      rewrite('<a href="/kk/check?a=1&amp;b=2" title="old">c</a>', (path) => ({
        kind: 'away',
        href: `https://kuager.example${path}`,
      })),
      '<a href="https://kuager.example/kk/check?a=1&amp;b=2" title="opens &quot;the site&quot;" rel="noreferrer">c</a>',
    )
  })

  it('drops links of the head to what is not there', () => {
    assert.equal(
      rewrite('<link rel="alternate" href="/kk/feed/all.xml" /><link rel="icon" href="/i.svg" />', (path) =>
        path === '/i.svg' ? file('i.svg') : { kind: 'gone' },
      ),
      '<link rel="icon" href="../../../i.svg" />',
    )
  })
})

describe('linksOf()', () => {
  it('gives each address of the site once, without its fragment', () => {
    const html =
      '<a href="/a#x"></a><a href="/a#y"></a><script src="/b.js"></script><a href="/..//c">c</a><a href="/\\evil">'
    assert.deepEqual(
      linksOf(html).map(({ pathname }) => pathname),
      ['/a', '/b.js', '//c'],
    )
  })
})

describe('rewriteStyle()', () => {
  it('takes the tags off the addresses of fonts', () => {
    assert.equal(
      rewriteStyle("src: url('fonts/a.woff2?v=1') x; fill: url('#p')"),
      "src: url('fonts/a.woff2') x; fill: url('#p')",
    )
  })
})
