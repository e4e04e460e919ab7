import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { openControl } from '../../../test/kit/net/control-world.ts'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'
import { solvedWork } from '../../../test/kit/site/solved-work.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { CROWD_OUTCOMES, type CrowdOutcome } from '../../core/model/people/crowd-check.ts'
import { slotOf } from '../../core/model/people/report.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { CrowdRow } from '../../reports/registry/contract.ts'
import { openReportStore } from '../../reports/registry/open.ts'
import { OPERATOR_EXAMPLE } from '../../runtime/tables/operator.ts'
import { withFolder } from '../../app/folder/open.ts'
import { runCommand } from '../main.ts'
import { registryPlace } from '../../app/registry/place.ts'

const KZ = 64_510
const SENDER = '203.0.113.77'
/** The address as text, as four bytes, and as their digits. */
const TRACES = [SENDER, Buffer.from([203, 0, 113, 77]), 'cb00714d', '::ffff:203']

const boardSchema = z.object({
  newest_utc: z.string(),
  as_of_utc: z.string(),
  networks: z.array(z.object({ network: z.string() })),
  cells: z.array(z.object({ service: z.string(), network: z.string(), state: z.string() })),
})
const checksSchema = z.object({ checks: z.array(z.object({ simulated: z.literal(true) })) })

