/** Version of the public form in which what servers sent is withheld. */
export const WITHHELD_FORM = 2
/** Root member behind the hashed form: what was read from withheld values, and which of them are opened. */
const PUBLISHED = 'x_published'
/** Root member of the hashed form: the commitments. */
export const COMMITMENTS = 'x_withheld'

/** In the hashed form, in place of one withheld value. */
export interface Commitment {
  /** SHA-256 of the salt and the value's JSON. */
  readonly sha256: string
  /** Bytes of the value, rounded up: exact lengths could carry a mark of the reader. */
  readonly length: number
}

/** A withheld value that is shown, and the salt of its commitment in hexadecimal. */
export interface Opening {
  readonly salt: string
  readonly value: unknown
}

/** What follows the hashed form. */
export interface PublishedParts {
  readonly read: Readonly<Record<string, unknown>>
  /** By JSON pointer. */
  readonly opened: Readonly<Record<string, Opening>>
}

/** A published form of version 2, taken apart. */
export interface ReadForm extends PublishedParts {
  /** The text that the leaf digests. */
  readonly hashed: string
  readonly commitments: Readonly<Record<string, Commitment>>
}

/** The hashed form with what follows it: cutting the last member off gives the hashed form again, byte by byte. */
export const formatPublished = (hashed: string, { read, opened }: PublishedParts): string =>
  `${hashed.slice(0, -1)},"${PUBLISHED}":${JSON.stringify({ read, opened })}}`

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a document is of the form in which values are withheld. */
export const isWithheldForm = (json: unknown): json is Readonly<Record<string, unknown>> =>
  isObject(json) && json['x_public_form'] === WITHHELD_FORM

/** Readings of a document of that form, as they are in it. */
export function readingsIn(json: Readonly<Record<string, unknown>>): unknown {
  const published = json[PUBLISHED]
  return isObject(published) ? published['read'] : undefined
}

/** Splits a published form; undefined for any text that is not one. Pure: nothing of an untrusted text is believed. */
export function readPublished(text: string): ReadForm | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isWithheldForm(json)) return undefined
  const published = json[PUBLISHED]
  const commitments = json[COMMITMENTS]
  if (!isObject(published) || !isObject(commitments)) return undefined
  const tail = `,"${PUBLISHED}":${JSON.stringify(published)}}`
  if (!text.endsWith(tail)) return undefined
  const { read, opened } = published
  if (!isObject(read) || !isObject(opened)) return undefined
  if (!Object.values(commitments).every(isCommitment) || !Object.values(opened).every(isOpening)) return undefined
  return {
    hashed: `${text.slice(0, -tail.length)}}`,
    read,
    commitments: commitments as Readonly<Record<string, Commitment>>, // every member was looked at
    opened: opened as Readonly<Record<string, Opening>>, // as above
  }
}

const isCommitment = (value: unknown): value is Commitment =>
  isObject(value) && typeof value['sha256'] === 'string' && typeof value['length'] === 'number'

const isOpening = (value: unknown): value is Opening =>
  isObject(value) && typeof value['salt'] === 'string' && /^[0-9a-f]{64}$/.test(value['salt']) && 'value' in value

/** Text whose SHA-256 is the commitment of a value: salt in hexadecimal, a line feed, the value as JSON. */
export const commitmentText = (salt: string, value: unknown): string => `${salt}\n${JSON.stringify(value)}`

/** Pointers whose opening does not give its commitment. */
export function wrongOpenings({ opened, commitments }: ReadForm, sha256: (text: string) => string): readonly string[] {
  return Object.entries(opened)
    .filter(([at, { salt, value }]) => commitments[at]?.sha256 !== sha256(commitmentText(salt, value)))
    .map(([at]) => at)
}
