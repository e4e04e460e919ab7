import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openTrialCentre, type Centre } from '../../../../test/kit/edge/trial-centre.ts'
import { edgeDocuments, makeEdge, type MadeEdge, type MadeEdgeOptions } from '../../../../test/kit/edge/made-edge.ts'
import { formatVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { DAY_MS, MINUTE_MS } from '../../../core/model/duration.ts'
import type { SubmittedBy } from '../../../core/model/standing.ts'
import { instant, millis, parseInstant, type Sha256 } from '../../../core/model/units.ts'
import { openObjects } from '../../../runtime/objects/open-objects.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import type { WorkerPool } from '../../../runtime/worker-pool.ts'
import type { Archive } from '../../../store/archive/contract.ts'
import { ArchiveShipper } from '../../../store/archive/ship/archive-shipper.ts'
import { openCustody } from '../../custody/custody-book.ts'
import { recordThinnings } from '../../custody/record-thinnings.ts'
import { openCheckPool } from './check-pool.ts'
import { ERASURES_PER_DAY, MOST_WAITING } from './edge-follower.ts'

const BEGUN = parseInstant('2026-11-25 10:00:00')
const NOW = parseInstant('2026-11-25 12:00:00')
const STARTED = '2026-11-25 11:50:00'
const KEY = 'aaaaaaaaaaaaaaaa'

let root = ''
let pool: WorkerPool
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'kuager-edge-'))
  pool = openCheckPool(1)
})
after(async () => {
  await pool[Symbol.asyncDispose]()
  await rm(root, { recursive: true })
})

const openCentre = (name: string): Promise<Centre> => openTrialCentre(join(root, name), { pool, now: NOW })

const edgeAt = (name: string, options: Partial<MadeEdgeOptions> = {}): Promise<MadeEdge> =>
  makeEdge(join(root, name), { begunAt: BEGUN, ...options })

const shipperOf = (edge: MadeEdge, store: ObjectStore): ArchiveShipper =>
  new ArchiveShipper({ store, folder: join(edge.folder, 'archive'), size: () => edge.archive.size })

