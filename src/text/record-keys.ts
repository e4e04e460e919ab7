import type { ClaimReason } from '../model/claim.ts'
import type { ImpactInput } from '../model/impact-table.ts'
import type { ClaimFinding, Reported, Statement } from '../model/record.ts'

/** Words of the record that stand for no single service. */
export const RECORD_SERVICES = ['all', 'vpn', 'vpn-sites'] as const

/** Keys of the words of this area; derived from the closed lists of the model, so that a new member needs its words. */
export type RecordKey =
  | `finding.${ClaimFinding}`
  | `claim-reason.${ClaimReason}`
  | `speaker.${Extract<Statement['speaker'], 'operator' | 'platform'>}`
  | `reported-as.${Reported['reportedAs']}`
  | `record-service.${(typeof RECORD_SERVICES)[number]}`
  | `orders.text-held.${'yes' | 'no'}`
  | `impact-input.${ImpactInput}`
  | 'claims.title'
  | 'claims.about'
  | 'claims.never'
  | 'claims.counts'
  | 'claims.count'
  | 'claims.statements'
  | 'claims.statements-about'
  | 'claims.simulated-words'
  | 'claims.none'
  | 'claims.no-claims'
  | 'claims.measurement'
  | 'claims.period'
  | 'claims.incidents'
  | 'claims.more-incidents'
  | 'claims.incident'
  | 'claims.source'
  | 'claims.source-unchecked'
  | 'claims.source-unknown'
  | 'claims.source-archived'
  | 'reported.title'
  | 'reported.about'
  | 'reported.year'
  | 'reported.none'
  | 'reported.between'
  | 'reported.until'
  | 'reported.from'
  | 'reported.end'
  | 'reported.end-unknown'
  | 'reported.services'
  | 'reported.sources'
  | 'reported.unknown'
  | 'orders.title'
  | 'orders.about'
  | 'orders.absence'
  | 'orders.none'
  | 'orders.number'
  | 'orders.no-number'
  | 'orders.date'
  | 'orders.no-date'
  | 'orders.basis'
  | 'orders.scope'
  | 'orders.no-request'
  | 'orders.requested'
  | 'orders.no-answer'
  | 'orders.answered'
