import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startBucketServer } from '../../../test/kit/servers/bucket-server.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { emptyTally } from '../../pipeline/import/tally.ts'
import { renderBar, tallySentence } from './import-lines.ts'
import { runCommand } from '../main.ts'

let root = ''
before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-cli-'))))
after(() => rm(root, { recursive: true }))

/** Runs a command line; gives its exit code and all it wrote. */
async function run(...argv: string[]): Promise<{ code: number; text: string }> {
  let text = ''
  const code = await runCommand(
    argv,
    testWorld(root, (part) => (text += part)),
  )
  return { code, text }
}

describe('kuager import', () => {
  it('says what was added and where the reasons of rejects stand, and exits 3', async () => {
    const line = JSON.stringify(webMeasurement())
    await writeFile(join(root, 'one.jsonl'), `${line}\n{"broken":\n`)
    const { code, text } = await run('import', 'one.jsonl', '--folder', 'data')
    assert.equal(code, 3)
    assert.match(
      text,
      /2 read: 1 added, 1 rejected\nNot taken: it ends in the middle \(json\.truncated\): 1\nWhere and why: /,
    )
    const file = /Where and why: (.*)/.exec(text)?.[1] ?? ''
    assert.match(await readFile(file, 'utf8'), /"code":"json\.truncated".*"line":2/)
  })

  it('gives counts as JSON and exits 0 where all is known', async () => {
    await writeFile(join(root, 'two.jsonl'), JSON.stringify(webMeasurement()))
    const { code, text } = await run('import', 'two.jsonl', '--folder', 'data', '--json', '--threads', '1')
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(text), { ...emptyTally(), read: 1, known: 1, rejects: [] })
  })

  it('records what it brought in as an event of custody that names no file, and nothing where all is known', async () => {
    const { text } = await run('custody', 'list', '--folder', 'data', '--json')
    const [line = '', ...more] = text.trim().split('\n')
    assert.deepEqual(more, [])
    assert.match(line, /"type":"collected","evidence":\{"kind":"measurements","id":"0-0"\}/)
    assert.match(line, /"detail":\{"added":1,"first_leaf":0,"last_leaf":0,"source":"import"\}/)
    assert.ok(!line.includes('.jsonl'))
  })

  it('refuses wrong use with one sentence and exit code 2', async () => {
    for (const argv of [
      [],
      ['none.jsonl'],
      ['one.jsonl', '--threads', '0'],
      ['one.jsonl', '--fingerprints', 'none.csv'],
    ]) {
      const { code, text } = await run('import', ...argv, '--folder', 'data')
      assert.equal(code, 2, text)
      assert.match(text, /^kuager: Cannot [^\n]*\n$/)
    }
  })
})

describe('kuager follow', () => {
  it('takes one pass over a bucket and exits 0', async () => {
    await using server = await startBucketServer()
    const { code, text } = await run(
      ...['follow', 'ooni', '--country', 'kz', '--once', '--bucket', server.url, '--folder', 'data'],
    )
    assert.equal(code, 0, text)
    assert.match(text, /0 files; 0 read: 0 added; 0 left for the next pass\n$/)
    assert.ok(server.requests.every((path) => path.includes('/KZ/')))
  })

  it('refuses wrong use with one sentence and exit code 2', async () => {
    const wrong = [
      ['other'],
      ['ooni'],
      ['ooni', '--country', 'Kazakhstan'],
      ['ooni', '--country', 'KZ', '--bucket', 'ftp://x'],
    ]
    for (const argv of wrong) {
      const { code, text } = await run('follow', ...argv, '--once', '--folder', 'data')
      assert.equal(code, 2, text)
      assert.match(text, /^kuager: Cannot [^\n]*\n$/)
    }
  })
})

describe('kuager follow others', () => {
  it('asks nothing that was not named, and needs a contact and a data folder', async () => {
    for (const argv of [
      ['--contact', 'a@b.example'],
      ['--source', 'ooni'],
      ['--source', 'google', '--contact', 'a@b.example'],
      ['--source', 'ooni', '--contact', 'me (x)'],
      ['--source', 'ooni', '--contact', 'a@b.example', '--ooni', 'ftp://x'],
    ]) {
      const { code, text } = await run('follow', 'others', ...argv, '--once', '--folder', 'data')
      assert.equal(code, 2, text)
      assert.match(text, /^kuager: Cannot [^\n]*\n$/)
    }
    const { code, text } = await run(
      ...['follow', 'others', '--source', 'ooni', '--contact', 'a@b.example', '--once', '--folder', 'no-such-folder'],
    )
    assert.equal(code, 2, text)
  })
})

describe('tallySentence() and renderBar()', () => {
  const tally = { ...emptyTally(), read: 12_345, added: 12_000, known: 300, rejected: 45 }

  it('leaves out what is zero', () => {
    assert.equal(tallySentence(tally), '12 345 read: 12 000 added, 300 known, 45 rejected')
    assert.equal(tallySentence(emptyTally()), '0 read: 0 added')
  })

  it('draws a share only where the size is known', () => {
    const progress = { source: 'a.gz', bytes: 50, size: 100, tally }
    assert.match(renderBar(progress, 8000.4), /^a\.gz \[############\.{12}\] 50 % {2}12 345 read.* {2}8 000\/s$/)
    assert.match(renderBar({ ...progress, size: undefined }, 1), /^a\.gz {2}12 345 read/)
  })
})
