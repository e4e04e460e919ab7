import assert from 'node:assert/strict'
import { createHash, getHashes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { makeBundle, openFiles } from '../../../../../test/kit/proof/bundle-maker.ts'
import { PACKAGE_ROOT } from '../../../../runtime/files/package-root.ts'
import { validateBag, type BagReport } from './bag.ts'
import type { BundleSource } from './bundle-source.ts'

const SUITE = join(PACKAGE_ROOT, '../shared/data/bagit')
const skip = existsSync(SUITE) ? false : 'no conformance suite beside the repository: ../shared/data/bagit'

const openDigest = (name: string) => {
  if (!getHashes().includes(name)) return undefined
  const running = createHash(name)
  return { update: (bytes: Uint8Array) => void running.update(bytes), digest: () => running.digest() }
}

/** A folder as it stands, names and all. */
function folder(root: string): BundleSource {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  const read = (path: string): Promise<Uint8Array> => Promise.resolve(readFileSync(join(root, path)))
  return {
    files: new Map(paths.map((path) => [path, statSync(join(root, path)).size])),
    read,
    chunks: async function* (path) {
      yield await read(path)
    },
  }
}

/** Bags of a class of the suite, with their reports. */
async function classOf(kind: string): Promise<readonly (readonly [string, BagReport])[]> {
  const found: (readonly [string, BagReport])[] = []
  for (const version of readdirSync(SUITE).filter((name) => name.startsWith('v'))) {
    const place = join(SUITE, version, kind)
    if (!existsSync(place)) continue
    for (const bag of readdirSync(place))
      if (statSync(join(place, bag)).isDirectory())
        found.push([`${version}/${kind}/${bag}`, await validateBag(folder(join(place, bag)), openDigest)])
  }
  return found
}

describe('validateBag()', () => {
  it('takes every valid bag of the conformance suite', { skip }, async () => {
    const bags = await classOf('valid')
    assert.ok(bags.length >= 20, String(bags.length))
    for (const [name, { errors }] of bags) assert.deepEqual(errors, [], name)
  })

  it('refuses every invalid one, on any system', { skip }, async () => {
    const bags = [...(await classOf('invalid')), ...(await classOf('linux-only')), ...(await classOf('windows-only'))]
    assert.ok(bags.length >= 25, String(bags.length))
    for (const [name, { errors }] of bags) {
      assert.ok(errors.length > 0, name)
      if (name.includes('out-of-scope')) assert.match(errors.join('\n'), /leads out of the bag/, name)
    }
  })

  it('says a word about every doubtful one', { skip }, async () => {
    const bags = await classOf('warning')
    assert.ok(bags.length >= 5, String(bags.length))
    for (const [name, { errors, warnings }] of bags) assert.ok(errors.length + warnings.length > 0, name)
  })

  it('takes a bundle, and not one with a byte changed', async () => {
    const { files } = makeBundle()
    const read = async (): Promise<readonly string[]> => {
      const { source } = openFiles(files)
      assert.ok(source)
      return (await validateBag(source, openDigest)).errors
    }
    assert.deepEqual(await read(), [])
    files.set('data/raw/0.json', Buffer.from('{}'))
    assert.match((await read()).join('\n'), /changed: data\/raw\/0\.json/)
    files.delete('data/raw/0.json')
    assert.match((await read()).join('\n'), /not there: data\/raw\/0\.json/)
  })
})
