import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { z } from 'zod'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { testSite } from '../../../test/kit/servers/test-site.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { writeNote, type DrillReport } from '../../app/backup/notes.ts'
import { openFolder } from '../../app/folder/open.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { instant } from '../../core/model/units.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import { OPERATOR_EXAMPLE } from '../../runtime/tables/operator.ts'
import type { World } from '../../runtime/world.ts'
import { listen } from '../../web/listen.ts'
import { ArchiveShipper } from '../../store/archive/ship/archive-shipper.ts'
import { runCommand } from '../main.ts'
import { writeFindings } from './doctor.ts'

const answerSchema = z.object({
  bad: z.number(),
  findings: z.array(z.object({ about: z.string(), state: z.string(), found: z.string(), todo: z.string().optional() })),
})

describe('kuager doctor', () => {
  let cwd: string
  let env: World['env'] = {}
  const folder = (): string => join(cwd, 'data')
  /** What it finds, by what it is about; and with which number it ended. */
  const ask = async (...args: readonly string[]): Promise<{ code: number; found: Record<string, string> }> => {
    let text = ''
    const world = { ...testWorld(cwd, (more) => (text += more)), env }
    const code = await runCommand(['doctor', '--folder', 'data', '--json', ...args], world)
    const { findings, bad } = answerSchema.parse(JSON.parse(text))
    assert.equal(bad > 0, code === 1)
    for (const { state, todo } of findings) assert.equal(todo === undefined, state === 'good')
    return { code, found: Object.fromEntries(findings.map(({ about, state, found }) => [about, `${state}: ${found}`])) }
  }
  const receive = async (receivedAt: number): Promise<void> => {
    await using open = await openFolder(testWorld(cwd), 'data', 'test')
    const bytes = Buffer.from(JSON.stringify(webMeasurement({ root: { made: receivedAt } })))
    const provenance = { id: digest(bytes), receivedAt: instant(receivedAt), channel: 'file', origin: 'x' } as const
    await (await open.archive()).append([{ provenance, bytes, publicSha256: digest('public') }])
  }

  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-doctor-'))
    await receive(Date.now() - DAY_MS)
    let text = ''
    const recent = new Date(Date.now() - 9 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ')
    const silent = webMeasurement({ probeAsn: 'AS9198', startedAt: recent })
    await writeFile(join(cwd, 'silent.jsonl'), `${JSON.stringify(silent)}\n`)
    const world = testWorld(cwd, (more) => (text += more))
    assert.equal(await runCommand(['import', 'silent.jsonl', '--folder', 'data'], world), 0, text)
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  it('finds what lacks, what is in order, and a network that fell silent', async () => {
    const { found } = await ask()
    assert.equal(found['writing'], 'good: the data folder can be written')
    assert.equal(found['who runs it'], 'look: about.json is missing')
    assert.match(found['permissions'] ?? '', /^good/)
    assert.match(found['disk'] ?? '', /GiB free; as this week, it lasts for/)
    assert.match(found['networks'] ?? '', /^look: silent: AS9198 for 9 hours$/)
    assert.match(found['log'] ?? '', /^good: /)
    assert.equal(found['certificate'], undefined)
    assert.equal(found['backup'], 'look: there is none')
  })

  it('knows how old a backup is, whether keys were saved, and what its last drill found', async () => {
    const at = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString()
    const drill: Omit<DrillReport, 'at'> = {
      format: 'kuager-backup-drill/1',
      generation: 3,
      backup_at: at(9),
      passed: true,
      steps: [],
    }
    const note = { target: '/mnt/backup', generation: 4 }
    await writeNote(folder(), { ...note, at: at(0.5), keys_at: at(30), drill: { ...drill, at: at(8) } })
    assert.equal((await ask()).found['backup'], 'good: generation 4 is 12 hours old: /mnt/backup')
    assert.equal((await ask()).found['drill'], 'good: generation 3 was restored 8 days ago')
    await writeNote(folder(), { ...note, at: at(0.5) })
    assert.match((await ask()).found['backup'] ?? '', /^look: .*keys were never saved$/)
    assert.match((await ask()).found['drill'] ?? '', /^look: it was never proved/)
    await writeNote(folder(), { ...note, at: at(3), keys_at: at(30), drill: { ...drill, at: at(50) } })
    assert.match((await ask()).found['backup'] ?? '', /^look: generation 4 is 3 days old/)
    assert.match((await ask()).found['drill'] ?? '', /^look: generation 3 was restored 50 days ago/)
    const steps = [{ step: 'archive', passed: false, found: '2 corrupt', seconds: 1 }]
    await writeNote(folder(), {
      ...note,
      at: at(8),
      keys_at: at(30),
      drill: { ...drill, at: at(1), passed: false, steps },
    })
    const { code, found } = await ask()
    assert.equal(code, 1)
    assert.match(found['backup'] ?? '', /^bad: /)
    assert.equal(found['drill'], 'bad: a step failed 24 hours ago: archive: 2 corrupt')
    await rm(join(folder(), 'backups'), { recursive: true })
  })

  it('knows how far the archive is shipped, and says so where it is not', async () => {
    const path = join(cwd, 'store')
    env = { KUAGER_ARCHIVE_STORE: path }
    try {
      const { code, found } = await ask()
      assert.equal(code, 1)
      assert.equal(found['shipping'], `bad: 3 of 3 entries are not on ${path}`)
      {
        await using open = await openFolder(testWorld(cwd), 'data', 'test')
        const archive = await open.archive()
        const store = openObjects(path, {})
        await new ArchiveShipper({ store, folder: open.archiveFolder, size: () => archive.size }).shipAll()
      }
      assert.equal((await ask()).found['shipping'], `good: 3 entries are on ${path}; 0 follow`)
      const tail = join(path, 'archive', 'tail', '00000001')
      for (const ending of ['segment', 'leaves'])
        await writeFile(join(tail, `000000000003-000000000009.${ending}`), 'of another folder')
      assert.equal((await ask()).found['shipping'], `bad: ${path} has 9 entries, and this folder only 3`)
    } finally {
      env = {}
    }
    assert.equal((await ask()).found['shipping'], undefined)
  })

  it('says in words what to do', async () => {
    let text = ''
    await runCommand(
      ['doctor', '--folder', 'data', '--lang', 'en'],
      testWorld(cwd, (more) => (text += more)),
    )
    assert.match(text, /^look {2}who runs it {2}about\.json is missing\n {19}→ write “.*about\.json” before/m)
  })

  it('says each finding and what to do in the language that is asked for; what programs read stays as it is', async () => {
    const say = async (...args: readonly string[]): Promise<string> => {
      let text = ''
      await runCommand(
        ['doctor', '--folder', 'data', ...args],
        testWorld(cwd, (more) => (text += more)),
      )
      return text
    }
    const expected = {
      kk: [/^қалыпты {2}жазу {2,}деректер қалтасына жазуға болады$/m, /желілер {2,}өлшем жоқ: AS9198 – 9 сағ$/m],
      ru: [/^норма {5}запись {2,}в папку данных можно писать$/m, /сети {2,}нет измерений: AS9198 – 9 ч$/m],
    }
    for (const lang of ['kk', 'ru'] as const) {
      const text = await say('--lang', lang)
      for (const one of expected[lang]) assert.match(text, one)
      // Commands, files and services keep their names; no sentence is left in English.
      for (const line of text.split('\n').filter((one) => one !== '')) assert.match(line, /[а-яё]/iu)
      assert.doesNotMatch(text, /\b(?:the|is|are|not|without)\b/)
    }
    const codes = (text: string): unknown =>
      answerSchema.parse(JSON.parse(text)).findings.map(({ about, state }) => [about, state])
    assert.deepEqual(codes(await say('--json', '--lang', 'kk')), codes(await say('--json', '--lang', 'en')))
  })

  it('writes what it found in one column behind the longest label', () => {
    let text = ''
    const found = 'this folder does not sign: the folder was copied, and the original may still run elsewhere'
    writeFindings({ ...testWorld(cwd, (more) => (text += more)), outColumns: () => 60 }, 'en', [
      { about: 'log', state: 'good', found: () => '3 entries' },
      { about: 'signing', state: 'bad', found: () => found, todo: () => 'docs/operating/standby.md says who may' },
    ])
    assert.match(text, /^ok {4}log {12}3 entries\nBAD {3}right to sign {2}this folder/)
    for (const line of text.trimEnd().split('\n')) assert.match(line, /^(?:.{19} {2}| {21})\S.{0,38}$/)
  })

  it('finds keys that others of the machine may read', { skip: process.platform === 'win32' }, async () => {
    await chmod(folder(), 0o755)
    const key = join(folder(), 'archive', 'erasure.key')
    assert.match((await ask()).found['permissions'] ?? '', /^good/)
    await chmod(key, 0o644)
    try {
      const { code, found } = await ask()
      assert.equal(code, 1)
      assert.match(found['permissions'] ?? '', /^bad: others may read archive.erasure\.key$/)
    } finally {
      await chmod(key, 0o600)
      await chmod(folder(), 0o700)
    }
  })

  it('takes an about.json that reads, and names one that does not', async () => {
    await writeFile(join(folder(), 'about.json'), '{')
    assert.match((await ask()).found['who runs it'] ?? '', /^bad: /)
    await writeFile(join(folder(), 'about.json'), OPERATOR_EXAMPLE.replaceAll('…', 'x'))
    assert.match((await ask()).found['who runs it'] ?? '', /^good: /)
  })

  it('finds about.json where --about or its variable says', async () => {
    await writeFile(join(cwd, 'us.json'), OPERATOR_EXAMPLE.replaceAll('…', 'x'))
    assert.equal((await ask('--about', 'us.json')).found['who runs it'], 'good: us.json names who runs the server')
    env = { KUAGER_ABOUT: 'gone.json' }
    try {
      assert.equal((await ask()).found['who runs it'], 'look: gone.json is missing')
    } finally {
      env = {}
    }
  })

  it('looks at a reader: how old its copy is, whether keys are in it, and whether the centre accepts', async () => {
    const copy = join(cwd, 'copy')
    {
      await using open = await openFolder(testWorld(cwd), 'data', 'test')
      await open.incidents()
    }
    const without = /(?:registry|keys|erasure\.key|lock\.sqlite|holder\.json)$/
    await cp(folder(), copy, { recursive: true, preserveTimestamps: true, filter: (path) => !without.test(path) })
    let status: 200 | 503 = 200
    await using centre = await listen(
      testSite(() => ({ status, text: '' })),
      { host: '127.0.0.1', port: 0 },
    )
    const look = (...args: readonly string[]): ReturnType<typeof ask> =>
      ask('--folder', 'copy', '--read-only', '--stale-after', '100000', ...args)
    const tell = async (at: number): Promise<void> => {
      await mkdir(join(copy, 'shown'), { recursive: true })
      const at_utc = new Date(at).toISOString().replace(/\.\d+/, '')
      await writeFile(join(copy, 'shown', 'now.json'), JSON.stringify({ format: 'kuager-shown/1', at_utc }))
    }
    await tell(Date.now())
    const first = await look('--centre', centre.url)
    assert.match(first.found['data'] ?? '', /^good: as of .*Z, \d+ (?:seconds|minutes) old$/)
    assert.match(first.found['keys'] ?? '', /^good/)
    assert.match(first.found['centre'] ?? '', /^good: 127\.0\.0\.1:\d+ accepts/)
    assert.equal(first.code, 0)
    status = 503
    assert.match((await look('--centre', centre.url)).found['centre'] ?? '', /^bad: .* answers 503/)
    assert.match((await look()).found['centre'] ?? '', /^look: none is given/)
    // Nothing was written there, and an old copy is found.
    assert.ok(!existsSync(join(copy, 'lock.sqlite')))
    await tell(Date.now() - 3 * DAY_MS)
    await mkdir(join(copy, 'log', 'keys'), { recursive: true })
    const old = await look()
    assert.match(old.found['data'] ?? '', /^bad: as of .*, 4320 minutes old: pages say/)
    assert.equal(old.found['keys'], 'look: the folder has log/keys')
    assert.match((await ask('--folder', 'nowhere', '--read-only')).found['data'] ?? '', /^bad: .*holds no data/)
  })

  it('finds the certificate that ends soon, and one that browsers refuse', async () => {
    const [key, cert] = [join(cwd, 'key.pem'), join(cwd, 'cert.pem')]
    const made = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '9', '-nodes']
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', key, '-out', cert, ...made],
      { stdio: 'pipe' },
    )
    const pem = await readFile(cert, 'utf8')
    const server = createServer({ key: await readFile(key), cert: pem })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = server.address()
    const origin = `https://127.0.0.1:${typeof place === 'object' && place !== null ? place.port : 0}`
    const trusted = getCACertificates('default')
    try {
      assert.match((await ask('--origin', origin)).found['certificate'] ?? '', /^bad: Cannot read the certificate/)
      setDefaultCACertificates([...trusted, pem])
      assert.equal((await ask('--origin', origin)).found['certificate'], 'look: valid for 8 more days')
    } finally {
      setDefaultCACertificates(trusted)
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it('finds a clock that is behind what was written', async () => {
    await receive(Date.now() + 2 * DAY_MS)
    const { code, found } = await ask()
    assert.equal(code, 1)
    assert.match(found['clock'] ?? '', /^bad: it says .* but the archive has an entry of /)
  })
})
