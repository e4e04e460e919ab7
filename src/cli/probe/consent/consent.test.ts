import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { filesBelow, spokenWorld } from '../../../../test/kit/probe/probe-folder.ts'
import { consentedTiers, loadConsent } from '../../../probe/consent/consent.ts'
import { runCommand } from '../../main.ts'

/** `install --no-start` asks like every command that may measure, and contacts no one. */
const install = (folder: string, ...more: readonly string[]): readonly string[] => [
  'probe',
  'install',
  '--no-start',
  '--folder',
  folder,
  ...more,
]

describe('consent', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-ask-'))))
  after(() => rm(root, { recursive: true }))

  it('refused, also by saying nothing, leaves the refusal alone on the disk, and measures nothing', async () => {
    for (const [name, answers] of [
      ['no', ['no']],
      ['enter', ['']],
      ['gone', []],
      ['almost', ['yes, but']],
    ] as const) {
      const folder = join(root, name)
      const { world, said, questions } = spokenWorld(root, answers)
      assert.equal(await runCommand(['probe', 'run', '--folder', folder], world), 3, name)
      assert.deepEqual(await filesBelow(folder), ['consent.json'], name)
      assert.deepEqual((await loadConsent(folder))?.tiers, [])
      assert.equal(questions.length, 1)
      assert.match(said(), /Nothing was measured/)
    }
  })

  it('is asked for after the whole text, tier by tier, and no is the answer where nothing was typed', async () => {
    const folder = join(root, 'asked')
    const { world, said, questions } = spokenWorld(root, ['YES', '', 'y'])
    assert.equal(await runCommand(install(folder), world), 0)
    assert.deepEqual(
      questions.map((question) => /group ([ABC])/.exec(question)?.[1]),
      ['A', 'B', 'C'],
    )
    assert.deepEqual(consentedTiers(await loadConsent(folder)), ['A', 'C'])
    for (const words of [
      /no lawyer has checked/,
      /recognise this program/,
      /cannot promise safety/,
      /kuager probe forget/,
      /YouTube/,
    ])
      assert.match(said(), words)
  })

  it('is not asked for again under the same text, and is asked for a further tier alone', async () => {
    const folder = join(root, 'asked')
    const again = spokenWorld(root, [])
    assert.equal(await runCommand(install(folder), again.world), 0)
    assert.equal(again.questions.length, 0)
    const more = spokenWorld(root, ['yes'])
    assert.equal(await runCommand(install(folder, '--tiers', 'A,B'), more.world), 0)
    assert.equal(more.questions.length, 1)
    assert.doesNotMatch(more.said(), /no lawyer has checked/)
    assert.deepEqual(consentedTiers(await loadConsent(folder)), ['A', 'B', 'C'])
  })

  it('is asked for again when the text has changed', async () => {
    const folder = join(root, 'changed')
    const first = spokenWorld(root, ['yes', '', ''])
    await runCommand(install(folder), first.world)
    const path = join(folder, 'consent.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace(/"version":\d+/, '"version":0'))
    const second = spokenWorld(root, ['no'])
    assert.equal(await runCommand(['probe', 'run', '--folder', folder], second.world), 3)
    assert.match(second.said(), /has changed since you agreed/)
    assert.match(second.said(), /no lawyer has checked/)
    assert.deepEqual((await loadConsent(folder))?.tiers, [])
  })

  it('where no person can be asked is an error that says how, and leaves nothing on the disk', async () => {
    const folder = join(root, 'nobody')
    const { world, said } = spokenWorld(root)
    assert.equal(await runCommand(['probe', 'run', '--folder', folder], world), 2)
    assert.match(said(), /--yes/)
    assert.deepEqual(await filesBelow(folder), [])
  })

  it('by --yes is to tier A alone, and to more only where more is named', async () => {
    const folder = join(root, 'yes')
    assert.equal(await runCommand(install(folder, '--yes'), spokenWorld(root).world), 0)
    assert.deepEqual(consentedTiers(await loadConsent(folder)), ['A'])
    assert.equal(await runCommand(install(folder, '--tiers', 'A,C'), spokenWorld(root).world), 2)
    assert.equal(await runCommand(install(folder, '--yes', '--tiers', 'B'), spokenWorld(root).world), 0)
    assert.deepEqual(await loadConsent(folder).then((consent) => [consent?.tiers, consent?.by]), [['A', 'B'], 'option'])
  })

  it('names the servers that results go to, and a tier that there is not is refused', async () => {
    const folder = join(root, 'servers')
    const { world, said } = spokenWorld(root, ['no'])
    const args = [
      'probe',
      'run',
      '--folder',
      folder,
      '--collector',
      'https://collect.example',
      '--control',
      'https://help.example',
    ]
    assert.equal(await runCommand(args, world), 3)
    assert.match(said(), /receive\s+the\s+results:\s+collect\.example\.\s/)
    assert.match(said(), /for\s+comparison:\s+help\.example\.\s/)
    assert.equal(await runCommand([...args, '--tiers', 'N'], spokenWorld(root, []).world), 2)
  })

  it('names a control that sees the owner’s address also where nothing is sent to a collector', async () => {
    const { world, said } = spokenWorld(root, ['no'])
    const folder = join(root, 'control-alone')
    const args = ['probe', 'run', '--folder', folder, '--control', 'https://help.example']
    assert.equal(await runCommand(args, world), 3)
    assert.match(said(), /results\s+stay\s+on\s+this\s+device/)
    assert.match(said(), /help\.example\.\s+They\s+see\s+your\s+IP\s+address/)
  })

  it('takes a yes of any of the three languages, with or without the letter that Russian layouts lack', async () => {
    for (const [index, yes] of ['иә', 'Ия', 'ДА', 'Yes', 'y'].entries()) {
      const folder = join(root, `said-${index}`)
      await runCommand(install(folder, '--lang', 'kk'), spokenWorld(root, [yes, 'жоқ', '']).world)
      assert.deepEqual(consentedTiers(await loadConsent(folder)), ['A'], yes)
    }
  })

  it('and the settings are in files that their owner alone can read', async () => {
    const folder = join(root, 'yes')
    for (const name of ['consent.json', 'config.json'])
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
  })
})
