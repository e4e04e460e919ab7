import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { makeBundle, openFiles, verifierTools } from '../../../../../test/kit/proof/bundle-maker.ts'
import { found } from '../../../../../test/kit/proof/forge.ts'
import { InputError } from '../../../model/errors.ts'
import { isDeeper, parseBoundedJson } from './bounded-json.ts'
import { LIMITS, type BundleSource } from './bundle-source.ts'
import { openFolderEntries } from './folder-source.ts'
import { readLines } from './read-lines.ts'
import { isSafePath } from './safe-path.ts'
import { verifyBundle } from '../verify-bundle.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length))
}
async function linesOf(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of readLines(chunks)) lines.push(new TextDecoder().decode(line))
  return lines
}
const NOTHING = { read: () => Promise.resolve(new Uint8Array()), chunks: () => pieces(new Uint8Array(), 1) }

describe('readLines()', () => {
  it('gives the same lines however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', '"', '\u0444', '\r') })),
        fc.integer({ min: 1, max: 9 }),
        async (lines, length) => {
          const bytes = bytesOf(lines.map((line) => `${line}\n`).join(''))
          assert.deepEqual(await linesOf(pieces(bytes, length)), lines)
        },
      ),
    )
  })

  it('refuses a last line that was cut off', async () => {
    await assert.rejects(linesOf(pieces(bytesOf('a\nb'), 2)), InputError)
  })

  it('stops in the midst of a line that does not end', async () => {
    let given = 0
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        given++
        yield await Promise.resolve(new Uint8Array(1024 ** 2).fill(0x20))
      }
    }
    await assert.rejects(linesOf(endless()), InputError)
    assert.ok(given <= LIMITS.lineBytes / 1024 ** 2 + 2, String(given))
  })
})

describe('untrusted JSON', () => {
  it('may nest two hundred levels and no more', () => {
    const nested = (levels: number): Uint8Array => bytesOf('['.repeat(levels) + ']'.repeat(levels))
    assert.ok(Array.isArray(parseBoundedJson(nested(200))))
    assert.throws(() => parseBoundedJson(nested(201)), InputError)
    assert.throws(() => parseBoundedJson(nested(2_000_000)), InputError)
  })

  it('has the depth that its brackets outside of texts have', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const depth = (value: unknown): number =>
          typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
        const levels = depth(JSON.parse(text))
        assert.equal(isDeeper(bytesOf(text), levels), false, text)
        if (levels > 0) assert.equal(isDeeper(bytesOf(text), levels - 1), true, text)
      }),
    )
  })
})

describe('a path of a container', () => {
  it('stays below its folder on every system', () => {
    for (const path of ['a', 'data/raw/1.json', 'a b', 'ф/ә', 'a..b', '...']) assert.equal(isSafePath(path), true, path)
    const bad = [
      '',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      'a/../b',
      './a',
      '~/a',
      'C:/a',
      'c:a',
      'a\\b',
      'a\0b',
      'a\u0085b',
      'a\u2028b',
      '\ud800',
      'a'.repeat(301),
      'a/'.repeat(16) + 'a',
    ]
    for (const path of bad) assert.equal(isSafePath(path), false, JSON.stringify(path))
  })
})

describe('a folder', () => {
  it('of more files than a bundle may have is not read', () => {
    const entries = Array.from(
      { length: LIMITS.files + 1 },
      (_, n) => ({ path: `data/raw/${n}.json`, kind: 'file', size: 1 }) as const,
    )
    const { source, problems } = openFolderEntries('b', entries, NOTHING)
    assert.equal(source, undefined)
    assert.deepEqual(problems, [{ problem: 'too-many-files', about: String(LIMITS.files + 1) }])
  })

  it('that claims more bytes than a bundle may have is not read', async () => {
    const opened = openFolderEntries('b', [{ path: 'a', kind: 'file', size: LIMITS.totalBytes + 1 }], NOTHING)
    assert.equal(opened.source, undefined)
    const { steps } = await verifyBundle(opened, verifierTools())
    assert.deepEqual(steps.map(({ outcome }) => outcome).slice(0, 2), ['failed', 'not-checked'])
  })

  it('shows names that some systems take for one', () => {
    const entries = ['a/B', 'A/b', 'caf\u00e9', 'cafe\u0301'].map((path) => ({ path, kind: 'file', size: 0 }) as const)
    assert.deepEqual(
      openFolderEntries('b', entries, NOTHING).problems.map(({ problem, about }) => [problem, about]),
      [
        ['same-name', 'A/b'],
        ['same-name', 'cafe\u0301'],
      ],
    )
  })

  it('whose file grows without end while it is read is given up', async () => {
    const { files } = makeBundle()
    const sound = openFiles(files).source ?? assert.fail()
    const source: BundleSource = {
      files: new Map(sound.files).set('data/exhibit.pdf', 5 * 1024 ** 2),
      read: (path, most) => sound.read(path, most),
      chunks: (path) =>
        path === 'data/exhibit.pdf'
          ? (async function* () {
              for (;;) yield await Promise.resolve(new Uint8Array(1024 ** 2))
            })()
          : sound.chunks(path),
    }
    const tools = {
      ...verifierTools(),
      openDigest: () => ({ update: () => undefined, digest: () => new Uint8Array(64) }),
    }
    const checked = await verifyBundle({ kind: 'folder', name: 'b', source, problems: [] }, tools)
    assert.ok(found(checked).includes('files: unreadable data/exhibit.pdf'), found(checked).join('\n'))
  })

  it('whose file cannot be read is named, and the rest is verified', async () => {
    const { files } = makeBundle()
    const sound = openFiles(files).source ?? assert.fail()
    const source: BundleSource = {
      ...sound,
      read: (path, most) => (path === 'data/raw/1.json' ? Promise.reject(new Error('EIO')) : sound.read(path, most)),
    }
    const checked = await verifyBundle({ kind: 'folder', name: 'b', source, problems: [] }, verifierTools())
    assert.deepEqual(found(checked), ['files: unreadable data/raw/1.json'])
  })
})
