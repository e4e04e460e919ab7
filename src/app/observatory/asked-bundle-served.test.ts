import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { until } from '../../../test/kit/crash/eventually.ts'
import { commandLine, fillBundles, type RunInFolder } from '../../../test/kit/evening/evening.ts'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'
import { say } from '../../core/text/format.ts'
import { openPress } from '../../documents/typst/compile.ts'

const press = await openPress()

describe('a bundle that a reader asks a served folder for', () => {
  let cwd: string
  let id: string
  let run: RunInFolder
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-asked-'))
    run = commandLine(cwd)
    ;({ id } = await fillBundles(cwd))
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  it('is made while the server answers, is valid, packed, kept, and has its exhibits', async () => {
    await using served = await serveFolderAt(join(cwd, 'data'), cwd)
    const page = new URL(`en/bundle/${id}`, served.url)
    assert.ok((await (await fetch(page)).text()).includes(say('en', 'bundle-order.make')))
    const asked = await fetch(page, { method: 'POST', redirect: 'manual' })
    assert.equal(asked.status, 303)
    assert.ok((await (await fetch(page)).text()).includes(say('en', 'bundle-order.making')))
    let text = ''
    await until(async () => {
      text = await (await fetch(page)).text()
      assert.ok(!text.includes(say('en', 'bundle-order.fault')) && !text.includes(say('en', 'bundle-order.differs')))
      return text.includes(say('en', 'bundle-order.ready'))
    })
    const zip = /\/bundles\/[a-z0-9._-]+\.zip/.exec(text)?.[0] ?? assert.fail(text)
    const bytes = Buffer.from(await (await fetch(new URL(zip, served.url))).arrayBuffer())
    writeFileSync(join(cwd, 'asked.zip'), bytes)
    const verified = await run('verify', 'asked.zip')
    assert.equal(verified.exit, 0, verified.out)
    if (!('missing' in press)) {
      const pdf = await fetch(new URL(`${zip.replace(/\.zip$/, '')}/exhibit-kk.pdf`, served.url))
      assert.equal(
        Buffer.from(await pdf.arrayBuffer())
          .subarray(0, 5)
          .toString(),
        '%PDF-',
      )
    }
    assert.equal((await fetch(page, { method: 'POST', redirect: 'manual' })).status, 303)
    assert.ok((await (await fetch(page)).text()).includes(zip))
  })
})
