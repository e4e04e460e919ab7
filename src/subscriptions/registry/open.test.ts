import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { REGISTRY_KINDS, registryPlaces, WITHOUT_POSTGRES } from '../../../test/kit/stores/postgres.ts'
import { MOST_REFUSALS } from '../../core/model/people/subscription.ts'
import type { OutboxRow, PostRow, SubscriberRow } from './contract.ts'
import { openSubscriptionStore } from './open.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const row = (id: string, given: Partial<SubscriberRow> = {}): SubscriberRow => ({
  id,
  state: 'waiting',
  mailbox: `box of ${id}`,
  expires: 1000,
  due: null,
  settled: false,
  refusals: 0,
  sealed: bytes(`sealed of ${id}`),
  told: bytes(`told of ${id}`),
  ...given,
})
const mail = (id: string, subscriber: string, given: Partial<OutboxRow> = {}): OutboxRow => ({
  id,
  subscriber,
  kind: 'confirm',
  since: 10,
  next: 10,
  tries: 0,
  sealed: bytes(`mail ${id}`),
  ...given,
})
const post = (key: string, given: Partial<PostRow> = {}): PostRow => ({
  key,
  channel: 'telegram @one',
  incident: 'youtube-as1',
  since: 5,
  next: 5,
  tries: 0,
  state: 'waiting',
  body: '{}',
  conclusion: '',
  message: null,
  ...given,
})
const never = (): Uint8Array => assert.fail('nothing is to be renewed')

