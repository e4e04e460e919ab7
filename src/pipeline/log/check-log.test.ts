import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { formatVerifierKey, keyId } from '../../core/evidence/log/signed-note.ts'
import { rootOf } from '../../core/evidence/log/merkle.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { makeSeed, publicKeyOf, sha256 } from '../../runtime/ed25519.ts'
import { checkLog, type CheckedLog, type LogProblem } from './check-log.ts'
import { logFolder } from './log-folder.ts'
import { openTransparencyLog, readLogIdentity } from './open-log.ts'
import { writeState } from './recover-log.ts'

const AT = instant(1_772_700_000_000)

describe('a log on whose disk something was changed', () => {
  let root = ''
  let whole = ''
  let copies = 0
  const archive = new LeafArchive()
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-check-'))
    whole = join(root, 'whole')
    await using log = await openTransparencyLog(whole, { archive, begin: { simulated: false, at: AT } })
    archive.growTo(300)
    await log.sequence()
    await log.rotate(AT)
    archive.growTo(700)
    await log.sequence()
    for await (const _ of log.entries('key-change')) assert.ok(true)
  })
  after(() => rm(root, { recursive: true }))
  const copy = async (): Promise<string> => {
    const folder = join(root, `copy-${copies++}`)
    await cp(whole, folder, { recursive: true })
    return folder
  }
  const check = async (
    folder: string,
    over: LeafArchive = archive,
  ): Promise<CheckedLog & { readonly found: readonly LogProblem[] }> => {
    const found: LogProblem[] = []
    const signal = new AbortController().signal
    const checked = await checkLog(folder, { archive: over, signal, onProblem: (problem) => found.push(problem) })
    assert.ok(checked !== undefined)
    assert.equal(checked.problems, found.length)
    return { ...checked, found }
  }
  const files = async (folder: string): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((one) => one.isFile())
      .map((one) => relative(folder, join(one.parentPath, one.name)))
      .sort()
  /** What no start reads: places that are found again, bundles of entries that are not the last. */
  const unseen = (file: string): boolean => file === 'public/tile/entries/000'

  it('is whole before', async () => {
    assert.deepEqual(await check(whole), { leaves: 700, problems: 0, found: [] })
    assert.equal(
      await checkLog(join(root, 'none'), {
        archive,
        signal: new AbortController().signal,
        onProblem: () => assert.fail(),
      }),
      undefined,
    )
  })

  it('names the file in which a bit was turned or which is gone; a start refuses where it is at the edge', async () => {
    const names = await files(whole)
    assert.ok(names.length > 10)
    for (const name of names) {
      if (name === 'entries.json') continue // derived: a test of its own
      const original = await readFile(join(whole, name))
      const turned = Buffer.from(original)
      const at = Math.floor(turned.length / 3)
      turned[at] = turned[at]! ^ 0x01 // at is below the length
      for (const change of ['turned', 'gone'] as const) {
        const folder = await copy()
        if (change === 'turned') await writeFile(join(folder, name), turned)
        else await rm(join(folder, name))
        const { found } = await check(folder)
        const needed = found.map(({ file }) => relative(folder, file))
        const old = /\.p\/\d+$/.test(name) && !name.endsWith('.p/2') && !name.endsWith('.p/188')
        if (old && change === 'gone') assert.deepEqual(needed, [], `${name} ${change}: of an older checkpoint alone`)
        else assert.ok(needed.includes(name), `${name} ${change}: found ${JSON.stringify(needed)}`)
        const opened = await openTransparencyLog(folder, { archive }).then(
          async (log) => {
            await log[Symbol.asyncDispose]()
            return 'opens'
          },
          (error: unknown) => error,
        )
        // Without a checkpoint the state is signed again: the same text.
        if (old || unseen(name) || (name === 'public/checkpoint' && change === 'gone'))
          assert.equal(opened, 'opens', `${name} ${change}`)
        else {
          assert.ok(opened instanceof Error, `${name} ${change} is passed over by a start`)
          if (opened instanceof Fault) assert.ok(opened.message.includes(name), `${name} ${change}: ${opened.message}`)
        }
        await rm(folder, { recursive: true })
      }
    }
  })

  it('opens no second log where the first one was, even if parts of it are missing', async () => {
    for (const gone of [
      ['log.json'],
      ['log.json', 'state.json'],
      ['log.json', 'state.json', 'public/checkpoint'],
      ['log.json', 'state.json', 'public/tile'],
    ]) {
      const folder = await copy()
      for (const name of gone) await rm(join(folder, name), { recursive: true })
      const left = await files(folder)
      const begin = { simulated: false, at: AT }
      await assert.rejects(openTransparencyLog(folder, { archive, begin }), /log\.json" is gone; nothing was changed/)
      await assert.rejects(readLogIdentity(folder), Fault)
      assert.deepEqual(await files(folder), left)
      const { found } = await check(folder)
      for (const name of ['log.json', 'state.json'].filter((one) => gone.includes(one)))
        assert.ok(
          found.some(({ file, what }) => what === 'lost' && file === join(folder, name)),
          `${name} is gone`,
        )
    }
  })

  it('finds a key that no change in the tree names, or names from another size on', async () => {
    type Keys = { key: string; since: string; from_size: number }[]
    const changes: ((keys: Keys, stranger: string) => void)[] = [
      ([first], stranger) => Object.assign(first!, { key: stranger }), // the log has two keys
      (keys, stranger) => keys.splice(1, 0, { ...keys[0]!, key: stranger }), // as above
      (keys, stranger) => keys.push({ ...keys[1]!, key: stranger }), // as above
      (keys) => keys.pop(),
      ([, last]) => (last!.from_size -= 1), // as above
      ([first]) => (first!.from_size += 1), // as above
    ]
    for (const change of changes) {
      const folder = await copy()
      const value = JSON.parse(await readFile(join(folder, 'log.json'), 'utf8')) as { origin: string; keys: Keys }
      assert.equal(value.keys.length, 2)
      const [name, publicKey] = [value.origin, publicKeyOf(makeSeed())]
      change(value.keys, formatVerifierKey({ name, publicKey, id: keyId(name, publicKey, sha256) }))
      await writeFile(join(folder, 'log.json'), JSON.stringify(value))
      const { found } = await check(folder)
      assert.ok(found.some(({ what }) => what === 'key-change'))
    }
  })

  it('finds places of other entries that are not those of the tree', async () => {
    const folder = await copy()
    const file = join(folder, 'entries.json')
    const kept = { until: 700, places: { 'key-change': [300] } }
    await writeFile(file, JSON.stringify(kept))
    assert.deepEqual((await check(folder)).found, [])
    for (const places of [{}, { ...kept.places, 'custody-event': [5] }, { 'key-change': [301] }]) {
      await writeFile(file, JSON.stringify({ ...kept, places }))
      assert.deepEqual((await check(folder)).found, [{ file, what: 'other-places' }])
    }
    await rm(file)
    assert.deepEqual((await check(folder)).found, [])
  })

  it('finds a checkpoint that was seen outside and that is of another tree', async () => {
    const stamped = async (text: string, size: number): Promise<readonly LogProblem[]> => {
      const folder = await copy()
      const file = join(folder, 'stamps', `${size}.checkpoint`)
      await mkdir(join(folder, 'stamps'))
      await writeFile(file, text)
      return (await check(folder)).found.map((problem) => ({ ...problem, file: relative(folder, problem.file) }))
    }
    const served = await readFile(join(whole, 'public', 'checkpoint'), 'utf8')
    assert.deepEqual(await stamped(served, 700), [])
    // The same key over another history, as a copy of the folder that continued separately would sign it.
    const sign = async (size: number, leaves: LeafArchive): Promise<string> => {
      const folder = join(root, `other-${size}`)
      await cp(join(whole, 'keys'), join(folder, 'keys'), { recursive: true })
      const identity = JSON.parse(await readFile(join(whole, 'log.json'), 'utf8')) as { keys: { from_size: number }[] }
      await writeFile(join(folder, 'log.json'), JSON.stringify(identity))
      await mkdir(join(folder, 'public'))
      await writeState(logFolder(folder), { size: 0, root: rootOf([], sha256), generation: 1 }, REAL_DISK)
      await using log = await openTransparencyLog(folder, { archive: leaves })
      return Buffer.from((await log.sequence())?.bytes ?? []).toString()
    }
    const shorter = new LeafArchive()
    shorter.growTo(400)
    const longer = new LeafArchive()
    longer.growTo(800)
    assert.deepEqual(await stamped(await sign(400, shorter), 400), [
      { file: 'stamps/400.checkpoint', what: 'other-root' },
    ])
    assert.deepEqual(await stamped(await sign(800, longer), 800), [
      { file: 'stamps/800.checkpoint', what: 'other-root' },
    ])
    assert.deepEqual(await stamped(served.replace('\n700\n', '\n699\n'), 699), [
      { file: 'stamps/699.checkpoint', what: 'unsigned' },
    ])
    assert.deepEqual(await stamped('', 1), [{ file: 'stamps/1.checkpoint', what: 'unreadable' }])
  })

  it('is whole where it grows, and is stamped, while it is looked at', async () => {
    const folder = join(root, 'growing')
    const leaves = new LeafArchive()
    await using log = await openTransparencyLog(folder, { archive: leaves, begin: { simulated: false, at: AT } })
    leaves.growTo(300)
    await log.sequence()
    let grown = 0
    const disk: typeof REAL_DISK = {
      ...REAL_DISK,
      open: async (path, mode) => {
        const file = await REAL_DISK.open(path, mode)
        if (path !== logFolder(folder).state || grown > 0) return file
        leaves.growTo(310)
        const latest = await log.sequence()
        grown = latest?.size ?? 0
        await mkdir(join(folder, 'stamps'))
        await writeFile(join(folder, 'stamps', `${grown}.checkpoint`), latest?.bytes ?? '')
        return file
      },
    }
    const found: LogProblem[] = []
    const { signal } = new AbortController()
    const onProblem = (problem: LogProblem): void => void found.push(problem)
    const checked = await checkLog(folder, { archive: leaves, signal, disk, onProblem })
    assert.deepEqual([checked?.leaves, grown, found], [300, 310, []])
    assert.deepEqual(await checkLog(folder, { archive: leaves, signal, onProblem }), { leaves: 310, problems: 0 })
  })

  it('is found where the archive has other leaves, or fewer', async () => {
    const fewer = new LeafArchive()
    fewer.growTo(500)
    const short = await check(whole, fewer)
    assert.ok(short.found.some(({ what }) => what === 'short-archive'))
    await assert.rejects(openTransparencyLog(whole, { archive: fewer }), Fault)
    const others = new LeafArchive()
    for await (const leaf of archive.leaves(0, 600)) others.push(leaf)
    others.push(Buffer.from('{"kind":"measurement","other":1}'))
    for await (const leaf of archive.leaves(601, 700)) others.push(leaf)
    const other = await check(whole, others)
    const kinds = new Set(other.found.map(({ what }) => what))
    for (const kind of ['other-digests', 'other-entries', 'other-root'] as const) assert.ok(kinds.has(kind), kind)
    await assert.rejects(openTransparencyLog(whole, { archive: others }), /entry 600 is not the leaf/)
  })
})
