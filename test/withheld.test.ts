import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withholdMeasurement } from '../src/core/derive/withhold-measurement.ts'
import { WITHHELD } from '../src/core/model/measured/page-reading.ts'
import { parseFingerprints } from '../src/core/model/tables/fingerprints.ts'
import type { Verdict } from '../src/core/model/measured/verdict.ts'
import { judgeBytes } from '../src/pipeline/judge/judge-bytes.ts'
import { openCertificates } from '../src/runtime/certificates.ts'
import { loadTables } from '../src/runtime/tables/tables.ts'
import { kuagerDocument } from './kit/measured/kuager-document.ts'
import { endpoint, type PlainOptions } from './kit/measured/kuager-endpoint.ts'
import { SAMPLES } from './kit/measured/samples.ts'
import { SCENARIOS } from './scenarios/every-scenario.ts'

const tools = { tables: loadTables(), certificates: openCertificates() }
const NOTHING_OPEN = { tables: tools.tables, commit: () => '0'.repeat(64), open: () => undefined }

/** A verdict without the hosts that answers named: they are withheld, and nothing follows from their spelling. */
function withoutHosts(verdict: Verdict): unknown {
  const told = JSON.stringify(verdict, (key, value: unknown) =>
    key === 'location' || key === 'host' || key === 'name' ? WITHHELD : value,
  )
  return JSON.parse(told) as unknown
}

function holdsFor(original: Uint8Array): void {
  const judged = judgeBytes(original, tools)
  if (judged.kind === 'aside') return
  const { published } = withholdMeasurement(judged.json, NOTHING_OPEN)
  const again = judgeBytes(Buffer.from(published), tools)
  assert.equal(again.kind, 'judged')
  if (again.kind !== 'judged') return
  assert.deepEqual(withoutHosts(again.verdict), withoutHosts(judged.verdict))
  assert.equal(again.service, judged.service)
}

describe('a verdict derived from a form in which what servers sent is withheld', () => {
  for (const [nth, { measurement }] of SCENARIOS.entries())
    it(`is the same for scenario ${nth}`, () => holdsFor(Buffer.from(JSON.stringify(measurement))))

  for (const { name, bytes } of SAMPLES) it(`is the same for ${name}`, () => holdsFor(bytes))
})

describe('fingerprints of pages whose bytes are withheld', () => {
  const rows = [
    'name,scope,location_found,pattern_type,pattern,expected_countries',
    'kz.body,nat,body,contains,is blocked by,KZ',
    'kz.header,nat,header.location,prefix,http://block.example/,KZ',
    'any.product,prod,body,contains,Product 7,',
    'own.filter,inst,header.server,full,Office filter,',
  ]
  const tables = { ...tools.tables, fingerprints: parseFingerprints(rows.join('\n'), 'test.csv') }
  const pages: readonly PlainOptions[] = [
    { status: 200, body: '<html>This page is blocked by mark</html>' },
    { status: 302, location: 'http://block.example/mark' },
    { status: 200, body: '<html><title>x</title>Product 7</html>' },
    { status: 200, body: '<html>nothing that is known, but long enough to be compared</html>' },
  ]
  for (const [nth, page] of pages.entries())
    it(`are read once and judged alike: page ${nth}`, () => {
      const document = kuagerDocument({ endpoints: [endpoint('www.youtube.com', { page: null, plain: [page] })] })
      const judged = judgeBytes(Buffer.from(JSON.stringify(document)), { ...tools, tables })
      const { published } = withholdMeasurement(document, { ...NOTHING_OPEN, tables })
      assert.ok(!published.includes('mark'))
      const again = judgeBytes(Buffer.from(published), { ...tools, tables })
      assert.ok(judged.kind === 'judged' && again.kind === 'judged')
      assert.deepEqual(withoutHosts(again.verdict), withoutHosts(judged.verdict))
      if (nth < 2) assert.ok(JSON.stringify(again.verdict).includes(nth === 0 ? 'kz.body' : 'kz.header'))
    })
})
