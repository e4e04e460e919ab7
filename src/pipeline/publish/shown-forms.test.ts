import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { readDerivationFiles } from '../../runtime/tables/derivation-files.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import { redactedFields } from '../../core/ooni/publish/redacted-fields.ts'
import { openSeenValues } from '../../store/seen-values/open.ts'
import { digest } from '../judge/judge-bytes.ts'
import type { ArchivedBlob } from './publish.ts'
import { openShownForms, type ShownForms } from './shown-forms.ts'

const json = webMeasurement({ root: { probe_ip: '192.0.2.77' } })
const form = publicForm(json)
const bytes = Buffer.from(JSON.stringify(json))
const blob: ArchivedBlob = {
  kind: 'blob',
  leafIndex: 7,
  provenance: { id: digest(bytes), receivedAt: instant(0), channel: 'file', origin: 'a.jsonl' },
  salt: new Uint8Array(16),
  bytes,
}

describe('openShownForms()', () => {
  let folder = ''
  let forms: ShownForms & AsyncDisposable
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-forms-'))
    openSeenValues(folder)[Symbol.dispose]()
    forms = openShownForms({ folder, tables: readDerivationFiles() }, () => undefined)
  })
  after(async () => {
    await forms[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  it('gives the form that the leaf digests, and none where it digests another', async () => {
    const found = await forms.logged(blob, digest(form))
    assert.equal(Buffer.from(found ?? []).toString(), form)
    assert.equal(await forms.logged(blob, digest('another form')), undefined)
  })

  it('names what a form leaves out, as in this thread', async () => {
    assert.deepEqual(await forms.redacted(blob), redactedFields(json))
  })

  it('judges a form, and throws InputError for a field of a wrong type', async () => {
    const judged = await forms.judge(Buffer.from(form))
    assert.equal(judged.kind, 'judged')
    await assert.rejects(forms.judge(Buffer.from('{"test_name":')), InputError)
  })
})
