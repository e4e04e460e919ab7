import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../main.ts'

describe('a folder of updates', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-updates-'))
  let said = ''
  const release = async (...args: readonly string[]): Promise<number> => {
    said = ''
    return runCommand(
      ['release', ...args],
      testWorld(root, (text) => (said += text)),
    )
  }
  const keys: Record<string, string> = {}
  const publish = (folder = 'up'): Promise<number> =>
    release('publish', folder, '--key', 'snapshot.key', '--key', 'timestamp.key')
  const metadata = (name: string): string => readFileSync(join(root, 'up', 'metadata', name), 'utf8')
  const versionOf = (name: string): unknown =>
    (JSON.parse(metadata(name)) as { signed: { version: unknown } }).signed.version

  before(async () => {
    for (const name of ['root1', 'root2', 'root3', 'root4', 'targets', 'snapshot', 'timestamp', 'timestamp2']) {
      await release('key', `${name}.key`)
      keys[name] = said.trim()
    }
    mkdirSync(join(root, 'release'))
    writeFileSync(join(root, 'release', 'kuager-probe-linux-x64'), '#!/bin/sh\necho 0.3.0\n')
  })
  after(() => rmSync(root, { recursive: true }))
  const key = (name: string): string => keys[name] ?? ''

  it('begins with a root that people on several machines sign one after another', async () => {
    const roots = ['root1', 'root2', 'root3'].flatMap((name) => ['--root', key(name)])
    const others = ['targets', 'snapshot', 'timestamp'].flatMap((name) => [`--${name}`, key(name)])
    assert.equal(await release('root', 'up', ...roots, '--root-threshold', '4', ...others), 2)
    assert.match(said, /"root" has too few different keys/)
    assert.equal(await release('root', 'up', ...roots, '--root', key('root1'), '--root-threshold', '2', ...others), 2)
    assert.equal(await release('root', 'up', ...roots, '--root-threshold', '2', ...others), 0)
    assert.equal(await publish(), 2)
    assert.match(said, /no root metadata is published.*2 signatures of root keys; found 0/)
    const first = join(root, 'machine-1.json')
    cpSync(join(root, 'up', 'drafts', '1.root.json'), first)
    assert.equal(await release('sign', first, '--key', 'root1.key'), 0)
    assert.match(said, /root: 2 of 3 .*\n.*targets: 1 of 1/)
    assert.match(said, /of its own root keys: 1 of 2/)
    assert.equal(await release('sign', first, '--key', 'targets.key'), 0)
    assert.match(said, /of its own root keys: 1 of 2/, 'a key of another role does not count')
    assert.equal(await release('sign', first, '--key', 'root1.key'), 0)
    assert.match(said, /of its own root keys: 1 of 2/, 'nor the same key twice')
    assert.equal(await release('sign', first, '--key', 'root3.key'), 0)
    cpSync(first, join(root, 'up', 'drafts', '1.root.json'))
    assert.equal(await publish(), 3)
    assert.match(said, /^root version 1: published\ntargets version 1: waits, 0 of 1/)
  })

  it('publishes programs once the targets are signed, with snapshot and timestamp', async () => {
    assert.equal(await release('targets', 'up', '--release', 'release'), 2)
    assert.equal(await release('targets', 'up', '--release', 'release', '--version', '0.3.0'), 0)
    assert.equal(await publish(), 3)
    assert.equal(await release('sign', 'up/drafts/1.targets.json', '--key', 'targets.key'), 0)
    assert.match(said, /kuager-probe-linux-x64\.zst: version 0\.3\.0, SHA-256 of the program [0-9a-f]{64}/)
    assert.equal(await release('publish', 'up', '--key', 'snapshot.key'), 2)
    assert.match(said, /Cannot sign the timestamp: 0 of 1 keys are given/)
    assert.equal(await publish(), 0)
    assert.deepEqual(readdirSync(join(root, 'up', 'metadata')).sort(), [
      '1.root.json',
      '1.snapshot.json',
      '1.targets.json',
      'timestamp.json',
    ])
    assert.deepEqual(readdirSync(join(root, 'up', 'drafts')), [])
    assert.equal(await release('show', 'up'), 0)
    assert.match(said, /^root {7}version 1 .*2 of 3/m)
  })

  it('refuses to publish a program that is not the one that was signed', async () => {
    assert.equal(await release('targets', 'up', '--days', '90'), 0)
    assert.equal(await release('sign', 'up/drafts/2.targets.json', '--key', 'targets.key'), 0)
    const [program = ''] = readdirSync(join(root, 'up', 'targets'))
    const path = join(root, 'up', 'targets', program)
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.concat([bytes, Buffer.from('x')]))
    assert.equal(await publish(), 2)
    assert.match(said, /file of "kuager-probe-linux-x64\.zst" is missing or another one/)
    assert.equal(existsSync(join(root, 'up', 'metadata', '2.targets.json')), false)
    writeFileSync(path, bytes)
    assert.equal(await publish(), 0)
    assert.equal(versionOf('2.snapshot.json'), 2)
  })

  it('renews the timestamp by its own key alone', async () => {
    const before = Number(versionOf('timestamp.json'))
    assert.equal(await release('timestamp', 'up', '--key', 'targets.key'), 2)
    assert.equal(await release('timestamp', 'up', '--key', 'timestamp.key', '--days', '7'), 0)
    assert.equal(versionOf('timestamp.json'), before + 1)
  })

  it('takes a new root only where keys of the former and of the new one signed it', async () => {
    const roots = ['root1', 'root2', 'root4'].flatMap((name) => ['--root', key(name)])
    assert.equal(await release('root', 'up', ...roots, '--timestamp', key('timestamp2')), 0)
    for (const name of ['root3', 'root4'])
      assert.equal(await release('sign', 'up/drafts/2.root.json', '--key', `${name}.key`), 0)
    assert.equal(await publish(), 3)
    assert.match(said, /root version 2: waits, 1 of 2 signatures by keys of the root\n/)
    assert.match(said, /root version 2: waits, 1 of 2 signatures by keys of the former root\n/)
    assert.equal(await release('sign', 'up/drafts/2.root.json', '--key', 'root2.key'), 0)
    assert.equal(await publish(), 2, 'the former timestamp key no longer counts')
    assert.equal(await release('publish', 'up', '--key', 'timestamp2.key'), 0)
    assert.equal(await release('show', 'up'), 0)
    assert.match(said, /^root {7}version 2 .*2 of 3/m)
  })

  it('says what has expired', async () => {
    cpSync(join(root, 'up'), join(root, 'old'), { recursive: true })
    const path = join(root, 'old', 'metadata', 'timestamp.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"expires": "\d{4}/, '"expires": "2020'))
    assert.equal(await release('show', 'old'), 3)
    assert.match(said, /^timestamp .*\(over\)/m)
    assert.equal(await release('sign', 'release/nothing.json', '--key', 'root1.key'), 2)
  })
})
