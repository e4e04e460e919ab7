import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { REGISTRY_KINDS, registryPlaces, WITHOUT_POSTGRES } from '../../../test/kit/stores/postgres.ts'
import {
  awaitingRow,
  countAct,
  leafOf,
  restoreAct,
  sha,
  signatureRow,
  tokenRow,
  voidAct,
} from '../../../test/kit/stores/registry-rows.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import type { LetterRow, LetterStore } from './contract.ts'
import { openLetterStore } from './open.ts'

const NOW = instant(1_000_000)
const letter = (version: number, given: Partial<LetterRow> = {}): LetterRow => ({
  letter: 'open-net',
  version,
  document: `{"version":${version}}`,
  state: 'draft',
  ...given,
})
const publish = (row: LetterRow) => ({ leaf: leafOf('letter'), change: { kind: 'letter', row } }) as const

for (const kind of REGISTRY_KINDS)
  describe(`Letters and signatures, in ${kind}`, { skip: kind === 'postgres' && WITHOUT_POSTGRES }, () => {
    const places = registryPlaces(kind)
    before(places.begin)
    after(places.end)
    const open = async (): Promise<LetterStore> => openLetterStore(await places.place())

    it('a draft is replaced until it is published, and its words stay from then on', async () => {
      await using store = await open()
      await store.saveDraft(letter(1, { document: '{"words":"first"}' }))
      await store.saveDraft(letter(1))
      await store.append([publish(letter(1, { state: 'open' }))])
      await assert.rejects(store.saveDraft(letter(1)), InputError)
      await assert.rejects(store.append([publish(letter(1, { state: 'open', document: '{}' }))]), Fault)
      await store.append([publish(letter(1, { state: 'closed' }))])
      await store.saveDraft(letter(2))
      await store.saveDraft(letter(1, { letter: 'another' }))
      assert.deepEqual(await store.letters(), [
        letter(1, { letter: 'another' }),
        letter(1, { state: 'closed' }),
        letter(2),
      ])
      assert.deepEqual(await store.letter('open-net'), letter(2))
      assert.equal(await store.letter('nobody'), undefined)
      assert.equal(store.size, 2)
    })

    it('a signature that was here already is neither kept again nor given a token', async () => {
      await using store = await open()
      const first = awaitingRow('a', 'box-a')
      assert.deepEqual(await store.accept([first, signatureRow('b')], [tokenRow('a')]), new Set([sha('a'), sha('b')]))
      const again = awaitingRow('a', 'box of an attacker')
      assert.deepEqual(
        await store.accept([again, signatureRow('c'), signatureRow('c')], [tokenRow('a', undefined, 1)]),
        new Set([sha('c')]),
      )
      assert.deepEqual(await store.signature(sha('a')), plain(first))
      assert.equal(await store.token(tokenRow('a', undefined, 1).token, NOW), undefined)
      assert.deepEqual(await store.token(tokenRow('a').token, NOW), plain(first))
      assert.deepEqual(await store.byReceipt(sha('receipt of b')), plain(signatureRow('b')))
      assert.equal(await store.byReceipt(sha('receipt of no one')), undefined)
      assert.equal(await store.signature(sha('nobody')), undefined)
    })

    it('a token confirms once, until it expires', async () => {
      await using store = await open()
      await store.accept(
        [awaitingRow('a', 'box-a'), awaitingRow('b', 'box-b')],
        [tokenRow('a'), tokenRow('b', instant(NOW + 1))],
      )
      assert.equal(await store.isConfirmed('open-net', 'box-a'), false)
      assert.equal(await store.confirm(tokenRow('a').token, NOW), 'confirmed')
      assert.equal(await store.confirm(tokenRow('a').token, NOW), 'none')
      assert.equal(await store.isConfirmed('open-net', 'box-a'), true)
      assert.equal(await store.isConfirmed('another', 'box-a'), false)
      assert.equal((await store.signature(sha('a')))?.state, 'pending')
      assert.equal(await store.confirm(tokenRow('b').token, instant(NOW + 1)), 'none')
      assert.equal(await store.token(tokenRow('b').token, instant(NOW + 1)), undefined)
      assert.equal(await store.confirm(tokenRow('b').token, NOW), 'confirmed')
    })

    it('of signatures of one mailbox that are confirmed at once, one becomes pending', async () => {
      await using store = await open()
      const names = Array.from({ length: 20 }, (_, nth) => `n${nth}`)
      await store.accept(
        names.map((name) => awaitingRow(name, 'one box')),
        names.map((name) => tokenRow(name)),
      )
      const ends = await Promise.all(names.map((name) => store.confirm(tokenRow(name).token, NOW)))
      assert.deepEqual(ends.toSorted(), ['confirmed', ...Array.from({ length: 19 }, () => 'known')])
      assert.equal((await store.find({ letter: 'open-net', state: 'pending' }, { most: 99 })).length, 1)
    })

    it('a further mail of a confirmed signature says that it is known; after its removal, nothing', async () => {
      await using store = await open()
      await store.accept([awaitingRow('a', 'box-a')], [tokenRow('a')])
      await store.addToken(tokenRow('a', undefined, 1))
      await store.addToken(tokenRow('a', undefined, 2))
      await assert.rejects(store.addToken(tokenRow('nobody')), Fault)
      assert.equal(await store.confirm(tokenRow('a').token, NOW), 'confirmed')
      assert.equal(await store.confirm(tokenRow('a', undefined, 1).token, NOW), 'known')
      await store.append([countAct('a')])
      await store.append([voidAct('a')])
      assert.equal(await store.confirm(tokenRow('a', undefined, 2).token, NOW), 'none')
      assert.equal(await store.isConfirmed('open-net', 'box-a'), false)
    })

    it('leaves follow one another, and each signature has the leaf that counts it', async () => {
      await using store = await open()
      const names = Array.from({ length: 250 }, (_, nth) => `s${nth}`)
      await store.accept(
        names.map((name) => signatureRow(name)),
        [],
      )
      const cut = [names.slice(0, 3), names.slice(3, 140), names.slice(140)]
      const firsts = await Promise.all(cut.map((some) => store.append(some.map(countAct))))
      assert.deepEqual(firsts, [0, 3, 140])
      assert.equal(store.size, 250)
      for (const nth of [0, 3, 249]) {
        const name = names[nth] ?? ''
        assert.equal((await store.signature(sha(name)))?.leaf, nth)
        assert.deepEqual(await store.leaf(nth), countAct(name).leaf)
      }
      assert.equal(await store.leaf(250), undefined)
      const read = await gather(store.leaves(2, 1000))
      assert.deepEqual(
        read,
        names.slice(2).map((name) => countAct(name).leaf),
      )
      assert.deepEqual(await gather(store.leaves(7, 9)), read.slice(5, 7))
      assert.deepEqual(await gather(store.leaves(9, 7)), [])
      assert.equal(await store.append([]), 250)
    })

    it('what cannot be counted, removed or restored fails its whole call', async () => {
      await using store = await open()
      await store.accept([signatureRow('a'), signatureRow('b'), awaitingRow('c', 'box-c')], [])
      for (const acts of [
        [countAct('a'), countAct('c')],
        [countAct('a'), countAct('a')],
        [countAct('a'), countAct('nobody')],
        [countAct('a'), voidAct('b')],
        [countAct('a'), restoreAct('a')],
      ])
        await assert.rejects(store.append(acts), Fault)
      assert.equal(store.size, 0)
      assert.equal(await store.leaf(0), undefined)
      assert.deepEqual(await store.signature(sha('a')), plain(signatureRow('a')))
      assert.equal(await store.append([countAct('a'), voidAct('a'), restoreAct('a'), countAct('b')]), 0)
      assert.deepEqual(await store.signature(sha('a')), plain(signatureRow('a', { state: 'counted', leaf: 0 })))
      assert.equal((await store.signature(sha('b')))?.leaf, 3)
    })

    it('a withdrawal takes what was sealed and the mailbox with it, and is not undone', async () => {
      await using store = await open()
      const row = awaitingRow('a', 'box-a')
      await store.accept([row], [tokenRow('a')])
      await store.addToken(tokenRow('a', undefined, 1))
      await store.confirm(tokenRow('a').token, NOW)
      await store.append([countAct('a'), voidAct('a', true)])
      assert.deepEqual(await store.signature(sha('a')), {
        ...row,
        ...{ state: 'void', reason: 'withdrawn', sealed: null, hour: null, mailbox: null, leaf: 0 },
      })
      assert.equal(await store.token(tokenRow('a', undefined, 1).token, NOW), undefined)
      await assert.rejects(store.append([restoreAct('a')]), Fault)
      assert.equal(await store.isConfirmed('open-net', 'box-a'), false)
    })

    it('a removal is undone, unless its mailbox has signed again', async () => {
      await using store = await open()
      await store.accept([awaitingRow('a', 'box'), awaitingRow('b', 'box')], [tokenRow('a'), tokenRow('b')])
      await store.confirm(tokenRow('a').token, NOW)
      await store.append([countAct('a'), voidAct('a'), restoreAct('a'), voidAct('a')])
      assert.equal(await store.confirm(tokenRow('b').token, NOW), 'confirmed')
      await assert.rejects(store.append([restoreAct('a')]), /signed again/)
      await store.drop([sha('b')])
      assert.equal(await store.append([restoreAct('a')]), 4)
    })

    it('held ones are found by their label and released; what is counted stays counted', async () => {
      await using store = await open()
      await store.accept(
        ['a', 'b', 'c'].map((name) => signatureRow(name)),
        [],
      )
      await store.append([countAct('c')])
      await store.setState([sha('a'), sha('b'), sha('c'), sha('nobody')], 'held', 'label')
      const held = await store.find({ letter: 'open-net', held: 'label' }, { most: 9 })
      assert.deepEqual(new Set(held.map(({ ct }) => ct)), new Set([sha('a'), sha('b')]))
      await assert.rejects(store.append([countAct('a')]), Fault)
      await store.setState([sha('a')], 'pending', null)
      assert.deepEqual(await store.signature(sha('a')), plain(signatureRow('a')))
      assert.equal((await store.signature(sha('c')))?.state, 'counted')
    })

    it('find() goes through pages in the order of digests, by every filter', async () => {
      await using store = await open()
      const rows = Array.from({ length: 40 }, (_, nth) =>
        signatureRow(`s${nth}`, {
          hour: nth * 3_600_000,
          tier: nth % 2 === 0 ? 'claimed' : 'form',
          region: nth < 10 ? 'KZ-75' : 'abroad',
          letter: nth === 39 ? 'another' : 'open-net',
          mailbox: nth === 5 ? 'box' : null,
        }),
      )
      await store.accept(rows, [])
      const all = rows
        .slice(0, 39)
        .map(({ ct }) => ct)
        .toSorted()
      const first = await store.find({ letter: 'open-net' }, { most: 15 })
      const second = await store.find({ letter: 'open-net', state: 'pending' }, { most: 99, after: all[14] ?? sha('') })
      assert.deepEqual(
        [...first, ...second].map(({ ct }) => ct),
        all,
      )
      const count = async (filter: object): Promise<number> =>
        (await store.find({ letter: 'open-net', ...filter }, { most: 99 })).length
      assert.equal(await count({ tier: 'form' }), 19)
      assert.equal(await count({ region: 'KZ-75' }), 10)
      assert.equal(await count({ hours: { since: instant(3_600_000), until: instant(4 * 3_600_000) } }), 3)
      assert.equal(await count({ mailbox: 'box' }), 1)
      assert.equal(await count({ state: 'void' }), 0)
      const tally = await store.tally('open-net')
      assert.equal(
        tally.reduce((sum, row) => sum + row.count, 0),
        39,
      )
      assert.deepEqual(
        tally.filter(({ region, tier }) => region === 'KZ-75' && tier === 'form'),
        [{ state: 'pending', tier: 'form', region: 'KZ-75', reason: null, count: 5 }],
      )
    })

    it('drop() and expire() remove what never counted, with its tokens', async () => {
      await using store = await open()
      await store.accept(
        [signatureRow('a'), signatureRow('b'), awaitingRow('c', 'x'), awaitingRow('d', 'y', { hour: 7_200_000 })],
        [tokenRow('c'), tokenRow('d')],
      )
      await store.append([countAct('a')])
      assert.equal(await store.drop([sha('a'), sha('b'), sha('nobody')]), 1)
      assert.equal(await store.expire(instant(7_200_000)), 1)
      assert.equal(await store.token(tokenRow('c').token, NOW), undefined)
      assert.notEqual(await store.token(tokenRow('d').token, NOW), undefined)
      assert.deepEqual((await store.tally('open-net')).map(({ state }) => state).toSorted(), ['awaiting', 'counted'])
    })

    it('destroy() leaves of one letter its digests, states and leaves, and of another everything', async () => {
      await using store = await open()
      const other = signatureRow('o', { letter: 'another' })
      await store.accept([signatureRow('a'), awaitingRow('b', 'x'), other], [tokenRow('b')])
      await store.append([countAct('a')])
      await store.destroy('open-net')
      assert.deepEqual(
        await store.signature(sha('a')),
        signatureRow('a', { state: 'counted', leaf: 0, hour: null, sealed: null, receipt: null }),
      )
      assert.equal(await store.byReceipt(sha('receipt of a')), undefined)
      assert.equal(await store.token(tokenRow('b').token, NOW), undefined)
      assert.equal((await store.signature(sha('b')))?.mailbox, null)
      assert.deepEqual(await store.signature(other.ct), plain(other))
      assert.deepEqual(await store.leaf(0), countAct('a').leaf)
    })
  })

/** As a store gives it: bytes are plain ones. */
const plain = <T extends { readonly sealed: Uint8Array | null }>(row: T): T => ({
  ...row,
  sealed: row.sealed === null ? null : new Uint8Array(row.sealed),
})

async function gather<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
