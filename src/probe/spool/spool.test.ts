import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MOMENTS, stoppingDisk } from '../../../test/kit/crash/stopping-disk.ts'
import { defined } from '../../core/model/defined.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { countWeek, Receipts } from './receipts.ts'
import { documentId, Spool } from './spool.ts'

const PROBE = '0123456789abcdef'
const at = parseInstant('2026-11-25 19:52:31')
const document = (name: string): string => JSON.stringify({ name, fill: 'қ'.repeat(200) })
/** A document that gzip cannot make small. */
const noisy = (name: string): string =>
  JSON.stringify({ name, fill: [...Array(400).keys()].map((i) => documentId(`${name}${i}`)) })

let root = ''
before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-spool-'))))
after(() => rm(root, { recursive: true }))

describe('the spool', () => {
  it('keeps what was sent for two days and in five megabytes, the newest', async () => {
    const spool = new Spool(join(root, 'sent'))
    const send = async (name: string, minute: number, now = minute): Promise<string> => {
      const { id } = await spool.add(noisy(name), { at: instant(at + minute * 60_000), scope: 'full', probe: PROBE })
      const [entry] = await spool.list()
      assert.ok(entry?.id === id)
      await spool.keepSent(entry, instant(at + now * 60_000))
      assert.deepEqual(await spool.list(), [])
      return id
    }
    const ids = async (minute: number): Promise<readonly string[]> =>
      (await spool.listSent(instant(at + minute * 60_000))).map(({ id }) => id)
    const first = await send('first', 0)
    const second = await send('second', 1440)
    assert.deepEqual(await ids(1440), [first, second])
    const [entry] = await spool.listSent(at)
    assert.equal(entry === undefined ? undefined : await spool.read(entry), noisy('first'))
    assert.deepEqual(await ids(2 * 1440 + 1), [second])
    const third = await send('third', 2 * 1440 + 1)
    assert.deepEqual((await readdir(join(root, 'sent', 'spool', 'sent'))).length, 2, 'the first is deleted')
    assert.deepEqual(await ids(2 * 1440 + 1), [second, third])
    for (let i = 0; i < 500; i++) await send(`more ${i}`, 2 * 1440 + 2)
    const kept = await spool.listSent(instant(at + (2 * 1440 + 2) * 60_000))
    assert.ok(kept.reduce((sum, { bytes }) => sum + bytes, 0) <= 5 * 1024 * 1024)
    assert.equal(
      kept.some(({ id }) => id === second),
      false,
      'the oldest goes first',
    )
  })

  it('gives back what was put in, oldest first, each document once', async () => {
    const spool = new Spool(join(root, 'one'))
    const later = await spool.add(document('b'), { at: instant(at + 60_000), scope: 'full', probe: PROBE })
    const first = await spool.add(document('a'), { at, scope: 'core', probe: PROBE })
    assert.deepEqual(await spool.add(document('a'), { at: instant(at + 120_000), scope: 'core', probe: PROBE }), {
      id: first.id,
      added: false,
      dropped: 0,
    })
    const entries = await new Spool(join(root, 'one')).list()
    assert.deepEqual(
      entries.map(({ id }) => id),
      [first.id, later.id],
    )
    assert.equal(await spool.read(entries[0]!), document('a')) // two were put in
    assert.equal(first.id, documentId(document('a')))
  })

  it('writes files that their owner alone can read, with the minute in the name and not the second', async () => {
    const folder = join(root, 'one', 'spool')
    for (const name of await readdir(folder)) {
      assert.match(name, /^2026-11-25T19\d{2}Z-(core|full)-0123456789abcdef-[0-9a-f]{64}\.json\.gz$/)
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
    }
  })

  it('makes room by letting the oldest core runs go first, then the oldest full ones, and says how many', async () => {
    const size = async (): Promise<number> => {
      const probe = new Spool(join(root, 'size'))
      await probe.add(noisy('x'), { at, scope: 'core', probe: PROBE })
      return (await probe.list()).reduce((sum, { bytes }) => sum + bytes, 0)
    }
    const spool = new Spool(join(root, 'full'), { most: Math.floor((await size()) * 3.5) })
    const plan = ['full', 'core', 'core', 'core', 'full', 'full'] as const
    const dropped: number[] = []
    for (const [index, scope] of plan.entries())
      dropped.push(
        (await spool.add(noisy(`${index}`), { at: instant(at + index * 60_000), scope, probe: PROBE })).dropped,
      )
    assert.deepEqual(dropped, [0, 0, 0, 1, 1, 1])
    assert.deepEqual(
      (await spool.list()).map(({ scope }) => scope),
      ['full', 'full', 'full'],
    )
    await spool.add(noisy('7'), { at: instant(at + 7 * 60_000), scope: 'full', probe: PROBE })
    assert.deepEqual(
      (await spool.list()).map(({ id }) => id),
      ['4', '5', '7'].map((name) => documentId(noisy(name))),
    )
  })

  it('keeps what was refused for good, with the reason, and removes it only when told', async () => {
    const spool = new Spool(join(root, 'refused'))
    await spool.add(document('a'), { at, scope: 'core', probe: PROBE })
    const [entry] = await spool.list()
    assert.ok(entry !== undefined)
    await spool.refuse(entry, 'bad_metadata: no country')
    assert.deepEqual(await spool.list(), [])
    assert.equal((await spool.listRefused())[0]?.id, entry.id)
    assert.equal(await spool.reasonOf(entry), 'bad_metadata: no country')
    assert.equal(await spool.read(entry), document('a'))
    await spool.remove(entry)
    assert.deepEqual(await readdir(join(root, 'refused', 'spool', 'refused')), [])
  })

  it('refuses to give a file whose content is not what its name says', async () => {
    const spool = new Spool(join(root, 'damaged'))
    await spool.add(document('a'), { at, scope: 'core', probe: PROBE })
    const [entry] = await spool.list()
    assert.ok(entry !== undefined)
    await writeFile(join(root, 'damaged', 'spool', entry.name), 'no gzip')
    await assert.rejects(spool.read(entry), /damaged/)
  })

  it('holds a document whole or not at all wherever the disk stops, and takes it again afterwards', async () => {
    const folder = join(root, 'stopped')
    const never = { step: -1, moment: 'before', stop: () => assert.fail('not stopped') } as const
    const recording = stoppingDisk(REAL_DISK, root, never)
    await new Spool(folder, { disk: recording.disk }).add(document('old'), { at, scope: 'core', probe: PROBE })
    for (const [step] of recording.steps.entries())
      for (const moment of MOMENTS) {
        const name = `${step}-${moment}`
        const stop = (): Promise<never> => Promise.reject(new Error('stopped'))
        const { disk } = stoppingDisk(REAL_DISK, root, { step, moment, stop })
        await assert.rejects(
          new Spool(folder, { disk }).add(document(name), { at, scope: 'core', probe: PROBE }),
          /stopped/,
        )
        const spool = new Spool(folder)
        await spool.clean()
        await spool.add(document(name), { at, scope: 'core', probe: PROBE })
        const found = (await spool.list()).filter(({ id }) => id === documentId(document(name)))
        assert.equal(found.length, 1, name)
        assert.equal(await spool.read(found[0]!), document(name)) // its length is one
      }
    assert.ok((await readdir(join(folder, 'spool'))).every((name) => name.endsWith('.json.gz')))
  })

  it('loses nothing that it said was safe when it is killed, and removes nothing without a receipt', async () => {
    const folder = join(root, 'killed')
    const safe = new Set<string>()
    for (const lines of [1, 4, 9, 16]) {
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL('../../../test/kit/crash/spool-child.ts', import.meta.url)), folder, `${lines}`],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      let seen = 0
      for await (const line of createInterface({ input: child.stdout })) {
        const [word, id = ''] = line.split(' ')
        if (word === 'added') safe.add(id)
        if (++seen === lines) child.kill('SIGKILL')
      }
    }
    const spool = new Spool(folder)
    await spool.clean()
    const waiting = new Set<string>()
    for (const entry of await spool.list()) {
      assert.ok(!waiting.has(entry.id), 'twice')
      waiting.add(entry.id)
      assert.ok((await spool.read(entry))?.includes('fill'))
    }
    const received = new Set((await new Receipts(folder).list()).map(({ id }) => id))
    for (const id of safe) assert.ok(waiting.has(id) || received.has(id), id)
  })
})

