// The Debian packages and the image of a server, built twice, installed as docs/operating/install.md says, upgraded and
// removed: `npm test -- beyond packages`.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { writeDebian } from '../../scripts/release/debian.ts'
import { writeImage } from '../../scripts/release/server/image.ts'
import { servicePackages, writeServerPackages } from '../../scripts/release/server/packages.ts'
import { ROOT } from '../house/sources.ts'
import { until } from '../kit/crash/eventually.ts'
import { packageVersion } from '../../src/runtime/files/package-root.ts'
import { ComposeHost } from '../kit/debian/compose-host.ts'
import { ContainerImage } from '../kit/debian/container.ts'
import { LabAuthority } from '../kit/net/lab-authority.ts'
import { DebianSystem, noDebianSystem } from '../kit/debian/system.ts'
import { isChosen } from './words.ts'

const skip = isChosen('packages') ? noDebianSystem() : 'other words were given'
const BUILD = { version: '9.9.8', time: 1_764_500_000, compression: 'gzip' } as const
const NEWER = { ...BUILD, version: '9.9.9' }
const MEASUREMENT = join(ROOT, 'test/golden/pack/measurement.json')

describe('a server of Debian packages', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-server-packages-'))
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  before(async () => {
    for (const one of [first, second]) {
      mkdirSync(one)
      await writeServerPackages(BUILD, one)
    }
  })
  const authority = new LabAuthority()
  after(() => {
    authority[Symbol.dispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is built to the same bytes twice', () => {
    for (const name of readdirSync(first))
      assert.ok(readFileSync(join(first, name)).equals(readFileSync(join(second, name))), name)
  })

  it('is of packages of which lintian says nothing', () => {
    const files = readdirSync(first).map((name) => join(first, name))
    const said = spawnSync('lintian', ['--allow-root', '--tag-display-limit', '0', ...files], { encoding: 'utf8' })
    assert.deepEqual([said.stdout, said.status], ['', 0])
  })

  it('is an image for containers too, the same bytes twice', async () => {
    const files = await Promise.all(
      [first, second].map(async (one) => {
        const packages = readdirSync(one).map((name) => join(one, name))
        const to = join(folder, `${basename(one)}.oci.tar`)
        await writeImage({ ...BUILD, commit: 'none', packages, debian: join(folder, 'debian'), level: 1 }, to)
        return to
      }),
    )
    assert.equal(spawnSync('cmp', files).status, 0)
  })

  it('runs in a container that can write to its volume alone', async (t) => {
    const container = new ContainerImage(join(folder, 'first.oci.tar'), join(folder, 'containers'))
    const why = container.whyNot()
    if (why !== undefined) return t.skip(why)
    assert.equal(container.run('version').stdout.trim(), packageVersion())
    // The program waits until it is asked to end; `timeout` asks it after it has answered.
    const served = container.serve(8420, 'http://127.0.0.1:8420/readyz')
    assert.match(served, /"ready":true/)
  })

  it('is started whole by compose.yaml, takes a measurement through TLS, and has it after each stop', async () => {
    const about = /\{[\s\S]*\}/.exec(stepsOf('install.md')[1] ?? '')?.[0] ?? ''
    using host = await ComposeHost.start(join(folder, 'first.oci.tar'), BUILD.version, about)
    const answer = async (path: string, like: RegExp, ...options: readonly string[]): Promise<string> => {
      const url = path.startsWith('/') ? `https://kuager.localhost${path}` : path
      let said = ''
      await until(async () => like.test((said = host.ask(url, ...options) ?? '')))
      return said
    }
    const profiles = ['--profile', 'letter', '--profile', 'control']
    host.compose(...profiles, 'up', '--detach')
    await until(async () => host.trust())
    await answer('/readyz', /"ready":true/)
    await answer('https://letter.localhost/en', /<html/)
    await answer('https://control.localhost/', /./)

    const file = host.write('submission.json', submissionNow())
    const sent = await answer('/api/v1/submit_measurement', /"x_id"/, '--data-binary', `@${file}`)
    const id = idIn(sent)
    // It was judged, and the log contains it.
    const isThere = async (): Promise<string> => {
      await answer(`/api/v1/measurement/${id}`, /"kind":"reachable"/)
      await answer(`/en/m/${id}`, /www\.example\.com/)
      await answer('/log/proof/0', /./)
      return answer('/log/checkpoint', /./)
    }
    const checkpoint = await isThere()
    assert.match(checkpoint, /^kuager\.localhost\/log\n1\n/)
    const tables = host.run(...DATABASE, "select count(*) from pg_tables where schemaname = 'public'")
    assert.ok(Number(tables) > 5, tables)
    assert.match(host.run('podman', 'exec', 'kuager_observatory_1', 'kuager', 'archive', 'verify'), /^ok 1,/)

    host.compose(...profiles, 'stop')
    assert.equal(host.ask('https://kuager.localhost/healthz'), undefined)
    host.compose(...profiles, 'start')
    assert.equal(await isThere(), checkpoint)
    // Other containers on the same volumes, as after an upgrade.
    host.compose(...profiles, 'down')
    host.compose(...profiles, 'up', '--detach')
    assert.equal(await isThere(), checkpoint)
    // As when the machine stops and starts.
    host.run('systemctl', 'start', 'podman-restart')
    host.run('systemctl', 'stop', 'podman-restart')
    assert.equal(host.ask('https://kuager.localhost/healthz'), undefined)
    host.run('systemctl', 'start', 'podman-restart')
    assert.equal(await isThere(), checkpoint)
    assert.equal(host.run(...DATABASE, "select count(*) from pg_tables where schemaname = 'public'"), tables)
  })

  for (const release of ['trixie', 'bookworm'] as const)
    it(`is installed, runs hardened, is upgraded, removed and purged in Debian ${release}, and its data stays`, async (t) => {
      using system = new DebianSystem(release)
      const said = (...command: readonly string[]): string => {
        const { status, stdout, stderr } = system.run(...command)
        assert.equal(status, 0, `${command.join(' ')}: ${stdout}${stderr}`)
        return stdout + stderr
      }
      mkdirSync(system.path('packages'))
      for (const name of readdirSync(first)) copyFileSync(join(first, name), system.path('packages', name))
      copyFileSync(MEASUREMENT, system.path('srv/measurement.json'))
      const [packages = '', about = '', settings = '', tls = '', check = '', ...more] = stepsOf('install.md')
      assert.deepEqual(more, [])
      const began = process.hrtime.bigint()
      said('sh', '-ec', `cd /packages\n${packages}`)
      // Services of Debian's packages are started by the system that is booted below.
      await system.boot()
      assert.equal(system.run('systemctl', 'is-active', 'kuager-observatory').stdout.trim(), 'inactive')
      said('sh', '-ec', about)
      said('sh', '-ec', settings)
      // What the page asks its reader to have: a certificate, and a name that leads here.
      const { chain, key } = authority.issue('site', { names: ['kuager.example'] })
      mkdirSync(system.path('etc/kuager/tls'))
      copyFileSync(chain, system.path('etc/kuager/tls/fullchain.pem'))
      copyFileSync(key, system.path('etc/kuager/tls/privkey.pem'))
      writeFileSync(system.path('usr/local/share/ca-certificates/test.crt'), authority.root)
      said('update-ca-certificates')
      appendFileSync(system.path('etc/hosts'), '127.0.0.1 kuager.example localhost\n')
      said('sh', '-ec', tls)
      const isServed = async (): Promise<boolean> =>
        system.run('curl', '--fail', '--silent', 'https://kuager.example/healthz').status === 0
      await until(isServed).catch(() =>
        assert.fail(system.run('journalctl', '--no-pager', '--unit', 'kuager-observatory', '--unit', 'nginx').stdout),
      )
      assert.match(said('sh', '-ec', check), /^ok\n/)
      const seconds = Number((process.hrtime.bigint() - began) / 1_000_000_000n)
      t.diagnostic(`the steps of install.md took ${seconds} seconds`)

      said(
        'dpkg',
        '--install',
        ...['control', 'letter', 'reader'].map((name) => `/packages/kuager-${name}_${BUILD.version}_all.deb`),
      )
      said('systemctl', 'enable', '--now', 'kuager-control', 'kuager-letter')
      const answers = async (url: string): Promise<string> => {
        let answer = ''
        await until(async () => {
          const { status, stdout } = system.run('curl', '--silent', '--fail', '--location', url)
          answer = stdout
          return status === 0
        })
        return answer
      }
      assert.equal(await answers('http://127.0.0.1:8420/healthz'), 'ok\n')
      assert.match(await answers('http://127.0.0.1:8420/readyz'), /"ready":true/)
      assert.match(await answers('http://127.0.0.1:8422/'), /./)
      assert.match(await answers('http://127.0.0.1:8421/en'), /<html/)
      assert.match(said('kuager-letter', 'registry', 'check'), /0 signatures/)
      // What is submitted is judged: by threads of the hardened service.
      writeFileSync(system.path('srv/submission.json'), submissionNow())
      const submit = ['--silent', '--fail', '--data-binary', '@/srv/submission.json']
      const id = idIn(said('curl', ...submit, 'https://kuager.example/api/v1/submit_measurement'))
      const found = `http://127.0.0.1:8420/api/v1/measurement/${id}`
      await until(async () => system.run('curl', '--silent', found).stdout.includes('"kind":"reachable"'))
      said('kuager-observatory', 'import', '/srv/measurement.json')
      assert.match(said('kuager-observatory', 'archive', 'verify'), /^ok [1-9]/m)
      for (const path of ['/en', '/en/explore', '/en/about', '/en/health', '/api/v1/incidents'])
        assert.match(await answers(`http://127.0.0.1:8420${path}`), /./, path)
      said('kuager-observatory', 'doctor')
      // The backup of each night, with a target of the user of its unit.
      const recipient = await identityToRecipient(await generateX25519Identity())
      const target = `KUAGER_BACKUP_TO=/srv/backup\nKUAGER_BACKUP_RECIPIENTS=${recipient}\n`
      writeFileSync(system.path('etc/kuager/backup.env'), target, { mode: 0o600 })
      said('install', '-d', '-o', 'kuager-observatory', '/srv/backup')
      said('sh', '-ec', 'cp /usr/share/doc/kuager/examples/backup/kuager-backup.* /etc/systemd/system/')
      said('systemctl', 'enable', '--now', 'kuager-backup.timer')
      said('systemctl', 'start', 'kuager-backup.service')
      assert.ok(readdirSync(system.path('srv/backup')).length > 0)
      for (const name of ['observatory', 'reader', 'control', 'letter', 'backup'])
        assert.ok(exposure(said('systemd-analyze', 'security', '--no-pager', `kuager-${name}`)) <= 2.5)

      // An upgrade keeps settings and restarts what runs.
      const file = system.path('etc/kuager/observatory.env')
      writeFileSync(file, readFileSync(file, 'utf8').replace('SERVE_OPTIONS="', 'SERVE_OPTIONS="--rate 7 '))
      const before = said('systemctl', 'show', '--value', '--property=MainPID', 'kuager-observatory')
      for (const about of servicePackages(NEWER.version)) {
        const name = `${about.name}_${NEWER.version}_all.deb`
        writeDebian(about, NEWER, system.path('packages', name))
        said('dpkg', '--force-depends', '--install', `/packages/${name}`)
      }
      assert.match(readFileSync(file, 'utf8'), /--rate 7/)
      assert.notEqual(said('systemctl', 'show', '--value', '--property=MainPID', 'kuager-observatory'), before)
      assert.equal(await answers('http://127.0.0.1:8420/healthz'), 'ok\n')

      said('dpkg', '--remove', 'kuager-observatory', 'kuager-reader', 'kuager-control', 'kuager-letter')
      assert.notEqual(system.run('systemctl', 'is-active', 'kuager-observatory').status, 0)
      const purged = said('dpkg', '--purge', 'kuager-observatory', 'kuager-reader', 'kuager-control', 'kuager-letter')
      assert.match(purged, /\/var\/lib\/kuager\/observatory was not deleted/)
      assert.ok(readdirSync(system.path('var/lib/kuager/observatory/archive/segments')).length > 0)
      assert.deepEqual(
        readdirSync(system.path('etc/systemd/system/multi-user.target.wants')).filter((name) => /kuager/.test(name)),
        [],
      )
      said('dpkg', '--force-depends', '--install', `/packages/kuager-observatory_${NEWER.version}_all.deb`)
      assert.match(said('kuager-observatory', 'archive', 'verify'), /^ok [1-9]/m)
    })
})

const DATABASE = ['podman', 'exec', 'kuager_database_1', 'psql', '--username=kuager', '--tuples-only', '--command']

/** A request with the measurement, started now: a collector refuses old ones. */
function submissionNow(): string {
  const now = new Date().toISOString().slice(0, 19).replace('T', ' ')
  const content = { ...(JSON.parse(readFileSync(MEASUREMENT, 'utf8')) as object), measurement_start_time: now }
  return JSON.stringify({ format: 'json', content: JSON.stringify({ ...content, test_start_time: now }) })
}

const idIn = (answer: string): string => /"x_id":"([0-9a-f]{64})"/.exec(answer)?.[1] ?? ''

const exposure = (said: string): number => Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1])

/** Commands of a page for operators, block by block. */
const stepsOf = (page: string): readonly string[] =>
  [...readFileSync(join(ROOT, 'docs/operating', page), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(
    ([, text = '']) => text,
  )
