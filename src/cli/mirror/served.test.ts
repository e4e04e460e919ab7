import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { checkLinks } from '../../../test/kit/browser/link-check.ts'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../main.ts'

/** The smallest measurement that is judged. */
const MEASUREMENT = {
  test_name: 'vanilla_tor',
  test_version: '0.2.0',
  measurement_start_time: '2026-03-05 12:00:00',
  probe_asn: 'AS9198',
  probe_cc: 'KZ',
  software_name: 'ooniprobe',
  software_version: '3.20.0',
  test_keys: { success: true, error: null, bootstrap_time: 8.5 },
}

describe('kuager mirror on a data folder', () => {
  let root: string
  let folder: string
  const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> => {
    let said = ''
    const code = await runCommand(
      [...args, '--folder', folder],
      testWorld(root, (text) => (said += text)),
    )
    return { code, said }
  }
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-mirror-'))
    folder = join(root, 'data')
    await writeFile(join(root, 'one.jsonl'), `${JSON.stringify(MEASUREMENT)}\n`)
    const { code, said } = await run('import', 'one.jsonl')
    assert.equal(code, 0, said)
  })
  after(() => rm(root, { recursive: true }))

  /** Digests of files that do not say when they were made. */
  const fonts = async (out: string): Promise<readonly string[]> =>
    (await readFile(join(root, out, 'MANIFEST.sha256'), 'utf8')).split('\n').filter((line) => line.endsWith('.woff2'))

  it('writes the same copy whether the folder is served or not, and shows the key on the live site', async () => {
    const alone = await run('mirror', '--out', 'alone', '--json')
    assert.equal(alone.code, 0, alone.said)
    await using served = await serveFolderAt(folder, root, ['--no-collector'])
    const held = await served.kuager('mirror', '--out', 'held', '--json')
    const counts = (text: string): unknown => {
      const { files, missing, simulated } = JSON.parse(text) as Record<string, unknown>
      return { files, missing, simulated }
    }
    assert.deepEqual(counts(held), counts(alone.said))
    assert.deepEqual(counts(held), { files: (counts(held) as { files: number }).files, missing: 0, simulated: false })
    assert.deepEqual(await fonts('held'), await fonts('alone'))
    await served.kuager('mirror', '--one-file', 'today.html', '--lang', 'kk')
    const key = (await served.kuager('mirror', '--key')).trim()
    for (const path of ['alone', 'held', 'today.html']) {
      let said = ''
      const world = testWorld(root, (text) => (said += text))
      assert.equal(await runCommand(['mirror', '--verify', path, '--trust', key], world), 0, said)
    }
    assert.deepEqual(checkLinks(join(root, 'held')).dead, [])
    const page = await fetch(new URL('/en/verify', served.url))
    assert.ok((await page.text()).includes(key))
  })

  it('has a key to show from the first day of a server that knows its public address', async () => {
    await using served = await serveFolderAt(join(root, 'new'), root, ['--origin', 'https://kuager.example'])
    const page = await fetch(new URL('/en/verify', served.url))
    assert.match(await page.text(), /kuager\.example\/mirror\+[0-9a-f]{8}\+/)
  })
})
