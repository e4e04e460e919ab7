import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../model/errors.ts'
import { instant, parseInstant, parseSha256 } from '../../model/units.ts'
import { formatManifest, isCopyPath, parseManifest } from './manifest.ts'
import { formatCopyStatement, parseCopyStatement, type CopyStatement } from './note.ts'
import { EMPTY_PLACE, placeNote, takeNote } from '../log/note-place.ts'

const sha256 = parseSha256(hash('sha256', 'x'))
const line = (path: string): string => `${sha256}  ${path}\n`

describe('the list of a copy', () => {
  it('is read back as it was written, in order', () => {
    const files = ['kk/index.html', 'assets/site.css', 'kk/AS1.html'].map((path) => ({ path, sha256 }))
    const text = formatManifest(files)
    assert.deepEqual(
      parseManifest(text).map(({ path }) => path),
      ['assets/site.css', 'kk/AS1.html', 'kk/index.html'],
    )
    assert.deepEqual(parseManifest(''), [])
  })

  it('names nothing outside of the copy, nothing twice, and not itself', () => {
    const paths = [
      '../x',
      '/etc/passwd',
      'a/../../x',
      'a//b',
      'a/./b',
      '.hidden',
      'a/.b',
      'a\\b',
      'a\0b',
      '',
      'ә',
      'a/',
    ]
    for (const path of [...paths, 'c:x', '-'.repeat(300), 'MANIFEST.note', 'a.', `a\u202eb`]) {
      assert.equal(isCopyPath(path), false, path)
      assert.throws(() => parseManifest(line(path)), InputError, path)
    }
    assert.throws(() => parseManifest(line('b') + line('a')), InputError)
    assert.throws(() => parseManifest(line('a') + line('a')), InputError)
    assert.throws(() => parseManifest(line('a').trimEnd()), InputError)
    assert.throws(() => parseManifest(`\\${line('a')}`), InputError)
    assert.throws(() => parseManifest(`${sha256} *a\n`), InputError)
  })
})

describe('what is signed of a copy', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constantFrom('folder', 'file'),
          origin: fc.constantFrom('https://kuager.example', 'http://127.0.0.1:8420'),
          at: fc.integer({ min: 0, max: 4_000_000_000 }),
          simulated: fc.boolean(),
          files: fc.nat(999_999),
          bytes: fc.nat(),
        }),
        ({ at, ...rest }) => {
          const statement: CopyStatement = { ...rest, madeAt: instant(at * 1000), sha256 }
          assert.deepEqual(parseCopyStatement(formatCopyStatement(statement)), statement)
        },
      ),
    )
  })

  it('has one form', () => {
    const madeAt = parseInstant('2026-03-05T16:02:09Z')
    const text = formatCopyStatement({ kind: 'folder', madeAt, simulated: false, files: 1, bytes: 2, sha256 })
    assert.equal(parseCopyStatement(text).origin, undefined)
    for (const wrong of [
      text.slice(0, -1),
      `${text}more\n`,
      text.replace('@v1', '@v2'),
      text.replace('files 1', 'files 01'),
      text.replace('simulated no', 'simulated'),
      text.replace('2026-03', '2026-13'),
      text.replace('origin -', 'origin javascript:alert(1)'),
    ])
      assert.throws(() => parseCopyStatement(wrong), InputError, wrong)
  })
})

describe('the place of a note', () => {
  const page = `<html>\n<p>x</p>\n${EMPTY_PLACE}</html>\n`

  it('gives back what was put in, and the page as it was', () => {
    assert.deepEqual(takeNote(placeNote(page, 'a note\n')), { signed: page, note: 'a note\n' })
    assert.deepEqual(takeNote(page), { signed: page, note: '' })
  })

  it('is there once, and holds nothing that a browser would show', () => {
    for (const wrong of [
      '<html></html>',
      page + page,
      placeNote(page, 'a -->b\n'),
      placeNote(page, 'a --!>b\n'),
      placeNote(page, '<!-- b\n'),
      page.replace('-->', '-- >'),
      `${page}<!--kuager-note`,
      `<!--kuager-note -->${page}`,
    ])
      assert.throws(() => takeNote(wrong), InputError, wrong)
    assert.throws(() => placeNote('<html></html>', 'a\n'), InputError)
    assert.throws(() => placeNote(page + page, 'a\n'), InputError)
  })
})
