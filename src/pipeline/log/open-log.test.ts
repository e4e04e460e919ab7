import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { LeafArchive, inventedLeaf } from '../../../test/kit/stores/leaf-archive.ts'
import { checkpointSigners, parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { verifyKeyChange } from '../../core/evidence/log/key-change.ts'
import { hashLeaf, rootOf, verifyConsistency, verifyInclusion } from '../../core/evidence/log/merkle.ts'
import { signNote } from '../../core/evidence/log/signed-note.ts'
import { tilesBetween } from '../../../test/kit/proof/tiles-between.ts'
import { tilePath } from '../../core/evidence/log/tile.ts'
import { parseTlogProof } from '../../core/evidence/log/tlog-proof.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { makeSeed, publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../runtime/ed25519.ts'
import type { PublishedCheckpoint, TransparencyLog } from './contract.ts'
import { noRight, type SigningRight } from './lead/right.ts'
import { openTransparencyLog } from './open-log.ts'

const AT = instant(1_772_700_000_000)
const BEGIN = { simulated: false, at: AT, address: 'https://kuager.example/' }
const expectedRoot = (size: number): Uint8Array =>
  rootOf(
    Array.from({ length: size }, (_, nth) => hashLeaf(inventedLeaf(nth), sha256)),
    sha256,
  )

describe('openLog()', () => {
  let root = ''
  let folder = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-log-'))
    folder = join(root, 'log')
  })
  afterEach(() => rm(root, { recursive: true }))
  const open = (archive: LeafArchive): Promise<TransparencyLog> =>
    openTransparencyLog(folder, { archive, begin: BEGIN })
  const served = async (): Promise<readonly string[]> =>
    (await readdir(join(folder, 'public'), { recursive: true, withFileTypes: true }))
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(join(folder, 'public').length + 1))
      .sort()

  it('signs the root of every leaf, and serves exactly the tiles that its checkpoints need', async () => {
    const archive = new LeafArchive()
    await using log = await open(archive)
    assert.equal(await log.sequence(), undefined)
    let before = 0
    const older = new Set<string>()
    for (const size of [1, 2, 3, 255, 256, 257, 511, 700, 70_000]) {
      archive.growTo(size)
      const checkpoint = await log.sequence()
      assert.equal(checkpoint?.size, size)
      if (size < 1000) assert.deepEqual(Buffer.from(checkpoint.root), Buffer.from(expectedRoot(size)))
      for (const tile of tilesBetween(before, size)) older.add(tilePath(tile))
      before = size
      const files = new Set(await served())
      for (const tile of tilesBetween(0, size)) assert.ok(files.has(tilePath(tile)), tilePath(tile))
      for (const file of files) assert.ok(file === 'checkpoint' || older.has(file), file)
      // Partial tiles of a place go with its full tile.
      for (const file of files)
        if (file.includes('.p/')) assert.ok(!files.has(file.replace(/\.p\/\d+$/, '')), `${file} beside its full tile`)
    }
    assert.equal(log.origin, 'kuager.example/log')
  })

  it('signs nothing where nothing is new, and the same again after it was reopened', async () => {
    const archive = new LeafArchive()
    archive.growTo(300)
    let first: PublishedCheckpoint | undefined
    {
      await using log = await open(archive)
      first = await log.sequence()
      const { mtimeMs } = await stat(join(folder, 'public', 'checkpoint'))
      assert.equal(await log.sequence(), first)
      assert.equal((await stat(join(folder, 'public', 'checkpoint'))).mtimeMs, mtimeMs)
    }
    await using log = await openTransparencyLog(folder, { archive })
    assert.deepEqual((await log.latest())?.bytes, first?.bytes)
    assert.deepEqual((await log.sequence())?.bytes, first?.bytes)
    archive.growTo(301)
    assert.equal((await log.sequence())?.size, 301)
  })

  it('proves every leaf to any checkpoint, and that a tree begins with an older one', async () => {
    const archive = new LeafArchive()
    await using log = await open(archive)
    const heads: PublishedCheckpoint[] = []
    for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 600]) {
      archive.growTo(size)
      const head = await log.sequence()
      assert.ok(head !== undefined)
      heads.push(head)
    }
    const key = log.keys[0]?.key
    assert.ok(key !== undefined)
    for (const head of heads) {
      const wanted = [0, 1, 6, 254, 255, 256, head.size - 1].filter((leaf) => leaf < head.size)
      const proven = await log.prove(wanted, head)
      for (const [nth, { leafIndex, leaf, proof }] of proven.entries()) {
        assert.equal(leafIndex, wanted[nth])
        assert.deepEqual(Buffer.from(leaf), Buffer.from(inventedLeaf(leafIndex)))
        const parsed = parseTlogProof(Buffer.from(proof))
        assert.equal(checkpointSigners(parsed.checkpoint, [key], verifyEd25519).length, 1)
        const claim = {
          index: BigInt(parsed.index),
          size: BigInt(parsed.checkpoint.size),
          leaf: hashLeaf(leaf, sha256),
          path: parsed.path,
          root: parsed.checkpoint.root,
        }
        assert.ok(verifyInclusion(claim, sha256))
        assert.ok(!verifyInclusion({ ...claim, leaf: hashLeaf(Buffer.from('x'), sha256) }, sha256))
      }
      for (const newer of heads.filter(({ size }) => size >= head.size)) {
        const claim = {
          olderSize: BigInt(head.size),
          newerSize: BigInt(newer.size),
          olderRoot: head.root,
          newerRoot: newer.root,
          path: await log.consistency(head.size, newer.size),
        }
        assert.ok(verifyConsistency(claim, sha256), `${head.size} to ${newer.size}`)
      }
    }
    await assert.rejects(log.prove([600]), InputError)
    await assert.rejects(log.consistency(0, 601), InputError)
    const seed = makeSeed()
    const text = 'kuager.example/log\n600\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'
    const foreign = signNote(text, { name: 'kuager.example/log', id: 'abcdef01', sign: (m) => signEd25519(seed, m) })
    const bytes = Buffer.from(foreign)
    await assert.rejects(log.prove([1], { ...parseCheckpoint(bytes), bytes }), InputError)
  })

  it('keeps entries of other kinds, and finds them again', async () => {
    const archive = new LeafArchive()
    archive.growTo(5)
    const told: number[] = []
    {
      await using log = await openTransparencyLog(folder, {
        archive,
        begin: BEGIN,
        onEntry: async (leaf) => void told.push(leaf),
      })
      await log.append('frozen-events', Buffer.from('a'), AT)
      archive.growTo(9)
      await log.append('custody-event', Buffer.from('b'), AT)
      await log.append('frozen-events', Buffer.from('c'), AT)
      for await (const { bytes } of log.entries('custody-event')) assert.equal(Buffer.from(bytes).toString(), 'b')
      await log.sequence()
    }
    assert.deepEqual(told, [5, 9, 10])
    await using log = await open(archive)
    const found: string[] = []
    for await (const { leafIndex, bytes } of log.entries('frozen-events'))
      found.push(`${leafIndex} ${Buffer.from(bytes).toString()}`)
    assert.deepEqual(found, ['5 a', '10 c'])
    assert.equal((JSON.parse(await readFile(join(folder, 'entries.json'), 'utf8')) as { until: number }).until, 11)
  })

  it('changes its key in the log, signed by both, and signs with both until the old one is retired', async () => {
    const archive = new LeafArchive()
    archive.growTo(3)
    {
      await using log = await open(archive)
      await log.sequence()
      const next = await log.rotate(AT)
      const head = await log.latest()
      assert.equal(head?.size, 4)
      assert.equal(head.note.signatures.length, 2)
      const keys = log.keys.map(({ key }) => key)
      assert.equal(checkpointSigners(head, keys, verifyEd25519).length, 2)
      assert.equal(keys.at(-1)?.id, next.id)
      for await (const { bytes } of log.entries('key-change')) {
        const change = verifyKeyChange(bytes, { digest: sha256, verify: verifyEd25519 })
        assert.equal(change?.before.id, keys[0]?.id)
        assert.equal(change?.after.id, next.id)
        for (let at = 0; at < bytes.length; at++) {
          const turned = Uint8Array.from(bytes)
          turned[at] = (turned[at] ?? 0) ^ 1
          assert.equal(verifyKeyChange(turned, { digest: sha256, verify: verifyEd25519 }), undefined)
        }
      }
    }
    await using log = await open(archive)
    archive.growTo(6)
    assert.equal((await log.sequence())?.note.signatures.length, 2)
    await log.retire(AT)
    archive.growTo(7)
    const alone = await log.sequence()
    assert.deepEqual(
      alone?.note.signatures.map(({ id }) => id),
      [log.keys.at(-1)?.key.id],
    )
    assert.equal(log.keys[0]?.until, AT)
    assert.equal(log.keys[1]?.fromSize, 4)
  })

  it('keeps its secrets to the owner, out of what is served', async () => {
    const archive = new LeafArchive()
    archive.growTo(1)
    await using log = await open(archive)
    await log.sequence()
    assert.equal(log.folder, join(folder, 'public'))
    const seeds = await readdir(join(folder, 'keys'))
    assert.equal(seeds.length, 1)
    assert.equal((await stat(join(folder, 'keys', seeds[0] ?? ''))).mode & 0o777, 0o600)
    const seed = Buffer.from((await readFile(join(folder, 'keys', seeds[0] ?? ''), 'utf8')).trim(), 'hex')
    assert.deepEqual(Buffer.from(publicKeyOf(seed)), Buffer.from(log.keys[0]?.key.publicKey ?? []))
    assert.deepEqual(await served(), ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1'])
  })

  it('needs its secret only where it may sign', async () => {
    const archive = new LeafArchive()
    archive.growTo(2)
    {
      await using log = await open(archive)
      await log.sequence()
    }
    await rm(join(folder, 'keys'), { recursive: true })
    await assert.rejects(open(archive), /\.seed" is gone or damaged/)
    const openRight = async (): Promise<SigningRight> => noRight('it is a copy', 1)
    await using copy = await openTransparencyLog(folder, { archive, openRight })
    assert.equal((await copy.latest())?.size, 2)
    await assert.rejects(copy.sequence(), /Cannot sign: it is a copy/)
    await assert.rejects(copy.rotate(AT), /Cannot sign: it is a copy/)
  })

  it('serves its newest checkpoint with signatures added, and no other text', async () => {
    const archive = new LeafArchive()
    archive.growTo(2)
    await using log = await open(archive)
    const head = await log.sequence()
    const text = Buffer.from(head?.bytes ?? []).toString()
    const line = `\u2014 witness.example/w1 ${Buffer.alloc(76, 7).toString('base64')}\n`
    await log.publishCosigned(Buffer.from(`${text}${line}`))
    assert.equal(Buffer.from((await log.latest())?.bytes ?? []).toString(), `${text}${line}`)
    assert.equal(await readFile(join(folder, 'public', 'checkpoint'), 'utf8'), `${text}${line}`)
    const own = text.slice(0, text.indexOf('\n\n') + 2)
    await assert.rejects(log.publishCosigned(Buffer.from(`${own}${line}`)), InputError)
    await assert.rejects(log.publishCosigned(Buffer.from(text.replace('\n2\n', '\n3\n'))), InputError)
    archive.growTo(3)
    await log.sequence()
    await assert.rejects(log.publishCosigned(Buffer.from(`${text}${line}`)), InputError)
  })

  it('names a log permanently after what it is', async () => {
    const archive = new LeafArchive()
    const named = async (nth: number, begin: { simulated: boolean; address?: string }): Promise<string> => {
      await using log = await openTransparencyLog(join(root, `log-${nth}`), { archive, begin: { at: AT, ...begin } })
      return log.origin
    }
    assert.match(await named(1, { simulated: false }), /^log\.invalid\/[0-9a-f]{8}$/)
    assert.match(await named(2, { simulated: true }), /^simulated\.invalid\/[0-9a-f]{8}\/log$/)
    assert.equal(await named(3, { simulated: true, address: 'https://kuager.example' }), 'kuager.example/simulated/log')
    assert.equal(await named(4, { simulated: false, address: 'http://localhost:8420/' }), 'localhost:8420/log')
    assert.equal(await named(4, { simulated: true }), 'localhost:8420/log')
    for (const address of ['kuager', 'https://kuager.example/simulated', 'https://simulated.invalid/'])
      await assert.rejects(named(5, { simulated: false, address }), InputError)
    const file = join(root, 'log-1', 'log.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace('"simulated": false', '"simulated": true'))
    await assert.rejects(named(1, { simulated: true }), /log\.json" is damaged/)
    await assert.rejects(openTransparencyLog(join(root, 'none'), { archive }), InputError)
  })

  it('takes nothing into the tree that the guard refuses, and goes on when it no longer does', async () => {
    const archive = new LeafArchive()
    archive.growTo(2)
    let refused = true
    const guard = async (): Promise<void> => {
      if (refused) throw new InputError('Cannot log', { code: 'log.simulated', path: '', expected: 'real data' })
    }
    await using log = await openTransparencyLog(folder, { archive, begin: BEGIN, guard })
    await assert.rejects(log.sequence(), InputError)
    assert.deepEqual(await served(), [])
    refused = false
    assert.equal((await log.sequence())?.size, 2)
  })
})
