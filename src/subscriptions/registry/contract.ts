/**
 * A subscriber as it is kept. Only the process that has the key of subscribers can read who it is, what was chosen and
 * what they heard.
 */
export interface SubscriberRow {
  /** 16 random bytes, hexadecimal. */
  readonly id: string
  /** `waiting`: not confirmed yet. */
  readonly state: 'waiting' | 'active'
  /** Keyed name of the mailbox; one mailbox has one active row. */
  readonly mailbox: string
  /** When a waiting row is erased: a whole hour, milliseconds; null of an active one. */
  readonly expires: number | null
  /** When the next mail may be written; null where there is nothing to write. */
  readonly due: number | null
  /** Whether what was known when it was confirmed has been noted as told. */
  readonly settled: boolean
  /** Mails in a row that the server of the mailbox refused. */
  readonly refusals: number
  /** Address, language and topics, sealed. */
  readonly sealed: Uint8Array
  /** What they heard, sealed. */
  readonly told: Uint8Array
}

/** A mail that waits to be sent. */
export interface OutboxRow {
  /** 16 random bytes, hexadecimal; the message has it as its id, so that a second copy is known as one. */
  readonly id: string
  readonly subscriber: string
  readonly kind: 'confirm' | 'news'
  /** When it was written, and when it is tried next; milliseconds. */
  readonly since: number
  readonly next: number
  readonly tries: number
  /** Subject and text, sealed. */
  readonly sealed: Uint8Array
}

/** A post of a channel that was begun: known before it is sent, so that a second try is the same post. */
export interface PostRow {
  /** Name of the channel, the incidents it is about, and which of their conclusions: see channels/channel-desk.ts. */
  readonly key: string
  readonly channel: string
  readonly incident: string
  /** When it was written, milliseconds: tries and their order follow it. */
  readonly since: number
  readonly next: number
  readonly tries: number
  readonly state: 'waiting' | 'sent' | 'given-up'
  /** JSON: what is posted, public words only. */
  readonly body: string
  /** JSON of the conclusion that it tells. */
  readonly conclusion: string
  /** Id that the channel gave the post. */
  readonly message: string | null
}

/** Changes of a subscriber that go together with a mail. */
export interface ToldChange {
  readonly id: string
  /** The sealed choice that was read: nothing is noted for one that was changed since. Absent: for any. */
  readonly sealed?: Uint8Array
  readonly told: Uint8Array
  readonly due: number | null
}

/** What may be shown of all. */
export interface SubscriptionCounts {
  readonly active: number
  readonly waiting: number
  readonly outbox: number
}

/**
 * Subscriptions: one part of the registry of a data folder. Every write is durable when resolved, all of one call or
 * none of it. What is removed leaves nothing that can be read. Written once with Kysely for SQLite and PostgreSQL.
 */
export interface SubscriptionStore extends AsyncDisposable {
  /** Keeps a request with the mail that asks for its confirmation. */
  ask(row: SubscriberRow, mail: OutboxRow): Promise<void>
  /** Requests of a mailbox that wait. */
  waitingOf(mailbox: string): Promise<number>
  sizes(): Promise<SubscriptionCounts>
  find(id: string): Promise<SubscriberRow | undefined>
  /**
   * Confirms a waiting request. A mailbox that has an active row keeps that row, with what `renew` seals for it; all its
   * requests are removed. Gives whether there was such a request that had not expired.
   */
  confirm(id: string, now: number, renew: (waiting: SubscriberRow, into: string) => Uint8Array): Promise<boolean>
  /** Erases a subscriber with its mails; false where there is none. */
  remove(id: string): Promise<boolean>
  /** Active subscribers behind an id, in the order of ids; `dueBy`: those only that are due or not settled. */
  active(after: string, most: number, dueBy?: number): Promise<readonly SubscriberRow[]>
  /** Notes what they heard, with the mail that tells it; false where the subscriber is gone. */
  note(change: ToldChange, mail?: OutboxRow): Promise<boolean>
  /** Mails that may be tried: news first, of each kind the longest waiting first. */
  outbox(now: number, most: number): Promise<readonly OutboxRow[]>
  /** A mail was taken: it is erased. */
  sent(mail: Pick<OutboxRow, 'id' | 'subscriber'>): Promise<void>
  tryAgain(id: string, next: number, tries: number): Promise<void>
  /** A mail is dropped; with `refused` it counts, and a subscriber whose mails are refused is erased: gives whether. */
  drop(mail: Pick<OutboxRow, 'id' | 'subscriber'>, refused: boolean): Promise<'kept' | 'erased'>
  /** Erases requests that expired; gives how many. */
  forget(now: number): Promise<number>
  /** Since when a channel is posted to; from now on where it is new. */
  channelSince(channel: string, now: number): Promise<number>
  posts(channel: string): Promise<readonly PostRow[]>
  /** Keeps posts that are begun; one that is known stays as it is. */
  begin(posts: readonly PostRow[]): Promise<void>
  /** Sets what became of a post. */
  setPost(key: string, change: Partial<Pick<PostRow, 'state' | 'message' | 'next' | 'tries'>>): Promise<void>
}
