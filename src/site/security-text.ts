import type { Hono } from 'hono'
import type { Operator } from '../core/model/operator.ts'
import { parseInstant, type Instant } from '../core/model/units.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Frame } from '../web/html/frame.ts'

const PATH = '/.well-known/security.txt'

/** From when on a `security.txt` is stale: the RFC tells readers to ignore it then (RFC 9116, 2.5.5). */
export const securityExpiry = ({ expires }: NonNullable<Operator['security']>): Instant =>
  parseInstant(`${expires}T00:00:00Z`)

/** `security.txt` of an operator, RFC 9116; undefined where nothing is set or what is set has expired. */
export function securityText({ operator, origin, onion }: Frame, now: Instant): string | undefined {
  const security = operator?.security
  if (security === undefined || securityExpiry(security) <= now) return undefined
  const { contacts, expires, languages, policy, encryption } = security
  const lines: readonly (readonly [field: string, value: string | undefined])[] = [
    ...contacts.map((contact) => ['Contact', contact] as const),
    ['Expires', `${expires}T00:00:00Z`],
    ['Encryption', encryption],
    ['Preferred-Languages', languages.join(', ')],
    ...[origin, onion].map((base) => ['Canonical', base === undefined ? undefined : `${base}${PATH}`] as const),
    ['Policy', policy],
  ]
  return lines.flatMap(([field, value]) => (value === undefined ? [] : [`${field}: ${value}\n`])).join('')
}

/** Adds `/.well-known/security.txt`; 404 where the operator set nothing. */
export function addSecurityText(site: Hono, { frame, clock }: { readonly frame: Frame; readonly clock: Clock }): void {
  site.get(PATH, (c) => {
    const text = securityText(frame, clock.now())
    return text === undefined
      ? c.text('No contact for reports of weaknesses was set\n', 404, { 'cache-control': 'no-store' })
      : c.text(text, 200, { 'cache-control': 'public, max-age=3600' })
  })
}
