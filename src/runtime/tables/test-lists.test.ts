import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { addressFamily } from '../../core/model/address.ts'
import { InputError } from '../../core/model/errors.ts'
import { isNeverHost } from '../../core/model/tables/test-list.ts'
import { loadControls, loadServices } from './measured-lists.ts'
import { loadNever, loadTestLists } from './test-lists.ts'

const HEAD = 'url,category_code,category_description,date_added,source,notes'

function withList<T>(rows: readonly string[], name: string, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-list-'))
  try {
    const file = join(folder, name)
    writeFileSync(file, `${[HEAD, ...rows].join('\n')}\n`)
    return use(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('loadTestLists()', () => {
  it('gives every URL once, with the country of the file’s name', () => {
    const rows = [
      'https://news.example/,NEWS,,,,',
      'https://news.example/,NEWS,,,,',
      'http://www.rights.example/a?b=1,humr,,,,',
    ]
    assert.deepEqual(
      withList(rows, 'kz.csv', (file) => loadTestLists([file])),
      [
        { url: 'https://news.example/', category_code: 'NEWS', country_code: 'KZ' },
        { url: 'http://www.rights.example/a?b=1', category_code: 'HUMR', country_code: 'KZ' },
      ],
    )
    assert.equal(withList(rows, 'global.csv', (file) => loadTestLists([file]))[0]?.country_code, 'XX')
  })

  it('leaves out every category that is never measured, and rows that have none', () => {
    const barred = loadNever().categories.map(({ code }) => `https://${code.toLowerCase()}.example/,${code},,,,`)
    assert.ok(barred.length >= 5)
    const lower = barred.map((row) => row.toLowerCase())
    assert.deepEqual(
      withList([...barred, ...lower, 'https://none.example/,,,,,'], 'kz.csv', (file) => loadTestLists([file])),
      [],
    )
  })

  it('leaves out a host that is never measured, with every name below it', () => {
    const never = {
      categories: [],
      hosts: [{ host: 'banned.example', why: 'test', source: 'test', checked_at: '2026-01-01' }],
    }
    const rows = [
      'https://banned.example/,NEWS,,,,',
      'https://WWW.Banned.Example./x,NEWS,,,,',
      'https://unbanned.example/,NEWS,,,,',
    ]
    assert.deepEqual(
      withList(rows, 'kz.csv', (file) => loadTestLists([file], never)).map(({ url }) => url),
      ['https://unbanned.example/'],
    )
  })

  it('names the line of what it cannot read', () => {
    for (const row of ['ftp://x.example/,NEWS,,,,', 'no url,NEWS,,,,', 'https://user:pass@x.example/,NEWS,,,,'])
      assert.throws(
        () => withList(['https://a.example/,NEWS,,,,', row], 'kz.csv', (file) => loadTestLists([file])),
        (error) => error instanceof InputError && error.message.includes('line 3'),
        row,
      )
    assert.throws(() => loadTestLists(['/nowhere/kz.csv']), InputError)
  })

  it('reads a list of the form of the Citizen Lab, and its own where it is there', () => {
    const barred = loadNever().categories.map(({ code }) => code)
    const made = ['NEWS', 'HUMR', 'CULTR', ...barred].flatMap((code) =>
      Array.from(
        { length: 150 },
        (_, k) => `http://${code.toLowerCase()}-${k}.example/,${code},"Of ${code}, all",2014-04-15,us,`,
      ),
    )
    const published = join(import.meta.dirname, '../../../../shared/data/kazakhstan/test-list.csv')
    const lists = [withList(made, 'kz.csv', (file) => loadTestLists([file]))]
    if (existsSync(published)) lists.push(loadTestLists([published]))
    for (const rows of lists) {
      assert.ok(rows.length > 400)
      assert.ok(rows.every((row) => !barred.includes(row.category_code)))
    }
  })
})

describe('the bundled lists of what is measured', () => {
  it('hold no host that is never measured, and no name of everything below as something to measure', () => {
    const never = loadNever()
    for (const { endpoints } of loadServices())
      for (const { host, checks } of endpoints) {
        assert.equal(isNeverHost(host, never), false, host)
        if (host.startsWith('*.')) assert.equal(checks, undefined, host)
      }
  })

  it('ask for more consent than the first wherever a VPN, a news site, a rights site or a protocol is measured', () => {
    for (const { id, kind, tier } of loadServices()) {
      const expected = kind === 'protocol' ? 'C' : kind === 'platform' || kind === 'messenger' ? 'A' : 'B'
      assert.equal(tier, expected, id)
    }
  })

  it('measure something of every service, and the main platforms and messengers in the core', () => {
    // A core run has bytes for these; the others are measured by full runs (docs/formats/measured-lists.md).
    const seldom = 'discord google-meet imessage linkedin odnoklassniki threads viber vk zoom'
    const services = loadServices()
    for (const { id, endpoints } of services)
      assert.ok(
        endpoints.some(({ checks }) => checks !== undefined),
        id,
      )
    const withoutCore = services.filter(
      ({ tier, endpoints }) => tier === 'A' && !endpoints.some(({ core }) => core === true),
    )
    assert.deepEqual(withoutCore.map(({ id }) => id).toSorted(), seldom.split(' '))
  })

  it('say of every host how sure it is, of what is measured what success is, and leave what is doubted out of core runs', () => {
    const raw: unknown = JSON.parse(readFileSync(new URL('../../../data/services.json', import.meta.url), 'utf8'))
    const { services } = z
      .object({ services: z.array(z.object({ endpoints: z.array(z.record(z.string(), z.unknown())) })) })
      .parse(raw)
    for (const row of services.flatMap(({ endpoints }) => endpoints))
      assert.ok(['high', 'medium', 'low'].includes(String(row['confidence'])), String(row['host']))
    for (const { tier, endpoints } of loadServices())
      for (const { host, checks = [], success, confidence, core, family } of endpoints) {
        if (checks.length > 0 && tier !== 'C') assert.ok(success !== undefined, host)
        if (confidence === 'low') assert.equal(core, undefined, host)
        assert.equal(family, addressFamily(host), host)
      }
  })

  it('list no host twice with one port', () => {
    const places = loadServices().flatMap(({ endpoints }) => endpoints.map(({ host, port }) => `${host}:${port}`))
    assert.equal(new Set(places).size, places.length)
  })

  it('measure receiving and imparting for the platforms people speak on', () => {
    for (const id of ['youtube', 'facebook', 'instagram', 'twitter', 'tiktok', 'whatsapp']) {
      const uses = loadServices()
        .find((service) => service.id === id)
        ?.endpoints.filter(({ checks }) => checks !== undefined)
        .map(({ use }) => use)
      assert.ok(uses?.includes('media') && uses.includes('upload'), `${id}: ${uses?.join(' ')}`)
    }
  })

  it('put canaries at home and abroad, each with an owner of its own', () => {
    const { canaries, innocent } = loadControls()
    assert.ok(canaries.filter(({ place }) => place === 'domestic').length >= 2)
    assert.ok(canaries.filter(({ place }) => place === 'abroad').length >= 3)
    assert.equal(new Set(canaries.map(({ owner }) => owner)).size, canaries.length)
    const hosts = new Set(loadServices().flatMap(({ endpoints }) => endpoints.map(({ host }) => host)))
    for (const { host } of innocent) assert.equal(hosts.has(host), false, host)
  })
})
