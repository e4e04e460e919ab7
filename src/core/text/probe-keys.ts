import type { Tier } from '../model/tables/service.ts'
import type { LineState } from '../model/measured/service-run.ts'
import type { Kind } from '../model/measured/verdict.ts'

/** Keys of the words of this area; derived from the closed lists of the model, so that a new member needs its words. */
export type ProbeKey =
  | `probe.line.${LineState}`
  | `probe.service.${Kind}`
  | 'probe.protocol.name'
  | `probe.protocol.${'reachable' | 'unreachable'}`
  | `probe.tier.${Tier}`
  | `probe.ask.${Tier}`
  | ConsentKey
  | RunKey
  | StatusKey
  | InstallKey
  | ForgetKey
  | OoniRunKey
  | HelpKey

/** Paragraphs of the text that asks for consent, in order; a test holds CONSENT_VERSION to them. */
export const CONSENT_PARAGRAPHS = [
  'title',
  'what',
  'not',
  'sent',
  'not-sent',
  'public',
  'key',
  'cost',
  'visible',
  'law',
  'who-not',
  'no-promise',
  'stop',
] as const

type ConsentKey =
  | `probe.consent.${(typeof CONSENT_PARAGRAPHS)[number]}`
  | 'probe.consent.example'
  | 'probe.consent.to'
  | 'probe.consent.to-control'
  | 'probe.consent.to-nobody'
  | 'probe.consent.changed'
  | 'probe.consent.refused'
  | 'probe.consent.given'
  | 'probe.consent.needs'
  | 'probe.consent.needs-more'
  | 'probe.consent.yes-words'
  | 'probe.consent.no-word'

type RunKey =
  | 'probe.run.title'
  | 'probe.run.network'
  | 'probe.run.network-unknown'
  | 'probe.run.your-line'
  | 'probe.run.no-service'
  | 'probe.run.column-service'
  | 'probe.run.column-state'
  | 'probe.run.waiting'
  | 'probe.run.measuring'
  | 'probe.run.measured'
  | 'probe.run.progress'
  | 'probe.run.sent'
  | 'probe.run.queued'
  | 'probe.run.no-collector'
  | 'probe.run.not-submitted'
  | 'probe.run.unreachable'
  | 'probe.run.busy'
  | 'probe.run.refused'
  | 'probe.run.dropped'
  | 'probe.run.held'
  | 'probe.run.unfinished'
  | 'probe.run.bytes'
  | 'probe.run.turn'
  | 'probe.run.interrupted'
  | 'probe.run.no-responders'
  | 'probe.run.not-consented'
  | 'probe.run.mechanism'
  | 'probe.run.partly'

type StatusKey =
  | 'probe.status.title'
  | 'probe.status.no-consent'
  | 'probe.status.refused'
  | 'probe.status.consent'
  | 'probe.status.outdated'
  | 'probe.status.schedule-on'
  | 'probe.status.schedule-off'
  | 'probe.status.counted'
  | 'probe.status.apart'
  | 'probe.status.apart-new'
  | 'probe.status.apart-mismatched'
  | 'probe.status.apart-unsigned'
  | 'probe.status.untold'
  | 'probe.status.queue'
  | 'probe.status.refused-documents'
  | 'probe.status.last-upload'
  | 'probe.status.no-upload'
  | 'probe.status.next-try'
  | 'probe.status.bytes'
  | 'probe.status.bytes-other'
  | 'probe.status.keys'
  | 'probe.status.folder'
  | 'probe.status.copies'

type InstallKey =
  | 'probe.install.written'
  | 'probe.install.started'
  | 'probe.install.by-hand'
  | 'probe.install.stop'
  | 'probe.install.untested'
  | 'probe.install.cadence'
  | 'probe.invite.kept'
  | 'probe.export.done'
  | 'probe.export.nothing'
  | 'probe.export.deleted'

type ForgetKey =
  | 'probe.forget.what'
  | 'probe.forget.undelivered'
  | 'probe.forget.ask'
  | 'probe.forget.kept'
  | 'probe.forget.done'
  | 'probe.forget.nothing'
  | 'probe.forget.left'
  | 'probe.forget.published'

/** Commands in the order in which somebody meets them. */
export const HELP_COMMANDS = [
  'run',
  'status',
  'install',
  'forget',
  'export',
  'invite',
  'ooni-run',
  'extra',
  'daemon',
] as const
export type HelpCommand = (typeof HELP_COMMANDS)[number]

type HelpKey =
  | `probe.help.${HelpCommand | 'about' | 'more'}`
  | `probe.wrong.${'command' | 'argument' | 'service' | 'invitation' | 'exists' | 'running' | 'settings'}`

type OoniRunKey = 'probe.ooni-run.name' | 'probe.ooni-run.short' | 'probe.ooni-run.description'
