import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { hasProgram, RunningProgram } from '../../test/kit/net/lab-authority.ts'
import { instant, millis } from '../core/model/units.ts'
import { systemClock } from '../runtime/clock.ts'
import { clockOffsetFromDate, measureClockOffset } from './clock-offset.ts'

const tools = { clock: systemClock, signal: new AbortController().signal, limit: millis(1000) }
const UNIX_EPOCH = 2_208_988_800

/** A time server on loopback; `change` may spoil its 48 bytes. */
async function openServer(
  change: (answer: Buffer, question: Buffer) => void,
): Promise<AsyncDisposable & { readonly address: string; readonly port: number; readonly questions: Buffer[] }> {
  const socket = createSocket('udp4')
  const questions: Buffer[] = []
  socket.on('message', (question, from) => {
    questions.push(question)
    const answer = Buffer.alloc(48)
    answer[0] = (4 << 3) | 4
    answer[1] = 2
    question.copy(answer, 24, 40, 48)
    writeTime(answer, 32, Date.now())
    writeTime(answer, 40, Date.now())
    change(answer, question)
    socket.send(answer, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: '127.0.0.1',
    port: socket.address().port,
    questions,
    [Symbol.asyncDispose]: async () => void socket.close(),
  }
}

function writeTime(bytes: Buffer, at: number, ms: number): void {
  const seconds = Math.floor(ms / 1000)
  bytes.writeUInt32BE((seconds + UNIX_EPOCH) % 2 ** 32, at)
  bytes.writeUInt32BE(Math.floor(((ms - seconds * 1000) / 1000) * 2 ** 32), at + 4)
}

const measure = async (change: (answer: Buffer, question: Buffer) => void): ReturnType<typeof measureClockOffset> => {
  await using server = await openServer(change)
  return await measureClockOffset({ ...server, server: 'time.test' }, tools)
}

describe('measureClockOffset()', () => {
  it('finds no offset to a clock that is ours, and names the server, not its address', async () => {
    const outcome = await measure(() => undefined)
    assert.equal(outcome.failure, undefined)
    assert.ok(Math.abs(outcome.offset ?? Infinity) < 50)
    assert.ok((outcome.roundTrip ?? -1) >= 0)
    assert.equal(outcome.server, 'time.test')
  })

  for (const [what, shift] of [
    ['a day ahead', 86_400_000],
    ['a day behind', -86_400_000],
    ['twelve years ahead, beyond the end of the first era', 12 * 365 * 86_400_000],
  ] as const)
    it(`finds that a server is ${what}`, async () => {
      const outcome = await measure((answer) => {
        writeTime(answer, 32, Date.now() + shift)
        writeTime(answer, 40, Date.now() + shift)
      })
      assert.ok(Math.abs((outcome.offset ?? 0) - shift) < 50)
    })

  it('tells nothing of our clock in the question', async () => {
    await using server = await openServer(() => undefined)
    await measureClockOffset({ ...server, server: 'x' }, tools)
    await measureClockOffset({ ...server, server: 'x' }, tools)
    const [first, second] = server.questions
    assert.ok(first !== undefined && second !== undefined)
    assert.equal(first.length, 48)
    assert.ok(first.subarray(1, 40).every((byte) => byte === 0))
    assert.ok(Math.abs(first.readUInt32BE(40) - second.readUInt32BE(40)) > 10, 'random, not the time')
  })

  for (const [what, change, detail] of [
    ['sends us away', (a: Buffer) => void ((a[1] = 0), a.write('RATE', 12, 'latin1')), 'kiss of death RATE'],
    ['has no time itself', (a: Buffer) => void (a[0] = (3 << 6) | (4 << 3) | 4), 'the server has no time'],
    ['is no server', (a: Buffer) => void (a[0] = (4 << 3) | 3), 'not an answer of a time server'],
    ['answers before it was asked', (a: Buffer) => writeTime(a, 32, Date.now() + 5000), 'times out of order'],
  ] as const)
    it(`learns nothing from a server that ${what}`, async () => {
      const outcome = await measure(change)
      assert.equal(outcome.offset, undefined)
      assert.deepEqual(outcome.failure, { code: 'unknown_failure', stage: 'answer', detail })
    })

  it('does not believe an answer to a question that it did not ask', async () => {
    await using server = await openServer((answer) => answer.fill(7, 24, 32))
    const outcome = await measureClockOffset({ ...server, server: 'x' }, { ...tools, limit: millis(80) })
    assert.equal(outcome.failure?.code, 'generic_timeout_error')
  })

  it('does not believe a short answer', async () => {
    const socket = createSocket('udp4')
    socket.on('message', (question, from) => socket.send(question.subarray(0, 20), from.port, from.address))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    const to = { address: '127.0.0.1', port: socket.address().port, server: 'x' }
    const outcome = await measureClockOffset(to, { ...tools, limit: millis(80) })
    socket.close()
    assert.equal(outcome.failure?.code, 'generic_timeout_error')
    assert.equal((await measureClockOffset(to, tools)).failure?.code, 'connection_refused')
  })

  it('agrees with chronyd', async (t) => {
    if (!hasProgram('chronyd')) return t.skip('needs chronyd')
    if (process.getuid?.() !== 0) return t.skip('chronyd wants root')
    const folder = mkdtempSync(join(tmpdir(), 'kuager-chrony-'))
    try {
      const port = 20_000 + (process.pid % 10_000)
      const lines = [
        'local stratum 5',
        `port ${port}`,
        'bindaddress 127.0.0.1',
        'allow 127.0.0.1',
        'cmdport 0',
        'bindcmdaddress /',
        `pidfile ${join(folder, 'pid')}`,
      ]
      writeFileSync(join(folder, 'chrony.conf'), `${lines.join('\n')}\n`)
      await using program = new RunningProgram('chronyd', ['-d', '-x', '-u', 'root', '-f', join(folder, 'chrony.conf')])
      await program.printed(/chronyd version/)
      // It says its version before its port is open: until then every question is refused at once.
      let outcome
      for (const until = Date.now() + 15_000; outcome?.offset === undefined && Date.now() < until;)
        outcome = await measureClockOffset(
          { address: '127.0.0.1', port, server: 'chronyd' },
          { ...tools, limit: millis(500) },
        )
      assert.equal(outcome?.failure, undefined)
      assert.ok(Math.abs(outcome?.offset ?? Infinity) < 50)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('clockOffsetFromDate()', () => {
  const exchange = { sentAt: instant(Date.UTC(2026, 10, 25, 12, 0, 0)), duration: millis(200) }
  it('is right to half a second and half the exchange', () => {
    assert.deepEqual(clockOffsetFromDate('Wed, 25 Nov 2026 13:00:00 GMT', exchange), {
      offset: 3_600_400,
      within: 600,
    })
  })
  it('reads nothing else than the date of HTTP', () => {
    for (const text of ['', 'yesterday', '2026-11-25', 'Wed, 99 Foo 2026 13:00:00 GMT'])
      assert.equal(clockOffsetFromDate(text, exchange), undefined)
  })
})
