import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { testWorld } from '../../test/kit/world.ts'
import { parseInstant } from '../model/units.ts'
import { runStatus } from './case-status.ts'
import { runCommand } from './main.ts'

const cwd = mkdtempSync(join(tmpdir(), 'kuager-case-status-'))
after(() => rmSync(cwd, { recursive: true, force: true }))

async function good(...args: readonly string[]): Promise<string> {
  let said = ''
  const world = testWorld(cwd, (text) => (said += text))
  assert.equal(await runCommand(args, { ...world, env: { KUAGER_LANG: 'en' } }), 0, said)
  return said
}

/** What the status says of a case on a day, on one line. */
async function statusOn(folder: string, day: string): Promise<string> {
  let said = ''
  const world = testWorld(cwd, (text) => (said += text))
  const now = parseInstant(`${day}T08:00:00Z`)
  await runStatus(join(cwd, folder), { world, lang: 'en', now, json: false })
  return said.replaceAll(/\s+/gu, ' ')
}

describe('kuager case status', () => {
  it('says of each term whose request it is, and calls none over between its safe day and its last one', async () => {
    writeFileSync(join(cwd, 'letter.pdf'), 'a letter')
    writeFileSync(join(cwd, 'learned.json'), JSON.stringify({ learned: '2026-03-06' }))
    await good('case', 'new', 'terms', '--name', 'x')
    for (const to of ['ministry', 'provider'])
      await good('case', 'add', 'terms', '--request', 'letter.pdf', '--to', to, '--from', 'post', '--day', '2026-03-10')
    await good('case', 'add', 'terms', '--intake', 'learned.json')
    const before = await statusOn('terms', '2026-06-05')
    assert.match(before, /\(r1, Authorised body \(ministry\)\).*\(r2, Telecommunications operator\)/)
    // 6 June 2026 is a Saturday: the term moves to the 8th, and the 5th is the day to go by.
    assert.match(before, /Pre-trial complaint: by 5 June 2026/)
    assert.match(
      await statusOn('terms', '2026-06-08'),
      /Pre-trial complaint: the safe day was 5 June 2026: ask a lawyer at once.*last day by the rule: 8 June 2026/,
    )
    assert.match(await statusOn('terms', '2026-06-09'), /Pre-trial complaint: ended on 8 June 2026/)
  })
})
