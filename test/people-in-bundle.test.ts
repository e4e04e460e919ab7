import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { withFolder } from '../src/app/folder/open.ts'
import { openBundle } from '../src/app/proof/open-bundle.ts'
import { runCommand } from '../src/cli/main.ts'
import { instant, parseSha256 } from '../src/core/model/units.ts'
import { measurement, query } from './kit/measured/measurement.ts'
import { serveFolderAt } from './kit/servers/served-folder.ts'
import { TestWitness } from './kit/servers/witness.ts'
import { testWorld } from './kit/servers/world.ts'

/** What leads to the person who measured, or to who ran the program. */
const PLANTED = {
  name: 'Plantova-Sholpan',
  mail: 'sholpan.plantova@mail.example',
  phone: '+77010009977',
  address: '178.89.21.77',
  resolver: '95.59.26.11',
  city: 'Plantgorod',
  wifi: 'PlantovaHomeWifi',
  hardware: 'de:ad:be:ef:12:34',
  serial: 'SERIALPLANT99',
  account: 'plantaccount',
  key: 'PLANTEDKEY'.padEnd(43, 'A'),
} as const

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const hexOf = (address: string): string => Buffer.from(address.split('.').map(Number)).toString('hex')

const PERIOD = ['--network', 'AS64500', '--since', '2025-03-01T15:00:00Z', '--until', '2025-03-01T16:00:00Z']

/** Ways in which a planted word may stand in bytes. */
function spellings(word: string): readonly string[] {
  const plain = [word, base64(word).replace(/=+$/, ''), Buffer.from(word).toString('hex')]
  if (!/^\d+(?:\.\d+){3}$/.test(word)) return plain
  const parts = word.split('.')
  return [...plain, parts.toReversed().join('.'), parts.join('-'), hexOf(word), `::ffff:${word}`]
}

const makeMeasurement = (minute: number): unknown => {
  const { address, resolver } = PLANTED
  return measurement(
    'web_connectivity',
    '0.4.3',
    {
      client_resolver: resolver,
      dns_experiment_failure: null,
      dns_consistency: 'consistent',
      control_failure: null,
      http_experiment_failure: null,
      blocking: false,
      accessible: true,
      queries: [query('www.youtube.com', ['142.250.185.78', address])],
      tcp_connect: [{ ip: '142.250.185.78', port: 443, status: { success: true, failure: null } }],
      control: {
        tcp_connect: { [`${address}:443`]: { status: true, failure: null } },
        dns: { addrs: ['142.250.185.78'], failure: null },
        http_request: { status_code: 200, body_length: 100, headers: {}, title: 'x', failure: null },
      },
      requests: [
        {
          failure: null,
          request: { url: 'https://www.youtube.com/', method: 'GET', headers: { 'X-Real-Ip': address } },
          response: {
            code: 200,
            body: `<p>${address} ::ffff:${address} ${base64(address)} ${address.split('.').toReversed().join('.')}.in-addr.arpa</p>`,
            headers: { 'X-Client-IP': address, Link: `http://${address}/x` },
            headers_list: [['X-Client-IP', address]],
          },
        },
      ],
      tls_handshakes: [
        {
          address: '142.250.185.78:443',
          failure: null,
          server_name: 'www.youtube.com',
          no_tls_verify: false,
          peer_certificates: [{ format: 'base64', data: base64(`IP Address:${address}`) }],
        },
      ],
    },
    {
      startedAt: `2025-03-01 15:0${minute}:00`,
      root: {
        input: 'https://www.youtube.com/',
        probe_ip: address,
        probe_city: PLANTED.city,
        resolver_ip: resolver,
        id: PLANTED.serial,
        probe_id: PLANTED.serial,
        options: [`--user=${PLANTED.mail}`, `/home/${PLANTED.account}/list.txt`, `-proxy=http://${PLANTED.name}@h/`],
      },
      annotations: {
        email: PLANTED.mail,
        ssid: PLANTED.wifi,
        mac: PLANTED.hardware,
        phone: PLANTED.phone,
        hostname: PLANTED.name,
        device_id: PLANTED.serial,
        x_key: PLANTED.key,
      },
    },
  )
}

