import type { LetterDesk } from '../contract.ts'
import type { WorkDesk } from '../../web/work/contract.ts'
import type { SenderRate } from '../../web/request/sender-rate.ts'
import type { Asset } from '../../web/html/asset.ts'
import type { ServedLog } from '../../web/answer/log-routes.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'

/** What surrounds every page of one letter service. */
export interface LetterFrame {
  /** Tag of style sheet, fonts and script, part of their address. */
  readonly assets: string
  /** Public address without a path, such as `https://letter.example`. */
  readonly origin?: string
  readonly onion?: string
  /** Whether every letter of the service is a trial: then each page says so first, also what belongs to no letter. */
  readonly simulated?: () => boolean
  /** Whether the script that seals is there: a checkout without tools of development lacks it. */
  readonly seals: boolean
}

/** What the pages and routes of a letter service need; made in cli/letter/. */
export interface LetterSiteOptions {
  readonly desk: LetterDesk
  readonly work: WorkDesk
  readonly transparency: () => Promise<ServedLog | undefined>
  readonly frame: LetterFrame
  readonly assets: readonly Asset[]
  readonly clock: Clock
  readonly log: Log
  /** How often one part of the network may send a form or ask for work; absent: as often as it likes. */
  readonly rate?: SenderRate
  /** Random bytes, as many as asked for. */
  readonly random: (bytes: number) => Uint8Array
}
