import assert from 'node:assert/strict'
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { NOW, STARTED, idsOf, openTrials } from '../../../../test/kit/edge/trial-centre.ts'
import { edgeDocuments, type MadeEdge } from '../../../../test/kit/edge/made-edge.ts'
import { formatVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { DAY_MS, MINUTE_MS } from '../../../core/model/duration.ts'
import type { SubmittedBy } from '../../../core/model/standing.ts'
import { instant } from '../../../core/model/units.ts'
import { openObjects } from '../../../runtime/objects/open-objects.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import type { Archive } from '../../../store/archive/contract.ts'
import { ArchiveShipper } from '../../../store/archive/ship/archive-shipper.ts'

const KEY = 'aaaaaaaaaaaaaaaa'

const { place, openCentre, edgeAt } = openTrials()

const shipperOf = (edge: MadeEdge, store: ObjectStore): ArchiveShipper =>
  new ArchiveShipper({ store, folder: join(edge.folder, 'archive'), size: () => edge.archive.size })

describe('a follower of an edge', () => {
  it('takes what the edge has signed: bytes, standing, edge, minute of receipt, and the very leaf', async () => {
    await using edge = await edgeAt('plain')
    await using centre = await openCentre('plain-centre')
    const by: SubmittedBy = { standing: 'known', pseudonym: KEY, device: 'd0123456789abcdef' }
    const at = instant(NOW - 3 * MINUTE_MS)
    const ids = await edge.take(edgeDocuments(STARTED, 0, 5), { at, by })
    await edge.sign()
    const follower = centre.follow(edge.folder)
    assert.deepEqual((await follower.pass()).counts.added, 5)
    const taken = await centre.measurements()
    assert.deepEqual(
      taken.map(({ provenance }) => provenance.id),
      ids,
    )
    for (const { provenance } of taken) {
      assert.match(provenance.origin, /^known:aaaaaaaaaaaaaaaa:d0123456789abcdef:e[0-9a-f]{8}$/)
      assert.deepEqual([provenance.channel, provenance.receivedAt], ['collector', at])
    }
    const leaves = async (archive: Archive): Promise<string[]> => {
      const all: string[] = []
      for await (const leaf of archive.leaves(0, 5)) all.push(Buffer.from(leaf).toString())
      return all
    }
    assert.deepEqual(await leaves(centre.archive), await leaves(edge.archive))
    assert.deepEqual(centre.judged, [0, 1, 2, 3, 4])
    assert.ok(centre.sightings.length > 0)
    assert.equal((await follower.pass()).counts.added, 0)
    assert.equal(centre.archive.size, 5)
  })

  it('takes nothing that the edge has not signed yet, and continues where it was, over segments and restarts', async () => {
    await using centre = await openCentre('grow-centre')
    let total = 0
    for (let round = 0; round < 4; round++) {
      await using edge = await edgeAt('grow', { segmentBytes: 4096 })
      await edge.take(edgeDocuments(STARTED, total, 7), { at: NOW })
      total += 7
      await edge.sign()
      await edge.take(edgeDocuments(STARTED, 1000 + round, 1), { at: NOW })
      const follower = centre.follow(edge.folder)
      await follower.pass()
      assert.equal((await centre.measurements()).length, total + round)
      await follower[Symbol.asyncDispose]()
    }
    assert.ok((await readdir(join(place('grow'), 'archive', 'segments'))).length > 4)
  })

  it('takes once what two edges have, and what is read again after a crash before the place was written', async () => {
    await using one = await edgeAt('twice-1')
    await using two = await edgeAt('twice-2')
    await using centre = await openCentre('twice-centre')
    for (const edge of [one, two]) {
      await edge.take(edgeDocuments(STARTED, 0, 6), { at: NOW })
      await edge.sign()
    }
    const first = centre.follow(one.folder)
    assert.equal((await first.pass()).counts.added, 6)
    assert.equal((await centre.follow(two.folder).pass()).counts.known, 6)
    await first[Symbol.asyncDispose]()
    for (const name of await readdir(join(centre.folder, 'follow')))
      if (name.endsWith('.json')) await rm(join(centre.folder, 'follow', name))
    assert.deepEqual((await centre.follow(one.folder).pass()).counts.known, 6)
    assert.equal(centre.archive.size, 6)
  })

  it('reads what is shipped to a store: pieces of segments that are not full, merged ones, and full segments', async () => {
    await using edge = await edgeAt('shipped-edge', { segmentBytes: 16 * 1024 })
    await using centre = await openCentre('shipped-centre')
    const address = place('shipped')
    await using store = openObjects(address, {})
    const follower = centre.follow(address)
    let ship = shipperOf(edge, store)
    let total = 0
    for (let round = 0; round < 40; round++) {
      total += (await edge.take(edgeDocuments(STARTED, 10 * round, 1 + (round % 5)), { at: NOW })).length
      if (round % 7 === 3) ship = shipperOf(edge, store)
      if (round % 4 === 0) await ship.shipAll()
      else await ship.shipUpTo(edge.archive.size)
      await edge.sign()
      await cp(join(edge.folder, 'log'), join(address, 'log'), { recursive: true })
      if (round % 3 === 1) continue // several pieces at once
      assert.equal((await follower.pass()).behind, 0)
      assert.equal((await idsOf(centre)).length, total)
    }
    assert.equal(new Set(await idsOf(centre)).size, total)
    const keys: string[] = []
    for await (const { key } of store.list('archive/')) keys.push(key)
    assert.ok(keys.filter((key) => key.endsWith('.index')).length > 2, 'segments were sealed')
    assert.ok(
      keys.some((key) => key.startsWith('archive/tail/')),
      'and one is open',
    )
  })

  it('takes what a lost edge has shipped and not signed only on demand', async () => {
    await using edge = await edgeAt('unsigned-edge')
    await using centre = await openCentre('unsigned-centre')
    await edge.take(edgeDocuments(STARTED, 0, 3), { at: NOW })
    await edge.sign()
    await edge.take(edgeDocuments(STARTED, 3, 4), { at: NOW })
    const follower = centre.follow(edge.folder)
    assert.equal((await follower.pass()).counts.added, 3)
    assert.equal(await follower.takeUnsigned(), 4)
    assert.equal((await idsOf(centre)).length, 7)
    assert.equal(await follower.takeUnsigned(), 0)
    await assert.rejects(follower.pass(), { code: 'edge.back' })
  })

  it('refuses what the log did not sign, and nothing of it is taken', async () => {
    await using edge = await edgeAt('forged', { segmentBytes: 4096 })
    await using centre = await openCentre('forged-centre')
    await edge.take(edgeDocuments(STARTED, 0, 4), { at: NOW })
    await edge.sign()
    const follower = centre.follow(edge.folder)
    await follower.pass()
    await edge.take(edgeDocuments(STARTED, 4, 4), { at: NOW })
    await edge.sign()
    // Another record and leaf in the place of one that was signed: whole, with every checksum, of another edge.
    await using other = await edgeAt('forged-other', { segmentBytes: 4096 })
    for (const from of [100, 104]) await other.take(edgeDocuments(STARTED, from, 4), { at: NOW })
    const leaves = join(edge.folder, 'archive/leaves')
    for (const name of await readdir(leaves)) await cp(join(other.folder, 'archive/leaves', name), join(leaves, name))
    await assert.rejects(follower.pass(), { code: 'edge.tree' })
    assert.equal(centre.archive.size, 4)
  })

  it('refuses a log that went back, another log at its place, and one that is signed with another key than was given', async () => {
    await using centre = await openCentre('back-centre')
    const older = place('back-older')
    let key = ''
    {
      await using edge = await edgeAt('back')
      await edge.take(edgeDocuments(STARTED, 0, 3), { at: NOW })
      await edge.sign()
      await cp(edge.folder, older, { recursive: true })
      await edge.take(edgeDocuments(STARTED, 3, 3), { at: NOW })
      await edge.sign()
      key = formatVerifierKey(edge.log.keys[0]!.key)
      const follower = centre.follow(edge.folder)
      await follower.pass()
      await follower[Symbol.asyncDispose]()
    }
    await rm(place('back'), { recursive: true })
    await cp(older, place('back'), { recursive: true })
    const back = centre.follow(place('back'))
    await assert.rejects(back.pass(), { code: 'edge.back' })
    await back[Symbol.asyncDispose]()
    await rm(place('back'), { recursive: true })
    await using fresh = await edgeAt('back')
    await fresh.take(edgeDocuments(STARTED, 50, 2), { at: NOW })
    await fresh.sign()
    await assert.rejects(centre.follow(fresh.folder).pass(), { code: 'edge.replaced' })
    await assert.rejects(centre.follow(fresh.folder, { keys: [key] }).pass(), { code: 'edge.key' })
    const own = formatVerifierKey(fresh.log.keys[0]!.key)
    assert.equal((await centre.follow(fresh.folder, { keys: [key, own] }).pass()).counts.added, 2)
  })

  it('goes with a change of keys that the log itself has logged', async () => {
    await using edge = await edgeAt('rotated')
    await using centre = await openCentre('rotated-centre')
    await edge.take(edgeDocuments(STARTED, 0, 2), { at: NOW })
    await edge.sign()
    const follower = centre.follow(edge.folder)
    await follower.pass()
    await edge.log.rotate(NOW)
    await follower.pass()
    await edge.log.retire(NOW)
    await edge.take(edgeDocuments(STARTED, 2, 2), { at: NOW })
    await edge.sign()
    assert.equal((await follower.pass()).counts.added, 2)
  })

  it('tries a damaged record again, passes over it after a while, goes on, and takes it once it is whole', async () => {
    await using edge = await edgeAt('damaged')
    await using centre = await openCentre('damaged-centre')
    await edge.take(edgeDocuments(STARTED, 0, 9), { at: NOW })
    await edge.sign()
    const path = join(edge.folder, 'archive/segments/00000001.segment')
    const whole = await readFile(path)
    const broken = Buffer.from(whole)
    broken[whole.length >> 1] = (whole[whole.length >> 1] ?? 0) ^ 1
    await writeFile(path, broken)
    const follower = centre.follow(edge.folder)
    const behind = (await follower.pass()).behind
    assert.ok(behind > 0 && behind < 9, String(behind))
    assert.equal((await centre.measurements()).length, 9 - behind)
    centre.now = instant(NOW + 11 * MINUTE_MS)
    assert.equal((await follower.pass()).behind, 0)
    assert.equal((await centre.measurements()).length, 8)
    assert.equal(follower.state?.missed.length, 1)
    await follower.readMissed()
    assert.equal(follower.state.missed.length, 1)
    // Another leaf and record in its place, whole as they are, are not what was signed.
    const leaves = join(edge.folder, 'archive/leaves/00000001.leaves')
    const signedLeaves = await readFile(leaves)
    await using other = await edgeAt('damaged-other')
    await other.take(edgeDocuments(STARTED, 100, 9), { at: NOW })
    await cp(join(other.folder, 'archive'), join(edge.folder, 'archive'), { recursive: true })
    await follower.readMissed()
    assert.deepEqual([follower.state.missed.length, (await centre.measurements()).length], [1, 8])
    await writeFile(leaves, signedLeaves)
    await writeFile(path, whole)
    await follower.readMissed()
    assert.equal(follower.state.missed.length, 0)
    assert.equal((await centre.measurements()).length, 9)
  })

  it('lets wait what a clock that is ahead has dated, and takes what was late', async () => {
    await using edge = await edgeAt('ahead')
    await using centre = await openCentre('ahead-centre')
    await edge.take(edgeDocuments(STARTED, 0, 2), { at: instant(NOW - DAY_MS) })
    await edge.take(edgeDocuments(STARTED, 2, 2), { at: instant(NOW + 60 * MINUTE_MS) })
    await edge.sign()
    const follower = centre.follow(edge.folder)
    assert.equal((await follower.pass()).behind, 2)
    assert.match(centre.lines.join('\n'), /in the future here/)
    centre.now = instant(NOW + 55 * MINUTE_MS)
    assert.equal((await follower.pass()).behind, 0)
    assert.equal((await centre.measurements()).length, 4)
  })

  it('takes nothing that the edge took from elsewhere, and refuses what is of the other realm or no measurement', async () => {
    await using edge = await edgeAt('foreign')
    await using centre = await openCentre('foreign-centre')
    await edge.take(edgeDocuments(STARTED, 0, 1), {
      at: NOW,
      by: { standing: 'known', pseudonym: KEY, edge: 'e00000000' },
    })
    const invented = JSON.stringify({ ...JSON.parse(edgeDocuments(STARTED, 1, 1)[0]!), probe_asn: 'AS64510' })
    await edge.take([invented, '{"test_name":1}', edgeDocuments(STARTED, 2, 1)[0]!], { at: NOW })
    await edge.sign()
    const { counts } = await centre.follow(edge.folder).pass()
    assert.deepEqual([counts.added, counts.foreign, counts.refused], [1, 1, 2], centre.lines.join('\n'))
  })

  it('counts a key that two edges know as one device', async () => {
    await using one = await edgeAt('device-1')
    await using two = await edgeAt('device-2')
    await using centre = await openCentre('device-centre')
    const next = 'bbbbbbbbbbbbbbbb'
    const by = (pseudonym: string, device: string): SubmittedBy => ({ standing: 'known', pseudonym, device })
    await one.take(edgeDocuments(STARTED, 0, 1), { at: NOW, by: by(KEY, 'd1111111111111111') })
    await two.take(edgeDocuments(STARTED, 1, 1), { at: NOW, by: by(KEY, 'd2222222222222222') })
    // The key of the next month, which only the second edge knows, has the second label still.
    await two.take(edgeDocuments(STARTED, 2, 1), { at: NOW, by: by(next, 'd2222222222222222') })
    for (const edge of [one, two]) {
      await edge.sign()
      await centre.follow(edge.folder).pass()
    }
    const labels = (await centre.measurements()).map(({ provenance }) => provenance.origin.split(':')[2])
    assert.deepEqual(
      labels,
      Array.from({ length: 3 }, () => 'd1111111111111111'),
    )
  })

  it('continues after any write of its own that failed', async () => {
    await using edge = await edgeAt('full')
    await using centre = await openCentre('full-centre')
    await edge.take(edgeDocuments(STARTED, 0, 5), { at: NOW })
    await edge.sign()
    let fail = true
    const append: Archive['append'] = (items) =>
      fail ? Promise.reject(new Error('no space')) : centre.archive.append(items)
    const { archive } = centre
    const follower = centre.follow(edge.folder, { archive: { append, readLeaf: (leaf) => archive.readLeaf(leaf) } })
    await assert.rejects(follower.pass(), /no space/)
    fail = false
    assert.equal((await follower.pass()).counts.added, 5)
  })
})
