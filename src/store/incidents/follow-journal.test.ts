import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { VolatileDisk } from '../../../test/kit/crash/volatile-disk.ts'
import { instant, parseSha256 } from '../../core/model/units.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { followIncidents } from './follow-journal.ts'
import { openIncidents } from './open.ts'

const FOLDER = '/data/incidents'
const JOURNAL = '/data/incidents/revisions.jsonl'
const ERASED = parseSha256('a'.repeat(64))

async function prepared(): Promise<VolatileDisk> {
  const disk = new VolatileDisk()
  await disk.makeFolder('/data')
  return disk
}

const first = revision({ measurements: [ERASED] })
const second = revision({ revision: 2, reason: 'late-data', revisedAt: instant(first.revisedAt + 1) })
const other = revision({ id: 'telegram-as64500-20250115T1502Z', service: 'telegram' })

describe('a journal of incidents that another process writes', () => {
  it('is taken in as it grows, as its writer has it', async () => {
    const disk = await prepared()
    await using writer = await openIncidents(FOLDER, { disk })
    await writer.publish([first], [])
    await using reader = await followIncidents(FOLDER, disk)
    assert.deepEqual(await reader.current(), await writer.current())
    assert.equal(await reader.follow(), false)
    const before = [reader.published(), reader.published(first.id), reader.published(other.id)]
    await writer.publish([second, other], [])
    assert.equal(await reader.follow(), true)
    assert.deepEqual(await reader.current(), await writer.current())
    assert.deepEqual(await reader.revisions(first.id), [first, second])
    assert.deepEqual(await reader.corrections(), await writer.corrections())
    assert.ok(reader.published() > before[0]!)
    assert.ok(reader.published(first.id) > before[1]!)
  })

  it('loses what was erased from it', async () => {
    const disk = await prepared()
    await using writer = await openIncidents(FOLDER, { disk })
    await writer.publish([first, other], [])
    await using reader = await followIncidents(FOLDER, disk)
    const before = reader.published(other.id)
    await writer.forget([ERASED])
    assert.equal(await reader.follow(), true)
    assert.deepEqual((await reader.revisions(first.id))[0]?.measurements, [])
    assert.notEqual(reader.published(other.id), before)
  })

  it('shows nothing that was not acknowledged, and no half of a line', async () => {
    const disk = await prepared()
    await using writer = await openIncidents(FOLDER, { disk })
    await writer.publish([first], [])
    await using reader = await followIncidents(FOLDER, disk)
    await writer.publish([second], [])
    const whole = (await readWhole(JOURNAL, disk))!
    // A copy whose journal was copied before the count of what it holds.
    await writeDurable(JOURNAL, whole.subarray(0, -20), disk)
    await reader.follow()
    assert.equal((await reader.revisions(first.id)).length, 1)
    await writeDurable(JOURNAL, whole, disk)
    assert.equal(await reader.follow(), true)
    assert.equal((await reader.revisions(first.id)).length, 2)
    await writeDurable(JOURNAL, Buffer.concat([whole, Buffer.from('77 deadbeef')]), disk)
    await reader.follow()
    assert.equal((await reader.revisions(first.id)).length, 2)
  })

  it('is read from the beginning where another one takes its place', async () => {
    const disk = await prepared()
    {
      await using writer = await openIncidents(FOLDER, { disk })
      await writer.publish([first, second], [])
    }
    await using reader = await followIncidents(FOLDER, disk)
    const before = reader.published(first.id)
    await using elsewhere = await openIncidents('/data/elsewhere', { disk })
    await elsewhere.publish([other, first], [])
    for (const name of ['revisions.jsonl', 'acknowledged.json'])
      await writeDurable(`${FOLDER}/${name}`, (await readWhole(`/data/elsewhere/${name}`, disk))!, disk)
    assert.equal(await reader.follow(), true)
    assert.deepEqual(await reader.current(), await elsewhere.current())
    assert.notEqual(reader.published(first.id), before)
  })
})
