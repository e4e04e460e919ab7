// A site whose readers subscribed is taken away, running and ended: nothing on its disk, in a backup or in what it
// printed leads to an address without the folder of secrets.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { makeWork } from '../bench/people/made-work.ts'
import { KuagerProcesses } from './kit/servers/kuager-process.ts'
import { openMailServer, textOfMail } from './kit/servers/mail-server.ts'
import { findTraces, needlesOf, tracesIn, type Secret } from './kit/measured/traces.ts'

const WORK_SECRET = 'of a test alone, so that a flood of solutions is made at once'
const MAILS = ['asel.zhumabaeva@mailbox.example', 'zhanar.tokaeva@mailbox.example'] as const
const SECRETS: readonly Secret[] = MAILS.flatMap((mail): readonly Secret[] => [
  { what: 'address', kind: 'text', text: mail },
  { what: 'name', kind: 'text', text: mail.split('@')[0] ?? '' },
  // What anyone could compute who has a list of addresses.
  { what: 'hash of an address', kind: 'code', text: createHash('sha256').update(mail).digest('hex') },
])

describe('a site whose readers subscribed, taken away', () => {
  it('shows no address: in no file, backup or line, in no encoding, running, ended and without its key', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-seized-mail-'))
    const [folder, cwd, secrets] = [join(root, 'folder'), join(root, 'cwd'), join(root, 'secrets')]
    await mkdir(cwd)
    await mkdir(secrets, { mode: 0o700 })
    const arrived = MAILS.map(() => Promise.withResolvers<void>())
    // Kept by the server when this answers: heard of in the next turn.
    const onData = async (count: number): Promise<void> => void setImmediate(() => arrived[count - 1]?.resolve())
    await using mail = await openMailServer({ onData })
    const settings = {
      host: '127.0.0.1',
      port: mail.port,
      encryption: 'none',
      from: { address: 'post@kuager.example' },
    }
    await writeFile(join(secrets, 'mail.json'), JSON.stringify(settings), { mode: 0o600 })
    using programs = new KuagerProcesses(cwd, { KUAGER_WORK_SECRET: WORK_SECRET })
    try {
      const serve = ['serve', '--folder', folder, '--secrets', secrets, '--origin', 'https://kuager.example']
      const server = await programs.serve(serve)
      const post = (path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
        fetch(`${server.origin}${path}`, {
          ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields).toString() },
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      for (const [nth, one] of MAILS.entries()) {
        const work = makeWork(WORK_SECRET, 'subscribe', Date.now())
        const answer = await post('/kk/subscribe', { mail: one, service: 'telegram', lang: 'kk', work })
        assert.equal(answer.headers.get('location'), '/kk/subscribe/sent')
        await arrived[nth]?.promise
        const link = /subscribe\/confirm\/[\w-]{43}/.exec(textOfMail(mail.received[nth]!))?.[0] ?? ''
        assert.equal((await post(`/kk/${link}`, {})).headers.get('location'), '/kk/subscribe/confirmed')
      }
      // A mistyped address, a broken post and a foreign page are answered without a trace as well.
      await post('/kk/subscribe', { mail: `${MAILS[0]} `, service: 'no-such', lang: 'kk' })
      await post('/kk/subscribe', { mail: MAILS[1].repeat(100), service: 'telegram', lang: 'kk' })
      const needles = needlesOf([...SECRETS])
      const search = async (when: string, folders: readonly string[]): Promise<void> => {
        for (const one of folders) assert.deepEqual(await findTraces(one, needles), [], `${when}: ${one}`)
        assert.deepEqual(tracesIn(programs.said, 'what was printed', needles), [], when)
      }
      await programs.run(['registry', 'backup', '--folder', folder, '--out', join(root, 'backup')])
      await cp(folder, join(root, 'taken'), { recursive: true, filter: (path) => !path.endsWith('.sock') })
      await search('running', [join(root, 'taken'), join(root, 'backup'), cwd])
      assert.match(await programs.run(['registry', 'check', '--folder', folder]), /subscriptions/)
      await server.end('SIGTERM')
      await search('ended', [folder, cwd])
      // Another key reads nothing, and the server says so instead of losing everyone.
      await rm(join(secrets, 'subscribers.key'))
      await assert.rejects(programs.run([...serve, '--port', '0']), /the secrets lack subscribers\.key/)
      await search('refused', [folder, cwd])
    } finally {
      await rm(root, { recursive: true })
    }
  })
})
