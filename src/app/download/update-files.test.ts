import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'

const PROGRAM = `targets/${'ab'.repeat(32)}.kuager-probe-linux-x64.zst`

describe('the folder of updates on the site', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-updates-'))
  const folder = join(root, 'updates')
  before(() => {
    for (const name of ['metadata', 'targets', 'drafts']) mkdirSync(join(folder, name), { recursive: true })
    for (const name of ['1.root', '2.targets', '3.snapshot', 'timestamp'])
      writeFileSync(join(folder, 'metadata', `${name}.json`), `{"of":"${name}"}`)
    writeFileSync(join(folder, PROGRAM), 'program')
    writeFileSync(join(folder, 'drafts', '2.root.json'), '{}')
    writeFileSync(join(root, 'secret.key'), 'secret')
    symlinkSync(join(root, 'secret.key'), join(folder, 'metadata', '9.root.json'))
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  it('is served, whole and in part, to be kept where a name never means other bytes', async () => {
    await using served = await serveFolderAt(join(root, 'data'), root, ['--updates', folder])
    const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${served.url}updates/${path}`, { headers })
    for (const name of ['1.root', '2.targets', '3.snapshot', 'timestamp']) {
      const answer = await ask(`metadata/${name}.json`)
      assert.deepEqual([answer.status, await answer.text()], [200, `{"of":"${name}"}`], name)
      assert.match(answer.headers.get('cache-control') ?? '', name === 'timestamp' ? /no-cache/ : /immutable/)
    }
    assert.equal(await (await ask(PROGRAM)).text(), 'program')
    const rest = await ask(PROGRAM, { range: 'bytes=3-' })
    assert.deepEqual([rest.status, await rest.text()], [206, 'gram'])
    const newest = await ask('metadata/timestamp.json')
    await newest.text()
    const again = await ask('metadata/timestamp.json', { 'if-none-match': newest.headers.get('etag') ?? '' })
    assert.equal(again.status, 304)
    writeFileSync(join(folder, 'metadata', 'timestamp.json'), '{"of":"a newer one"}')
    assert.equal(await (await ask('metadata/timestamp.json')).text(), '{"of":"a newer one"}')
    for (const path of ['', 'drafts/2.root.json', 'metadata/9.root.json', 'metadata/5.root.json', 'metadata/root.json'])
      assert.equal((await ask(path)).status, 404, path)
    for (const path of ['metadata/%2e%2e/%2e%2e/secret.key', 'targets/..%2f..%2fsecret.key', '..%2fsecret.key'])
      assert.equal((await ask(path)).status, 404, path)
  })

  it('is not there where the operator names none', async () => {
    await using served = await serveFolderAt(join(root, 'data'), root)
    assert.equal((await fetch(`${served.url}updates/metadata/timestamp.json`)).status, 404)
  })
})
