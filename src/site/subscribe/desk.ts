import type { SentSubscription, TakenSubscription } from '../../core/model/people/subscription.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'

/** The service behind subscriptions by mail; made in subscriptions/. */
export interface SubscriptionDesk {
  /** A ticket for a form that is shown now, as with reports. */
  ticket(pressed?: boolean): string
  take(sent: SentSubscription, from: ClientAddress): Promise<TakenSubscription>
  /**
   * What a link of a mail confirms, one line for each kind; undefined where it is spent, expired or not ours. Changes
   * nothing.
   */
  asked(link: string, lang: Lang): Promise<readonly string[] | undefined>
  confirm(link: string): Promise<boolean>
  canLeave(link: string): boolean
  /** False where the link is not ours; true also where the subscription is gone already. */
  leave(link: string): Promise<boolean>
  partOf(from: ClientAddress): string | undefined
}
