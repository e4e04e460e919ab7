import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isCopyPath } from '../../core/evidence/copy/manifest.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { filePlace, relativeLink } from './file-place.ts'

const digest = (text: string) => parseSha256(hash('sha256', text))
const place = (path: string): string => filePlace(new URL(path, 'http://copy.invalid'), digest)

describe('filePlace()', () => {
  it('gives every address of the site its file', () => {
    const cases = {
      '/kk/': 'kk/index.html',
      '/kk/?network=AS9198': 'kk/network-AS9198.html',
      '/kk/incidents': 'kk/incidents/index.html',
      '/kk/s/youtube/AS9198': 'kk/s/youtube/AS9198/index.html',
      '/kk/i/youtube-as9198-20250115T1502Z': 'kk/i/youtube-as9198-20250115T1502Z/index.html',
      '/kk/i/youtube-as9198-20250115T1502Z.txt': 'kk/i/youtube-as9198-20250115T1502Z.txt',
      '/assets/site.css?v=abc': 'assets/site.css',
      '/assets/fonts/kuager-latin.woff2?v=abc': 'assets/fonts/kuager-latin.woff2',
      '/kk/feed/n/AS9198.xml': 'kk/feed/n/AS9198.xml',
      '/api/v1/incidents': 'api/v1/incidents.json',
      '/api/v1/incidents?format=csv': 'api/v1/incidents.csv',
      '/api/v1/openapi.json': 'api/v1/openapi.json',
      '/api/v1/incident/a?revision=2': 'api/v1/incident/a/revision-2.json',
      '/api/v1/series?service=youtube&network=AS1&since=2026-01-01&until=2026-01-07':
        'api/v1/series/network-AS1_service-youtube_since-2026-01-01_until-2026-01-07.json',
      '/card/kk/i/youtube-as1-20260305T1502Z-2.png': 'card/kk/i/youtube-as1-20260305T1502Z-2.png',
    }
    for (const [path, file] of Object.entries(cases)) assert.equal(place(path), file)
  })

  it('gives names that no file system refuses or takes for another, for any name of a service', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', minLength: 1 }),
          fc.constantFrom('con', 'NUL.x', 'a.', '..', 'web:a/b?c*', 'a\\b'),
        ),
        (name) => {
          fc.pre(name.isWellFormed() && !['.', '..'].includes(name))
          const file = place(`/kk/s/${encodeURIComponent(name)}`)
          assert.ok(isCopyPath(file), file)
          for (const part of file.split('/')) {
            assert.doesNotMatch(part, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i)
            assert.doesNotMatch(part, /[<>:"\\|?*]|\.$/)
            assert.ok(part.length <= 64, part)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('gives two services two files', () => {
    const names = ['web:a.example', 'web-a.example', 'web:A.example', 'WEB:a.example', 'web:a.example/']
    const files = names.map((name) => place(`/kk/s/${encodeURIComponent(name)}`).toLowerCase())
    assert.equal(new Set(files).size, names.length)
  })

  it('leads to a page even where its address ends like a file of the copy', () => {
    assert.ok(isCopyPath(place(`/kk/s/${encodeURIComponent('web:x.example/MANIFEST.sha256')}`)))
  })
})

describe('relativeLink()', () => {
  it('leads from file to file', () => {
    assert.equal(relativeLink('kk/i/a/index.html', 'assets/site.css'), '../../../assets/site.css')
    assert.equal(relativeLink('index.html', 'kk/index.html'), 'kk/index.html')
    assert.equal(relativeLink('kk/index.html', 'kk/index.html'), 'index.html')
    assert.equal(relativeLink('kk/a/index.html', 'kk/b.html'), '../b.html')
  })
})
