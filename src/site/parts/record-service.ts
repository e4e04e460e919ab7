import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'

/** What the record calls several services at once. */
const RECORD_SERVICES = ['all', 'vpn', 'vpn-sites'] as const

/** Names of services by id. */
export type ServiceNames = ReadonlyMap<string, string>

/** Name of what the record calls a service: from the list, or words for several, or as the record has it. */
export function recordService(lang: Lang, names: ServiceNames, id: string): string {
  const word = RECORD_SERVICES.find((known) => known === id)
  return word === undefined ? (names.get(id) ?? id) : say(lang, `record-service.${word}`)
}
