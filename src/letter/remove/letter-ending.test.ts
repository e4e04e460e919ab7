import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
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
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { parseLetterLeaf, type LetterLeaf } from '../core/leaf.ts'
import type { Letter } from '../core/letter.ts'
import { BATCH_MS } from '../count/batches.ts'

const kindsOf = async ({ store }: LetterWorld): Promise<readonly LetterLeaf['kind'][]> => {
  const kinds: LetterLeaf['kind'][] = []
  for await (const leaf of store.leaves(0, store.size)) kinds.push(parseLetterLeaf(leaf).kind)
  return kinds
}

describe('a letter that is published', () => {
  it('keeps its versions, each with its leaf', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    const words = { kk: 'Жаңа мәтін', ru: 'Новый текст', en: 'New text' }
    await desk.publish(sampleLetter())
    await desk.publish(sampleLetter({ version: 2, text: words }))
    await world.reopen()
    assert.equal(world.desk.letter('ashyq')?.letter.text.kk, 'Жаңа мәтін')
    assert.match(world.desk.version('ashyq', 1) ?? '', /"version":1/)
    assert.equal(world.desk.version('ashyq', 3), undefined)
    const count = await world.desk.count('ashyq')
    assert.deepEqual(
      count?.versions.map(({ version }) => version),
      [1, 2],
    )
    assert.equal(count?.versions[1]?.sha256, world.desk.letter('ashyq')?.sha256)
  })

  it('is refused with the place that does not fit', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    const { recipient } = sampleLetter().keys.layers[0]![0]! // one layer, one holder
    const holder = { kk: 'а', ru: 'а', en: 'a' }
    const layer = (...recipients: readonly string[]): Pick<Letter, 'keys'> => ({
      keys: { layers: [recipients.map((one) => ({ holder, recipient: one }))] },
    })
    const refused = (changes: object, path: string): Promise<void> =>
      assert.rejects(desk.publish({ ...sampleLetter(), ...changes }), { code: 'letter.invalid', path })
    await refused({ simulated: false }, '/simulated')
    await refused({ version: 2 }, '/version')
    await refused({ closes: '2026-02-01' }, '/closes')
    await refused({ opens: '2026-02-01', closes: '2026-03-04' }, '/closes')
    await refused({ destroys: '2026-05-01' }, '/destroys')
    await refused({ extra: 1 }, '/')
    await refused({ id: 'No id' }, '/id')
    await refused(layer(recipient, recipient), '/keys')
    await refused(layer(`${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`), '/keys')
    await refused(layer('age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e'), '/keys')
    assert.deepEqual(desk.letters(), [])
    assert.equal(world.store.size, 0)
    await desk.publish(sampleLetter())
    await refused({}, '/version')
    const text = { kk: 'Басқа', ru: 'Другое', en: 'Other' }
    const next = { version: 2 }
    await refused({ ...next, destroys: '2026-08-02' }, '/destroys')
    await refused({ ...next, consent: { version: 1, text } }, '/consent/version')
    await refused({ ...next, consent: { ...sampleLetter().consent, version: 2 } }, '/consent/version')
    const two = [...sampleLetter().keys.layers, ...sampleLetter().keys.layers]
    await refused({ ...next, keys: { layers: [{ ...two[0] }] } }, '/keys/layers/0')
    const other = { ...sampleLetter(next), keys: { layers: [[{ holder, recipient }]] } }
    await assert.rejects(desk.publish(other), { code: 'letter.invalid', path: '/keys' })
    await desk.publish(other, { changeKeys: true })
    await desk.close('ashyq')
    await refused({ version: 3, keys: other.keys }, '/id')
  })
})

