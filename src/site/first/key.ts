import type { DirectRequest } from '../../web/listen.ts'
import { isLang } from '../../core/text/lang.ts'
import { choiceOf, firstPageKey, parseFirstChoice, type FirstChoice } from './choice.ts'
import { readSavingKey } from '../../web/request/save-data.ts'
import { ASK_REASONS, type AskReason, type VisitorOf } from '../visitor.ts'

/**
 * Which page in memory an address means; `apart`: chosen by where the request comes from, so that no cache may keep it.
 */
export interface FirstKey {
  readonly key: string
  readonly apart: boolean
}

const FIRST = /^\/([a-z]{2})\/(check)?(?:\?(.*))?$/

/**
 * The first page that a request means, or the page "is it only me?", by its query or by the network it comes from;
 * undefined for any other address and for a query that cannot be read. The address of the client is read and
 * forgotten.
 */
export function firstKey(url: string, request: DirectRequest, look: VisitorOf | undefined): FirstKey | undefined {
  const found = FIRST.exec(url)
  const lang = found?.[1]
  if (lang === undefined || !isLang(lang)) return undefined
  const page = found?.[2] === undefined ? 'first' : 'check'
  const chosen = readChoice(found?.[3] ?? '')
  if (chosen === 'unreadable') return undefined
  if (chosen !== undefined) return { key: firstPageKey(lang, chosen, page), apart: false }
  const forwarded = request.headers['x-forwarded-for']
  const visitor = look?.(
    request.socket.remoteAddress,
    typeof forwarded === 'string' ? forwarded : forwarded?.join(', '),
  )
  return { key: firstPageKey(lang, choiceOf(visitor ?? { kind: 'ask', why: 'unknown' }), page), apart: true }
}

function readChoice(query: string): FirstChoice | undefined | 'unreadable' {
  try {
    return parseFirstChoice(Object.fromEntries(new URLSearchParams(query)))
  } catch {
    return 'unreadable' // the route says what is wrong with it
  }
}

/** What a page gets that was made without an address: why the reader's network is asked about. */
export interface AskedEnv {
  readonly asked: AskReason
}

/** A request for the route table. */
export interface KeyRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly env?: AskedEnv
}

/** The request by which the route table makes the page of a key, with what replaces the reader's connection. */
export function requestOf(marked: string): KeyRequest {
  const { key, saves } = readSavingKey(marked)
  const headers = saves ? { 'save-data': 'on' } : {}
  const found = /^#([a-z]{2}) ask ([a-z]+)(?: (check))?$/.exec(key)
  if (found === null) return { path: key, headers }
  const asked = ASK_REASONS.find((reason) => reason === found[2]) ?? 'unknown'
  return { path: `/${found[1]}/${found[3] ?? ''}`, headers, env: { asked } }
}
