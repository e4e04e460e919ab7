import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  acceptMany,
  NOWHERE,
  openLetterWorld,
  sampleLetter,
  sealedSigning,
  type LetterWorld,
} from '../../../test/kit/letter/letter-world.ts'
import { encodeHex } from '../../core/evidence/hex.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { parseLetterLeaf } from '../core/leaf.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { publicKeyOf, signEd25519 } from '../../runtime/ed25519.ts'
import { approvalMessage } from './approvals.ts'
import { MOST_ALONE, type Approval, type RemovalFilter, type RemovalJob, type RemovalPreview } from './contract.ts'

const seedOf = (name: string): Uint8Array => createHash('sha256').update(name).digest()
const keyOf = (name: string): string => encodeHex(publicKeyOf(seedOf(name)))
const approvalOf = (job: RemovalJob, name: string): Approval => ({
  job: job.id,
  key: keyOf(name),
  signature: encodeHex(signEd25519(seedOf(name), approvalMessage(job))),
})

/** Writes who may approve; a name may have several keys. */
const setReviewers = (world: LetterWorld, reviewers: readonly (readonly [string, string])[]): Promise<void> =>
  writeFile(
    join(world.folder, 'reviewers.json'),
    JSON.stringify(reviewers.map(([name, key]) => ({ name, key: keyOf(key) }))),
  )

const asked = { letter: 'ashyq', act: 'void', reason: 'forged', note: 'same text', filter: {} } as const

/** A letter with so many that count, by their `ct`. */
async function counted(world: LetterWorld, many: number): Promise<readonly string[]> {
  await world.desk.publish(sampleLetter())
  const cts = await acceptMany(world, many)
  await world.desk.countNow()
  return cts
}

/** A letter whose registry takes so many more writes of leaves, then the process ends. */
const openEnding = (stop: { appends: number }): Promise<LetterWorld> =>
  openLetterWorld({
    parts: (parts) => ({
      ...parts,
      store: new Proxy(parts.store, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key, target)
          if (typeof value !== 'function') return value
          return (...args: readonly unknown[]): unknown =>
            key === 'append' && stop.appends-- <= 0
              ? Promise.reject(new Error('The process has ended'))
              : Reflect.apply(value, target, args)
        },
      }),
    }),
  })

