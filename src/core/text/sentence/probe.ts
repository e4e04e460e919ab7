import type { LineReport } from '../../model/measured/service-run.ts'
import type { Service } from '../../model/tables/service.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { say } from '../format.ts'
import type { Lang } from '../lang.ts'

/** Longest name of a host that is shown. */
const LONGEST_HOST = 60

type FoundLine = Pick<LineReport, 'state' | 'portalHost'>

/**
 * What was found of a connection, without its subject: `works, without IPv6`. A host that a sign-in page names is
 * untrusted text.
 */
export const lineWords = (lang: Lang, { state, portalHost }: FoundLine): string =>
  say(lang, `probe.line.${state}`, { host: (portalHost ?? '?').slice(0, LONGEST_HOST) })

/** What was found of the owner's line, as a sentence: `Your line: works.` */
export const lineSentence = (lang: Lang, found: FoundLine): string =>
  say(lang, 'probe.run.your-line', { state: lineWords(lang, found) })

/**
 * One plain sentence for a person about a service on their line, with what shows it where something was found:
 * `YouTube: interfered with on your connection. What shows it: TLS: no answer, by name.` Of a protocol only its first exchange is
 * known, so it is never said to open.
 */
export function serviceSentence(
  lang: Lang,
  { name, kind: sort }: Pick<Service, 'name' | 'kind'>,
  verdict: Verdict,
): string {
  const { kind, mechanism, endpoints } = verdict
  const protocol = sort === 'protocol'
  const service = protocol ? say(lang, 'probe.protocol.name', { service: name }) : name
  const ofProtocol = protocol && (kind === 'reachable' || kind === 'unreachable')
  const parts = [say(lang, ofProtocol ? `probe.protocol.${kind}` : `probe.service.${kind}`, { service })]
  if (mechanism !== undefined && kind !== 'reachable')
    parts.push(say(lang, 'probe.run.mechanism', { mechanism: say(lang, `mechanism.${mechanism}`) }))
  const partial = kind === 'interfered' && endpoints.failed > 0 && endpoints.failed < endpoints.tested
  if (partial)
    parts.push(say(lang, 'probe.run.partly', { tested: String(endpoints.tested), failed: String(endpoints.failed) }))
  return parts.join(' ')
}
