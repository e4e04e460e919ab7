import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { spokenWorld } from '../../../test/kit/probe/probe-folder.ts'
import { saveSettings } from '../../probe/plan/settings.ts'
import { runCommand } from '../main.ts'
import { readAsked } from '../../../test/kit/probe/read-asked.ts'
import { MEASURING } from './options.ts'
import { probeFolder } from './run/place.ts'
import { probeLang } from './consent/speak.ts'

describe('a command line of the probe', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-options-'))))
  after(() => rm(root, { recursive: true }))

  it('goes over the settings kept before, and leaves them as they were', async () => {
    const folder = join(root, 'kept')
    await saveSettings(folder, { collector: ['https://one.example'], asn: 'AS64500' })
    const { world } = spokenWorld(root)
    const args = ['--folder', folder, '--collector', 'https://two.example', '--list', 'kz.csv']
    const asked = await readAsked(args, world, { options: MEASURING })
    assert.deepEqual(asked.settings, {
      collector: ['https://two.example'],
      asn: 'AS64500',
      list: [join(root, 'kz.csv')],
    })
    assert.deepEqual(asked.kept.collector, ['https://one.example'])
  })

  it('is refused where an option means nothing to the command, or cannot be read', async () => {
    const { world } = spokenWorld(root)
    const folder = ['--folder', join(root, 'refused')]
    for (const args of [
      ['status', '--collector', 'https://x.example'],
      ['run', '--collector', 'ftp://x.example'],
      ['run', '--route', 'somehow'],
      ['run', '--asn', 'AS-1'],
      ['run', '--cc', 'Kazakhstan'],
      ['run', '--scope', 'half'],
      ['run', '--copies-key', 'AGE-SECRET-KEY-1'],
      ['install', '--allowance', '3'],
      ['invite'],
      ['export'],
      ['dance'],
      [],
    ])
      assert.equal(await runCommand(['probe', ...args, ...folder], world), 2, args.join(' '))
  })

  it('sends nothing in cleartext to the internet, except in a test lab', async () => {
    const { world } = spokenWorld(root)
    const ask = (url: string, more: readonly string[] = []) =>
      readAsked(['--folder', join(root, 'plain'), '--collector', url, ...more], world, { options: MEASURING })
    for (const url of [
      'http://collector.example',
      'http://20.1.2.3:8420',
      'http://[2a00::1]/',
      'http://x.onion.example',
    ])
      await assert.rejects(() => ask(url), /https/, url)
    for (const url of ['https://collector.example', 'http://127.0.0.1:8420', 'http://[::1]:8420', 'http://x.onion/'])
      assert.deepEqual((await ask(url)).settings.collector, [url])
    assert.deepEqual((await ask('http://20.1.2.3', ['--extra-roots', 'roots.pem'])).settings.collector, [
      'http://20.1.2.3',
    ])
  })

  it('is refused where the settings were damaged, naming the place', async () => {
    const folder = join(root, 'damaged')
    await saveSettings(folder, {})
    for (const text of ['{', '{"colector":[]}', '{"collector":"x"}']) {
      await writeFile(join(folder, 'config.json'), text)
      const { world, said } = spokenWorld(root)
      assert.equal(await runCommand(['probe', 'status', '--folder', folder], world), 2)
      assert.match(said(), /config\.json/)
    }
  })

  it('names its folder, else the environment does, else the system', () => {
    const world = { cwd: '/somewhere', env: {} }
    assert.equal(probeFolder('here', world), join('/somewhere', 'here'))
    assert.equal(probeFolder(undefined, { ...world, env: { KUAGER_PROBE_FOLDER: '/there' } }), '/there')
    assert.ok(probeFolder(undefined, world).startsWith(homedir()))
  })

  it('speaks the language asked for, else the one chosen before, else the system’s, else Kazakh', () => {
    const speak = (env: Record<string, string>): string => probeLang(undefined, undefined, { env })
    assert.equal(probeLang('en', 'ru', { env: { LANG: 'kk_KZ.UTF-8' } }), 'en')
    assert.equal(probeLang(undefined, 'ru', { env: { LANG: 'en_US.UTF-8' } }), 'ru')
    assert.equal(speak({ LANG: 'ru_RU.UTF-8' }), 'ru')
    assert.equal(speak({ LC_ALL: 'kk_KZ', LANG: 'ru_RU' }), 'kk')
    assert.equal(speak({ LC_ALL: 'C.UTF-8', LANG: 'en_GB' }), 'en')
    for (const env of [{}, { LANG: 'C' }, { LANG: 'de_DE.UTF-8' }, { LANG: '' }]) assert.equal(speak(env), 'kk')
    assert.throws(() => probeLang('de', undefined, { env: {} }))
  })
})
