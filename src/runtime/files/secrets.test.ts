import assert from 'node:assert/strict'
import { chmod, link, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openSecrets } from './secrets.ts'

async function world() {
  const root = await mkdtemp(join(tmpdir(), 'kuager-secrets-'))
  const data = join(root, 'data')
  await mkdir(data)
  return {
    root,
    data,
    secrets: join(root, 'secrets'),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  }
}

describe('openSecrets()', () => {
  it('makes a key once, which its owner alone can read', async () => {
    await using place = await world()
    const keys = await openSecrets(place.secrets, [place.data])
    assert.equal(await keys.key('one.key'), undefined)
    const key = await keys.makeKey('one.key')
    assert.equal(key.length, 32)
    assert.deepEqual(await keys.makeKey('one.key'), key)
    assert.notDeepEqual(await keys.makeKey('two.key'), key)
    const again = await openSecrets(place.secrets, [place.data])
    assert.deepEqual(new Uint8Array((await again.key('one.key')) ?? []), new Uint8Array(key))
    assert.equal((await stat(join(place.secrets, 'one.key'))).mode & 0o777, 0o600)
    assert.equal((await stat(place.secrets)).mode & 0o777, 0o700)
  })

  it('overwrites a key before it goes', async () => {
    await using place = await world()
    const secrets = await openSecrets(place.secrets, [place.data])
    const key = await secrets.makeKey('a.key')
    // A second name of the same file shows what became of its bytes.
    await link(join(place.secrets, 'a.key'), join(place.root, 'other'))
    await secrets.destroy('a.key')
    const left = await readFile(join(place.root, 'other'))
    assert.equal(left.length, 32)
    assert.ok(!left.equals(key))
    assert.deepEqual(await readdir(place.secrets), [])
    await secrets.destroy('a.key')
  })

  it('refuses a place within what is copied, or around it, also behind a link', async () => {
    await using place = await world()
    const inner = join(place.data, 'secrets')
    await symlink(place.data, join(place.root, 'link'))
    for (const folder of [inner, place.data, place.root, join(place.root, 'link', 'secrets')])
      await assert.rejects(openSecrets(folder, [place.data]), { code: 'secrets.place' }, folder)
    await assert.rejects(openSecrets(place.root, [join(place.root, 'not', 'yet')]), { code: 'secrets.place' })
    await openSecrets(`${place.data}-secrets`, [place.data])
  })

  it('refuses what others may read, links, and files that are no keys', async () => {
    await using place = await world()
    const secrets = await openSecrets(place.secrets, [place.data])
    const put = async (name: string, bytes: Uint8Array, mode = 0o600): Promise<void> =>
      writeFile(join(place.secrets, name), bytes, { mode })
    await put('short.key', new Uint8Array(31))
    await put('open.key', new Uint8Array(32), 0o644)
    await chmod(join(place.secrets, 'open.key'), 0o644)
    await symlink(join(place.secrets, 'short.key'), join(place.secrets, 'link.key'))
    await assert.rejects(secrets.key('short.key'), { code: 'secrets.key' })
    await assert.rejects(secrets.key('open.key'), { code: 'secrets.mode' })
    await assert.rejects(secrets.key('link.key'), { code: 'secrets.file' })
    for (const name of ['../x', 'a/b', '..', '', '.hidden', 'A'])
      await assert.rejects(secrets.key(name), { code: 'secrets.name' })
    await chmod(place.secrets, 0o755)
    await assert.rejects(openSecrets(place.secrets, [place.data]), { code: 'secrets.mode' })
  })

  it('reads the settings of mail where there are any', async () => {
    await using place = await world()
    const secrets = await openSecrets(place.secrets, [place.data])
    assert.equal(await secrets.mail(), undefined)
    const settings = { host: '127.0.0.1', port: 25, encryption: 'none', from: { address: 'post@sender.example' } }
    await writeFile(join(place.secrets, 'mail.json'), JSON.stringify(settings), { mode: 0o600 })
    assert.equal((await secrets.mail())?.host, '127.0.0.1')
    await writeFile(join(place.secrets, 'mail.json'), '{', { mode: 0o600 })
    await assert.rejects(secrets.mail(), { code: 'mail-settings.invalid' })
  })
})