describe('the receipts', () => {
  it('are counted by week, each id once, and forgotten after the month that follows theirs', async () => {
    const receipts = new Receipts(join(root, 'receipts'))
    const id = (index: number): string => documentId(`${index}`)
    for (const [index, day] of ['2026-09-30', '2026-10-31', '2026-11-18', '2026-11-20', '2026-11-25'].entries())
      await receipts.add({ id: id(index), leaf: index, at: parseInstant(day) })
    await receipts.add({ id: id(4), leaf: 4, at: parseInstant('2026-11-25 01:00:00') })
    assert.equal(countWeek(await receipts.list(), at).received, 2)
    assert.equal(await receipts.forgetOld(at), 1)
    assert.equal((await receipts.list()).length, 4)
  })

  it('say of a week what counted and what is excluded, and of those of older versions that it is not known', async () => {
    const folder = join(root, 'standings')
    const receipts = new Receipts(folder)
    const standings = ['enrolled', 'known', 'new', 'new', 'mismatched', undefined] as const
    for (const [index, standing] of standings.entries())
      await receipts.add({
        id: documentId(`${index}`),
        leaf: index,
        at,
        ...defined({ standing }),
      })
    const strange = { id: documentId('strange'), leaf: 9, at_utc: new Date(at).toISOString(), standing: 'esteemed' }
    await writeFile(join(folder, 'receipts', '2026-11.jsonl'), `${JSON.stringify(strange)}\n`, { flag: 'a' })
    assert.deepEqual(countWeek(await receipts.list(), at), {
      received: 7,
      counted: 2,
      apart: { new: 2, mismatched: 1, unsigned: 0 },
      untold: 2,
    })
  })

  it('survive a line that was cut short', async () => {
    const folder = join(root, 'torn')
    const receipts = new Receipts(folder)
    await receipts.add({ id: documentId('a'), leaf: 1, at })
    const path = join(folder, 'receipts', '2026-11.jsonl')
    await writeFile(path, '{"id":"abc', { flag: 'a' })
    await receipts.add({ id: documentId('b'), leaf: 2, at })
    assert.deepEqual(
      (await receipts.list()).map(({ leaf }) => leaf),
      [1, 2],
    )
  })
})