describe('a removal', () => {
  it('shows what it would do, does it once, is known from its leaf, and can be undone', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await counted(world, 30)
    await acceptMany(world, 12, { region: 'KZ-71' })
    await desk.countNow()
    const preview = await desk.removals.plan({ ...asked, filter: { region: 'KZ-71' } })
    assert.deepEqual(
      { ...preview, job: preview.job.count },
      {
        job: 12,
        tiers: { claimed: 12 },
        regions: { 'KZ-71': 12 },
        hours: [{ hour: world.clock.now(), count: 12 }],
        needs: 0,
        approvedBy: [],
      },
    )
    assert.equal((await desk.count('ashyq'))?.total, 42)
    assert.equal(await desk.removals.run(preview.job.id), 12)
    assert.equal(await desk.removals.run(preview.job.id), 0)
    assert.deepEqual((await desk.count('ashyq'))?.removed, { forged: 12 })
    const last = parseLetterLeaf((await world.store.leaf(world.store.size - 1)) ?? new Uint8Array())
    assert.deepEqual(last, { kind: 'letter-removal', letter: 'ashyq', count: 12, reason: 'forged' })
    const back = await desk.removals.planRestore(preview.job.id, 'mistaken')
    assert.equal(await desk.removals.run(back.job.id), 12)
    assert.equal((await desk.count('ashyq'))?.total, 42)
    assert.deepEqual((await desk.count('ashyq'))?.removed, {})
    assert.equal((await desk.removals.job(preview.job.id))?.state, 'undone')
    await assert.rejects(desk.removals.planRestore(preview.job.id, ''), { code: 'removal.invalid' })
    assert.equal((await desk.status())[0]?.agrees, true)
  })

  it('undone brings back no one who has withdrawn meanwhile, nor a mailbox that has signed again', async () => {
    await using world = await openLetterWorld()
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    const [leaves, anew] = [await sealedSigning(), await sealedSigning({ mail: 'asel@example.org' })]
    for (const { signing } of [leaves, anew]) await desk.sign(signing, NOWHERE)
    await desk.confirm(mail.token)
    await acceptMany(world, 3)
    await desk.countNow()
    const { job } = await desk.removals.plan({ ...asked, reason: 'duplicate' })
    assert.equal(await desk.removals.run(job.id), 5)
    // A receipt ends also what was taken out already, for good.
    assert.equal(await desk.withdraw(leaves.code), 'withdrawn')
    await desk.sign((await sealedSigning({ mail: 'asel@example.org' })).signing, NOWHERE)
    assert.equal(await desk.confirm(mail.token), 'confirmed')
    await desk.countNow()
    const back = await desk.removals.planRestore(job.id, '')
    assert.equal(back.job.count, 3)
    assert.equal(await desk.removals.run(back.job.id), 3)
    const count = await desk.count('ashyq')
    assert.deepEqual([count?.total, count?.removed], [4, { withdrawn: 1, duplicate: 1 }])
    assert.deepEqual(count?.contradictions, [])
    assert.equal(await desk.withdraw(anew.code), 'withdrawn')
    assert.equal((await desk.status())[0]?.agrees, true)
  })

  it('that a crash has cut off goes on when it is run again, and its leaf tells of all', async () => {
    const stop = { appends: Number.MAX_SAFE_INTEGER }
    await using world = await openEnding(stop)
    await counted(world, 600)
    await setReviewers(world, [
      ['Әсел', 'a'],
      ['Болат', 'b'],
    ])
    const { job } = await world.desk.removals.plan(asked)
    for (const name of ['a', 'b']) await world.desk.removals.approve(approvalOf(job, name))
    stop.appends = 1
    await assert.rejects(world.desk.removals.run(job.id), /has ended/)
    stop.appends = Number.MAX_SAFE_INTEGER
    await world.reopen()
    assert.equal((await world.desk.removals.job(job.id))?.state, 'waiting')
    assert.equal(await world.desk.removals.run(job.id), 350)
    const last = parseLetterLeaf((await world.store.leaf(world.store.size - 1)) ?? new Uint8Array())
    assert.deepEqual(last, { kind: 'letter-removal', letter: 'ashyq', count: 600, reason: 'forged' })
    assert.deepEqual((await world.desk.count('ashyq'))?.removed, { forged: 600 })
  })

  it('that another has helped meanwhile tells of what it took out itself, so that a recount finds no sum too large', async () => {
    const stop = { appends: Number.MAX_SAFE_INTEGER }
    await using world = await openEnding(stop)
    const cts = await counted(world, 400)
    await setReviewers(world, [
      ['Әсел', 'a'],
      ['Болат', 'b'],
    ])
    const { desk } = world
    const { job } = await desk.removals.plan(asked)
    for (const name of ['a', 'b']) await desk.removals.approve(approvalOf(job, name))
    stop.appends = 1
    await assert.rejects(desk.removals.run(job.id), /has ended/)
    stop.appends = Number.MAX_SAFE_INTEGER
    const left: string[] = []
    for (const ct of cts) if ((await world.store.signature(parseSha256(ct)))?.state === 'counted') left.push(ct)
    const helped = await desk.removals.plan({ ...asked, note: 'a few', filter: { cts: left.slice(0, 20) } })
    for (const name of ['a', 'b']) await desk.removals.approve(approvalOf(helped.job, name))
    assert.equal(await desk.removals.run(helped.job.id), 20)
    assert.equal(await desk.removals.run(job.id), 130)
    const last = parseLetterLeaf((await world.store.leaf(world.store.size - 1)) ?? new Uint8Array())
    assert.deepEqual(last, { kind: 'letter-removal', letter: 'ashyq', count: 380, reason: 'forged' })
    const count = await desk.count('ashyq')
    assert.deepEqual([count?.removed, count?.contradictions], [{ forged: 400 }, []])
  })

  it('takes names of signatures from a list, and nothing for a filter that none fits', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await counted(world, 5)
    const cts = await acceptMany(world, 3)
    await desk.countNow()
    const { job } = await desk.removals.plan({ ...asked, filter: { cts: [...cts, 'f'.repeat(64)], tier: 'claimed' } })
    assert.equal(job.count, 3)
    const none: readonly RemovalFilter[] = [
      { cts, tier: 'mail' },
      { region: 'KZ-10' },
      { held: 'x' },
      { hours: { since: 0, until: 1 } },
    ]
    for (const filter of none)
      await assert.rejects(desk.removals.plan({ ...asked, filter }), { code: 'removal.invalid' })
    await assert.rejects(desk.removals.plan({ ...asked, letter: 'other' }), { code: 'letter.unknown' })
    await assert.rejects(desk.removals.plan({ ...asked, reason: 'withdrawn' }), { code: 'removal.invalid' })
  })

  it('is laid before people once, however often it is asked for', async () => {
    await using world = await openLetterWorld()
    await counted(world, 5)
    const [one, again] = [await world.desk.removals.plan(asked), await world.desk.removals.plan(asked)]
    assert.equal(again.job.id, one.job.id)
    assert.notEqual((await world.desk.removals.plan({ ...asked, note: 'other' })).job.id, one.job.id)
    assert.equal((await world.desk.removals.jobs()).length, 2)
  })
})

