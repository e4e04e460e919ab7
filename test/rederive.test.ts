import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { publicForm } from '../src/core/ooni/publish/public-form.ts'
import { judgeBytes } from '../src/pipeline/judge/judge-bytes.ts'
import { openCertificates } from '../src/runtime/certificates.ts'
import { loadTables } from '../src/runtime/tables/tables.ts'
import { webMeasurement } from './kit/measured/measurement.ts'
import { SAMPLES } from './kit/measured/samples.ts'
import { SCENARIOS } from './scenarios/every-scenario.ts'

const tools = { tables: loadTables(), certificates: openCertificates() }

/** A stranger has the public form alone: it must lead to the very same verdict, grounds included. */
function holdsFor(original: Uint8Array): void {
  const judged = judgeBytes(original, tools)
  if (judged.kind === 'aside') return
  const again = judgeBytes(Buffer.from(publicForm(judged.json)), tools)
  assert.equal(again.kind, 'judged')
  if (again.kind !== 'judged') return
  assert.deepEqual(again.verdict, judged.verdict)
  assert.equal(again.service, judged.service)
}

describe('a verdict derived again from the public form', () => {
  it('is the same for every scenario', () => {
    for (const { measurement } of SCENARIOS) holdsFor(Buffer.from(JSON.stringify(measurement)))
  })

  it('is the same for every sample', () => {
    for (const { bytes } of SAMPLES) holdsFor(bytes)
  })
})

it('an address that the probe gave reaches no row, wherever it stood', () => {
  const address = '95.56.77.88'
  const url = `https://www.example.com/?me=${address}`
  const measured = webMeasurement({ url, root: { probe_ip: address }, body: `You are ${address}` })
  const judged = judgeBytes(Buffer.from(JSON.stringify(measured)), tools)
  assert.equal(judged.kind, 'judged')
  if (judged.kind !== 'judged') return
  const { head, verdict, observations, service } = judged
  assert.ok(!JSON.stringify({ head, verdict, observations, service }).includes(address))
  assert.equal(verdict.kind, 'reachable')
})
