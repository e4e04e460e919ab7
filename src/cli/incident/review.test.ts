import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { withFolder } from '../../app/folder/open.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import { runCommand } from '../main.ts'

const ID = 'youtube-as64496-20260305T1502Z'
const SAID = ['--actor', 'editor-1', '--role', 'editor', '--reason', 'The owner of the network wrote to us.']
const hours = (count: number): string =>
  new Date(systemClock.now() + count * HOUR_MS).toISOString().replace(/\.\d+Z/, 'Z')

describe('kuager incident review', () => {
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-cli-review-'))
    const world = testWorld(root, () => undefined)
    await withFolder(world, { folder: 'data', name: 'test', args: [] }, async (open) => {
      await (await open.incidents()).publish([sampleIncident({ id: ID, revision: 1, reason: 'first' })], [])
      return 0
    })
  })
  after(() => rm(root, { recursive: true }))

  async function run(...args: readonly string[]): Promise<readonly [number, string]> {
    const texts: string[] = []
    const exit = await runCommand(
      [...args, '--folder', 'data'],
      testWorld(root, (text) => texts.push(text)),
    )
    return [exit, texts.join('')]
  }
  const review = (...args: readonly string[]): Promise<readonly [number, string]> =>
    run('incident', 'review', ID, ...args)
  const lastId = async (): Promise<string> =>
    [...(await review('--json'))[1].matchAll(/"id":"([0-9a-f]{32})"/g)].at(-1)?.[1] ?? ''

  it('lists nothing of an incident that no person has reviewed, and refuses what the rules do not allow', async () => {
    assert.deepEqual(await review('--lang', 'en'), [0, 'No person has reviewed this incident yet.\n'])
    const wrong: readonly (readonly string[])[] = [
      ['delete', ...SAID],
      ['note'],
      ['note', ...SAID.slice(0, 4)],
      ['note', ...SAID.map((word) => (word === 'editor' ? 'minister' : word))],
      ['note', ...SAID.slice(0, 5), 'someone@example.org wrote to us'],
      ['note', ...SAID.slice(0, 5), 'wrong'],
      ['note', ...SAID, '--until', hours(5)],
      ['hold', ...SAID],
      ['hold', ...SAID, '--until', hours(24 * 15)],
      ['hold', ...SAID.map((word) => (word === 'editor' ? 'moderator' : word)), '--until', hours(5)],
      ['confirm', ...SAID],
      ['confirm', ...SAID, '--of', 'abcdefab'],
    ]
    for (const args of wrong) assert.equal((await review(...args))[0], 2, args.join(' '))
    assert.equal((await run('incident', 'review', 'nothing', 'note', ...SAID))[0], 2)
    assert.equal((await review('--json'))[1], '')
  })

  it('records each act as a signed custody event of the log, in an unbroken chain', async () => {
    const [exit, said] = await review('note', ...SAID, '--lang', 'en')
    assert.equal(exit, 0)
    assert.match(said, /^Recorded: note\. State: in force\. ID: [0-9a-f]{32}\n$/)
    assert.equal((await review('dispute', ...SAID, '--lang', 'kk'))[0], 0)
    const [, listed] = await run('custody', 'list', '--evidence', `incident:${ID}`, '--lang', 'en')
    assert.equal(listed.match(/Incident reviewed by a person/g)?.length, 2)
    assert.match(listed, /act: dispute\n\s+lang: kk\n\s+revision: 1\n\s+role: editor/)
    assert.equal((await run('custody', 'verify'))[0], 0)
    const byHand = ['--type', 'reviewed', '--evidence', `incident:${ID}`, '--actor', 'x', '--reason', 'y z']
    assert.equal((await run('custody', 'add', ...byHand))[0], 2)
  })

  it('asks a second person for what takes an incident from the public', async () => {
    assert.match((await review('withdraw', ...SAID, '--lang', 'ru'))[1], /ждёт подтверждения второго человека/)
    const id = await lastId()
    const same = ['--actor', 'Editor 1', '--role', 'lawyer', '--reason', 'It was checked again.']
    assert.equal((await review('confirm', ...same, '--of', id.slice(0, 8)))[0], 2)
    const other = ['--actor', 'lawyer-4', ...same.slice(2)]
    assert.equal((await review('confirm', ...other, '--of', id.slice(0, 8)))[0], 0)
    const [, listed] = await review('--lang', 'en')
    assert.match(listed, /withdrawal \(in force\)\n\s+editor: editor-1/)
    assert.match(listed, /Confirmed \u2013 lawyer: lawyer-4/)
    assert.match((await run('incident', ID, '--lang', 'en'))[1], /Review by a person\n[\s\S]*withdrawal \(in force\)/)
    const [, json] = await run('incident', ID, '--json')
    assert.match(json, /"withdrawn":false/, 'the revision of the program is what it was')
    assert.equal((await review('lift', ...SAID, '--of', id))[0], 0)
    assert.match((await review('--lang', 'en'))[1], /withdrawal \(cancelled by a reviewer\)/)
  })
})