for (const kind of REGISTRY_KINDS)
  describe(`Subscriptions, in ${kind}`, { skip: kind === 'postgres' && WITHOUT_POSTGRES }, () => {
    const places = registryPlaces(kind)
    before(places.begin)
    after(places.end)
    const open = async (): ReturnType<typeof openSubscriptionStore> => openSubscriptionStore(await places.place())

    it('a request waits with its mail, and both come back byte for byte', async () => {
      await using store = await open()
      await store.ask(row('a'), mail('m', 'a'))
      assert.deepEqual(await store.find('a'), row('a'))
      assert.deepEqual(await store.outbox(10, 9), [mail('m', 'a')])
      assert.deepEqual(await store.outbox(9, 9), [])
      assert.deepEqual(await store.sizes(), { active: 0, waiting: 1, outbox: 1 })
      assert.equal(await store.waitingOf('box of a'), 1)
      assert.deepEqual(await store.active('', 9), [])
      await assert.rejects(store.ask(row('b'), mail('m', 'b')), 'a mail of that id is there')
      assert.equal(await store.find('b'), undefined)
    })

    it('is confirmed once, not after its time, and a second press changes nothing', async () => {
      await using store = await open()
      await store.ask(row('a'), mail('m', 'a'))
      assert.equal(await store.confirm('a', 1000, never), false)
      assert.equal(await store.confirm('a', 999, never), true)
      assert.equal(await store.confirm('a', 999, never), true)
      assert.equal(await store.confirm('other', 999, never), false)
      assert.deepEqual(await store.active('', 9), [row('a', { state: 'active', expires: null })])
    })

    it('a mailbox that is known keeps its row, with the new choice, and its other requests are gone', async () => {
      await using store = await open()
      const mailbox = 'one box'
      await store.ask(row('a', { mailbox }), mail('m1', 'a'))
      await store.confirm('a', 0, never)
      await store.note({ id: 'a', told: bytes('news'), due: 7 })
      await store.ask(row('b', { mailbox }), mail('m2', 'b'))
      await store.ask(row('c', { mailbox }), mail('m3', 'c'))
      const renewed = await store.confirm('c', 0, (waiting, into) => bytes(`${waiting.id} into ${into}`))
      assert.equal(renewed, true)
      assert.deepEqual(await store.active('', 9), [
        row('a', { mailbox, state: 'active', expires: null, sealed: bytes('c into a'), told: bytes('news') }),
      ])
      assert.deepEqual(await store.sizes(), { active: 1, waiting: 0, outbox: 1 })
    })

    it('notes nothing for a choice that was changed since it was read', async () => {
      await using store = await open()
      await store.ask(row('a'), mail('m', 'a'))
      await store.confirm('a', 0, never)
      assert.equal(await store.note({ id: 'a', sealed: bytes('other'), told: bytes('x'), due: null }), false)
      assert.equal((await store.active('', 10))[0]?.settled, false)
      assert.equal(await store.note({ id: 'a', sealed: bytes('sealed of a'), told: bytes('x'), due: null }), true)
    })

    it('pages through those that are active, or due, or not settled', async () => {
      await using store = await open()
      for (const id of ['a', 'b', 'c', 'd']) {
        await store.ask(row(id), mail(`m${id}`, id))
        if (id !== 'd') await store.confirm(id, 0, never)
      }
      await store.note({ id: 'a', told: bytes('x'), due: null })
      await store.note({ id: 'b', told: bytes('x'), due: 50 })
      const ids = async (...asked: Parameters<typeof store.active>): Promise<string[]> =>
        (await store.active(...asked)).map(({ id }) => id)
      assert.deepEqual(await ids('', 2), ['a', 'b'])
      assert.deepEqual(await ids('b', 2), ['c'])
      assert.deepEqual(await ids('', 9, 49), ['c'])
      assert.deepEqual(await ids('', 9, 50), ['b', 'c'])
    })

    it('notes what they heard together with its mail, or neither', async () => {
      await using store = await open()
      await store.ask(row('a'), mail('m1', 'a'))
      const news = mail('m2', 'a', { kind: 'news' })
      assert.equal(await store.note({ id: 'a', told: bytes('x'), due: null }, news), false, 'it is not confirmed')
      await store.confirm('a', 0, never)
      assert.equal(await store.note({ id: 'a', told: bytes('x'), due: null }, news), true)
      await assert.rejects(store.note({ id: 'a', told: bytes('y'), due: null }, news), 'a mail of that id is there')
      assert.deepEqual((await store.find('a'))?.told, bytes('x'))
      assert.equal(await store.note({ id: 'gone', told: bytes('x'), due: null }, mail('m3', 'gone')), false)
      assert.equal((await store.sizes()).outbox, 2)
    })

    it('news goes before requests that wait longer: a flood of them holds up no reader', async () => {
      await using store = await open()
      for (const id of ['a', 'b', 'c']) await store.ask(row(id), mail(`m-${id}`, id))
      await store.confirm('c', 0, never)
      await store.note({ id: 'c', told: bytes('x'), due: null }, mail('n', 'c', { kind: 'news', next: 20 }))
      assert.deepEqual(
        (await store.outbox(20, 2)).map(({ id }) => id),
        ['n', 'm-a'],
      )
    })

    it('a mail that was taken is gone, one that was not is tried later', async () => {
      await using store = await open()
      await store.ask(row('a'), mail('m', 'a'))
      await store.tryAgain('m', 500, 1)
      assert.deepEqual(await store.outbox(499, 9), [])
      assert.deepEqual(await store.outbox(500, 9), [mail('m', 'a', { next: 500, tries: 1 })])
      await store.sent({ id: 'm', subscriber: 'a' })
      assert.equal((await store.sizes()).outbox, 0)
    })

    it('a mailbox that refuses several mails in a row is erased; one that takes one in between is not', async () => {
      await using store = await open()
      await store.ask(row('a'), mail('m0', 'a'))
      await store.confirm('a', 0, never)
      await store.sent({ id: 'm0', subscriber: 'a' })
      const refuse = async (id: string): Promise<'kept' | 'erased'> => {
        await store.note({ id: 'a', told: bytes('x'), due: null }, mail(id, 'a', { kind: 'news' }))
        return store.drop({ id, subscriber: 'a' }, true)
      }
      assert.equal(await refuse('m1'), 'kept')
      assert.equal(await store.drop({ id: 'm1', subscriber: 'a' }, true), 'kept', 'the same mail counts once')
      assert.equal(await refuse('m2'), 'kept')
      await store.note({ id: 'a', told: bytes('x'), due: null }, mail('m3', 'a', { kind: 'news' }))
      await store.sent({ id: 'm3', subscriber: 'a' })
      for (let nth = 1; nth < MOST_REFUSALS; nth++) assert.equal(await refuse(`n${nth}`), 'kept')
      assert.equal(await store.drop({ id: 'unsent', subscriber: 'a' }, false), 'kept')
      assert.equal(await refuse('last'), 'erased')
      assert.deepEqual(await store.sizes(), { active: 0, waiting: 0, outbox: 0 })
    })

    it('a request whose mail is refused is erased at once', async () => {
      await using store = await open()
      await store.ask(row('a'), mail('m', 'a'))
      assert.equal(await store.drop({ id: 'm', subscriber: 'a' }, true), 'erased')
      assert.equal(await store.find('a'), undefined)
    })

    it('forgets requests when their time is over, and no one who confirmed', async () => {
      await using store = await open()
      for (const id of ['a', 'b', 'c'])
        await store.ask(row(id, { expires: id === 'b' ? 2000 : 1000 }), mail(`m${id}`, id))
      await store.confirm('c', 0, never)
      assert.equal(await store.forget(999), 0)
      assert.equal(await store.forget(1000), 1)
      assert.deepEqual(await store.sizes(), { active: 1, waiting: 1, outbox: 2 })
      assert.equal(await store.remove('c'), true)
      assert.equal(await store.remove('c'), false)
      assert.deepEqual(await store.sizes(), { active: 0, waiting: 1, outbox: 1 })
    })

    it('a channel begins once, and a post that is known stays as it is', async () => {
      await using store = await open()
      assert.equal(await store.channelSince('telegram @one', 5), 5)
      assert.equal(await store.channelSince('telegram @one', 9), 5)
      await store.begin([post('1'), post('2', { since: 4 }), post('3', { channel: 'other' })])
      await store.begin([post('1', { body: 'another' })])
      await store.setPost('1', { state: 'sent', message: '77' })
      assert.deepEqual(await store.posts('telegram @one'), [
        post('2', { since: 4 }),
        post('1', { state: 'sent', message: '77' }),
      ])
    })
  })
