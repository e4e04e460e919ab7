import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { kuagerDocument } from '../../../../test/kit/measured/kuager-document.ts'
import { endpoint } from '../../../../test/kit/measured/kuager-endpoint.ts'
import { readAsked } from '../../../../test/kit/probe/read-asked.ts'
import { testWorld } from '../../../../test/kit/servers/world.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { openCertificates } from '../../../runtime/certificates.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { loadTables } from '../../../runtime/tables/tables.ts'
import { pageState } from './state.ts'

describe('what the page of a probe shows', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-page-state-'))
  after(() => rmSync(root, { recursive: true }))

  it('is a sentence for each service; the connection and what cannot be read are no service', async () => {
    const folder = join(root, 'probe')
    const spool = new Spool(folder)
    const about = { at: systemClock.now(), scope: 'full', probe: '0123456789abcdef' } as const
    const of = (input: string): string =>
      JSON.stringify(kuagerDocument({ endpoints: [endpoint('www.youtube.com')], root: { input } }))
    for (const document of [of('youtube'), of('line'), 'not JSON']) await spool.add(document, about)
    const asked = await readAsked(['--folder', folder, '--lang', 'en'], testWorld(root), { options: [] })
    const { services, runs } = await pageState(asked, { tables: loadTables(), certificates: openCertificates() })
    assert.equal(services.length, 1)
    assert.match(services[0] ?? '', /^YouTube/)
    const sentences = runs.flatMap(({ measurements }) => measurements.map(({ sentence }) => sentence))
    assert.equal(sentences.length, 3)
    assert.ok(sentences.includes('The connection itself'), sentences.join('\n'))
    assert.ok(sentences.includes('This measurement cannot be read.'), sentences.join('\n'))
  })
})