describe('people in what is given away', () => {
  let cwd: string
  let folder: string
  let ids: readonly string[]
  let said = ''
  const tried = async (...args: readonly string[]): Promise<{ readonly exit: number; readonly out: string }> => {
    let out = ''
    const world = testWorld(cwd, (text) => (out += text))
    return { exit: await runCommand(args, { ...world, env: { KUAGER_FOLDER: folder } }), out }
  }
  const run = async (...args: readonly string[]): Promise<string> => {
    const { exit, out } = await tried(...args)
    assert.equal(exit, 0, `${args.join(' ')}: ${out}`)
    said += out
    return out
  }
  /** Where a planted word stands in bytes. */
  const found = (bytes: Uint8Array): readonly string[] => {
    const text = Buffer.from(bytes).toString('latin1').toLowerCase()
    const words = [...Object.values(PLANTED), cwd]
    return words.filter((word) => spellings(word).some((one) => text.includes(one.toLowerCase())))
  }
  /** Bytes of a file and, of a zip, of everything packed in it: packed bytes hide what they hold. */
  const contents = async (path: string): Promise<Uint8Array> => {
    const own = readFileSync(path)
    if (!path.endsWith('.zip')) return own
    await using opened = await openBundle(path, '', new AbortController().signal)
    if (opened.source === undefined) return own
    const pieces: Uint8Array[] = [own]
    for (const file of opened.source.files.keys())
      for await (const piece of opened.source.chunks(file)) pieces.push(piece)
    return Buffer.concat(pieces)
  }
  const filesBelow = (root: string): readonly string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    )

  before(async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-people-'))
    cwd = join(root, 'home', PLANTED.account)
    folder = join(cwd, 'data')
    const given = join(cwd, PLANTED.name)
    mkdirSync(given, { recursive: true })
    const lines = [1, 2, 3].map((minute) => JSON.stringify(makeMeasurement(minute)))
    ids = lines.map((line) => createHash('sha256').update(line).digest('hex'))
    writeFileSync(join(given, `${PLANTED.mail}.jsonl`), `${lines.join('\n')}\n`)
    await run('import', join(given, `${PLANTED.mail}.jsonl`))
    await run('log', 'sequence')
    const key = (await run('log', 'keys')).trim()
    const policy = `# kept by ${PLANTED.mail}\nlog ${key} https://${PLANTED.account}.example/ \nquorum none\n`
    writeFileSync(join(folder, 'log/policy.txt'), policy, { mode: 0o600 })
    const asked = ids.flatMap((id) => ['--measurement', id])
    await run('bundle', ...asked, '--out', 'out')
    await run('bundle', ...asked, '--publish')
    await run('bundle', '--measurement', ids[1] ?? '', '--publish')
  })
  after(() => rm(join(cwd, '../..'), { recursive: true }))

  it('is found by this test where it stands', () => {
    const original = Buffer.from(JSON.stringify(makeMeasurement(1)))
    assert.deepEqual(found(original), Object.values(PLANTED))
    assert.deepEqual(found(Buffer.from(`x ${base64(PLANTED.address)} y`)), [PLANTED.address])
  })

  it('stands in no file of a bundle, nor of what the log and the site give, nor in what commands print', async () => {
    const [bag = ''] = readdirSync(join(cwd, 'out'))
    await run('verify', join('out', bag), '--lang', 'en')
    await run('verify', join('out', bag), '--json')
    await run('custody', 'list', '--json')
    await run('log', 'status')
    const files = [join(cwd, 'out'), join(folder, 'bundles'), join(folder, 'log/public')].flatMap(filesBelow)
    assert.ok(files.length > 35)
    for (const path of files) assert.deepEqual(found(await contents(path)), [], path.slice(cwd.length))
    assert.deepEqual(found(Buffer.from(said)), [])
    await using served = await serveFolderAt(folder, cwd)
    const size = /^[^\n]*\n(\d+)\n/.exec(await (await fetch(new URL('/log/checkpoint', served.url))).text())?.[1] ?? ''
    for (const path of [
      '/log/checkpoint',
      '/log/keys',
      `/log/tile/entries/000.p/${size}`,
      '/log/leaf/0',
      '/log/proof/0',
      `/bundles/${bag}.zip`,
      `/m/${ids[0] ?? ''}.json`,
    ]) {
      const answer = await fetch(new URL(path, served.url))
      assert.equal(answer.status, 200, path)
      assert.deepEqual(found(new Uint8Array(await answer.arrayBuffer())), [], path)
    }
  })

  it('may be read by nobody else on the machine before it is given away, keys least of all', () => {
    for (const path of [join(cwd, 'out'), join(folder, 'bundles'), join(folder, 'keys'), join(folder, 'log')].flatMap(
      filesBelow,
    ))
      assert.equal(statSync(path).mode & 0o077, 0, path.slice(cwd.length))
  })

  it('is refused where somebody writes it into a reason, an actor or a fact that is published', async () => {
    const add = [
      'custody',
      'add',
      '--type',
      'copied',
      '--evidence',
      'log:1',
      '--actor',
      'operator',
      '--reason',
      'asked',
    ]
    const id = ids[2] ?? ''
    for (const args of [
      ['archive', 'erase', id, '--reason', `asked by ${PLANTED.mail}`],
      ['bundle', '--measurement', id, '--out', 'out', '--purpose', `for ${PLANTED.phone}`],
      ['bundle', '--measurement', id, '--out', 'out', '--actor', PLANTED.address],
      ['bundle', '--measurement', id, '--out', 'out', '--authority', PLANTED.mail],
      [...add, '--place', `behind ${PLANTED.address}`],
      [...add, '--authority', PLANTED.mail],
      [...add, '--detail', `device=${PLANTED.hardware}`],
      [...add, '--evidence', `file:${PLANTED.mail}.jsonl`],
      ['custody', 'rotate', '--actor', 'operator', '--reason', PLANTED.phone],
    ]) {
      const { exit, out } = await tried(...args)
      assert.equal(exit, 2, args.join(' '))
      assert.match(out, /published permanently/)
      assert.deepEqual(found(Buffer.from(out)), [])
    }
    assert.equal((await run('custody', 'list', '--json')).trimEnd().split('\n').length, 4)
  })

  it('is taken out of the reason of an erasure that was made before reasons were held to that', async () => {
    const lines = [4].map((minute) => JSON.stringify(makeMeasurement(minute)))
    writeFileSync(join(cwd, 'more.jsonl'), `${lines.join('\n')}\n`)
    await run('import', 'more.jsonl')
    const id = createHash('sha256')
      .update(lines[0] ?? '')
      .digest('hex')
    await withFolder(testWorld(cwd), { folder, name: 'test', args: [] }, async (open) => {
      const reason = `${PLANTED.mail} asked, ${PLANTED.phone}`
      await (await open.archive()).erase(parseSha256(id), reason, instant(Date.now()))
      return 0
    })
    await run('bundle', '--service', 'youtube', ...PERIOD, '--out', 'later')
    const events = await run('custody', 'list', '--json')
    assert.match(events, /"erased".*"reason":"\[scrubbed\] asked, \[scrubbed\]"/)
    assert.deepEqual(found(Buffer.from(events)), [])
  })

  it('is no more served in a bundle once the measurement was erased', async () => {
    const bundles = (): readonly string[] => readdirSync(join(folder, 'bundles')).toSorted()
    /** Published bundles that hold a measurement. */
    const holding = async (n: number): Promise<readonly string[]> => {
      const names: string[] = []
      for (const name of bundles().filter((file) => file.endsWith('.zip')))
        if (Buffer.from(await contents(join(folder, 'bundles', name))).includes(ids[n] ?? '')) names.push(name)
      return names
    }
    const [both = '', ...more] = await holding(0)
    const one = await holding(1)
    assert.deepEqual([more.length, one.length], [0, 2])
    const name = both.replace('.zip', '')
    writeFileSync(join(folder, 'bundles/not-a-bundle.zip'), 'no zip')
    for (const left of ['left.unfinished', 'begun.unfinished']) {
      mkdirSync(join(folder, 'bundles', left))
      writeFileSync(join(folder, 'bundles', left, '0.json'), 'a measurement')
    }
    const longAgo = new Date(Date.now() - 25 * 3_600_000)
    utimesSync(join(folder, 'bundles/left.unfinished'), longAgo, longAgo)
    const out = await run('archive', 'erase', ids[0] ?? '', '--reason', 'asked')
    assert.match(out, new RegExp(`Removed the published bundle ${name},`))
    assert.match(out, /not-a-bundle\.zip; remove it/)
    assert.match(out, /names 4/)
    assert.deepEqual(
      bundles(),
      [...one.filter((file) => file !== both), 'begun.unfinished', 'not-a-bundle.zip'].toSorted(),
    )
    assert.deepEqual(await holding(0), [])
    const events = (await run('custody', 'list', '--json')).trimEnd().split('\n')
    const removals = events.filter((line) => line.includes('"type":"erased"') && line.includes(name))
    assert.equal(removals.length, 1)
    await run('custody', 'verify')
  })

  it('is not left in a bundle that was being written while the measurement was erased', async () => {
    const id = ids[2] ?? ''
    await using served = await serveFolderAt(folder, cwd)
    let said = ''
    let erasing: Promise<string> | undefined
    const write = (text: string): void => {
      said += text
      if (text.includes('1 / 1 measurements written'))
        erasing ??= served.kuager('archive', 'erase', id, '--reason', 'asked')
    }
    const world = { ...testWorld(cwd, write), terminal: true }
    const exit = await runCommand(['bundle', '--measurement', id, '--publish', '--folder', folder], world)
    assert.match((await erasing) ?? '', /^Erased measurement /)
    assert.equal(exit, 2, said)
    assert.match(said, /erased meanwhile; expected the same command again/)
    for (const path of filesBelow(join(folder, 'bundles')))
      assert.equal(Buffer.from(await contents(path)).includes(id), false, path)
  })

  it('is not left in a bundle for which it was gathered before the measurement was erased', async () => {
    writeFileSync(join(cwd, 'last.jsonl'), `${JSON.stringify(makeMeasurement(5))}\n`)
    await run('import', 'last.jsonl')
    const id = createHash('sha256')
      .update(JSON.stringify(makeMeasurement(5)))
      .digest('hex')
    await using served = await serveFolderAt(folder, cwd)
    let erasing: Promise<string> | undefined
    // Witnesses are asked when everything is gathered and nothing is written.
    const asked = createServer((_, response) => {
      erasing ??= served.kuager('archive', 'erase', id, '--reason', 'asked')
      void erasing.finally(() => response.writeHead(500).end())
    })
    await new Promise<void>((resolve) => asked.listen(0, '127.0.0.1', resolve))
    const { port } = asked.address() as AddressInfo
    const { line } = new TestWitness('witness.example/w', [])
    const policy = `witness w ${line} http://127.0.0.1:${port}\nquorum w\n`
    writeFileSync(join(folder, 'log/policy.txt'), policy, { mode: 0o600 })
    try {
      const { exit, out } = await tried('bundle', '--measurement', id, '--out', 'gathered')
      assert.match((await erasing) ?? '', /^Erased measurement /)
      assert.match(out, /erased meanwhile; expected the same command again/)
      assert.equal(exit, 2)
      assert.deepEqual(readdirSync(join(cwd, 'gathered')), [])
    } finally {
      asked.close()
    }
  })
})
