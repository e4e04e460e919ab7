import { judgePublic, type JudgedJson, type PureJudgeTools } from '../../core/derive/judge-public.ts'
import type { Aside } from '../../core/ooni/decode/aside.ts'
import { digest } from './judge-bytes.ts'

/** What came of judging a public form, without its bytes. */
export type JudgedForm = Omit<JudgedJson, 'bytes' | 'json'>
/** Judges the bytes of a public form. Throws InputError where a field that is read has a wrong type. */
export type JudgeForm = (bytes: Uint8Array) => Promise<JudgedForm | Aside>

/** Bytes of public forms whose judgement is kept: about ten times as much memory. */
const MOST_KEPT = 24 * 1024 ** 2

/** Judges public forms and keeps neither their bytes nor their JSON. Throws InputError as above. */
export const formJudge =
  (tools: PureJudgeTools) =>
  (bytes: Uint8Array): JudgedForm | Aside => {
    const judged = judgePublic(bytes, tools)
    if (judged.kind === 'aside') return judged
    const { kind, head, service, verdict, observations } = judged
    return { kind, head, service, verdict, observations }
  }

/**
 * The same judge, for forms that are asked for twice: to gather what an incident is derived from, and to write it. What
 * was judged is kept until it is asked for again, as long as there is room; beyond that a form is judged again.
 */
export function judgedOnce(judge: JudgeForm, mostKept = MOST_KEPT): JudgeForm {
  const kept = new Map<string, { readonly judged: JudgedForm | Aside; readonly size: number }>()
  let room = mostKept
  return async (bytes) => {
    const key = digest(bytes)
    const known = kept.get(key)
    if (known !== undefined) {
      kept.delete(key)
      room += known.size
      return known.judged
    }
    const judged = await judge(bytes)
    if (bytes.length > room) return judged
    room -= bytes.length
    kept.set(key, { judged, size: bytes.length })
    return judged
  }
}
