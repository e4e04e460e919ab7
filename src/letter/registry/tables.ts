import type { RegistryPart } from '../../store/registry/database.ts'

/** Tables of a letter service, as docs/formats/registry.md describes them. */
export interface LetterTables {
  letters: { letter: string; version: number; document: string; state: string }
  signatures: {
    ct: string
    letter: string
    version: number
    tier: string
    state: string
    region: string
    hour: number | null
    receipt: string | null
    mailbox: string | null
    leaf: number | null
    reason: string | null
    held: string | null
  }
  /** Apart from the rest: long rows would make every search read them. */
  sealed: { ct: string; bytes: Uint8Array }
  tokens: { token: string; ct: string; expires_at: number }
  leaves: { nth: number; leaf: Uint8Array }
}

export const LETTERS: RegistryPart = {
  name: 'letters',
  number: 2,
  migrations: [
    ({ text, whole, bytes, byName, spacer }) => [
      `CREATE TABLE letters (
         letter ${text} NOT NULL, version ${whole} NOT NULL, document ${text} NOT NULL, state ${text} NOT NULL,
         PRIMARY KEY (letter, version)
       )${byName}`,
      `CREATE TABLE signatures (
         ct ${text} PRIMARY KEY, letter ${text} NOT NULL, version ${whole} NOT NULL, tier ${text} NOT NULL,
         state ${text} NOT NULL, region ${text} NOT NULL, hour ${whole}, receipt ${text}, mailbox ${text},
         leaf ${whole}, reason ${text}, held ${text}
       )${byName}`,
      'CREATE INDEX signatures_by_state ON signatures (letter, state, ct)',
      'CREATE INDEX signatures_by_letter ON signatures (letter, ct)',
      'CREATE INDEX signatures_to_count ON signatures (letter, state, tier, region, reason)',
      'CREATE INDEX signatures_by_receipt ON signatures (receipt) WHERE receipt IS NOT NULL',
      'CREATE INDEX signatures_by_mailbox ON signatures (letter, mailbox) WHERE mailbox IS NOT NULL',
      "CREATE INDEX signatures_awaiting ON signatures (hour) WHERE state = 'awaiting'",
      `CREATE UNIQUE INDEX one_of_a_mailbox ON signatures (letter, mailbox)
         WHERE mailbox IS NOT NULL AND state IN ('pending', 'held', 'counted')`,
      `CREATE TABLE sealed (
         ct ${text} PRIMARY KEY REFERENCES signatures (ct) ON DELETE CASCADE, ${spacer} bytes ${bytes} NOT NULL
       )${byName}`,
      `CREATE TABLE tokens (
         token ${text} PRIMARY KEY, ct ${text} NOT NULL REFERENCES signatures (ct) ON DELETE CASCADE,
         expires_at ${whole} NOT NULL
       )${byName}`,
      'CREATE INDEX tokens_by_signature ON tokens (ct)',
      `CREATE TABLE leaves (nth ${whole} PRIMARY KEY, leaf ${bytes} NOT NULL)`,
    ],
  ],
  erasable: ['signatures', 'sealed', 'tokens'],
}
