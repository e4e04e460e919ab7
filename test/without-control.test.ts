import assert from 'node:assert/strict'
import { it } from 'node:test'
import { judge } from '../src/core/judge/judge.ts'
import { judgeBytes } from '../src/pipeline/judge/judge-bytes.ts'
import { openCertificates } from '../src/runtime/certificates.ts'
import { loadTables } from '../src/runtime/tables/tables.ts'
import { SAMPLES } from './kit/measured/samples.ts'

/** Rules whose evidence stands alone. */
const ARTEFACTS = new Set(['dns.bogon', 'dns.fingerprint', 'tls.interception-issuer', 'http.fingerprint'])

it('without its control no sample is interfered, direct evidence excluded', () => {
  const tools = { tables: loadTables(), certificates: openCertificates() }
  let interfered = 0
  for (const { name, bytes } of SAMPLES) {
    const judged = judgeBytes(bytes, tools)
    if (judged.kind !== 'judged' || judged.verdict.kind !== 'interfered') continue
    interfered++
    const alone = judged.observations.filter(
      (row) => row.side === 'probe' && !('role' in row && row.role === 'innocent'),
    )
    const verdict = judge(judged.head, alone, tools.tables)
    assert.ok(verdict.kind !== 'interfered' || ARTEFACTS.has(verdict.rule), `${name}: ${verdict.rule}`)
  }
  assert.ok(interfered > 5)
})
