import type { RegistryPart } from '../../store/registry/database.ts'

/** Tables of subscriptions, as docs/formats/registry.md describes them. */
export interface SubscriptionTables {
  subscribers: {
    id: string
    state: string
    mailbox: string
    expires: number | null
    due: number | null
    settled: number
    refusals: number
    sealed: Uint8Array
    told: Uint8Array
  }
  outbox: {
    id: string
    subscriber: string
    kind: string
    since: number
    next: number
    tries: number
    sealed: Uint8Array
  }
  channels: { channel: string; since: number }
  posts: {
    key: string
    channel: string
    incident: string
    since: number
    next: number
    tries: number
    state: string
    body: string
    conclusion: string
    message: string | null
  }
}

export const SUBSCRIPTIONS: RegistryPart = {
  name: 'subscriptions',
  number: 3,
  migrations: [
    ({ text, whole, bytes, byName, spacer }) => [
      `CREATE TABLE subscribers (
         id ${text} PRIMARY KEY, state ${text} NOT NULL, mailbox ${text} NOT NULL, expires ${whole}, due ${whole},
         settled ${whole} NOT NULL, refusals ${whole} NOT NULL, ${spacer} sealed ${bytes} NOT NULL,
         told ${bytes} NOT NULL
       )${byName}`,
      'CREATE INDEX subscribers_by_mailbox ON subscribers (mailbox)',
      "CREATE UNIQUE INDEX one_active_of_a_mailbox ON subscribers (mailbox) WHERE state = 'active'",
      "CREATE INDEX subscribers_active ON subscribers (id) WHERE state = 'active'",
      "CREATE INDEX subscribers_due ON subscribers (due, id) WHERE state = 'active' AND due IS NOT NULL",
      "CREATE INDEX subscribers_unsettled ON subscribers (id) WHERE state = 'active' AND settled = 0",
      "CREATE INDEX subscribers_waiting ON subscribers (expires) WHERE state = 'waiting'",
      `CREATE TABLE outbox (
         id ${text} PRIMARY KEY, subscriber ${text} NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
         kind ${text} NOT NULL, since ${whole} NOT NULL, next ${whole} NOT NULL, tries ${whole} NOT NULL,
         ${spacer} sealed ${bytes} NOT NULL
       )${byName}`,
      'CREATE INDEX outbox_by_subscriber ON outbox (subscriber)',
      'CREATE INDEX outbox_by_time ON outbox (next)',
      `CREATE TABLE channels (channel ${text} PRIMARY KEY, since ${whole} NOT NULL)${byName}`,
      `CREATE TABLE posts (
         key ${text} PRIMARY KEY, channel ${text} NOT NULL, incident ${text} NOT NULL, since ${whole} NOT NULL,
         next ${whole} NOT NULL, tries ${whole} NOT NULL, state ${text} NOT NULL, body ${text} NOT NULL,
         conclusion ${text} NOT NULL, message ${text}
       )${byName}`,
      'CREATE INDEX posts_by_channel ON posts (channel, incident, since)',
    ],
  ],
  erasable: ['subscribers', 'outbox'],
}
