import { createHmac, hash } from 'node:crypto'
import { commitmentText, type Opening } from '../../core/model/measured/published-form.ts'
import { unwrap } from '../../core/ooni/decode/decode.ts'
import { isRecord } from '../../core/ooni/decode/decoder.ts'
import type { WithheldValue } from '../../core/ooni/publish/withhold.ts'

/** Commitments of one measurement. */
export interface Salted {
  commit(value: WithheldValue): string
  open(value: WithheldValue): Opening
}

/**
 * Every place has a salt of its own, made from the random salt of the measurement: an opened value tells nothing of the
 * others, and without salts a digest could be found by the author of the value.
 */
export function saltedBy(salt: Uint8Array): Salted {
  const saltOf = (at: string): string => createHmac('sha256', salt).update(`kuager-withheld-value\n${at}`).digest('hex')
  return {
    commit: ({ at, value }) => hash('sha256', commitmentText(saltOf(at), value)),
    open: ({ at, value }) => ({ salt: saltOf(at), value }),
  }
}

/** Bytes of a key: chance alone makes no two values alike. */
const KEY_BYTES = 16

/** Network that a document claims, as text: '' where it claims none. */
export function claimedNetwork(json: unknown): string {
  const root = unwrap(json)
  const asn = isRecord(root) ? root['probe_asn'] : undefined
  return typeof asn === 'string' ? asn : ''
}

/**
 * Key of a value in the store of seen values: the same bytes of the same kind, got on the same network, have the same key.
 * Networks are separate because devices are: one invited person is one device on each of several networks.
 */
export const valueKey = (
  secret: Uint8Array,
  { kind, value }: Pick<WithheldValue, 'kind' | 'value'>,
  network: string,
): Uint8Array =>
  createHmac('sha256', secret)
    .update(`${network}\n${kind}\n${JSON.stringify(value)}`)
    .digest()
    .subarray(0, KEY_BYTES)

/** Whether a value can become common: moments and names of one request are never the same twice. */
export const canBeCommon = ({ kind }: Pick<WithheldValue, 'kind'>): boolean => !PASSING.has(kind)

const PASSING = new Set(
  (
    'age cf-ray content-security-policy-report-only date etag expires last-modified nel report-to server-timing ' +
    'set-cookie cookie x-amz-cf-id x-amz-request-id x-fb-debug x-request-id x-timer x-varnish'
  )
    .split(' ')
    .map((name) => `header ${name}`),
)
