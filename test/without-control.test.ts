import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { judge } from '../src/core/judge/judge.ts'
import { judgeBytes } from '../src/pipeline/judge/judge-bytes.ts'
import { openCertificates } from '../src/runtime/certificates.ts'
import { PACKAGE_ROOT } from '../src/runtime/files/package-root.ts'
import { loadTables } from '../src/runtime/tables/tables.ts'

const SAMPLES = join(PACKAGE_ROOT, '../shared/data/ooni')
/** Rules whose evidence stands alone. */
const ARTEFACTS = new Set(['dns.bogon', 'dns.fingerprint', 'tls.interception-issuer', 'http.fingerprint'])

it(
  'without its control no real sample is interfered, artefacts aside',
  { skip: existsSync(SAMPLES) ? false : 'no sample data beside the repository: ../shared/data/ooni' },
  () => {
    const tools = { tables: loadTables(), certificates: openCertificates() }
    let interfered = 0
    for (const file of readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.json')) continue
      const judged = judgeBytes(readFileSync(join(SAMPLES, file)), tools)
      if (judged.kind !== 'judged' || judged.verdict.kind !== 'interfered') continue
      interfered++
      const alone = judged.observations.filter(
        (row) => row.side === 'probe' && !('role' in row && row.role === 'innocent'),
      )
      const verdict = judge(judged.head, alone, tools.tables)
      assert.ok(verdict.kind !== 'interfered' || ARTEFACTS.has(verdict.rule), `${file}: ${verdict.rule}`)
    }
    assert.ok(interfered > 0)
  },
)
