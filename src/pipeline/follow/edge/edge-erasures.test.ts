import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOW, STARTED, idsOf, openTrials } from '../../../../test/kit/edge/trial-centre.ts'
import { edgeDocuments } from '../../../../test/kit/edge/made-edge.ts'
import { DAY_MS } from '../../../core/model/duration.ts'
import { instant } from '../../../core/model/units.ts'
import { ERASURES_PER_DAY, MOST_WAITING } from './edge-follower.ts'

const { openCentre, edgeAt } = openTrials()

describe('an erasure of an edge', () => {
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
})
