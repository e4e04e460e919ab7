// A site on which people have reported and checked is taken away, running: nothing on its disk, and nothing it printed,
// leads to one. What somebody wrote beside a report stands in the registry until a moderator has read it, and nowhere else.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { makeWork } from '../bench/people/made-work.ts'
import type { WorkFor } from '../src/web/work/contract.ts'
import { urls } from '../src/site/urls.ts'
import { KuagerProcesses } from './kit/servers/kuager-process.ts'
import { findTraces, needlesOf, tracesIn, type Secret } from './kit/measured/traces.ts'

const WORK_SECRET = 'of a test alone, so that a flood of solutions is made at once'
const ADDRESSES = {
  phone: '95.214.133.177',
  home: '2a0b:f4c2:91:2::77',
  flood: '95.214.133.201',
  wrong: '2a0b:f4c2:93:8::15',
}
const WRONG = { name: 'Несбыточная Ошибка', mail: 'qate.reader@mailbox.example' }
/** What a person wrote although the page asks not to: it names the writer. */
const NOTE = 'Менің атым Сырымбет Өтегенұлы, бейне жүрмейді'

const ADDRESS_SECRETS = Object.entries(ADDRESSES).map(([what, text]): Secret => {
  return { what: `address, ${what}`, kind: 'address', text }
})
const WRONG_SECRETS = Object.entries(WRONG).map(([what, text]): Secret => ({
  what: `wrong ${what}`,
  kind: 'text',
  text,
}))
const NOTE_SECRET: Secret = { what: 'note', kind: 'text', text: NOTE }

class Visitors {
  readonly secrets: Secret[] = [...ADDRESS_SECRETS, ...WRONG_SECRETS]
  origin = ''

  ask(path: string, address: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      'x-forwarded-for': address,
      cookie: `who=${WRONG.mail}`,
      referer: `https://x.example/${WRONG.mail}`,
    }
    return fetch(`${this.origin}${path}`, { redirect: 'manual', ...init, headers: { ...headers, ...init.headers } })
  }

  post(path: string, body: string, address: string, type: string): Promise<Response> {
    return this.ask(path, address, { method: 'POST', body, headers: { 'content-type': type } })
  }

  work(purpose: WorkFor): string {
    return makeWork(WORK_SECRET, purpose, Date.now())
  }

  /** Reports by the form; pressed a second time where it was too fast, as a person does. */
  async report(fields: Readonly<Record<string, string>>, address: string): Promise<void> {
    const ticketIn = (page: string): string => /name="ticket" value="([\w-]+)"/.exec(page)?.[1] ?? ''
    let ticket = ticketIn(await (await this.ask('/kk/report', address)).text())
    for (let press = 0; press < 2; press++) {
      this.secrets.push({ what: 'ticket of a form', kind: 'code', text: ticket })
      const given = { service: 'telegram', problem: 'does-not-open', since: 'now', region: 'KZ-75', website: '' }
      const form = new URLSearchParams({ ...given, ...fields, ticket }).toString()
      const answer = await this.post('/kk/report', form, address, 'application/x-www-form-urlencoded')
      const location = answer.headers.get('location') ?? ''
      assert.equal(answer.status, 303)
      if (location === urls.reportThanks('kk')) return
      ticket = ticketIn(await (await this.ask(location, address)).text())
    }
    assert.fail('the report was not taken')
  }

  async check(address: string): Promise<void> {
    const tries = [{ document: 'failed', document_ms: 40, image: 'failed', image_ms: 41 }]
    const check = {
      format: 'kuager-crowd-check/1',
      at_utc: `${new Date().toISOString().slice(0, 16)}Z`,
      network: null,
      region: 'KZ-75',
      online: true,
      results: [{ service: 'telegram', outcome: 'unknown', tries }],
    }
    const token = randomBytes(16).toString('hex')
    this.secrets.push({ what: 'token of a page', kind: 'code', text: token })
    const body = JSON.stringify({ check, token, work: this.work('check') })
    const answer = await this.post('/check/results', body, address, 'application/json')
    assert.equal(answer.status, 201, await answer.text())
  }

  async saveCheck(address: string): Promise<void> {
    const body = JSON.stringify({ sha256: 'ab'.repeat(32), work: this.work('saved-check') })
    const answer = await this.post('/log/saved-checks', body, address, 'application/json')
    assert.ok([200, 201, 404].includes(answer.status), await answer.text())
  }

  async provoke(address: string): Promise<void> {
    const wrong = JSON.stringify({ check: WRONG, work: WRONG.mail })
    for (const path of ['/check/results', '/log/saved-checks', '/api/v1/submit_measurement'])
      for (const body of [wrong, wrong.slice(0, -5), WRONG.mail.repeat(5000)])
        for (const type of ['application/json', 'text/plain']) await this.post(path, body, address, type)
    const fields = new URLSearchParams({
      service: WRONG.mail,
      problem: WRONG.name,
      note: WRONG.name.repeat(200),
      ticket: WRONG.mail,
    })
    await this.post('/kk/report', fields.toString(), address, 'application/x-www-form-urlencoded')
    for (const path of [
      `/kk/check?who=${WRONG.mail}`,
      `/kk/s/${encodeURIComponent(WRONG.name)}`,
      '/%zz',
      '/work/report',
    ])
      await this.ask(path, address)
  }
}

