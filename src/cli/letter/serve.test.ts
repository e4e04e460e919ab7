import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach, before, describe, it } from 'node:test'
import { solveWork } from '../../browser/work/solve.ts'
import { encodeBase64 } from '../../core/evidence/base64.ts'
import type { Letter } from '../../letter/core/letter.ts'
import { publicLetter } from '../../../test/kit/letter/letter-sample.ts'
import { HOLDER, sealedSigning } from '../../../test/kit/letter/letter-world.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { runCommand } from '../main.ts'

const day = (after: number): string => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10)
const NAME = 'Жасырын Есім'
const ADDRESS = '198.51.100.77'

describe('kuager letter serve', () => {
  let root = ''
  let folder = ''
  let secrets = ''
  const running: ChildProcess[] = []
  const letter = (changes: Partial<Letter> = {}): Letter =>
    publicLetter(
      { layers: [[{ holder: { kk: 'Заңгер', ru: 'Юрист', en: 'Lawyer' }, recipient: HOLDER.recipient }]] },
      { opens: day(-1), closes: day(30), destroys: day(60), ...changes },
    )
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'kuager-letter-serve-'))
    folder = join(root, 'letter')
    secrets = join(root, 'secrets')
  })
  afterEach(async () => {
    for (const child of running.splice(0)) await end(child, 'SIGTERM')
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  const end = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill(signal)
    })
  /** A server as a process of its own; gives its address and everything it says. */
  const serve = async (
    more: readonly string[] = [],
  ): Promise<{ url: string; child: ChildProcess; said: () => string }> => {
    const args = [
      'letter',
      'serve',
      '--folder',
      folder,
      '--secrets',
      secrets,
      '--port',
      '0',
      '--trusted-proxy',
      '127.0.0.1',
    ]
    const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'bin/kuager.js'), ...args, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)))
    const lines = createInterface({ input: child.stdout })
    const url = await new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        const [found] = /http:\S+/.exec(line) ?? []
        if (found !== undefined) resolve(found)
      })
      child.once('exit', () => reject(new Error(`it ended: ${text}`)))
    })
    return { url, child, said: () => text }
  }
  const kuager = async (args: readonly string[]): Promise<{ readonly exit: number; readonly said: string }> => {
    let said = ''
    const exit = await runCommand(
      args,
      testWorld(root, (text) => (said += text)),
    )
    return { exit, said }
  }
  const publish = (document: Letter): Promise<{ readonly exit: number; readonly said: string }> => {
    const file = join(root, 'LETTER.json')
    writeFileSync(file, JSON.stringify(document))
    return kuager(['letter', 'publish', file, '--folder', folder, '--secrets', secrets])
  }
  const sign = async (url: string): Promise<{ readonly code: string; readonly status: number }> => {
    const { signing, code } = await sealedSigning({}, { name: NAME }, letter())
    const { sealed, trapped: _, work: _work, ...rest } = signing
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': ADDRESS }
    const challenge: unknown = await (await fetch(`${url}work/sign`, { headers })).json()
    const work = await solveWork(challenge, { signal: AbortSignal.timeout(60_000) })
    const body = JSON.stringify({ ...rest, sealed: encodeBase64(sealed), work, url: '' })
    return { code, status: (await fetch(`${url}sign`, { method: 'POST', headers, body })).status }
  }

  it('refuses secrets in its own folder, and a public server without an address', async () => {
    const inside = ['letter', 'serve', '--folder', folder, '--secrets', join(folder, 'secrets')]
    assert.deepEqual(
      [(await kuager(inside)).exit, (await kuager(['letter', 'serve', '--folder', folder])).exit],
      [2, 2],
    )
    const open = await kuager(['letter', 'serve', '--folder', folder, '--secrets', secrets, '--public'])
    assert.match(open.said, /--origin/)
  })

  it('starts with nothing published, takes a letter over its socket, and survives being killed', async () => {
    const first = await serve()
    assert.match(await (await fetch(`${first.url}en/`)).text(), /Nothing has been published yet/)
    assert.equal((await fetch(`${first.url}log/checkpoint`)).status, 404)
    const published = await publish(letter())
    assert.equal(published.exit, 0, published.said)
    assert.match(await (await fetch(`${first.url}en/`)).text(), /Let the internet be open/)

    const taken = await Promise.all([sign(first.url), sign(first.url), sign(first.url)])
    assert.deepEqual(
      taken.map(({ status }) => status),
      [202, 202, 202],
    )
    await end(first.child, 'SIGKILL')
    const second = await serve()
    for (const { code } of taken) {
      const body = new URLSearchParams({ code })
      const answer = await fetch(`${second.url}en/receipt`, { method: 'POST', body })
      assert.match(await answer.text(), /Accepted, waiting to be counted/)
    }
    assert.equal((await fetch(`${second.url}kk/l/nothing`)).status, 404)
    await end(second.child, 'SIGTERM')
    for (const text of [first.said(), second.said()])
      for (const secret of [NAME, ADDRESS, ...taken.map(({ code }) => code)]) assert.ok(!text.includes(secret), text)
    assert.ok(!everyByte(folder).includes(NAME) && !everyByte(folder).includes(ADDRESS))
  })

  it('keeps folder and secrets for its owner alone', () => {
    for (const path of [folder, secrets]) assert.equal(statSync(path).mode & 0o077, 0, path)
    for (const name of readdirSync(secrets)) assert.equal(statSync(join(secrets, name)).mode & 0o077, 0, name)
  })

  it('does not start, and publishes no next version, where its secrets are gone', async () => {
    const away = join(root, 'away')
    const seed = readdirSync(join(secrets, 'log'))[0] ?? ''
    const next = { ...letter(), version: 2 }
    for (const name of [`mailbox-${next.id}.key`, join('log', seed)]) {
      renameSync(join(secrets, name), away)
      const { exit, said } = await kuager(['letter', 'serve', '--folder', folder, '--secrets', secrets, '--port', '0'])
      assert.ok(exit === 1 || exit === 2, said)
      assert.ok(said.includes(name) && !said.includes('is open at'), said)
      assert.notEqual((await publish(next)).exit, 0)
      assert.equal(existsSync(join(secrets, name)), false, 'no other is made in its place')
      renameSync(away, join(secrets, name))
    }
    assert.equal((await publish(next)).exit, 0)
  })

  it('is refused in public for a letter that is simulated, and with mail settings that others may read', async () => {
    const args = ['letter', 'serve', '--folder', folder, '--secrets', secrets, '--port', '0']
    const open = await kuager([...args, '--public', '--origin', 'https://letter.example'])
    assert.equal(open.exit, 2)
    assert.match(open.said, /simulated/)
    writeFileSync(join(secrets, 'mail.json'), '{}')
    chmodSync(join(secrets, 'mail.json'), 0o644)
    assert.equal((await kuager(args)).exit, 2)
    rmSync(join(secrets, 'mail.json'))
  })
})

/** Every file below a folder as one text. */
const everyByte = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n')
