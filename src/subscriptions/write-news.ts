import { randomBytes } from 'node:crypto'
import { HOUR_MS } from '../core/model/duration.ts'
import type { Lang } from '../core/model/tables/langs.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { SubscriberKeys } from './keys.ts'
import type { NewsItem, Tellable } from './news.ts'
import type { OutboxRow, SubscriberRow, SubscriptionStore } from './registry/contract.ts'
import { openSubscriber, openTold } from './subscriber.ts'
import { afterMail, mailDueAt, itemsFor, settleTold, type Told } from './told.ts'

/** Subscribers that are read at once. */
const PAGE = 200

export interface NewsWriterOptions {
  readonly store: Pick<SubscriptionStore, 'active' | 'note'>
  readonly keys: SubscriberKeys
  readonly clock: Pick<Clock, 'now'>
  /** All that can be sent now. */
  readonly tellable: () => Promise<Tellable>
  /** Subject and text of a mail. */
  readonly newsMail: (
    items: readonly NewsItem[],
    lang: Lang,
    leave: string,
  ) => Promise<{ readonly subject: string; readonly text: string }>
  readonly log: Pick<Log, 'error'>
}

/** Writes mails into the outbox. */
export interface NewsWriter {
  /** One pass over those for whom there may be news; gives how many mails it wrote. */
  write(signal: AbortSignal): Promise<number>
}

/**
 * Compares what each subscriber heard with what is known now. A mail and what it tells are written in one
 * transaction, so a crash at any point leaves both or neither, and what happens twice between two mails is sent once.
 */
export function openNewsWriter(options: NewsWriterOptions): NewsWriter {
  const { store, clock, log } = options
  /** What could be sent at the last whole pass: as long as it stays the same, only those who are due are read. */
  let seen: string | undefined
  return {
    async write(signal) {
      const now = clock.now()
      const tellable = await options.tellable()
      const print = fingerprintOf(tellable, now)
      let [written, failures] = [0, 0]
      let failure: unknown
      for (let after = '', rows: readonly SubscriberRow[] = []; ; after = rows.at(-1)?.id ?? '') {
        rows = await store.active(after, PAGE, print === seen ? now : undefined)
        for (const row of rows) {
          if (signal.aborted) return written
          try {
            if (await writeFor(row, tellable, { ...options, now })) written++
          } catch (error) {
            // One row that cannot be read keeps no other reader from the news.
            failures++
            failure ??= error
          }
        }
        if (rows.length < PAGE) break
      }
      if (failures > 0) log.error({ error: failure, failures }, 'news could not be written for some subscriptions')
      seen = print
      return written
    },
  }
}

const fingerprintOf = ({ incidents, reports }: Tellable, now: number): string =>
  JSON.stringify([
    incidents.map(({ id, conclusion }) => [id, conclusion.revision, conclusion.withdrawn, conclusion.running]),
    reports.map(({ region, service }) => [region, service]),
    // Reports that go on are sent again after a day: they are looked at every hour.
    reports.length === 0 ? 0 : Math.floor(now / HOUR_MS),
  ])

/** Looks at one subscriber; gives whether a mail was written. */
async function writeFor(
  row: SubscriberRow,
  tellable: Tellable,
  options: NewsWriterOptions & { readonly now: number },
): Promise<boolean> {
  const { store, keys, now } = options
  const { topics, lang } = openSubscriber(keys, row)
  const opened = openTold(keys, row)
  const told = row.settled ? opened : settleTold(opened, topics, tellable, now)
  const items = itemsFor(told, topics, tellable, now)
  const note = (next: Told, due: number | null, mail?: OutboxRow): Promise<boolean> =>
    store.note({ id: row.id, sealed: row.sealed, told: keys.seal('told', row.id, next), due }, mail)
  if (items.length === 0) {
    const { pending: _, ...rest } = told
    if (!row.settled || row.due !== null) await note(rest, null)
    return false
  }
  const pending = told.pending ?? now
  const due = mailDueAt(told, items, pending)
  if (due > now) {
    if (!row.settled || row.due !== due) await note({ ...told, pending }, due)
    return false
  }
  const id = randomBytes(16).toString('hex')
  const words = { ...(await options.newsMail(items, lang, keys.link('leave', row.id))), leaves: true }
  const mail = { id, subscriber: row.id, since: now, next: now, tries: 0, sealed: keys.seal('mail', id, words) }
  return note(afterMail(told, items, now), null, { ...mail, kind: 'news' })
}