describe('who may remove', () => {
  const many = MOST_ALONE + 1
  const acts: Readonly<Record<RemovalJob['act'], (world: LetterWorld) => Promise<RemovalJob>>> = {
    void: async (world: LetterWorld) => {
      await counted(world, many)
      return (await world.desk.removals.plan(asked)).job
    },
    restore: async (world: LetterWorld) => {
      const job = await acts.void(world)
      await setReviewers(world, [
        ['Әсел', 'a'],
        ['Болат', 'b'],
      ])
      for (const name of ['a', 'b']) await world.desk.removals.approve(approvalOf(job, name))
      await world.desk.removals.run(job.id)
      await setReviewers(world, [])
      return (await world.desk.removals.planRestore(job.id, '')).job
    },
    refuse: async (world: LetterWorld) => {
      await counted(world, 1)
      await acceptMany(world, many, { state: 'held', held: 'x' })
      return (await world.desk.removals.plan({ ...asked, act: 'refuse', filter: { held: 'x' } })).job
    },
    release: async (world: LetterWorld) => {
      await counted(world, 1)
      await acceptMany(world, many, { state: 'held', held: 'x' })
      return (await world.desk.removals.plan({ ...asked, act: 'release', filter: { held: 'x' } })).job
    },
  }

  for (const [act, lay] of Object.entries(acts))
    it(`${act} of more than a hundred: two reviewers of two names, and no one else`, async () => {
      await using world = await openLetterWorld()
      const { removals } = world.desk
      const job = await lay(world)
      const stays = async (): Promise<void> => {
        const before = await world.store.tally('ashyq')
        await assert.rejects(removals.run(job.id), { code: 'removal.approvals' })
        assert.deepEqual(await world.store.tally('ashyq'), before)
      }
      // No one is a reviewer.
      await assert.rejects(removals.approve(approvalOf(job, 'a')), { code: 'removal.invalid' })
      await stays()
      await setReviewers(world, [
        ['Әсел', 'a'],
        ['Әсел', 'a2'],
        ['Болат', 'b'],
      ])
      // An unknown person, a job that was altered, another's key, another job, a torn signature.
      const good = approvalOf(job, 'a')
      for (const bad of [
        approvalOf(job, 'stranger'),
        { ...approvalOf({ ...job, count: job.count + 1 }, 'a'), job: job.id },
        { ...good, key: keyOf('b') },
        { ...good, job: '0'.repeat(16) },
        { ...good, signature: good.signature.slice(2) + '00' },
      ])
        await assert.rejects(removals.approve(bad), { code: 'removal.invalid' })
      await stays()
      // One person, twice, under two keys.
      for (const name of ['a', 'a', 'a2']) await removals.approve(approvalOf(job, name))
      await stays()
      // A second one who is a reviewer no longer when it is done.
      assert.deepEqual((await removals.approve(approvalOf(job, 'b'))).approvedBy, ['Болат', 'Әсел'])
      await setReviewers(world, [['Әсел', 'a']])
      await stays()
      await setReviewers(world, [
        ['Әсел', 'a'],
        ['Болат', 'b'],
      ])
      assert.equal(await removals.run(job.id), many)
      assert.equal((await removals.job(job.id))?.state, 'done')
      assert.equal((await world.desk.status())[0]?.agrees, true)
    })

  it('one person up to a hundred in a day, however they are cut', async () => {
    await using world = await openLetterWorld()
    const { removals } = world.desk
    await counted(world, 20)
    for (const region of ['KZ-10', 'KZ-11', 'KZ-15'] as const) await acceptMany(world, 50, { region })
    await world.desk.countNow()
    for (const region of ['KZ-10', 'KZ-11'] as const)
      await removals.run((await removals.plan({ ...asked, filter: { region } })).job.id)
    const third = await removals.plan({ ...asked, filter: { region: 'KZ-15' } })
    assert.equal(third.needs, 2)
    await assert.rejects(removals.run(third.job.id), { code: 'removal.approvals' })
    world.clock.pass(DAY_MS + 1)
    assert.equal(await removals.run(third.job.id), 50)
  })

  it('one person no more for having ended the process in the midst of one', async () => {
    let failing = false
    await using world = await openLetterWorld({
      store: (store) =>
        new Proxy(store, {
          get(of, key) {
            const value: unknown = Reflect.get(of, key, of)
            if (typeof value !== 'function') return value
            return (...args: readonly unknown[]): unknown =>
              key === 'append' && failing
                ? Promise.reject(new Error('The process has ended'))
                : Reflect.apply(value, of, args)
          },
        }),
    })
    const cts = await counted(world, 120)
    const plan = (some: readonly string[]): Promise<RemovalPreview> =>
      world.desk.removals.plan({ ...asked, filter: { cts: some } })
    const first = await plan(cts.slice(0, 60))
    failing = true
    await assert.rejects(world.desk.removals.run(first.job.id), /has ended/)
    failing = false
    await world.reopen()
    const second = await plan(cts.slice(60))
    assert.equal(second.needs, 2)
    await assert.rejects(world.desk.removals.run(second.job.id), { code: 'removal.approvals' })
    assert.equal(await world.desk.removals.run(first.job.id), 60)
  })

  it('a release by its label waits for two people where it is of more than a hundred, and is named', async () => {
    await using world = await openLetterWorld()
    await counted(world, 1)
    await acceptMany(world, many, { state: 'held', held: 'x' })
    await assert.rejects(world.desk.release('ashyq', 'x'), /job [0-9a-f]{16} waits/)
    await assert.rejects(world.desk.release('ashyq', 'y'), { code: 'removal.invalid' })
    assert.equal((await world.desk.removals.jobs()).length, 1)
  })

  it('no one by a list of reviewers that is damaged', async () => {
    await using world = await openLetterWorld()
    const job = await acts.void(world)
    await writeFile(join(world.folder, 'reviewers.json'), '[{"name":"Әсел"}]')
    await assert.rejects(world.desk.removals.approve(approvalOf(job, 'a')), { code: 'reviewers.invalid' })
    await assert.rejects(world.desk.removals.run(job.id), { code: 'reviewers.invalid' })
  })
})