describe('checks of browsers in a served folder', () => {
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-people-'))
    const run = async (...command: readonly string[]): Promise<void> => {
      let said = ''
      assert.equal(
        await runCommand(
          command,
          testWorld(root, (text) => (said += text)),
        ),
        0,
        said,
      )
    }
    await run('simulate', '--out', 'made', '--days', '1', '--seed', '5')
    await run('import', 'made/measurements', '--folder', 'data')
    await run('detect', '--folder', 'data')
    writeFileSync(join(root, 'ranges.csv'), `203.0.113.0,203.0.113.255,${KZ},Made network,KZ\n`)
    const network = { asn: KZ, name: 'Made network', country: 'KZ', use: 'access', source: 'a test' }
    writeFileSync(join(root, 'networks.json'), JSON.stringify({ networks: [{ ...network, checked_at: '2026-11-26' }] }))
  })
  after(() => rm(root, { recursive: true }))

  const options = [
    '--no-collector',
    '--trusted-proxy',
    '127.0.0.1/32',
    '--networks',
    'ranges.csv',
    '--networks',
    'networks.json',
  ]
  const withStore = async <T>(use: (store: Awaited<ReturnType<typeof openReportStore>>) => Promise<T>): Promise<T> => {
    await using store = await openReportStore(registryPlace(join(root, 'data'), 'reports', {}))
    return await use(store)
  }

  it('are kept once each for their price, and leave nothing of who sent them in any file or line', async () => {
    let said = ''
    const token = randomBytes(16).toString('hex')
    const planted = 'Zhanar-planted-word'
    {
      await using served = await serveFolderAt('data', root, options)
      const send = (body: unknown, path = 'check/results'): Promise<Response> =>
        fetch(`${served.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': SENDER, 'user-agent': planted },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        })
      const at_utc = `${new Date().toISOString().slice(0, 16)}Z`
      const check = {
        format: 'kuager-crowd-check/1',
        ...{ at_utc, network: `AS${KZ}`, region: 'KZ-75', online: true },
        results: [
          {
            service: 'telegram',
            outcome: 'interference',
            tries: [{ document: 'failed', document_ms: 31, image: 'failed', image_ms: 29 }],
          },
        ],
      }
      const work = await solvedWork(served.url, 'check')
      const first = await send({ check, token, work })
      assert.equal(first.status, 201, await first.text())
      for (const [body, status] of [
        [{ check, token, work }, 403],
        [{ check, token, work: await solvedWork(served.url, 'report') }, 403],
        [
          {
            check: { ...check, results: [{ ...check.results[0], service: planted.toLowerCase() }] },
            token,
            work: await solvedWork(served.url, 'check'),
          },
          400,
        ],
        [{ check: { ...check, note: planted }, token, work }, 400],
        [`{"check":"${planted}`, 400],
      ] as const) {
        const answer = await send(body)
        const text = await answer.text()
        said += text
        assert.equal(answer.status, status, text)
      }
      assert.equal((await send({ check, token, work }, `work/check?${planted}`)).status, 405)
    }
    const seen = await withStore((store) =>
      store.crowdCounts({ since: instant(0), until: instant(Date.now() + 1) }, true),
    )
    assert.deepEqual(
      seen.map(({ service, outcome, asn, state, count }) => [service, outcome, asn, state, count]),
      [['telegram', 'interference', KZ, 'counted', 1]],
    )
    let read = 0
    for (const entry of readdirSync(join(root, 'data'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const bytes = readFileSync(join(entry.parentPath, entry.name))
      read++
      // Four bytes stand somewhere in megabytes of compressed measurements by chance: they are looked for in the registry.
      const isOurs = entry.parentPath.includes('registry')
      for (const trace of TRACES.filter((one) => typeof one === 'string' || isOurs))
        assert.ok(!bytes.includes(trace), `${entry.name} holds the address`)
      for (const word of [token, planted, planted.toLowerCase(), Buffer.from(token, 'hex')])
        assert.ok(!bytes.includes(word), `${entry.name} holds ${String(word)}`)
    }
    assert.ok(read > 10)
    for (const trace of [SENDER, token, planted]) assert.ok(!said.includes(trace))
  })

  it('change no incident, no verdict and no cell, though there are ten thousand of them', async () => {
    const ask = async (): Promise<{ readonly parts: readonly unknown[]; readonly checks: number }> => {
      await using served = await serveFolderAt('data', root, options)
      const get = async (path: string): Promise<unknown> => {
        const answer = await fetch(`${served.url}api/v1/${path}`)
        const text = await answer.text()
        assert.equal(answer.status, 200, text)
        return JSON.parse(text)
      }
      const board = await get('board')
      const day = boardSchema.parse(board).newest_utc.slice(0, 10)
      const { checks } = checksSchema.parse(await get('checks'))
      const parts = [board, await get('incidents'), await get(`matrix?since=${day}&until=${day}`)]
      return { parts, checks: checks.length }
    }
    const before = await ask()
    const board = boardSchema.parse(before.parts[0])
    const open = board.cells.filter(({ state }) => state === 'open')
    assert.ok(open.length > 5, 'there are services that open, which a flood would like to look shut')
    const now = Date.parse(board.as_of_utc)
    const rows = Array.from({ length: 10_000 }, (_, nth): CrowdRow => {
      const cell = open[nth % open.length]
      const outcome: CrowdOutcome = CROWD_OUTCOMES[3 + (nth % 2)] ?? 'interference'
      return {
        id: randomBytes(16).toString('hex'),
        slot: slotOf(instant(now - (nth % 8) * 900_000)),
        service: cell?.service ?? '',
        outcome,
        asn: parseAsn(Number(cell?.network.slice(2))),
        region: 'KZ-75',
        state: 'counted',
        simulated: true,
      }
    })
    await withStore((store) => store.add({ checks: rows }))
    let said = ''
    const world = testWorld(root, (text) => (said += text))
    assert.equal(await runCommand(['detect', '--folder', 'data'], world), 0, said)
    const after = await ask()
    assert.equal(before.checks, 0)
    assert.ok(after.checks >= open.length, 'they are shown beside, as what they are')
    assert.deepEqual(after.parts, before.parts)
  })

  it('are not served in public where they are simulated', async () => {
    const copy = join(root, 'public')
    await withFolder(testWorld(root), { folder: 'public', name: 'test', args: [] }, async (open) => {
      const store = await open.reports({})
      const row = { slot: 0, service: 'telegram', outcome: 'unknown', state: 'counted', simulated: true } as const
      await store.add({ checks: [{ id: '00'.repeat(16), ...row }] })
      return 0
    })
    writeFileSync(join(copy, 'about.json'), OPERATOR_EXAMPLE.replaceAll('…', 'x'))
    await assert.rejects(serveFolderAt('public', root, ['--public']), /simulated reports/)
  })

  it('have a control host where the operator named one that answers pages, and ask no one otherwise', async () => {
    await using control = await openControl({ allow: [] })
    const file = join(root, 'data', 'canaries.json')
    const plan = async (more: readonly string[], isLooked = false): Promise<string | undefined> => {
      await using served = await serveFolderAt('data', root, [...options, ...more])
      if (isLooked) await eventually(() => existsSync(file) || undefined)
      return /data-check="([^"]*)"/.exec(await (await fetch(`${served.url}en/check`)).text())?.[1]
    }
    assert.equal(await plan([]), undefined)
    assert.equal(await plan(['--control', control.url, '--no-canaries']), undefined)
    assert.ok(!existsSync(file))
    const found = await plan(['--control', control.url], true)
    assert.ok(found?.includes(`${control.url}reach.png`))
    // Its resolver knows no name: a control that reaches nothing says nothing of anyone.
    assert.ok(!found?.includes('&quot;abroad&quot;:&quot;'))
  })
})
