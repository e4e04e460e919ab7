import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readAsked } from '../../../../test/kit/probe/read-asked.ts'
import { filesBelow, spokenWorld } from '../../../../test/kit/probe/probe-folder.ts'
import { formatJoinLink, type JoinLink } from '../../../core/model/people/join-link.ts'
import { parseAsn, parseInstant } from '../../../core/model/units.ts'
import { loadConsent } from '../../../probe/consent/consent.ts'
import { ProbeKeys } from '../../../probe/identity/keys.ts'
import { loadSettings, saveSettings } from '../../../probe/plan/settings.ts'
import { runCommand } from '../../main.ts'
import { sortFolder } from '../folder-files.ts'

const LINK: JoinLink = {
  observatory: 'https://kuager.example',
  key: 'A'.repeat(43),
  collectors: ['https://kuager.example', 'https://other.example'],
  controls: ['https://control.example'],
  invitation: 'abcde-fghjk-mnpqr-stuvw',
}

describe('kuager probe join', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-join-'))
  after(() => rmSync(root, { recursive: true }))

  async function run(folder: string, ...words: readonly string[]): Promise<{ exit: number; said: string }> {
    const { world, said } = spokenWorld(root)
    return { exit: await runCommand(['probe', ...words, '--folder', folder], world), said: said() }
  }
  const refused = async (folder: string, ...words: readonly string[]): Promise<string> => {
    const { exit, said } = await run(folder, 'join', ...words)
    assert.equal(exit, 2)
    return said
  }

  it('stores what the link carries, says so in plain words, and agrees to nothing', async () => {
    const folder = join(root, 'plain')
    const { exit, said } = await run(folder, 'join', formatJoinLink(LINK))
    assert.equal(exit, 0)
    assert.match(said, /You have joined the observatory kuager\.example\./)
    assert.match(said, /receive the results: kuager\.example, other\.example/)
    assert.match(said, /from abroad for comparison: control\.example/)
    assert.match(said, /invitation/)
    assert.match(said, /Nothing has been measured or sent yet.*kuager probe page.*kuager probe run/s)
    assert.deepEqual(await filesBelow(folder), ['config.json', 'invitation'])
    assert.equal(await loadConsent(folder), undefined)
    assert.equal(readFileSync(join(folder, 'invitation'), 'utf8'), 'abcde-fghjk-mnpqr-stuvw\n')
    if (process.platform !== 'win32') assert.equal(statSync(join(folder, 'config.json')).mode & 0o777, 0o600)
    assert.deepEqual((await sortFolder(folder)).others, [], '`forget` deletes all of it')
  })

  it('gives every command its addresses where no option is given; an option comes first', async () => {
    const folder = join(root, 'options')
    await run(folder, 'join', formatJoinLink(LINK))
    const { world } = spokenWorld(root)
    const options = ['collector', 'control'] as const
    const { settings } = await readAsked(['--folder', folder], world, { options })
    assert.deepEqual([settings.collector, settings.control], [LINK.collectors, LINK.controls])
    const own = await readAsked(['--folder', folder, '--collector', 'https://own.example'], world, { options })
    assert.deepEqual(own.settings.collector, ['https://own.example'])
  })

  it('keeps what its owner chose, and takes a newer link of the same observatory, at another address once confirmed', async () => {
    const folder = join(root, 'again')
    await saveSettings(folder, { metered: true, route: ['direct'], lang: 'ru', collector: ['https://old.example'] })
    await run(folder, 'join', formatJoinLink(LINK))
    const keys = new ProbeKeys(folder)
    await keys.keyFor(parseAsn(64500), parseInstant('2026-11-25'))
    const moved = { ...LINK, observatory: 'https://moved.example', collectors: ['https://moved.example'] }
    assert.equal((await run(folder, 'join', '--replace', formatJoinLink(moved))).exit, 0)
    assert.equal((await keys.list()).length, 1, 'it is the same observatory, which knows this key')
    assert.deepEqual(await loadSettings(folder), {
      ...{ metered: true, route: ['direct'], lang: 'ru' },
      collector: ['https://moved.example'],
      control: LINK.controls,
      joined: { observatory: 'https://moved.example', key: LINK.key },
    })
  })

  it('refuses another observatory and a changed key, says how to go on, and changes nothing', async () => {
    const folder = join(root, 'other')
    await run(folder, 'join', formatJoinLink(LINK))
    const before = await loadSettings(folder)
    const changed = formatJoinLink({ ...LINK, key: 'B'.repeat(43) })
    const other = formatJoinLink({ ...LINK, observatory: 'https://evil.example', key: 'B'.repeat(43) })
    assert.match(await refused(folder, changed), /The key of kuager\.example .*kuager probe join --replace LINK/)
    assert.match(await refused(folder, other), /has joined kuager\.example.*evil\.example.*Nothing was changed/)
    assert.deepEqual(await loadSettings(folder), before)
  })

  it('refuses addresses that no earlier link had under the same key, which is public', async () => {
    const folder = join(root, 'forged')
    await run(folder, 'join', formatJoinLink(LINK))
    const before = await loadSettings(folder)
    const { invitation: _, ...plain } = LINK
    for (const forged of [
      { ...plain, observatory: 'https://evil.example', collectors: ['https://evil.example'] },
      { ...plain, collectors: ['https://kuager.example', 'https://evil.example'] },
      { ...plain, controls: ['https://evil.example'] },
    ]) {
      assert.match(
        await refused(folder, formatJoinLink(forged)),
        /not in the link by which you joined kuager\.example: evil\.example\..*join --replace LINK/,
      )
      assert.deepEqual(await loadSettings(folder), before)
    }
    await run(folder, 'join', formatJoinLink({ ...plain, collectors: ['https://kuager.example'], controls: [] }))
    assert.deepEqual((await loadSettings(folder)).collector, ['https://kuager.example'], 'fewer addresses')
  })

  it('with --replace goes to the other observatory, without the keys and the invitation that the first one knows', async () => {
    const folder = join(root, 'replace')
    await run(folder, 'join', formatJoinLink(LINK))
    const keys = new ProbeKeys(folder)
    await keys.keyFor(parseAsn(64500), parseInstant('2026-11-25'))
    writeFileSync(join(folder, 'introduced.json'), '["0123456789abcdef"]')
    const { invitation: _, ...plain } = LINK
    const other = { ...plain, observatory: 'https://other.example', key: 'B'.repeat(43) }
    await run(folder, 'join', '--replace', formatJoinLink(other))
    assert.deepEqual(await keys.list(), [])
    assert.deepEqual(await filesBelow(folder), ['config.json'])
    assert.equal((await loadSettings(folder)).joined?.observatory, 'https://other.example')
  })

  it('refuses what is no link with a sentence in the language of its owner, and writes nothing', async () => {
    const folder = join(root, 'wrong')
    const whole = formatJoinLink(LINK)
    for (const [given, sentence] of [
      ['https://kuager.example/', /This is not a link to join/],
      [whole.slice(0, -1), /missing or mistyped/],
      [whole.replace('https:', 'http:'), /anyone on the way could change the link/],
      [whole.replace('#1/', '#2/'), /a newer version of the program/],
      ['x'.repeat(5_000), /too long/],
    ] as const)
      assert.match(await refused(folder, given), sentence)
    assert.match(await refused(folder, 'text', '--lang', 'kk'), /Бұл қосылу сілтемесі емес/)
    assert.match(await refused(folder, 'text', '--lang', 'ru'), /Это не ссылка для подключения/)
    assert.deepEqual(await filesBelow(folder), [])
  })
})
