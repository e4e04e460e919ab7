import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openMailServer, textOfMail, type MailServer } from '../../../test/kit/servers/mail-server.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import type { Message } from '../../runtime/mail/mail-sender.ts'
import { isMailAddress, parseMailSettings, type MailSettings } from '../../runtime/mail/settings.ts'
import { openMailQueue, type MailQueueOptions } from './open-mail-queue.ts'

const MESSAGE: Message = { to: 'reader@example.org', subject: 'Тексеру', text: 'Сәлем!\n\nhttps://example.org/x\n' }
const settingsOf = (port: number, more: object = {}): MailSettings =>
  parseMailSettings(
    JSON.stringify({
      host: '127.0.0.1',
      port,
      encryption: 'none',
      from: { address: 'post@sender.example' },
      perMinute: 6000,
      ...more,
    }),
  )

function opened(settings: MailSettings, more: Partial<MailQueueOptions> = {}) {
  const lines: string[] = []
  const log = openLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } })
  const queue = openMailQueue({ settings, clock: systemClock, log, delaysMs: [1, 1, 1], ...more })
  return { queue, lines }
}

const only = (server: MailServer) => {
  assert.equal(server.received.length, 1)
  return server.received[0]! // there is one
}

describe('openMailQueue() and a real mail server', () => {
  it('sends words in plain text, and says nothing more of itself', async () => {
    await using server = await openMailServer()
    const { queue, lines } = opened(settingsOf(server.port))
    await using _ = queue
    assert.ok(queue.send(MESSAGE))
    await queue.idle()
    const mail = only(server)
    assert.deepEqual(mail.to, ['reader@example.org'])
    assert.equal(mail.from, 'post@sender.example')
    assert.equal(mail.greeted, 'sender.example')
    assert.equal(textOfMail(mail).replaceAll('\r\n', '\n'), MESSAGE.text)
    const names = mail.raw.split('\r\n\r\n')[0]!.match(/^[\w-]+(?=:)/gm) // a message has a head
    assert.deepEqual(names?.map((name) => name.toLowerCase()).toSorted(), [
      'auto-submitted',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ])
    assert.match(mail.raw, /^Message-ID: <[0-9a-f]{32}@sender\.example>\r$/m)
    assert.ok(!mail.raw.toLowerCase().includes('nodemailer') && !mail.raw.includes(hostname()))
    assert.deepEqual(lines, [])
  })

  for (const encryption of ['tls', 'starttls'] as const)
    it(`signs in under ${encryption} and nowhere else`, async () => {
      const auth = { user: 'post', password: 'secret word' }
      await using server = await openMailServer({ encryption, auth })
      const more = { encryption, user: auth.user, password: auth.password, ca: server.ca }
      const { queue } = opened(settingsOf(server.port, more))
      await using _ = queue
      queue.send(MESSAGE)
      await queue.idle()
      const mail = only(server)
      assert.ok(mail.secure)
      assert.equal(mail.user, 'post')
    })

  it('gives nothing to a server whose certificate is not vouched for', async () => {
    await using server = await openMailServer({ encryption: 'starttls' })
    const { queue, lines } = opened(settingsOf(server.port, { encryption: 'starttls' }))
    await using _ = queue
    queue.send(MESSAGE)
    await queue.idle()
    assert.equal(server.received.length, 0)
    assert.match(lines.join(''), /forgotten unsent/)
  })

  it('gives nothing to a server that does not offer the encryption it should have', async () => {
    await using server = await openMailServer()
    const { queue } = opened(settingsOf(server.port, { encryption: 'starttls' }))
    await using _ = queue
    queue.send(MESSAGE)
    await queue.idle()
    assert.equal(server.received.length, 0)
  })

  it('tries again what is not taken for now, and sends it once', async () => {
    await using server = await openMailServer({ refuse: (count) => (count < 3 ? 451 : undefined) })
    const { queue, lines } = opened(settingsOf(server.port))
    await using _ = queue
    queue.send(MESSAGE)
    await queue.idle()
    only(server)
    assert.equal(lines.length, 2)
    assert.match(lines.join(''), /takes no mails for now.*takes mails again/s)
  })

  it('forgets what is refused for good, without naming it', async () => {
    let asked = 0
    await using server = await openMailServer({
      refuse: (count) => {
        asked = count
        return 550
      },
    })
    const { queue, lines } = opened(settingsOf(server.port))
    await using _ = queue
    queue.send(MESSAGE)
    await queue.idle()
    assert.equal(asked, 1)
    assert.equal(lines.length, 1)
    assert.ok(!/reader|example|not taken/.test(lines.join('')), lines.join(''))
  })

  it('tries again where the server does not know us, since the message is not at fault', async () => {
    const auth = { user: 'post', password: 'another' }
    await using server = await openMailServer({ encryption: 'starttls', auth })
    const more = { encryption: 'starttls', user: 'post', password: 'wrong', ca: server.ca }
    const { queue, lines } = opened(settingsOf(server.port, more))
    await using _ = queue
    queue.send(MESSAGE)
    await queue.idle()
    assert.match(lines.join(''), /"tries":4/)
    assert.ok(!lines.join('').includes('wrong'))
  })

  it('tries again what was interrupted, and gives up in the end', async () => {
    let connections = 0
    const server = createServer((socket) => {
      socket.on('error', () => undefined) // torn down on purpose
      connections += 1
      if (connections % 2 === 0) socket.destroy()
      else socket.resume().end('220 here\r\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const { port } = server.address() as AddressInfo // it listens on a port
    const { queue, lines } = opened(settingsOf(port))
    await using _ = queue
    queue.send(MESSAGE)
    await queue.idle()
    assert.equal(connections, 4)
    assert.match(lines.join(''), /forgotten unsent/)
    await new Promise((resolve) => server.close(resolve))
  })

  it('takes no more than may wait, and sends the rest in its order', async () => {
    const gate = Promise.withResolvers<void>()
    await using server = await openMailServer({ onData: () => gate.promise })
    const { queue } = opened(settingsOf(server.port), { mostWaiting: 3 })
    await using _ = queue
    const taken = [1, 2, 3, 4].map((n) => queue.send({ ...MESSAGE, to: `reader${n}@example.org` }))
    assert.deepEqual(taken, [true, true, true, false])
    gate.resolve()
    await queue.idle()
    assert.deepEqual(server.received.flatMap(({ to }) => to).toSorted(), [
      'reader1@example.org',
      'reader2@example.org',
      'reader3@example.org',
    ])
    assert.ok(queue.send(MESSAGE))
    await queue.idle()
  })

  it('ends at once and takes nothing more, even if messages wait', async () => {
    await using server = await openMailServer({ refuse: () => 451 })
    const { queue } = opened(settingsOf(server.port), { delaysMs: [3_000_000] })
    queue.send(MESSAGE)
    await queue[Symbol.asyncDispose]()
    assert.equal(queue.send(MESSAGE), false)
    await queue.idle()
  })

  it('lets no text out of its place', async () => {
    await using server = await openMailServer()
    const { queue } = opened(settingsOf(server.port))
    await using _ = queue
    const bad: readonly Partial<Message>[] = [
      { to: 'a@example.org, b@example.org' },
      { to: 'a@example.org\r\nBcc: b@example.org' },
      { to: '<a@example.org>' },
      { to: 'Name <a@example.org>' },
      { to: 'a@b@example.org' },
      { to: 'a@localhost' },
      { to: `${'a'.repeat(250)}@example.org` },
      { subject: 'one\r\nBcc: b@example.org' },
      { subject: 'one\u2028two'.repeat(100) },
      { text: 'x'.repeat(20_001) },
    ]
    for (const change of bad)
      assert.throws(() => queue.send({ ...MESSAGE, ...change }), { code: 'mail.invalid' }, JSON.stringify(change))
    const text = 'first\r\n.\r\nMAIL FROM:<x@example.org>\r\n\n.\nQUIT'
    queue.send({ ...MESSAGE, text })
    await queue.idle()
    assert.deepEqual(textOfMail(only(server)).trimEnd().split(/\r?\n/), text.split(/\r?\n/))
  })
})

describe('mail settings', () => {
  it('refuses words in the open to a server elsewhere, and repeats no password', () => {
    const wrong: readonly object[] = [
      { host: 'mail.example.org' },
      { host: '10.0.0.1' },
      { port: 0 },
      { user: 'post' },
      { from: { address: 'post' } },
      { from: { address: 'a@b.example', name: 'x\r\nBcc: y@example.org' } },
      { more: 1 },
    ]
    for (const change of wrong) assert.throws(() => settingsOf(25, change), { code: 'mail-settings.invalid' })
    assert.throws(
      () => parseMailSettings('{"password": "hush", "host": 1}'),
      (error: Error) => !JSON.stringify(error).includes('hush') && !error.message.includes('hush'),
    )
    assert.equal(settingsOf(465, { host: 'mail.example.org', encryption: 'tls' }).perMinute, 6000)
  })

  it('calls no text an address that parts, ends or quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, two) => {
        const text = `${one}@${two}`
        assert.ok(!isMailAddress(text) || !/[\s,;<>"\\]|@.*@/.test(text))
      }),
    )
    for (const address of ['a@example.org', 'a+b@example.org', 'қол@мысал.қаз']) assert.ok(isMailAddress(address))
  })
})
