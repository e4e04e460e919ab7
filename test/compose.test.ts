import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ROOT } from './house/sources.ts'

const FOLDER = join(ROOT, 'deploy/container')
const ENV = { ...process.env, KUAGER_HOST: 'kuager.example', KUAGER_DATABASE_PASSWORD: 'secret' }
const composeFile = readFileSync(join(FOLDER, 'compose.yaml'), 'utf8').replaceAll(/^ *#.*\n/gm, '')
const OURS = ['observatory', 'letter', 'control'] as const
const noCompose = existsSync('/usr/bin/podman-compose') ? false : 'needs podman-compose'
const noCaddy = existsSync('/usr/bin/caddy') ? false : 'needs Caddy'

describe('compose.yaml', () => {
  const config = (): string =>
    execFileSync(
      'podman-compose',
      ['--profile', 'letter', '--profile', 'control', '--file', join(FOLDER, 'compose.yaml'), 'config'],
      { encoding: 'utf8', env: ENV, stdio: ['ignore', 'pipe', 'ignore'] },
    )
  /** The lines of a service, as the program that starts it read them. */
  const serviceIn = (text: string, name: string): string =>
    new RegExp(`^  ${name}:\\n((?:    .*\\n)+)`, 'm').exec(text)?.[1] ?? ''
  const listIn = (service: string, name: string): readonly string[] =>
    [...(new RegExp(`^    ${name}:\\n((?:    - .*\\n)+)`, 'm').exec(service)?.[1] ?? '').matchAll(/- (.*)/g)].map(
      ([, word = '']) => word,
    )

  it('is read by podman-compose, with services that can change nothing but their volumes', { skip: noCompose }, () => {
    const text = config()
    assert.doesNotMatch(text, /\$\{/, 'every value is filled in')
    for (const name of OURS) {
      const service = serviceIn(text, name)
      assert.doesNotMatch(service, /^ {4}healthcheck:/m, `${name} has no shell, by which podman-compose asks`)
      assert.match(service, /^ {4}read_only: true$/m, name)
      assert.deepEqual(listIn(service, 'cap_drop'), ['ALL'], name)
      assert.deepEqual(listIn(service, 'security_opt'), ['no-new-privileges:true'], name)
      assert.match(service, /^ {4}user: '?65532:65532'?$/m, name)
      assert.doesNotMatch(service, /^ {4}ports:/m, `${name} is reached through the proxy alone`)
    }
    assert.deepEqual(listIn(serviceIn(text, 'proxy'), 'ports'), ['80:80', '443:443'])
  })

  it('lets services believe the proxy and no other, on the one network that they share', { skip: noCompose }, () => {
    const text = config()
    const proxy = serviceIn(text, 'proxy')
    const [, address = ''] = /ipv4_address: (\S+)/.exec(proxy) ?? []
    const [, network = '', range = ''] = /subnet: (\S+)\.0\/24\n\s+ip_range: \S+\.(\d+)\/25$/m.exec(composeFile) ?? []
    assert.ok(address.startsWith(`${network}.`) && Number(address.split('.')[3]) < Number(range), 'no other gets it')
    const ofProxy = [...(/^ {4}networks:\n((?: {6}.*\n)+)/m.exec(proxy)?.[1] ?? '').matchAll(/^ {6}(\w+):/gm)].map(
      ([, name = '']) => name,
    )
    for (const name of OURS) {
      const service = serviceIn(text, name)
      assert.deepEqual(
        listIn(service, 'networks').filter((one) => ofProxy.includes(one)),
        ['inside'],
        name,
      )
      const command = listIn(service, 'command')
      if (name === 'control') assert.ok(command.includes('--proxied'))
      else assert.equal(command[command.indexOf('--trusted-proxy') + 1], address, name)
    }
  })

  it('comes with settings of Caddy that Caddy accepts', { skip: noCaddy }, () => {
    const args = ['adapt', '--config', join(FOLDER, 'Caddyfile'), '--adapter', 'caddyfile']
    const adapted = execFileSync('caddy', args, {
      ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      env: { ...ENV, SITE: 'kuager.example', LETTER: 'letter.localhost', CONTROL: 'control.localhost' },
    })
    for (const place of ['observatory:8420', 'letter:8421', 'control:8422']) assert.ok(adapted.includes(place), place)
    const log = (text: string): string | undefined => /"encoder":(\{.*?\}\})/.exec(text)?.[1]
    const plain = execFileSync(
      'caddy',
      ['adapt', '--config', join(ROOT, 'deploy/caddy/Caddyfile'), '--adapter', 'caddyfile'],
      {
        ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      },
    )
    assert.ok(log(adapted) !== undefined)
    assert.equal(log(adapted), log(plain), 'what no log may have is taken out as in the file that is tested')
  })
})