const idsOf = async (centre: Centre): Promise<readonly Sha256[]> =>
  (await centre.measurements()).map(({ provenance }) => provenance.id)

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
    assert.ok((await readdir(join(root, 'grow', 'archive', 'segments'))).length > 4)
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
    const address = join(root, 'shipped')
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
    const older = join(root, 'back-older')
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
    await rm(join(root, 'back'), { recursive: true })
    await cp(older, join(root, 'back'), { recursive: true })
    const back = centre.follow(join(root, 'back'))
    await assert.rejects(back.pass(), { code: 'edge.back' })
    await back[Symbol.asyncDispose]()
    await rm(join(root, 'back'), { recursive: true })
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

  it('loses and erases nothing when the edge thins, before or behind its place', async () => {
    await using edge = await edgeAt('thinned', { segmentBytes: 12_288 })
    await using centre = await openCentre('thinned-centre')
    const at = instant(NOW - 3 * MINUTE_MS)
    await edge.take(edgeDocuments(STARTED, 0, 4), { at })
    await edge.sign()
    const follower = centre.follow(edge.folder)
    assert.equal((await follower.pass()).counts.added, 4)
    for (let round = 1; round < 8; round++) await edge.take(edgeDocuments(STARTED, 4 * round, 4), { at })
    await edge.sign()
    const [first] = edge.archive.fullSegments
    assert.ok(first !== undefined && first.until > 4, 'the place of the centre is within the first segment')
    await edge.archive.thin({ segment: 1, at, rows: [0, 1, 2, 3].map((leaf) => [leaf, '{}']) })
    const pass = await follower.pass()
    assert.equal(pass.behind, 0, centre.lines.join('\n'))
    assert.equal(pass.counts.added, 28)
    assert.equal((await centre.measurements()).length, 32)
    const custody = await openCustody({
      ...{ folder: edge.folder, archive: edge.archive },
      clock: { now: () => at, monotonic: () => millis(0) },
    })
    assert.equal(await recordThinnings(edge.archive, custody), 1)
    assert.equal(await recordThinnings(edge.archive, custody), 0)
    await edge.sign()
    await follower.pass()
    assert.equal((await centre.measurements()).length, 32, 'what the edge has thinned stays here')

    // Another centre, which comes later, says how many are not to be had.
    await using late = await openCentre('thinned-late')
    const { counts } = await late.follow(edge.folder).pass()
    assert.deepEqual([counts.added, counts.thinned], [28, 4], late.lines.join('\n'))
  })

  it('erases here what the edge has erased, so many a day', async () => {
    await using edge = await edgeAt('erased')
    await using centre = await openCentre('erased-centre')
    const ids = await edge.take(edgeDocuments(STARTED, 0, ERASURES_PER_DAY + 3), { at: NOW })
    await edge.sign()
    const follower = centre.follow(edge.folder)
    await follower.pass()
    for (const id of ids.slice(0, ERASURES_PER_DAY + 1)) await edge.erase(id, 'a person asked for it', NOW)
    await edge.sign()
    await follower.pass()
    assert.equal((await centre.measurements()).length, 3)
    const gone = await centre.archive.readLeaf(0)
    assert.ok(gone?.kind === 'erased' && gone.reason === 'a person asked for it')
    centre.now = instant(NOW + DAY_MS)
    await follower.pass()
    assert.equal((await centre.measurements()).length, 2)
    // Bytes that were erased here come back from no other edge.
    await using other = await edgeAt('erased-other')
    await other.take(edgeDocuments(STARTED, 0, 2), { at: NOW })
    await other.sign()
    assert.equal((await centre.follow(other.folder).pass()).counts.barred, 2)
  })

  it('erases for an edge only what that edge brought: not what was here before by another one', async () => {
    await using honest = await edgeAt('honest')
    await using hostile = await edgeAt('hostile')
    await using centre = await openCentre('hostile-centre')
    const ids = await honest.take(edgeDocuments(STARTED, 0, 3), { at: NOW })
    await honest.sign()
    const first = centre.follow(honest.folder)
    await first.pass()
    // It has the bytes of one of them, and a measurement of its own.
    await hostile.take(edgeDocuments(STARTED, 0, 1), { at: NOW })
    const [own] = await hostile.take(edgeDocuments(STARTED, 7, 1), { at: NOW })
    await hostile.sign()
    const second = centre.follow(hostile.folder)
    assert.deepEqual((await second.pass()).counts.known, 1)
    assert.ok(ids[0] !== undefined && own !== undefined)
    for (const id of [ids[0], own]) await hostile.erase(id, 'gone', NOW)
    await hostile.sign()
    await second.pass()
    assert.deepEqual(await idsOf(centre), ids)
    assert.match(centre.lines.join('\n'), /its erasure of leaf 0 here is not done: it did not bring that first/)
    // The edge that brought it may, and does so again after a crash between two steps of it.
    await honest.erase(ids[0], 'a person asked for it', NOW)
    await honest.sign()
    await first.pass()
    assert.deepEqual(await idsOf(centre), ids.slice(1))
    await first[Symbol.asyncDispose]()
    const again: number[] = []
    const third = centre.follow(honest.folder, { erase: async (leaf) => void again.push(leaf) })
    await third.pass()
    third.state?.erasures.push({ leaf: 0, reason: 'a person asked for it' })
    await third.pass()
    assert.deepEqual([again, third.state?.erasures], [[0], []])
  })

  it('reads no further where too many erasures wait, and goes on when fewer do', async () => {
    await using edge = await edgeAt('many-erased')
    await using centre = await openCentre('many-erased-centre')
    const [id] = await edge.take(edgeDocuments(STARTED, 0, 3), { at: NOW })
    await edge.sign()
    const follower = centre.follow(edge.folder)
    await follower.pass()
    const { state } = follower
    assert.ok(state !== undefined && id !== undefined)
    state.erasures = Array.from({ length: MOST_WAITING }, () => ({ leaf: 1, reason: 'a person asked for it' }))
    state.erased = Array.from({ length: ERASURES_PER_DAY }, () => NOW)
    await edge.erase(id, 'another person asked for it', NOW)
    await edge.sign()
    assert.ok((await follower.pass()).behind > 0)
    assert.equal(state.erasures.length, MOST_WAITING)
    centre.now = instant(NOW + DAY_MS)
    await follower.pass()
    assert.equal((await follower.pass()).behind, 0)
    await follower.pass()
    const gone = await Promise.all([0, 1, 2].map((leaf) => centre.archive.readLeaf(leaf)))
    assert.ok(gone.some((one) => one?.kind === 'erased' && one.reason === 'another person asked for it'))
    assert.deepEqual(state.erasures, [])
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
