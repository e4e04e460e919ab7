import { workerData } from 'node:worker_threads'
import { NOTHING_COMMON, openSeenReader } from '../../store/seen-values/open.ts'
import { serveCalls, type HandlerReply } from '../../runtime/serve-calls.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { openPublisher } from './publish.ts'
import type { PublicSetup, PublicTextCall, PublicTextReply } from './public-calls.ts'

const { folder, fingerprintFiles } = workerData as PublicSetup
const publisher = openPublisher({
  tables: loadTables({ fingerprintFiles }),
  seen: folder === undefined ? NOTHING_COMMON : openSeenReader(folder),
})

serveCalls({
  text: (value, work) => {
    const call = value as PublicTextCall
    work.item(0, call.measurement.bytes.length)
    return textOf(call)
  },
})

function textOf({ measurement, simulated, layout, most }: PublicTextCall): HandlerReply {
  const form = JSON.parse(publisher.shown(measurement)) as unknown
  const shown =
    simulated && typeof form === 'object' && form !== null && !Array.isArray(form) ? { simulated: true, ...form } : form
  const whole = Buffer.from(`${JSON.stringify(shown, undefined, layout === 'indented' ? 2 : undefined)}\n`)
  // A copy of its own: a part of a pool of buffers cannot change hands.
  const text = new Uint8Array(whole.subarray(0, most === undefined ? whole.length : cutAt(whole, most)))
  const value = { text, bytes: whole.length } satisfies PublicTextReply
  return { value, transfer: [text.buffer] }
}

/** The longest length up to `most` that does not cut a character of UTF-8. */
function cutAt(text: Uint8Array, most: number): number {
  let at = Math.min(most, text.length)
  while (at > 0 && at < text.length && ((text[at] ?? 0) & 0xc0) === 0x80) at--
  return at
}
