import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { hasProgram, RunningProgram } from '../../../test/kit/net/lab-authority.ts'

const missing = ['wireguard-go', 'wg', 'ip'].filter((name) => !hasProgram(name))
const skip =
  process.getuid?.() !== 0 || !existsSync('/dev/net/tun')
    ? 'needs root and /dev/net/tun'
    : missing.length > 0 && `needs ${missing.join(', ')}`

const CHILD = fileURLToPath(new URL('../../../test/kit/net/tunnel-child.ts', import.meta.url))
const SPACE = `h3-wg-${process.pid}`
const DEVICE = `h3wg${process.pid % 100_000}`

const run = (command: string, args: readonly string[], input?: string): string =>
  execFileSync(command, args, { encoding: 'utf8', timeout: 20_000, ...(input !== undefined && { input }) })
const inside = (...args: readonly string[]): string => run('ip', ['netns', 'exec', SPACE, ...args])
const newKey = () => {
  const own = run('wg', ['genkey']).trim()
  return { own, open: run('wg', ['pubkey'], own).trim() }
}

const outcomeSchema = z.object({ failure: z.object({ code: z.string() }).optional(), bytesReceived: z.number() })

describe('WireGuard with wireguard-go in a namespace', { skip }, () => {
  let go: RunningProgram | undefined
  const server = skip === false ? newKey() : { own: '', open: '' }
  const peer = skip === false ? newKey() : { own: '', open: '' }
  const folder = mkdtempSync(join(tmpdir(), 'kuager-wg-'))
  let port = 0

  before(async () => {
    run('ip', ['netns', 'add', SPACE])
    inside('ip', 'link', 'set', 'lo', 'up')
    go = new RunningProgram('ip', ['netns', 'exec', SPACE, 'wireguard-go', '-f', DEVICE])
    await eventually(() => (existsSync(`/var/run/wireguard/${DEVICE}.sock`) ? true : undefined))
    const keyFile = join(folder, 'key')
    writeFileSync(keyFile, server.own, { mode: 0o600 })
    run('wg', ['set', DEVICE, 'private-key', keyFile, 'peer', peer.open, 'allowed-ips', '10.9.0.2/32'])
    inside('ip', 'address', 'add', '10.9.0.1/24', 'dev', DEVICE)
    inside('ip', 'link', 'set', DEVICE, 'up')
    port = await eventually(() => Number(run('wg', ['show', DEVICE, 'listen-port'])) || undefined)
  })
  after(async () => {
    await go?.[Symbol.asyncDispose]()
    run('ip', ['netns', 'del', SPACE])
    rmSync(`/var/run/wireguard/${DEVICE}.sock`, { force: true })
    rmSync(folder, { recursive: true })
  })

  const measure = (privateKey: string, limit: number) =>
    outcomeSchema.parse(
      JSON.parse(inside(process.execPath, CHILD, 'measure', String(port), server.open, privateKey, String(limit))),
    )

  it('answers our initiation with a response that authenticates', () => {
    const outcome = measure(peer.own, 5000)
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.bytesReceived, 92)
    assert.match(run('wg', ['show', DEVICE, 'endpoints']), /127\.0\.0\.1:\d+/)
  })

  it('answers no peer that it does not know, and that is silence', () => {
    assert.equal(measure(newKey().own, 500).failure?.code, 'generic_timeout_error')
  })

  it('completes a handshake with our responder', async () => {
    const child = spawn('ip', ['netns', 'exec', SPACE, process.execPath, CHILD, 'respond'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer]
      const ours = z.object({ port: z.number(), key: z.string() }).parse(JSON.parse(line.toString()))
      const endpoint = ['endpoint', `127.0.0.1:${ours.port}`, 'allowed-ips', '10.9.0.3/32', 'persistent-keepalive', '1']
      run('wg', ['set', DEVICE, 'peer', ours.key, ...endpoint])
      const at = await eventually(() => {
        const told = run('wg', ['show', DEVICE, 'latest-handshakes'])
          .split('\n')
          .find((row) => row.startsWith(ours.key))
        return Number(told?.split('\t')[1]) || undefined
      })
      assert.ok(at > 0)
    } finally {
      child.stdin.end()
      await once(child, 'close')
    }
  })
})
