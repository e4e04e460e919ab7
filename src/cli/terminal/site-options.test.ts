import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import type { FrameSettings } from '../../app/web/frame.ts'
import { InputError } from '../../core/model/errors.ts'
import { readOptions } from './option.ts'
import { SITE_OPTIONS, siteSettings } from './site-options.ts'

const NAME = 'abcdefgh234567'.repeat(4)
type Given = Readonly<Partial<Record<string, string | readonly string[]>>>

const read = (given: Given): FrameSettings =>
  siteSettings(
    readOptions(
      SITE_OPTIONS,
      (name) => [given[name] ?? []].flat(),
      testWorld('/srv', () => undefined),
    ),
  )

describe('siteSettings()', () => {
  it('reads addresses, and writes each the one way', () => {
    const settings = read({
      origin: 'https://Kuager.Example:443/',
      onion: `http://${NAME}.onion/`,
      mirror: ['https://mirror.example/kuager/', 'https://other.example'],
      about: 'about.json',
    })
    assert.deepEqual(settings, {
      about: '/srv/about.json',
      origin: 'https://kuager.example',
      onion: `http://${NAME}.onion`,
      mirrors: ['https://mirror.example/kuager/', 'https://other.example'],
    })
  })

  it('takes http for this machine alone, to try things out', () => {
    assert.equal(read({ origin: 'http://127.0.0.1:8420' }).origin, 'http://127.0.0.1:8420')
    assert.equal(read({ origin: 'http://localhost:8420' }).origin, 'http://localhost:8420')
  })

  it('refuses an origin that is none', () => {
    const wrong = [
      'kuager.example',
      'http://kuager.example',
      'http://127.0.0.1.evil.example',
      'ftp://kuager.example',
      'https://kuager.example/kk/',
      'https://kuager.example/?a=1',
      'https://kuager.example/#a',
      'https://user:word@kuager.example',
      'javascript:alert(1)',
      '',
    ]
    for (const origin of wrong) assert.throws(() => read({ origin }), InputError, origin)
  })

  it('refuses a mirror with a query, with a name and a word, or without a folder’s end', () => {
    for (const one of [
      'https://a.example/?x',
      'https://u:p@a.example/',
      'https://a.example/x',
      'http://a.example/',
      'data:text/html,x',
    ])
      assert.throws(() => read({ mirror: [one] }), InputError, one)
  })

  it('refuses more mirrors than a page lists', () =>
    assert.throws(() => read({ mirror: Array.from({ length: 21 }, (_, n) => `https://m${n}.example`) }), InputError))

  it('refuses an onion address that is none', () => {
    const wrong = [
      `http://${NAME.slice(1)}.onion`,
      `http://${NAME}.onion/kk/`,
      `http://sub.${NAME}.onion`,
      'http://expyuzz4wqqyqhjn.onion',
      'https://kuager.example',
      `${NAME}.onion`,
    ]
    for (const onion of wrong) assert.throws(() => read({ onion }), InputError, onion)
  })
})
