import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../model/errors.ts'
import { parseInstant } from '../../model/units.ts'
import { formatBagInfo, formatBagManifest } from './bag.ts'
import { checkBundlePath, isBundleName, isBundlePath } from './bundle-path.ts'
import { encodeRoCrate } from './ro-crate.ts'

const sha512 = createHash('sha512').update('x').digest('hex')
const MADE = parseInstant('2026-03-05T08:40:00Z')

describe('paths of a bundle', () => {
  it('are small letters, digits and three signs', () => {
    for (const path of [
      'data/raw/12.json',
      'bagit.txt',
      'data/VERIFY.md',
      'data/VERIFY.html',
      'data/log/stamped/7-a.tsr',
    ])
      assert.equal(isBundlePath(path), true, path)
  })

  it('lead nowhere else and have one spelling', () => {
    const bad = [
      ...[
        '',
        '/x',
        'a//b',
        'a/',
        '..',
        'a/../b',
        './a',
        'a/.b',
        'a.',
        'a./b',
        'a b',
        'a\\b',
        'c:x',
        '~x/y',
        'A',
        'ә',
        'й',
      ],
      ...[
        'VERIFY.md',
        'data/x/VERIFY.md',
        'data/Verify.md',
        'data/VERIFY.md/x',
        'con',
        'data/nul.txt',
        'com1/x',
        'a\0',
      ],
      ...['a\n', 'x'.repeat(101), `${'a/'.repeat(17)}b`, `${'a/'.repeat(150)}bb`],
    ]
    for (const path of bad) {
      assert.equal(isBundlePath(path), false, JSON.stringify(path))
      assert.throws(() => checkBundlePath(path), InputError)
    }
  })

  it('of what kind soever hold no step out of the bag', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (path) => {
        if (isBundlePath(path)) assert.match(path, /^(?:[a-z0-9_-][a-z0-9._-]*\/)*[a-z0-9._-]+$/i)
      }),
    )
  })

  it('name a bag by one segment', () => {
    assert.equal(isBundleName('kuager-youtube-as9198-20250115t1502z-r3'), true)
    for (const name of ['a', '-a', 'a-', 'a/b', 'A1', 'con', '..', 'x'.repeat(101)])
      assert.equal(isBundleName(name), false)
  })
})

describe('tag files of a bag', () => {
  it('list digests as sha512sum reads them, by path', () => {
    const files = ['data/b', 'data/a/x', 'data/a-x'].map((path) => ({ path, size: 1, sha512 }))
    assert.equal(formatBagManifest(files), `${sha512}  data/a-x\n${sha512}  data/a/x\n${sha512}  data/b\n`)
    assert.throws(() => formatBagManifest([{ path: '../x', size: 1, sha512 }]), InputError)
  })

  it('count the payload and take no line break from a name', () => {
    const info = { name: 'kuager-x1', organization: 'Куәгер', madeAt: MADE, program: 'kuager 0.1.0', payload: [] }
    assert.equal(
      formatBagInfo({ ...info, payload: [{ size: 3 }, { size: 4 }] }),
      'Source-Organization: Куәгер\nExternal-Identifier: kuager-x1\n' +
        'External-Description: Evidence in data/. How to check it: data/VERIFY.md\n' +
        'Bagging-Date: 2026-03-05\nPayload-Oxum: 7.2\nBag-Software-Agent: kuager 0.1.0\n',
    )
    for (const organization of ['a\nPayload-Oxum: 0.0', '', ' a', '\ud800'])
      assert.throws(() => formatBagInfo({ ...info, organization }), InputError)
  })
})

describe('the description for catalogues', () => {
  it('has the members that RO-Crate 1.2 asks for, in one flat graph', () => {
    const crate = encodeRoCrate({
      name: 'kuager-x1',
      description: 'Evidence',
      madeAt: MADE,
      organization: 'Kuager',
      program: { version: '0.1.0', sourceSha256: '00' },
      parts: [
        { path: 'raw/', name: 'Measurements' },
        { path: 'bundle.json', name: 'What the bundle is', media: 'application/json' },
      ],
    })
    const graph = crate['@graph'] as readonly Readonly<Record<string, unknown>>[]
    const ids = graph.map((one) => one['@id'])
    assert.equal(new Set(ids).size, ids.length)
    const root = graph.find((one) => one['@id'] === './')
    for (const member of ['name', 'description', 'datePublished', 'license', 'hasPart'])
      assert.ok(root?.[member], member)
    const named = JSON.stringify(crate).matchAll(/\{"@id":"([^"]+)"\}/g)
    for (const [, id = ''] of named) assert.ok(ids.includes(id) || id.startsWith('https://w3id.org/'), id)
  })
})
