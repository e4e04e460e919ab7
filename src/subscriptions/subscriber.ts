import { z } from 'zod'
import { LANGS, type Lang } from '../core/model/tables/langs.ts'
import { topicsSchema, type Topics } from '../core/model/people/subscription.ts'
import type { SubscriberKeys } from './keys.ts'
import type { SubscriberRow } from './registry/contract.ts'
import { parseTold, type Told } from './told.ts'

const subscriberSchema = z.strictObject({ mail: z.string(), lang: z.enum(LANGS), topics: topicsSchema })

/** Who a subscriber is and what they want: readable with the key of subscribers alone. */
export interface Subscriber {
  readonly mail: string
  readonly lang: Lang
  readonly topics: Topics
}

/** Reads who a row is of. Throws Fault under another key. */
export const openSubscriber = (
  keys: SubscriberKeys,
  { id, sealed }: Pick<SubscriberRow, 'id' | 'sealed'>,
): Subscriber => subscriberSchema.parse(keys.open('subscriber', id, sealed))

/** Reads what a row heard. Throws Fault under another key. */
export const openTold = (keys: SubscriberKeys, { id, told }: Pick<SubscriberRow, 'id' | 'told'>): Told =>
  parseTold(keys.open('told', id, told))

const mailSchema = z.strictObject({ subject: z.string(), text: z.string(), leaves: z.boolean() })

/** Words of a mail in the outbox; `leaves`: it has a way out. */
export type MailWords = z.infer<typeof mailSchema>

/** Reads the words of a mail. Throws Fault under another key. */
export const openMailWords = (
  keys: SubscriberKeys,
  { id, sealed }: { readonly id: string; readonly sealed: Uint8Array },
): MailWords => mailSchema.parse(keys.open('mail', id, sealed))
