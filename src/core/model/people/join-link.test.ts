import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { formatJoinLink, MOST_JOIN_LINK, parseJoinLink, type JoinLink } from './join-link.ts'

const KEY = 'nCqZ-3bDkNzb1T3i0pVFBnE9-lXW6mDhkFfG2Yc7_A0'
const PLAIN: JoinLink = {
  observatory: 'https://kuager.example',
  key: KEY,
  collectors: ['https://kuager.example'],
  controls: ['https://control.example'],
}
const ONION = `http://${'a'.repeat(56)}.onion`

/** A link with a right sum around any fragment: only the sum of a careless forger is wrong. */
const summed = (text: string): string => `${text}/sum=${crc32(text).toString(16).padStart(8, '0')}`
const why = (text: string): string => {
  const read = parseJoinLink(text)
  return read.kind === 'wrong' ? read.why : 'link'
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/)
const origin = fc
  .tuple(label, fc.constantFrom('example', 'kz', 'org'), fc.option(fc.integer({ min: 1024, max: 65_535 })))
  .map(([name, top, port]) => `https://${name}.${top}${port === null ? '' : `:${port}`}`)
  .filter((one) => URL.parse(one)?.origin === one)
const link: fc.Arbitrary<JoinLink> = fc
  .record({
    observatory: origin,
    key: fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    to: fc.uniqueArray(origin, { maxLength: 4 }),
    controls: fc.uniqueArray(origin, { maxLength: 4 }),
    invitation: fc.option(fc.stringMatching(/^[a-z2-9-]{8,23}$/), { nil: undefined }),
  })
  .map(({ to, invitation, ...rest }) => ({
    ...rest,
    collectors: to.length === 0 ? [rest.observatory] : to,
    ...(invitation === undefined ? {} : { invitation }),
  }))

describe('a link to join', () => {
  it('is short, readable and keeps everything behind #', () => {
    const text = formatJoinLink({ ...PLAIN, invitation: 'abcde-fghjk-mnpqr-stuvw' })
    assert.match(
      text,
      /^https:\/\/kuager\.example\/join#1\/key=[\w-]{43}\/control=control\.example\/code=abcde-fghjk-mnpqr-stuvw\/sum=[0-9a-f]{8}$/,
    )
    assert.equal(text, summed(text.slice(0, -'/sum=00000000'.length)))
    assert.equal(URL.parse(text)?.pathname, '/join')
  })

  it('reads back as what it was made of', () => {
    fc.assert(
      fc.property(link, (one) => {
        const text = formatJoinLink(one)
        if (text.length <= MOST_JOIN_LINK) assert.deepEqual(parseJoinLink(text), { kind: 'link', link: one })
      }),
    )
  })

  it('is refused with any one character changed or left out, and when it is cut', () => {
    fc.assert(
      fc.property(link, fc.nat(), fc.constantFrom('a', 'Z', '0', '.', '/', '=', '-', ''), (one, at, other) => {
        const text = formatJoinLink(one)
        const place = at % text.length
        const changed = `${text.slice(0, place)}${other}${text.slice(place + 1)}`
        if (changed !== text) assert.equal(parseJoinLink(changed).kind, 'wrong', changed)
        assert.equal(parseJoinLink(text.slice(0, place)).kind, 'wrong')
      }),
      { numRuns: 500 },
    )
  })

  it('is never read from hostile text, and no text throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        assert.equal(parseJoinLink(text).kind, 'wrong')
        assert.equal(parseJoinLink(summed(`https://kuager.example/join#1/key=${KEY}/${text}`)).kind, 'wrong')
        assert.equal(parseJoinLink(summed(`https://${text}/join#1/key=${KEY}`)).kind, 'wrong')
      }),
    )
  })

  it('has one form: what is doubled, in another order or in another spelling is refused though its sum is right', () => {
    const head = 'https://kuager.example/join#1'
    for (const fields of [
      '',
      `/key=${KEY}/key=${KEY}`,
      `/control=b.example/key=${KEY}`,
      `/key=${KEY}/to=kuager.example`,
      `/key=${KEY}/to=a.example/to=a.example`,
      `/key=${KEY}/to=A.example`,
      `/key=${KEY}/to=a.example:443`,
      `/key=${KEY}/to=a.example/path`,
      `/key=${KEY}/to=a.example?x`,
      `/key=${KEY}/to=user@a.example`,
      `/key=${KEY}/to=http://a.example`,
      `/key=${KEY}/to=%61.example`,
      `/key=${KEY}/to=қуағер.example`,
      `/key=${KEY}/to=[2001:db8::1]`,
      `/key=${KEY}/to=0x7f.1`,
      `/key=${KEY}/to=a.example:99999`,
      `/key=${KEY}/to=`,
      `/key=${KEY}/code=short`,
      `/key=${KEY}/code=white%20space-code`,
      `/key=${KEY.slice(1)}`,
      `/key=${KEY}=`,
      `/key=${KEY}/other=1`,
      `/key=${KEY}/to=a.kz/to=b.kz/to=c.kz/to=d.kz/to=e.kz`,
    ])
      assert.equal(why(summed(`${head}${fields}`)), 'damaged', fields)
    assert.equal(why(summed(`${head}/key=${KEY}`)), 'link')
  })

  it('is taken with spaces around it and as the address bar shows it, with the language of the page', () => {
    const text = formatJoinLink(PLAIN)
    for (const given of [` ${text}\n`, text.replace('/join', '/kk/join'), text.replace('/join', '/ru/join')])
      assert.deepEqual(parseJoinLink(given), { kind: 'link', link: PLAIN })
    assert.equal(why(text.replace('/join', '/de/join')), 'form')
  })

  it('names why it is refused', () => {
    const text = formatJoinLink(PLAIN)
    assert.equal(why(''), 'form')
    assert.equal(why('https://kuager.example/kk/incidents'), 'form')
    assert.equal(why(text.replace('https:', 'javascript:')), 'form')
    assert.equal(why(text.replace('https:', 'http:')), 'clear')
    assert.equal(why(text.replace('#1/', '#2/')), 'version')
    assert.equal(why(`${text}${'x'.repeat(MOST_JOIN_LINK)}`), 'long')
    assert.equal(why('x'.repeat(10_000_000)), 'long')
  })

  it('goes in cleartext only to this machine and into Tor', () => {
    for (const observatory of [ONION, 'http://127.0.0.1:8420', 'http://localhost:8420']) {
      const one = { ...PLAIN, observatory, collectors: [observatory] }
      assert.deepEqual(parseJoinLink(formatJoinLink(one)), { kind: 'link', link: one })
    }
    assert.equal(why(summed(`http://127.evil.example/join#1/key=${KEY}`)), 'clear')
    assert.equal(why(summed(`${ONION.replace('http', 'https')}/join#1/key=${KEY}`)), 'form')
  })

  it('leads no probe into a network at home', () => {
    for (const host of [
      'localhost:631',
      '127.0.0.1:8080',
      '10.0.0.1',
      '192.168.1.1',
      '169.254.169.254',
      'router',
      'printer.local',
      'fritz.home.arpa',
      'a.internal',
    ]) {
      assert.equal(why(summed(`https://kuager.example/join#1/key=${KEY}/to=${host}`)), 'private', host)
      assert.equal(why(summed(`https://kuager.example/join#1/key=${KEY}/control=${host}`)), 'private', host)
    }
    assert.equal(why(summed(`https://192.168.1.1/join#1/key=${KEY}`)), 'private')
  })
})
