import { addressFamily } from '../core/model/address.ts'
import { registrableDomain } from '../core/model/hostname.ts'

const MOST_COOKIES = 50
const LONGEST = 4_096

interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Whether it is for the names below `domain` too. */
  readonly below: boolean
  readonly path: string
  readonly secure: boolean
}

/** Cookies of one page and its redirects, forgotten with it. Source: RFC 6265 §5, without expiry by date. */
export class CookieJar {
  readonly #held = new Map<string, Cookie>()

  /** Keeps what an answer sets; a cookie for someone else's domain is dropped. */
  take(url: URL, headers: readonly (readonly [string, string])[]): void {
    for (const [name, value] of headers) {
      if (name.toLowerCase() !== 'set-cookie' || value.length > LONGEST) continue
      const cookie = parseCookie(value, url)
      if (cookie === undefined) continue
      const key = `${cookie.domain} ${cookie.path} ${cookie.name}`
      if (/;\s*max-age\s*=\s*(0|-\d+)\s*(;|$)/i.test(value)) this.#held.delete(key)
      else if (this.#held.has(key) || this.#held.size < MOST_COOKIES) this.#held.set(key, cookie)
    }
  }

  /** Value of the `Cookie` header for a URL; undefined where there is none. */
  header(url: URL): string | undefined {
    const fitting = [...this.#held.values()]
      .filter((cookie) => fits(cookie, url))
      .sort((a, b) => b.path.length - a.path.length)
    return fitting.length === 0 ? undefined : fitting.map(({ name, value }) => `${name}=${value}`).join('; ')
  }
}

const attribute = (text: string, name: string): string | undefined =>
  new RegExp(`;\\s*${name}\\s*=\\s*([^;]*)`, 'i').exec(text)?.[1]?.trim()

function parseCookie(text: string, url: URL): Cookie | undefined {
  const pair = text.split(';', 1)[0] ?? ''
  const at = pair.indexOf('=')
  const name = pair.slice(0, Math.max(at, 0)).trim()
  const value = pair.slice(at + 1).trim()
  if (name === '' || /[^\x21-\x7e]/.test(name) || /[^\x20-\x7e]/.test(value)) return undefined
  const asked = attribute(text, 'domain')?.replace(/^\./, '').toLowerCase()
  const named = asked !== undefined && asked !== '' && asked !== url.hostname
  if (named && !mayName(asked, url.hostname)) return undefined
  const path = attribute(text, 'path')
  return {
    name,
    value,
    domain: named ? asked : url.hostname,
    below: asked !== undefined && asked !== '',
    path: path?.startsWith('/') === true ? path : url.pathname.replace(/\/[^/]*$/, '') || '/',
    secure: /;\s*secure\s*(;|$)/i.test(text),
  }
}

/** Whether a host may set a cookie for a domain above it: of its own registration, not of a whole country. */
const mayName = (domain: string, host: string): boolean =>
  addressFamily(host) === undefined &&
  host.endsWith(`.${domain}`) &&
  domain.length >= registrableDomain(host).length &&
  domain.includes('.')

const fits = (cookie: Cookie, url: URL): boolean =>
  (url.hostname === cookie.domain || (cookie.below && url.hostname.endsWith(`.${cookie.domain}`))) &&
  (!cookie.secure || url.protocol === 'https:') &&
  (url.pathname === cookie.path || url.pathname.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`))
