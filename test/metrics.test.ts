import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { PACKAGE_ROOT } from '../src/runtime/files/package-root.ts'
import { until } from './kit/crash/eventually.ts'
import { freePort } from './kit/net/quic-servers.ts'
import { KuagerProcesses } from './kit/servers/kuager-process.ts'

const DEPLOY = join(PACKAGE_ROOT, 'deploy')
const RULES = join(DEPLOY, 'prometheus', 'alerts.yaml')
const skip = existsSync('/usr/bin/promtool') ? false : 'Prometheus is not installed'

const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) })).min(1),
})
const expressions = (): readonly string[] =>
  dashboardSchema
    .parse(JSON.parse(readFileSync(join(DEPLOY, 'grafana', 'kuager.json'), 'utf8')))
    .panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

/** Names of figures in a text; those of the steps of a duration without their ending. */
const figuresIn = (text: string): ReadonlySet<string> =>
  new Set(
    (text.match(/\b(?:kuager|process|nodejs)_[a-z_0-9]+/g) ?? []).map((name) =>
      name.replace(/_(?:bucket|count|sum)$/, ''),
    ),
  )

describe('figures for the operator', { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-metrics-'))
  const processes = new KuagerProcesses(root)
  let origin = ''
  let figures = ''
  /** Those of a reader and of a machine in reserve. */
  const others: string[] = []
  const textOf = async (place: string): Promise<string> => (await fetch(`${place}/metrics`)).text()

  before(async () => {
    const port = await freePort()
    figures = `http://127.0.0.1:${port}`
    const store = ['--archive-store', join(root, 'store')]
    const args = ['serve', '--folder', join(root, 'data'), ...store, '--metrics', `127.0.0.1:${port}`]
    origin = (await processes.serve(args)).origin
    const made = (minutesAgo: number): object => ({
      ...{ test_name: 'vanilla_tor', test_version: '0.2.0', probe_cc: 'KZ', probe_asn: 'AS9198' },
      ...{ software_name: 'ooniprobe', software_version: '3.20.0', test_keys: { success: true, bootstrap_time: 8 } },
      measurement_start_time: new Date(Date.now() - minutesAgo * 60_000).toISOString().slice(0, 19).replace('T', ' '),
    })
    // Of an import the log has the act of the person too: three entries with what is submitted.
    const file = join(root, 'imported.jsonl')
    writeFileSync(file, `${JSON.stringify(made(2))}\n`)
    await processes.run(['import', file, '--folder', join(root, 'data')])
    for (const content of [made(1), made(1), { no: 'measurement' }])
      await fetch(`${origin}/api/v1/submit_measurement`, {
        method: 'POST',
        body: JSON.stringify({ format: 'json', content }),
      })
    await until(async () => {
      const text = await textOf(figures)
      return /log_tree_size 3/.test(text) && /network="AS9198"/.test(text)
    })
    for (const kind of [
      ['--read-only', '--folder', join(root, 'data')],
      ['--standby', '--folder', join(root, 'reserve'), ...store],
    ]) {
      const place = `127.0.0.1:${await freePort()}`
      await processes.serve(['serve', ...kind, '--metrics', place])
      others.push(`http://${place}`)
    }
  })
  after(() => {
    processes[Symbol.dispose]()
    rmSync(root, { recursive: true })
  })

  it('are in the form of Prometheus, and name no address and no key of a probe', async () => {
    const answer = await fetch(`${figures}/metrics`)
    const text = await answer.text()
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    const { stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    // What the library calls by the customs of another library is not ours to name.
    assert.deepEqual(
      stderr.split('\n').filter((line) => line !== '' && !line.startsWith('nodejs_active_')),
      [],
    )
    assert.match(text, /^kuager_submissions_total\{outcome="added"\} 1$/m)
    assert.match(text, /^kuager_submissions_total\{outcome="known"\} 1$/m)
    assert.match(text, /^kuager_archive_leaves 3$/m)
    assert.match(text, /^kuager_last_measurement_age_seconds\{network="AS9198"\} \d{3}/m)
    assert.doesNotMatch(text, /\d+\.\d+\.\d+\.\d+|[0-9a-f]{32}/)
  })

  it('are served at their own place only; the site says whether it is alive and ready', async () => {
    assert.equal((await fetch(`${origin}/metrics`)).status, 404)
    for (const place of [origin, figures]) {
      assert.equal(await (await fetch(`${place}/healthz`)).text(), 'ok\n')
      const ready = await fetch(`${place}/readyz`)
      assert.deepEqual([ready.status, await ready.json()], [200, { ready: true, reasons: [] }])
    }
  })

  it('are refused a place that other machines reach', async () => {
    for (const place of ['0.0.0.0:9420', '192.0.2.1:9420', '[::]:9420', '9420', 'localhost'])
      await assert.rejects(processes.run(['serve', '--metrics', place]), /--metrics.*an address of this machine alone/s)
  })

  it('are all that alerts and the dashboard ask for', async () => {
    const known = figuresIn((await Promise.all([figures, ...others].map(textOf))).join('\n'))
    const asked = figuresIn([readFileSync(RULES, 'utf8'), ...expressions()].join('\n'))
    assert.deepEqual(
      [...asked].filter((name) => !known.has(name)),
      [],
    )
  })

  it('say of a reader and of a machine in reserve how far they are, and why they do not accept measurements', async () => {
    const [reader = '', reserve = ''] = others
    await until(async () => /^kuager_archive_leaves 3$/m.test(await textOf(reserve)))
    assert.match(await textOf(reader), /^kuager_health\{reason="stale"\} 0$/m)
    assert.match(await textOf(reader), /^kuager_reader_lag_seconds \d/m)
    const text = await textOf(reserve)
    assert.match(text, /^kuager_health\{reason="standby"\} 1$/m)
    assert.match(text, /^kuager_standby_failed 0$/m)
    assert.match(text, /^kuager_standby_copied_age_seconds \d/m)
    assert.match(text, /^kuager_disk_free_bytes \d/m)
    assert.doesNotMatch(text, /^kuager_log_signs/m)
  })

  it('have alerts that come when they should, and not before', () => {
    execFileSync('promtool', ['check', 'rules', RULES], { stdio: 'pipe' })
    execFileSync('promtool', ['test', 'rules', join(DEPLOY, 'prometheus', 'alerts.test.yaml')], { stdio: 'pipe' })
    execFileSync('promtool', ['check', 'config', join(DEPLOY, 'prometheus', 'prometheus.yaml')], { stdio: 'pipe' })
  })

  it('are read by a real Prometheus, which evaluates each alert and each panel', async () => {
    const port = await freePort()
    const config = join(root, 'prometheus.yaml')
    writeFileSync(
      config,
      readFileSync(join(DEPLOY, 'prometheus', 'prometheus.yaml'), 'utf8')
        .replaceAll('15s', '5s')
        .replace('alerts.yaml', RULES)
        .replaceAll('127.0.0.1:9420', new URL(figures).host),
    )
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(root, 'tsdb')}`]
    const prometheus = spawn('prometheus', [...args, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
    try {
      const ask = async (path: string): Promise<unknown> => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)
        return answer.json()
      }
      const leaves = z.object({
        data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })).length(1) }),
      })
      let found: unknown
      await until(async () => {
        found = await ask('query?query=kuager_archive_leaves').catch(() => undefined)
        return leaves.safeParse(found).success
      })
      assert.equal(leaves.parse(found).data.result[0]?.value[1], '3')
      for (const expr of expressions())
        assert.equal(
          z.object({ status: z.string() }).parse(await ask(`query?query=${encodeURIComponent(expr)}`)).status,
          'success',
          expr,
        )
      const rules = z.object({
        data: z.object({
          groups: z.array(
            z.object({ rules: z.array(z.object({ name: z.string(), health: z.string(), state: z.string() })) }),
          ),
        }),
      })
      const evaluated = async (): Promise<readonly { name: string; health: string; state: string }[]> =>
        rules.parse(await ask('rules')).data.groups.flatMap((group) => group.rules)
      await until(async () => (await evaluated()).every(({ health }) => health !== 'unknown'))
      const all = await evaluated()
      assert.ok(all.length > 10)
      assert.deepEqual(
        all.filter(({ health, state }) => health !== 'ok' || state !== 'inactive'),
        [],
      )
    } finally {
      prometheus.kill('SIGKILL')
    }
  })
})
