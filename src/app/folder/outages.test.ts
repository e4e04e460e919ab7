import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { folderOutages } from './outages.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-outages-'))
const FILES = ['a.json', 'b.json', 'c.json']

describe('folderOutages()', () => {
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('lets the thread answer readers after each file, and reads none that has no outages', async () => {
    mkdirSync(join(folder, 'others'))
    const write = (name: string, value: unknown): void =>
      writeFileSync(join(folder, 'others', name), JSON.stringify(value))
    const days = { retrieved: '2026-09-04', since: '2026-09-01', until: '2026-09-03' }
    const start = Date.UTC(2026, 8, 1) / 1000
    for (const [k, file] of FILES.entries())
      write(file, { data: [{ location: 'country/KZ', start: start + k * 86_400, duration: 7200, datasource: 'bgp' }] })
    const files = FILES.map((file) => ({ file, form: 'ioda-events', title: file, ...days }))
    write('followed.json', {
      simulated: false,
      files: [...files, { file: 'none.json', form: 'ooni-aggregation', title: 'OONI', ...days }],
    })
    const outages = folderOutages(folder, assert.fail)
    let answered = 0
    const answer = (): void => {
      answered++
      next = setImmediate(answer)
    }
    let next = setImmediate(answer)
    const found = await outages()
    clearImmediate(next)
    assert.equal(found?.parts.length, FILES.length)
    assert.ok(answered >= FILES.length, `${answered} answers between ${FILES.length} files`)
    assert.equal(await outages(), found, 'nothing has changed, nothing is read again')
  })
})
