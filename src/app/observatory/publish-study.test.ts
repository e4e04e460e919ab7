import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Hono } from 'hono'
import { encodeCoincidence } from '../../core/model/incident/coincidence-wire.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { addStudyPages } from '../../site/record/study-route.ts'
import { urls } from '../../site/urls.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { kuagerIn, publishSampleStudy, STUDY_TEST } from '../../../test/kit/evening/sample-study.ts'
import { folderStudies, readStudy } from './studies.ts'

let folder = ''
const kuager = (...argv: readonly string[]): ReturnType<typeof kuagerIn> => kuagerIn(folder, ...argv)
let answer = ''

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kuager-publish-'))
  answer = await publishSampleStudy(folder, 'streams-2025')
})
after(() => rmSync(folder, { recursive: true, force: true }))

const placeOf = (id: string): string => join(folder, 'site', 'studies', id)

async function ask(path: string, isPublic = false): Promise<Response> {
  const site = new Hono()
  site.onError((error) => {
    throw error
  })
  addStudyPages(site, {
    studies: folderStudies(join(folder, 'site'), { isPublic }),
    names: { services: [{ id: 'youtube', name: 'YouTube' }], networkName: () => undefined },
    frame: PLAIN_FRAME,
  })
  return site.request(path)
}
const read = async (path: string): Promise<string> => (await ask(path)).text()

/** A copy of the study under another name, one of its files changed. */
function altered(id: string, file: 'frozen' | 'result', change: (text: string) => string): string {
  cpSync(placeOf('streams-2025'), placeOf(id), { recursive: true })
  const path = join(placeOf(id), `${file}.json`)
  const text = readFileSync(path, 'utf8')
  const changed = change(text)
  assert.notEqual(changed, text)
  writeFileSync(path, changed)
  return id
}

describe('kuager coincide --publish', () => {
  it('writes list and answer, and the reader gives back the very report', async () => {
    const study = await readStudy(placeOf('streams-2025'), 'streams-2025')
    assert.ok(study.kind === 'whole')
    assert.equal(study.files.result, answer)
    const written: unknown = JSON.parse(answer)
    assert.ok(typeof written === 'object' && written !== null)
    const encoded: unknown = JSON.parse(JSON.stringify(encodeCoincidence(study.answer.report)))
    assert.deepEqual({ ...written, ...(encoded as object) }, written)
    assert.equal(study.recomputed, study.frozen.sha256)
  })

  it('replaces nothing, and publishes nothing that was not frozen', async () => {
    const again = await kuager(...STUDY_TEST, '--publish', 'streams-2025')
    assert.equal(again.code, 2)
    assert.match(again.err, /one of this name is published/)
    const explored = await kuager(...STUDY_TEST, '--until', '2025-06-01', '--publish', 'explored')
    assert.equal(explored.code, 2)
    assert.match(explored.err, /it answers what was not frozen/)
    for (const id of ['../x', 'A', 'a/b', ''])
      assert.equal((await kuager(...STUDY_TEST, `--publish=${id}`)).code, 2, id)
    const nowhere = await kuager(...STUDY_TEST.slice(0, -1), 'nowhere', '--publish', 'streams-2025')
    assert.match(nowhere.err, /there is no data folder/)
  })
})

