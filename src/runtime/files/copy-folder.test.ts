import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { CopyFolder, listFound, UNFINISHED_COPY } from './copy-folder.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const signal = new AbortController().signal
const LIST = 'LIST'

describe('CopyFolder', () => {
  let root: string
  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-copy-'))))
  afterEach(() => rm(root, { recursive: true }))

  /** Paths of the list of an earlier copy, one a line. */
  const earlier = async (folder: string): Promise<readonly string[] | undefined> =>
    readFile(join(folder, LIST), 'utf8').then(
      (text) => text.split('\n').filter((line) => line !== ''),
      () => undefined,
    )
  const write = async (files: Readonly<Record<string, string>>): Promise<{ changed: number; removed: number }> => {
    const folder = await CopyFolder.open(root, earlier)
    for (const [path, text] of Object.entries(files)) await folder.put(path, bytes(text))
    const removed = await folder.finish({ [LIST]: bytes(Object.keys(files).join('\n')) })
    return { changed: folder.changed, removed }
  }
  const found = async (): Promise<readonly string[]> =>
    (await listFound(root, signal)).map(({ path }) => path).toSorted()

  it('writes what is new or other, and removes what an earlier copy had', async () => {
    assert.deepEqual(await write({ 'a/x': '1', 'a/y': '2', z: '3' }), { changed: 3, removed: 0 })
    const before = await stat(join(root, 'z'), { bigint: true })
    assert.deepEqual(await write({ 'b/x': '1', z: '3' }), { changed: 1, removed: 2 })
    assert.equal((await stat(join(root, 'z'), { bigint: true })).mtimeNs, before.mtimeNs)
    assert.deepEqual(await found(), [LIST, 'b/x', 'z'])
    assert.deepEqual((await readdir(root)).toSorted(), [LIST, 'b', 'z'])
  })

  it('repairs a file of the copy that someone changed', async () => {
    await write({ a: 'right' })
    await writeFile(join(root, 'a'), 'wrong')
    assert.deepEqual(await write({ a: 'right' }), { changed: 1, removed: 0 })
    assert.equal(await readFile(join(root, 'a'), 'utf8'), 'right')
  })

  it('touches no file of someone else', async () => {
    await write({ 'a/x': '1' })
    await writeFile(join(root, 'a', 'theirs'), 'mine')
    assert.deepEqual(await write({ b: '1' }), { changed: 1, removed: 1 })
    assert.equal(await readFile(join(root, 'a', 'theirs'), 'utf8'), 'mine')
    await assert.rejects(write({ b: '1', 'a/theirs': 'ours' }), InputError)
    assert.equal(await readFile(join(root, 'a', 'theirs'), 'utf8'), 'mine')
  })

  it('refuses a folder with other things and no copy', async () => {
    await writeFile(join(root, 'theirs'), 'mine')
    await assert.rejects(write({ a: '1' }), InputError)
    assert.deepEqual(await found(), ['theirs'])
  })

  it('follows no link out of the folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'kuager-outside-'))
    try {
      await write({ 'a/x': '1' })
      await rm(join(root, 'a'), { recursive: true })
      await symlink(outside, join(root, 'a'))
      await writeFile(join(outside, 'x'), 'theirs')
      await assert.rejects(write({ 'a/x': '1' }), InputError)
      await symlink(join(outside, 'x'), join(root, 'link'))
      await assert.rejects(write({ link: '1' }), InputError)
      await writeFile(join(root, LIST), 'a/x\n../x\n/etc/passwd\nlink')
      assert.deepEqual(await write({ b: '1' }), { changed: 1, removed: 0 })
      assert.equal(await readFile(join(outside, 'x'), 'utf8'), 'theirs')
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  it('writes neither its list nor its progress through a link', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'kuager-outside-'))
    try {
      const target = join(outside, 'file')
      await writeFile(target, 'of someone else')
      await write({ a: '1' })
      await rm(join(root, LIST))
      await writeFile(join(root, UNFINISHED_COPY), 'a\n')
      await symlink(target, join(root, LIST))
      await assert.rejects(write({ a: '2' }), InputError)
      await rm(join(root, UNFINISHED_COPY))
      await symlink(target, join(root, UNFINISHED_COPY))
      await assert.rejects(write({ a: '3' }), InputError)
      assert.equal(await readFile(target, 'utf8'), 'of someone else')
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  it('goes on after an interruption', async () => {
    const folder = await CopyFolder.open(root, earlier)
    await folder.put('a', bytes('1'))
    await folder.put('gone', bytes('2'))
    assert.ok((await found()).includes(UNFINISHED_COPY))
    assert.deepEqual(await write({ a: '1', b: '2' }), { changed: 1, removed: 1 })
    assert.deepEqual(await found(), [LIST, 'a', 'b'])
  })

  it('lists a link as what it is, and goes into none', async () => {
    await mkdir(join(root, 'd'))
    await symlink('/', join(root, 'd', 'all'))
    assert.deepEqual(await listFound(root, signal), [
      { path: 'd/all', kind: 'other', bytes: (await listFound(root, signal))[0]?.bytes },
    ])
  })
})
