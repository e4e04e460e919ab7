import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { writeSampleRelease, type SampleRelease } from '../../../test/kit/site/sample-release.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { openReleaseShelf } from '../../app/download/shelf.ts'
import { parseMinisignKey } from '../../core/evidence/minisign.ts'
import { LANGS } from '../../core/text/lang.ts'
import { parseJoinLink } from '../../core/model/people/join-link.ts'
import { openLog } from '../../runtime/log.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { urls } from '../urls.ts'
import { publicJoinLink } from './view.ts'

type Site = Awaited<ReturnType<typeof sampleSite>>

const FRAME: Frame = {
  ...PLAIN_FRAME,
  origin: 'https://kuager.example',
  mirrorKey: 'kuager.example+1a2b3c4d+AdJ0kq3sVb1ZrH8k4M2yPzQmN7wTtXcUe5LfGh9RsIxY',
}
const ZIP = 'kuager-probe_0.2.0_windows-x64.zip'

describe('the page on joining', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-join-page-'))
  after(() => rmSync(root, { recursive: true }))
  let bare: Site
  let full: Site
  let release: SampleRelease
  before(async () => {
    release = writeSampleRelease(root)
    const key = parseMinisignKey(release.key)
    assert.ok(key !== undefined)
    const releases = await openReleaseShelf({ folder: root, key }, openLog({ level: 'silent' }))
    const ooniRun = 'https://run.ooni.org/v2/10001'
    const repository = 'https://git.example/kuager'
    bare = await sampleSite({})
    full = await sampleSite({
      frame: FRAME,
      join: { collectors: [], controls: ['https://control.example'], releases, ooniRun, repository },
    })
  })
  const read = async (site: Site, path: string): Promise<string> => (await site.request(path)).text()

  it('leads from the short addresses to the language of the reader, by an address without a fragment', async () => {
    for (const [path, page] of [
      ['/join', 'join'],
      ['/take-part', 'probe'],
    ] as const)
      for (const [asked, lang] of [
        ['ru,en;q=0.5', 'ru'],
        ['en', 'en'],
        ['de', 'kk'],
      ] as const) {
        const answer = await full.request(path, { headers: { 'accept-language': asked } })
        assert.equal(answer.status, 302)
        assert.equal(answer.headers.get('location'), urls.plain(lang, page))
        assert.match(answer.headers.get('vary') ?? '', /accept-language/)
      }
    assert.equal((await full.request('/kk/take-part')).headers.get('location'), '/kk/probe')
  })

  it('shows each program with size, hash and two commands, and sends its bytes from this site', async () => {
    const page = await read(full, '/en/join')
    const bytes = release.files.get(ZIP) ?? assert.fail()
    const sha256 = Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))).toString('hex')
    assert.ok(page.includes(sha256))
    const typed = page.replaceAll(/<[^>]+>/g, '')
    assert.ok(typed.includes(`certutil -hashfile ${ZIP} SHA256`))
    assert.ok(typed.includes('sha256sum kuager-probe-linux-x64'))
    assert.ok(typed.includes(`minisign -Vm ${ZIP} -P ${release.key}`))
    const answer = await full.request(urls.download(ZIP))
    assert.equal(answer.status, 200)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
    assert.equal(answer.headers.get('content-length'), String(bytes.length))
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream')
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${ZIP}"`)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(answer.headers.get('set-cookie'), null)
    const part = await full.request(urls.download(ZIP), { headers: { range: 'bytes=10-19' } })
    assert.equal(part.status, 206)
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(10, 20))
    assert.equal((await full.request(urls.download(`${ZIP}.minisig`))).status, 200)
    for (const name of ['SHA256SUMS.txt', '../package.json', 'x'])
      assert.equal((await full.request(urls.download(name))).status, 404, name)
    assert.equal((await bare.request(urls.download(ZIP))).status, 404)
  })

  it('names no address of others but the one for phones, and none that is made up', async () => {
    for (const lang of LANGS)
      for (const path of [urls.plain(lang, 'join'), urls.plain(lang, 'probe')]) {
        const page = await read(full, path)
        const outside = [...page.matchAll(/(?:href|src)="(https?:[^"]+)"/g)].map(([, address]) => address)
        assert.deepEqual(outside, ['https://run.ooni.org/v2/10001'], path)
        for (const site of [full, bare])
          assert.doesNotMatch(await read(site, path), /REPOSITORY|COLLECTOR|CONTROL\b|https:\/\/ADDRESS/, path)
      }
    assert.match((await read(full, '/en/probe')).replaceAll(/<[^>]+>/g, ''), /git clone https:\/\/git\.example\/kuager/)
  })

  it('says plainly what the operator has not set', async () => {
    const page = await read(bare, '/en/join')
    assert.match(page, /has not published a program/)
    assert.match(page, /<p id="no-link" >There is no public link here/)
    assert.match(page, /<div id="join" hidden>/)
    assert.match(page, /has not set a link to it/)
    const about = await read(bare, '/en/probe')
    assert.match(about, /has not named where the source/)
    assert.doesNotMatch(about, /git clone/)
  })

  it('in a copy leads to the site for programs, and offers no file that the copy lacks', async () => {
    const copy = await sampleSite({
      frame: { ...FRAME, medium: 'mirror' },
      join: {
        collectors: [],
        controls: [],
        releases: await openReleaseShelf({ folder: root }, openLog({ level: 'silent' })),
      },
    })
    const page = await read(copy, '/en/join')
    assert.match(page, /without the programs.*https:\/\/kuager\.example\/en\/join/s)
    assert.doesNotMatch(page, /\/download\//)
  })

  it('makes the public link of address, key, collectors and helpers, where the site takes measurements', () => {
    // Only whether there is one is asked.
    const collector = {} as NonNullable<Parameters<typeof publicJoinLink>[0]['collector']>
    const join = { collectors: ['https://second.example'], controls: ['https://control.example'] }
    const link = publicJoinLink({ frame: FRAME, collector, join })
    const parsed = parseJoinLink(link ?? '')
    assert.ok(parsed.kind === 'link')
    assert.deepEqual(parsed.link.collectors, ['https://kuager.example', 'https://second.example'])
    assert.deepEqual(parsed.link.controls, ['https://control.example'])
    assert.equal(parsed.link.invitation, undefined)
    assert.equal(publicJoinLink({ frame: FRAME, join }), undefined)
    assert.equal(publicJoinLink({ frame: PLAIN_FRAME, collector, join }), undefined)
  })
})