describe('the pages of studies', () => {
  it('list a study with its finding, and say that it shows no cause', async () => {
    for (const lang of LANGS) {
      const page = await read(urls.plain(lang, 'coincidence'))
      assert.ok(page.includes(urls.study(lang, 'streams-2025')))
      assert.match(page, /class="sim"/)
    }
    const page = await read(urls.plain('en', 'coincidence'))
    assert.ok(page.includes('both tests reach the level') && page.includes(say('en', 'coincide.no-cause')))
  })

  it('show the list with both digests, the drawing, the controls and the plan, without scripts and styles', async () => {
    const { sha256 } = JSON.parse(readFileSync(join(folder, 'frozen.json'), 'utf8')) as { sha256: string }
    for (const lang of LANGS) {
      const page = await read(urls.study(lang, 'streams-2025'))
      assert.match(page, new RegExp(`<html lang="${lang}"`))
      assert.doesNotMatch(page, /<script|<style|style="|onclick|<img/)
      assert.equal(page.split(sha256).length - 1, 2)
      assert.match(page, /<svg class="chart narrow"[^>]*role="img"[^>]*><title id="epochs-narrow-t">/)
    }
    const page = await read(urls.study('en', 'streams-2025'))
    for (const text of [
      'The same.',
      'Football',
      'No coincidence is expected here.',
      'Who acted, and why.',
      'frozen after',
    ])
      assert.ok(page.includes(text), text)
    assert.equal(page.split('&lt;img src=x onerror=alert(1)&gt; livestream').length > 40, true)
  })

  it('draw and tabulate every point of the epoch', async () => {
    const study = await readStudy(placeOf('streams-2025'), 'streams-2025')
    assert.ok(study.kind === 'whole')
    const { epoch } = study.answer.report.primary
    const page = await read(urls.study('en', 'streams-2025'))
    const table = page.slice(page.indexOf('Range by chance'))
    assert.equal((table.slice(0, table.indexOf('</table>')).match(/<th scope="row">/g) ?? []).length, epoch.length)
  })

  it('give the files byte for byte', async () => {
    for (const file of ['frozen', 'result'] as const) {
      const found = await read(urls.studyFile('streams-2025', file))
      assert.equal(found, readFileSync(join(placeOf('streams-2025'), `${file}.json`), 'utf8'))
    }
  })

  it('refuse a list that was altered after it was frozen, with both digests and none of its figures', async () => {
    const id = altered('moved', 'frozen', (text) => text.replace('"start": "2025-01-', '"start": "2025-02-'))
    const page = await read(urls.study('en', id))
    assert.ok(page.includes('This study is not shown: its files failed the check'))
    assert.ok(page.includes('changed after it was frozen') && page.includes('Not the same.'))
    assert.ok(!page.includes('<svg class="chart') && !page.includes('p ≤'))
    assert.ok((await read(urls.plain('en', 'coincidence'))).includes('its files failed the check'))
    assert.equal((await ask(urls.studyFile(id, 'result'))).status, 404)
    rmSync(placeOf(id), { recursive: true })
  })

  it('refuse an answer about another list, to other questions, of another form, or missing', async () => {
    const wrong = {
      other: altered('other', 'result', (text) =>
        text.replace(/(?<="events_sha256":")./, (digit) => (digit === '0' ? '1' : '0')),
      ),
      real: altered('real', 'result', (text) => text.replace('"simulated":true', '"simulated":false')),
      explored: altered('explored', 'result', (text) => text.replace('"exploratory":false', '"exploratory":true')),
      renamed: altered('renamed', 'result', (text) => text.replace('"id":"football"', '"id":"another"')),
      broken: altered('broken', 'result', (text) => text.slice(0, -20)),
      more: altered('more', 'result', (text) => text.replace('"days":', '"extra":1,"days":')),
    }
    for (const id of Object.values(wrong)) assert.equal((await readStudy(placeOf(id), id)).kind, 'refused', id)
    rmSync(join(placeOf('broken'), 'result.json'))
    assert.equal((await readStudy(placeOf('broken'), 'broken')).kind, 'refused')
    for (const id of Object.values(wrong)) rmSync(placeOf(id), { recursive: true })
  })

  it('leave simulated studies out of a public server', async () => {
    assert.equal((await ask(urls.study('en', 'streams-2025'), true)).status, 404)
    const page = await (await ask(urls.plain('en', 'coincidence'), true)).text()
    assert.ok(page.includes('No study has been published yet.') && page.includes('At least 20 weeks'))
  })

  it('answer 404 for what is not there', async () => {
    for (const path of ['/en/coincidence/none', '/study/none/frozen.json', '/study/..%2F..%2Fsecret/frozen.json'])
      assert.equal((await ask(path)).status, 404, path)
  })
})
