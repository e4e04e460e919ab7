import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { parseInstant } from '../../core/model/units.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { createCase, readJournal } from './case-folder.ts'
import { addMeans, addRecord, markMistake } from './change.ts'
import { withoutMistakes } from './occurrences.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-case-means-'))
after(() => rmSync(root, { recursive: true, force: true }))
const acting = { actor: 'volunteer', now: parseInstant('2026-04-20T08:00:00Z') }
const options = { signal: new AbortController().signal }

describe('what the person who measured says about the means', () => {
  const folder = join(root, 'case')

  it('is kept by bundle, point by point, the later word over the earlier, and is a line of the journal', async () => {
    await createCase(folder, 'x', acting)
    writeFileSync(join(root, 'bag.zip'), 'x')
    const day = parseDay('2026-04-10')
    await addRecord(folder, { kind: 'bundle', day, from: 'x', file: join(root, 'bag.zip') }, acting, options)
    await addMeans(folder, 'r1', { who: 'Өлшеуші', device: 'телефон' }, acting)
    const after = await addMeans(folder, 'r1', { device: 'компьютер' }, acting)
    assert.deepEqual(after.means, { r1: { who: 'Өлшеуші', device: 'компьютер' } })
    const lines = await readJournal(folder)
    assert.deepEqual(lines.at(-1)?.about, ['r1', 'device'])
    assert.deepEqual(lines.at(-1)?.detail, { means: true, replaced: 1 })
  })

  it('is taken for a bundle of the case alone, and not where it says nothing', async () => {
    await addRecord(folder, { kind: 'act', day: parseDay('2026-04-10'), from: 'x' }, acting, options)
    for (const about of ['r2', 'r9'])
      await assert.rejects(addMeans(folder, about, { who: 'x' }, acting), { name: 'InputError', path: '--about' })
    await assert.rejects(addMeans(folder, 'r1', {}, acting), { name: 'InputError', code: 'means.empty' })
  })
})

describe('a translation', () => {
  it('is into a language, and nothing else is', async () => {
    const folder = join(root, 'translated')
    await createCase(folder, 'x', acting)
    const given = { day: parseDay('2026-04-10'), from: 'x' } as const
    await assert.rejects(addRecord(folder, { kind: 'translation', ...given }, acting, options), { path: '--in' })
    await assert.rejects(addRecord(folder, { kind: 'act', in: 'ru', ...given }, acting, options), { path: '--in' })
    const after = await addRecord(folder, { kind: 'translation', in: 'ru', ...given }, acting, options)
    assert.equal(after.records[0]?.in, 'ru')
  })
})

describe('what was entered by mistake', () => {
  const folder = join(root, 'mistaken')

  it('stays in the case with its reason, and counts for nothing, nor do replies to it', async () => {
    await createCase(folder, 'x', acting)
    const request = { kind: 'request', addressee: 'ministry', from: 'x' } as const
    for (const on of ['2026-03-10', '2026-03-11'])
      await addRecord(folder, { ...request, day: parseDay(on) }, acting, options)
    const answer = { kind: 'answer', from: 'x', day: parseDay('2026-03-20'), about: 'r1', says: 'no-act' } as const
    await addRecord(folder, answer, acting, options)
    const after = await markMistake(folder, 'r1', 'жаңылыс күн', acting)
    assert.deepEqual(
      after.records.map(({ id, mistake }) => [id, mistake]),
      [
        ['r1', 'жаңылыс күн'],
        ['r2', undefined],
        ['r3', undefined],
      ],
    )
    assert.deepEqual(
      withoutMistakes(after).records.map(({ id }) => id),
      ['r2'],
    )
    assert.equal((await readJournal(folder)).at(-1)?.what, 'mistaken')
  })

  it('is marked once, and is answered by nothing more', async () => {
    for (const id of ['r1', 'r9'])
      await assert.rejects(markMistake(folder, id, 'x', acting), { name: 'InputError', path: '--mistake' })
    const silence = { kind: 'silence', from: 'x', day: parseDay('2026-04-20'), about: 'r1' } as const
    await assert.rejects(addRecord(folder, silence, acting, options), { name: 'InputError', path: '--about' })
  })
})