describe('a site on which people reported and checked, taken away', () => {
  it('leads to nobody: in no file, backup or line, in no encoding, running, killed or ended', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-seized-'))
    const place = (name: string): string => join(root, name)
    const [folder, cwd] = [place('folder'), place('cwd')]
    await mkdir(cwd)
    using programs = new KuagerProcesses(cwd, { KUAGER_WORK_SECRET: WORK_SECRET })
    // Whoever reads the notes is shown them: what that program prints is for their eyes.
    using moderator = new KuagerProcesses(cwd)
    try {
      const visitors = new Visitors()
      const search = async (when: string, folders: readonly string[]): Promise<void> => {
        const needles = needlesOf(visitors.secrets)
        for (const one of folders)
          assert.deepEqual(await findTraces(one, needles), [], `${when}: ${one.slice(root.length)}`)
        assert.deepEqual(
          tracesIn(programs.said, 'what was printed', needlesOf([...visitors.secrets, NOTE_SECRET])),
          [],
          when,
        )
      }
      /** Files in which the note stands. */
      const noted = async (one: string): Promise<readonly string[]> => [
        ...new Set(
          (await findTraces(one, needlesOf([NOTE_SECRET]))).map(({ file }) => file.replace(/-(?:wal|shm)$/, '')),
        ),
      ]
      const server = await programs.serve(['serve', '--folder', folder])
      visitors.origin = server.origin
      await visitors.report({}, ADDRESSES.phone)
      await visitors.report({ work: visitors.work('report') }, ADDRESSES.home)
      await visitors.report({ note: NOTE, service: 'youtube', problem: 'video-stalls' }, ADDRESSES.home)
      await visitors.check(ADDRESSES.phone)
      await visitors.check(ADDRESSES.home)
      await visitors.saveCheck(ADDRESSES.home)
      await visitors.provoke(ADDRESSES.wrong)
      for (let n = 0; n < 30; n++) await visitors.report({}, ADDRESSES.flood)
      for (let n = 0; n < 60; n++) await visitors.check(ADDRESSES.flood)
      const status = await programs.run(['reports', 'status', '--json', '--folder', folder])
      assert.match(status, /"held":\s*[1-9]/)

      await programs.run(['registry', 'backup', '--folder', folder, '--out', place('backup')])
      await cp(folder, place('taken'), { recursive: true, filter: (path) => !path.endsWith('.sock') })
      await search('running', [place('taken'), place('backup'), cwd])
      // Free text waits for a moderator as it was written: the page says so beside the field.
      assert.deepEqual(await noted(place('taken')), ['registry/reports.sqlite'])
      await server.end('SIGKILL')
      await search('killed', [folder, cwd])

      const again = await programs.serve(['serve', '--folder', folder])
      const listed = await moderator.run(['reports', 'list', '--json', '--folder', folder])
      const id = /"id":\s*"([0-9a-f]{32})"/.exec(listed)?.[1] ?? ''
      await moderator.run(['reports', 'remove', id, '--folder', folder])
      await again.end('SIGTERM')
      await search('ended', [folder, cwd])
      assert.deepEqual(await noted(folder), [])
    } finally {
      await rm(root, { recursive: true })
    }
  })
})
