import { HOUR_MS, WEEK_MS } from '../core/model/duration.ts'
import { instant, type Instant } from '../core/model/units.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Disk } from '../runtime/files/disk.ts'
import type { Log } from '../runtime/log.ts'
import type { SenderOf } from '../runtime/sender/sender.ts'
import type { LetterStore } from './registry/contract.ts'
import type { Lang } from '../core/text/lang.ts'
import type { FloodGuard } from '../web/flood/contract.ts'
import type { MailQueue } from './mail/contract.ts'
import type { WorkDesk } from '../web/work/contract.ts'
import type { LetterLog, MailboxKeys } from './contract.ts'

/** Mails that go out in all, as tokens of a bucket. */
export interface MailRate {
  readonly perSecond: number
  readonly burst: number
}

/** What the desk of a letter service is made from. */
export interface LetterDeskParts {
  readonly store: LetterStore
  readonly log: LetterLog
  readonly clock: Clock
  readonly work: WorkDesk
  readonly guard: FloodGuard
  /** Absent: no signature can be confirmed by a mailbox, and the form without scripts takes nothing. */
  readonly mail?: MailQueue
  readonly mailRate?: MailRate
  /** Address of the client, behind trusted proxies; absent: mails are not limited by part of the network. */
  readonly senderOf?: SenderOf
  readonly keys: MailboxKeys
  /** Folder of the service, in which removals, reviewers and the regions last shown are kept. */
  readonly folder: string
  /** Whether its letters are simulated. */
  readonly simulated: boolean
  /** Random bytes that cannot be foreseen. */
  readonly random: (length: number) => Uint8Array
  /** Address of the page whose button confirms. */
  readonly confirmUrl: (token: string, lang: Lang) => string
  /** For counts and errors; nothing of a person. */
  readonly lines: Log
  readonly disk?: Disk
}

/** How long a link confirms. */
export const TOKEN_MS = WEEK_MS

/** The whole hour that an instant is in: no finer time of a signature is kept. */
export const wholeHour = (at: Instant): Instant => instant(Math.floor(at / HOUR_MS) * HOUR_MS)
/** When a link that is sent now ends: with a whole hour, since its row would tell when a person signed. */
export const tokenEnd = (now: Instant): Instant => instant(wholeHour(now) + TOKEN_MS)
