import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'

const missing = ['ip', 'iptables'].filter((name) => !hasProgram(name))
const skip = process.getuid?.() !== 0 ? 'needs root' : missing.length > 0 && `needs ${missing.join(', ')}`
const CHILD = fileURLToPath(new URL('../../../test/kit/net/tunnel-child.ts', import.meta.url))
const SPACE = `h3-drop-${process.pid}`

const run = (...command: readonly string[]): string =>
  execFileSync(command[0] ?? '', command.slice(1), { encoding: 'utf8', timeout: 30_000 })
const inside = (...command: readonly string[]): string => run('ip', 'netns', 'exec', SPACE, ...command)

/** First bytes of the payload after an IP header of any length, and a TCP header of any length. */
const UDP_PAYLOAD = '0>>22&0x3C@8'
const TCP_PAYLOAD = '0>>22&0x3C@12>>26&0x3C@0'

const outcomes = z.array(
  z.object({
    protocol: z.string(),
    transport: z.string(),
    shape: z.string(),
    failure: z.object({ code: z.string() }).optional(),
  }),
)

/** Every exchange that did not complete while rules of a censor stand. */
function failures(rules: readonly (readonly string[])[]): readonly string[] {
  for (const rule of rules) inside('iptables', '-A', 'INPUT', ...rule)
  try {
    return outcomes
      .parse(JSON.parse(inside(process.execPath, CHILD, 'pairs', '2500')))
      .flatMap(({ protocol, transport, shape, failure }) =>
        failure === undefined ? [] : [`${protocol} ${transport} ${shape}: ${failure.code}`],
      )
  } finally {
    inside('iptables', '-F', 'INPUT')
  }
}

describe('a censor that drops the shape of a protocol', { skip }, () => {
  before(() => {
    run('ip', 'netns', 'add', SPACE)
    inside('ip', 'link', 'set', 'lo', 'up')
  })
  after(() => run('ip', 'netns', 'del', SPACE))

  it('is absent: everything completes', () => {
    assert.deepEqual(failures([]), [])
  })

  it('drops OpenVPN over UDP by its first byte: the protocol fails alone', () => {
    const rule = ['-p', 'udp', '-m', 'u32', '--u32', `${UDP_PAYLOAD}>>24=0x38`, '-j', 'DROP']
    assert.deepEqual(failures([rule]), ['openvpn udp protocol: generic_timeout_error'])
  })

  it('resets OpenVPN over TCP by its first bytes: the protocol fails alone', () => {
    const match = ['-m', 'u32', '--u32', `${TCP_PAYLOAD}>>8=0x000e38`]
    const rule = ['-p', 'tcp', '--tcp-flags', 'PSH', 'PSH', ...match, '-j', 'REJECT', '--reject-with', 'tcp-reset']
    assert.deepEqual(failures([rule]), ['openvpn tcp protocol: connection_reset'])
  })

  it('drops WireGuard by its type and length: the protocol fails alone', () => {
    const rule = [
      '-p',
      'udp',
      '-m',
      'length',
      '--length',
      '176',
      '-m',
      'u32',
      '--u32',
      `${UDP_PAYLOAD}=0x01000000`,
      '-j',
      'DROP',
    ]
    assert.deepEqual(failures([rule]), ['wireguard udp protocol: generic_timeout_error'])
  })

  it('drops all of UDP: both halves fail alike, and that says nothing of a protocol', () => {
    assert.deepEqual(failures([['-p', 'udp', '-j', 'DROP']]), [
      'openvpn udp protocol: generic_timeout_error',
      'openvpn udp shaped: generic_timeout_error',
      'wireguard udp protocol: generic_timeout_error',
      'wireguard udp shaped: generic_timeout_error',
    ])
  })
})