describe('a letter that ends', () => {
  it('counts what waits before it is closed, and nothing afterwards', async () => {
    await using world = await openLetterWorld()
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    const waiting = await sealedSigning()
    await desk.sign(waiting.signing, NOWHERE)
    await desk.sign((await sealedSigning({ mail: 'asel@example.org' })).signing, NOWHERE)
    await acceptMany(world, 2, { state: 'held', held: 'x' })
    // Those who were let in before are waited for.
    const late = await sealedSigning()
    const [signed] = await Promise.all([desk.sign(late.signing, NOWHERE), desk.close('ashyq')])
    assert.equal(signed.kind, 'accepted')
    assert.equal((await desk.standing(late.code))?.kind, 'counted')
    assert.deepEqual(await kindsOf(world), ['letter-version', 'signature', 'signature', 'letter-closed'])
    assert.deepEqual(await desk.sign((await sealedSigning()).signing, NOWHERE), { kind: 'over', day: '2026-05-01' })
    assert.equal(await desk.confirm(mail.token), 'over')
    assert.equal(await desk.look(mail.token), 'none')
    await assert.rejects(desk.release('ashyq', 'x'), { code: 'removal.invalid' })
    assert.equal(await desk.countNow(), 0)
    await desk.close('ashyq')
    assert.equal(await desk.withdraw(waiting.code), 'withdrawn')
    world.clock.pass(BATCH_MS)
    await desk.tick()
    const count = await desk.count('ashyq')
    assert.deepEqual([count?.total, count?.closed, count?.contradictions], [1, true, []])
  })

  it('is closed by itself once the last who signed had their seven days to confirm', async () => {
    await using world = await openLetterWorld()
    const { desk, mail, clock } = world
    await desk.publish(sampleLetter({ closes: '2026-03-05' }))
    await desk.sign((await sealedSigning({ mail: 'asel@example.org' })).signing, NOWHERE)
    clock.pass(6 * DAY_MS)
    await desk.tick()
    assert.equal(await desk.confirm(mail.token), 'confirmed')
    clock.pass(2 * DAY_MS)
    await desk.tick()
    assert.equal(desk.letter('ashyq')?.state, 'closed')
    assert.equal((await desk.count('ashyq'))?.total, 1)
  })

  it('leaves nothing of any person in any file on the day that it promised', async () => {
    await using world = await openLetterWorld()
    const { desk, mail, clock, keys } = world
    await desk.publish(sampleLetter())
    const traces: (string | Buffer)[] = []
    const key = Buffer.from((await keys.key('ashyq')) ?? [])
    const all = [
      ...(await Promise.all(Array.from({ length: 12 }, () => sealedSigning()))),
      await sealedSigning({ mail: 'asel@example.org' }),
      await sealedSigning({ mail: 'bolat@example.org' }),
    ]
    for (const { signing } of all) await desk.sign(signing, NOWHERE)
    await desk.confirm(mail.token)
    await desk.countNow()
    const { job } = await desk.removals.plan({
      letter: 'ashyq',
      act: 'void',
      reason: 'forged',
      note: 'Болат айтты',
      filter: { tier: 'claimed' },
    })
    await desk.removals.run(job.id)
    await desk.withdraw(all[0]?.code ?? '')
    for (const row of await world.store.find({ letter: 'ashyq' }, { most: 100 }))
      traces.push(row.receipt ?? '', row.mailbox ?? '', Buffer.from(row.sealed ?? []))
    traces.push('Болат айтты', key, key.toString('hex'))
    const found = traces.filter((trace) => trace.length > 0)
    assert.ok(found.length > 25)
    const before = await read(world.folder)
    assert.ok(found.filter((trace) => before.some((file) => file.includes(trace))).length > 20)
    clock.pass(200 * DAY_MS)
    await desk.tick()
    assert.equal(desk.letter('ashyq')?.state, 'destroyed')
    const after = await read(world.folder)
    for (const trace of found) assert.ok(!after.some((file) => file.includes(trace)), String(trace).slice(0, 40))
    assert.equal(await keys.key('ashyq'), undefined)
    for (const { code } of all) assert.equal(await desk.standing(code), undefined)
    assert.deepEqual((await kindsOf(world)).slice(-2), ['letter-closed', 'letter-destroyed'])
    const [status] = await desk.status()
    assert.deepEqual([status?.shown.counted.mail, status?.shown.destroyed, status?.agrees], [1, true, true])
    await assert.rejects(desk.removals.plan({ ...job, filter: {}, act: 'void' }), { code: 'removal.invalid' })
    await desk.tick()
    assert.equal(await desk.sign(all[0]!.signing, NOWHERE).then(({ kind }) => kind), 'over') // there are fourteen
  })

  it('goes on with everything else where the log fails, and says so once', async () => {
    await using world = await openLetterWorld({
      parts: (parts) => ({
        ...parts,
        log: {
          ...parts.log,
          origin: '',
          latest: async () => undefined,
          sequence: () => Promise.reject(new Error('full')),
        },
      }),
    })
    const { desk, clock } = world
    await desk.publish(sampleLetter())
    const { signing, code } = await sealedSigning()
    await desk.sign(signing, NOWHERE)
    for (let nth = 0; nth < 3; nth++) {
      clock.pass(HOUR_MS)
      await desk.tick()
    }
    const standing = await desk.standing(code)
    assert.deepEqual([standing?.kind, standing?.kind === 'counted' && standing.logged], ['counted', false])
    assert.equal((await desk.count('ashyq'))?.total, 0)
    assert.equal(world.lines.filter((line) => line.includes('full')).length, 1)
  })
})

/** Every file below a folder. */
async function read(folder: string): Promise<readonly Buffer[]> {
  const files: Buffer[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) files.push(await readFile(join(entry.parentPath, entry.name)))
  return files
}
