import { workerData } from 'node:worker_threads'
import { parseDerivationTables } from '../../core/derive/derivation-tables.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseJson } from '../../core/ooni/json.ts'
import { redactedFields } from '../../core/ooni/publish/redacted-fields.ts'
import { NOTHING_COMMON, openSeenReader } from '../../store/seen-values/open.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { serveCalls } from '../../runtime/serve-calls.ts'
import { digest } from '../judge/judge-bytes.ts'
import { formJudge } from '../judge/judged-once.ts'
import { openPublisher } from './publish.ts'
import type { BytesCall, FormSetup, FormReply, LoggedCall } from './form-calls.ts'

const { folder, tables: files } = workerData as FormSetup
const { verdicts: tables } = parseDerivationTables(files, digest)
const publisher = openPublisher({ tables, seen: folder === undefined ? NOTHING_COMMON : openSeenReader(folder) })
let roots: string[] = []
const certificates = openCertificates(undefined, (pem) => roots.push(pem))
const judge = formJudge({ tables, certificates, digest })

serveCalls({
  logged: (value, work) => {
    const { measurement, logged } = value as LoggedCall
    work.item(0, measurement.bytes.length)
    const form = publisher.logged(measurement, logged)
    return { value: form === undefined ? undefined : new TextEncoder().encode(form) }
  },
  redacted: (value, work) => {
    const { bytes } = value as BytesCall
    work.item(0, bytes.length)
    return { value: redactedFields(parseJson(bytes)) }
  },
  judge: (value, work) => {
    const { bytes } = value as BytesCall
    work.item(0, bytes.length)
    roots = []
    const judged = judgeSafely(bytes)
    return { value: { judged, roots } satisfies FormReply }
  },
})

function judgeSafely(bytes: Uint8Array): FormReply['judged'] {
  try {
    return judge(bytes)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { message, code, path, expected } = error
    return { kind: 'unreadable', message, code, path, expected }
  }
}
